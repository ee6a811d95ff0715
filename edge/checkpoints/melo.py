"""MeloTTS checkpoints: `checkpoint.pth` and `config.json` as upstream's trainer writes them.

Source of the format: MeloTTS 0.1.2, `melo/api.py`, `melo/models.py` and `melo/utils.py`.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Literal

import msgspec
import torch
from torch import Tensor

from edge.checkpoints.weights import load_strictly, read_json
from edge.errors import CheckpointError
from edge.model import Synthesizer, SynthesizerConfig

N_FLOWS = 4


class MeloData(msgspec.Struct, frozen=True):
    """`config.json`, section `data`: what speech needs of it."""

    sampling_rate: int
    hop_length: int
    n_speakers: int
    spk2id: dict[str, int] = {}
    add_blank: bool = True
    disable_bert: bool = False


class MeloModel(msgspec.Struct, frozen=True):
    """`config.json`, section `model`; defaults are those of upstream's `SynthesizerTrn`."""

    inter_channels: int
    hidden_channels: int
    filter_channels: int
    n_heads: int
    n_layers: int
    kernel_size: int
    resblock: Literal["1", "2"]
    resblock_kernel_sizes: tuple[int, ...]
    resblock_dilation_sizes: tuple[tuple[int, ...], ...]
    upsample_rates: tuple[int, ...]
    upsample_initial_channel: int
    upsample_kernel_sizes: tuple[int, ...]
    gin_channels: int = 256
    n_flow_layer: int = N_FLOWS
    n_layers_trans_flow: int = 6
    use_spk_conditioned_encoder: bool = True
    use_transformer_flow: bool = True
    flow_share_parameter: bool = False
    use_vc: bool = False


class MeloConfig(msgspec.Struct, frozen=True):
    """What a MeloTTS `config.json` says about its checkpoint."""

    data: MeloData
    model: MeloModel
    symbols: tuple[str, ...]
    num_tones: int
    num_languages: int

    def synthesizer(self) -> SynthesizerConfig:
        """The shape of the model.

        Raises:
            CheckpointError: the configuration asks for a part that no released voice has and we do not know.
        """
        model = self.model
        for unknown in ("flow_share_parameter", "use_vc"):
            if getattr(model, unknown):
                message = f"The configuration sets {unknown}, which melo-edge cannot run."
                raise CheckpointError(message)
        if self.data.n_speakers < 1:
            message = (
                f"The configuration has n_speakers {self.data.n_speakers}: a voice cloned from a reference recording, "
                "which melo-edge cannot run."
            )
            raise CheckpointError(message)
        return SynthesizerConfig(
            n_symbols=len(self.symbols),
            n_tones=self.num_tones,
            n_languages=self.num_languages,
            n_speakers=self.data.n_speakers,
            inter_channels=model.inter_channels,
            hidden_channels=model.hidden_channels,
            filter_channels=model.filter_channels,
            n_heads=model.n_heads,
            n_layers=model.n_layers,
            kernel_size=model.kernel_size,
            gin_channels=model.gin_channels,
            speaker_conditioned_encoder=model.use_spk_conditioned_encoder,
            flow="transformer" if model.use_transformer_flow else "residual",
            n_flow_layers=model.n_layers_trans_flow if model.use_transformer_flow else N_FLOWS,
            n_flows=model.n_flow_layer if model.use_transformer_flow else N_FLOWS,
            durations="mixed",
            resblock=model.resblock,
            resblock_kernel_sizes=model.resblock_kernel_sizes,
            resblock_dilation_sizes=model.resblock_dilation_sizes,
            upsample_rates=model.upsample_rates,
            upsample_kernel_sizes=model.upsample_kernel_sizes,
            upsample_initial_channel=model.upsample_initial_channel,
        )


def read_melo_config(path: str | Path) -> MeloConfig:
    """Reads a MeloTTS `config.json`.

    Raises:
        CheckpointError: unreadable, not JSON, or a field is missing or of another type.
    """
    return read_json(path, MeloConfig)


def load_melo(checkpoint: str | Path, config: str | Path) -> Synthesizer:
    """A MeloTTS checkpoint as an FP32 `Synthesizer`, weight norm folded, training-only parts left behind.

    Raises:
        CheckpointError: a file cannot be read, or a tensor is missing, unknown or misshapen.
    """
    shape = read_melo_config(config).synthesizer()
    return load_strictly(shape, _read_tensors(checkpoint), f"The checkpoint {checkpoint}")


def _read_tensors(path: str | Path) -> dict[str, Tensor]:
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        message = f"The checkpoint {path} cannot be read: {error.strerror}."
        raise CheckpointError(message) from error
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        message = f"The checkpoint {path} is not a PyTorch file of tensors only: {reason}"
        raise CheckpointError(message) from error
    model = checkpoint.get("model") if isinstance(checkpoint, dict) else None
    if not isinstance(model, dict) or not all(isinstance(value, Tensor) for value in model.values()):
        message = f"The checkpoint {path} has no state dict under 'model', where MeloTTS's trainer puts it."
        raise CheckpointError(message)
    return dict(model)
