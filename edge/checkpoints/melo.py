"""MeloTTS checkpoints: `checkpoint.pth` and `config.json` as upstream's trainer writes them.

Source of the format: MeloTTS 0.1.2, `melo/api.py`, `melo/models.py` and `melo/utils.py`.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import torch
from torch import Tensor

from edge.checkpoints.weights import load_strictly, read_json
from edge.errors import CheckpointError
from edge.model import Synthesizer, SynthesizerConfig

N_FLOWS = 4

Size = Annotated[int, msgspec.Meta(ge=1, le=1 << 16)]
"""No size in a released voice comes near the limit, which keeps a damaged file from asking for all memory."""


class MeloData(msgspec.Struct, frozen=True):
    """`config.json`, section `data`: what speech needs of it."""

    sampling_rate: Annotated[int, msgspec.Meta(ge=1)]
    hop_length: int
    n_speakers: Annotated[int, msgspec.Meta(le=1 << 16)]
    spk2id: dict[str, int] = {}
    add_blank: bool = True
    disable_bert: bool = False


class MeloModel(msgspec.Struct, frozen=True):
    """`config.json`, section `model`; defaults are those of upstream's `SynthesizerTrn`."""

    inter_channels: Size
    hidden_channels: Size
    filter_channels: Size
    n_heads: Size
    n_layers: Size
    kernel_size: Size
    resblock: Literal["1", "2"]
    resblock_kernel_sizes: tuple[Size, ...]
    resblock_dilation_sizes: tuple[tuple[Size, ...], ...]
    upsample_rates: tuple[Size, ...]
    upsample_initial_channel: Size
    upsample_kernel_sizes: tuple[Size, ...]
    gin_channels: Size = 256
    n_flow_layer: Size = N_FLOWS
    n_layers_trans_flow: Size = 6
    use_spk_conditioned_encoder: bool = True
    use_transformer_flow: bool = True
    flow_share_parameter: bool = False
    use_vc: bool = False


class MeloConfig(msgspec.Struct, frozen=True):
    """What a MeloTTS `config.json` says about its checkpoint."""

    data: MeloData
    model: MeloModel
    symbols: tuple[str, ...]
    num_tones: Size
    num_languages: Size

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
        if math.prod(model.upsample_rates) != self.data.hop_length:
            message = f"The configuration's hop_length {self.data.hop_length} is not what upsample_rates multiply to."
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
            # Upstream's residual flow has a fixed number of couplings and takes `n_flow_layer` for their depth.
            n_flow_layers=model.n_layers_trans_flow if model.use_transformer_flow else model.n_flow_layer,
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
    except Exception as error:  # an unpickler that reads garbage fails in every way there is
        message = f"The checkpoint {path} is not a whole PyTorch file of tensors only: {_reason(error)}"
        raise CheckpointError(message) from error
    model = checkpoint.get("model") if isinstance(checkpoint, dict) else None
    if not isinstance(model, dict) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in model.items()
    ):
        message = f"The checkpoint {path} has no state dict under 'model', where MeloTTS's trainer puts it."
        raise CheckpointError(message)
    return dict(model)


def _reason(error: Exception) -> str:
    """The line of torch's message that tells what is wrong; its first may advise to load without `weights_only`."""
    lines = [line for line in str(error).splitlines() if line] or [type(error).__name__]
    return next((line.strip() for line in lines if "WeightsUnpickler error" in line or "GLOBAL" in line), lines[0])
