"""Upstream's tensor names, and loading by them without leaving anything to chance."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
import torch
from torch import Tensor

from edge.errors import CheckpointError
from edge.model import Synthesizer, SynthesizerConfig

Config = TypeVar("Config")

# Parts that training needs and speech does not: the posterior encoder, the duration flow that learns from real
# durations, and the first coupling of the other one, which upstream's `infer` skips ("a useless vflow").
TRAINING_ONLY = re.compile(r"enc_q\.|(sdp|dp)\.(post_|log_flow|flows\.1\.)")

CONV_DIMENSIONS = 3
"""Of a one-dimensional convolution's weight. Nothing else has weight norm."""

# Ours on the left, upstream's on the right, applied in turn.
_RENAMES = (
    (r"^text_encoder\.embedding\.", "enc_p."),
    (r"^text_encoder\.", "enc_p."),
    (r"\.layers\.(\d+)\.attention\.", r".attn_layers.\1."),
    (r"\.layers\.(\d+)\.feed_forward\.", r".ffn_layers.\1."),
    (r"\.layers\.(\d+)\.(norm_[12])\.", r".norm_layers_@\2.\1."),
    (r"norm_layers_@norm_", "norm_layers_"),
    (r"^speakers\.", "emb_g."),
    (r"^vocoder\.", "dec."),
)


def upstream_name(ours: str, config: SynthesizerConfig) -> str:
    """The name that upstream's `state_dict` gives to our parameter `ours`."""
    name = ours
    for pattern, replacement in _RENAMES:
        name = re.sub(pattern, replacement, name)
    name = _duration_name(name, config)
    # Upstream keeps couplings in training order with a parameterless flip after each.
    name = re.sub(
        r"^flow\.couplings\.(\d+)\.", lambda m: f"flow.flows.{2 * (config.n_flows - 1 - int(m[1]))}.", name
    )
    kernels = len(config.resblock_kernel_sizes)
    return re.sub(
        r"^dec\.fields\.(\d+)\.resblocks\.(\d+)\.",
        lambda m: f"dec.resblocks.{int(m[1]) * kernels + int(m[2])}.",
        name,
    )


def _duration_name(name: str, config: SynthesizerConfig) -> str:
    name = re.sub(r"^stochastic_durations\.flows\.(\d)\.", lambda m: f"sdp.flows.{7 - 2 * int(m[1])}.", name)
    name = name.replace("stochastic_durations.affine_mean", "sdp.flows.0.m")
    name = name.replace("stochastic_durations.affine_log_scale", "sdp.flows.0.logs")
    name = re.sub(r"^stochastic_durations\.", "sdp.", name)
    name = re.sub(r"^durations\.", "dp.", name)
    # A Piper voice has one predictor, which it calls `dp` whatever its kind.
    return name if config.durations == "mixed" else re.sub(r"^sdp\.", "dp.", name)


def fold_weight_norm(tensors: Mapping[str, Tensor], source: str) -> dict[str, Tensor]:
    """Replaces each `weight_g`, `weight_v` pair by the weight that they stand for (Salimans and Kingma, 2016).

    Raises:
        CheckpointError: the two do not fit; the message names them and `source`.
    """
    folded = dict(tensors)
    for name in tensors:
        base = name.removesuffix("_g")
        if name.endswith(".weight_g") and f"{base}_v" in tensors:
            magnitude, direction = folded.pop(name).float(), folded.pop(f"{base}_v").float()
            if direction.dim() != CONV_DIMENSIONS or magnitude.shape != (direction.size(0), 1, 1):
                message = f"{source}: {name} has shape {tuple(magnitude.shape)}, {base}_v has {tuple(direction.shape)}."
                raise CheckpointError(message)
            length = torch.linalg.vector_norm(direction, dim=(1, 2), keepdim=True)
            folded[base] = direction * (magnitude / length)
    return folded


def load_strictly(config: SynthesizerConfig, tensors: Mapping[str, Tensor], source: str) -> Synthesizer:
    """A `Synthesizer` of these weights.

    Raises:
        CheckpointError: a tensor is missing, misshapen, unknown or no real numbers; the message names it and `source`.
    """
    synthesizer = Synthesizer(config).eval()
    names = {upstream_name(ours, config): ours for ours in synthesizer.state_dict()}
    _refuse(source, "has tensors that are not of real numbers:", [n for n, t in tensors.items() if not _is_real(t)])
    available = fold_weight_norm(tensors, source)
    state = synthesizer.state_dict()
    shapes = {name: state[ours].shape for name, ours in names.items()}
    floats = expect(available, shapes, TRAINING_ONLY, source)
    synthesizer.load_state_dict({ours: floats[name] for name, ours in names.items()})
    return synthesizer.requires_grad_(requires_grad=False)


def expect(
    tensors: Mapping[str, Tensor], shapes: Mapping[str, torch.Size], unused: re.Pattern[str], source: str
) -> dict[str, Tensor]:
    """The tensors that `shapes` names, in FP32. Others may be there if their names begin as `unused` says.

    Raises:
        CheckpointError: a tensor is missing, misshapen, unknown or not finite; the message names it and `source`.
    """
    _refuse(source, "lacks", [name for name in shapes if name not in tensors])
    _refuse(
        source,
        "has tensors that this model does not know:",
        [name for name in tensors if name not in shapes and not unused.match(name)],
    )
    for name, shape in shapes.items():
        if tensors[name].shape != shape:
            message = (
                f"{source}: tensor {name} has shape {tuple(tensors[name].shape)}, but the configuration asks "
                f"for {tuple(shape)}. Use the config.json that belongs to this checkpoint."
            )
            raise CheckpointError(message)
    _refuse(source, "has no finite numbers in", [name for name in shapes if not tensors[name].isfinite().all()])
    return {name: tensors[name].float() for name in shapes}


def _is_real(tensor: Tensor) -> bool:
    return tensor.is_floating_point() and tensor.layout == torch.strided


def _refuse(source: str, complaint: str, names: list[str], shown: int = 5) -> None:
    if names:
        more = f" and {len(names) - shown} more" if len(names) > shown else ""
        message = f"{source} {complaint} {', '.join(names[:shown])}{more}. It is damaged or of another architecture."
        raise CheckpointError(message)


def read_json(path: str | Path, kind: type[Config]) -> Config:
    """Reads and checks a configuration file.

    Raises:
        CheckpointError: it cannot be read, is no JSON, or lacks a field; the message says which.
    """
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=kind)
    except OSError as error:
        message = f"The configuration {path} cannot be read: {error.strerror}."
        raise CheckpointError(message) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"The configuration {path} is not what its format promises: {error}. Use the one of these weights."
        raise CheckpointError(message) from error
