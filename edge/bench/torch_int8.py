"""torch's own INT8 convolutions in the place of a model's.

Its modules for them (`torch.ao.nn.quantized.Conv1d`, also `.dynamic`) cannot be read back from a file; what they call
can, so that is what stands here.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from edge.model import Synthesizer
from edge.model.stream import Stream
from edge.voice import Inputs

STEADY_ENGINE = "fbgemm"
"""Of torch's on x86 the one that takes any length. oneDNN's, the default, compiles all kernels for each length anew:
15 s and 2 GB for every sentence of joe's that is spoken for the first time."""

Range = tuple[float, float]
Scales = tuple[float, float, float, float]


class Adding(nn.Module):
    """Has a plain convolution take and add what `StreamedConv1d` does, for whole sentences."""

    def __init__(self, conv: nn.Module) -> None:
        super().__init__()
        self.conv = conv

    def forward(self, x: Tensor, early: list[Tensor], stream: Stream) -> Tensor:  # noqa: ARG002  (its signature)
        """`x (1, C, n)` to `(1, O, n)`."""
        y = self.conv(x)
        for addend in early:
            y = addend + y
        return y


class Dynamic(nn.Module):
    """torch's dynamic INT8 convolution: the input's range is looked at, and the output's is held to be the same."""

    def __init__(self, conv: nn.Conv1d) -> None:
        super().__init__()
        self.packed = _packed(conv)

    def forward(self, x: Tensor) -> Tensor:
        """`(1, C, n)` to `(1, O, n)`."""
        return torch.ops.quantized.conv1d_dynamic(x, self.packed, reduce_range=True)


class Static(nn.Module):
    """torch's static INT8 convolution, per tensor in and out, between FP32 neighbours."""

    def __init__(self, conv: nn.Conv1d, before: Range, after: Range) -> None:
        super().__init__()
        self.packed = _packed(conv)
        self.before, self.after = _levels(before), _levels(after)

    def forward(self, x: Tensor) -> Tensor:
        """`(1, C, n)` to `(1, O, n)`."""
        levels = torch.quantize_per_tensor(x, *self.before, torch.quint8)
        return torch.ops.quantized.conv1d(levels, self.packed, *self.after).dequantize()


def _packed(conv: nn.Conv1d) -> torch.ScriptObject:
    """Weights with a scale for each output."""
    scales = conv.weight.abs().amax((1, 2)).clamp(min=1e-8).double() / 127
    zeros = torch.zeros(len(scales), dtype=torch.long)
    weight = torch.quantize_per_channel(conv.weight, scales, zeros, 0, torch.qint8)
    padding = [int(side) for side in conv.padding]
    return torch.ops.quantized.conv1d_prepack(
        weight, conv.bias, list(conv.stride), padding, list(conv.dilation), conv.groups
    )


def _levels(bounds: Range) -> tuple[float, int]:
    """Scale and zero point over a range, in 7 bits: with 8, the sums of torch's x86 kernels may saturate."""
    low, high = min(bounds[0], 0.0), max(bounds[1], 0.0)
    scale = max((high - low) / 127, 1e-8)
    return scale, round(-low / scale)


def choose_engine() -> None:
    """Has torch compute INT8 with `STEADY_ENGINE`, where it has one; before weights are packed or read."""
    if STEADY_ENGINE in torch.backends.quantized.supported_engines:
        torch.backends.quantized.engine = STEADY_ENGINE


def dynamic_convolutions(model: nn.Module) -> nn.Module:
    """Replaces every convolution of flow and vocoder but transposed ones by torch's dynamic one, in place.

    With the text encoder's and the duration predictors' too, a sentence comes to last for minutes and takes 9 GB.
    """
    for part in ("flow.", "vocoder."):
        _replace(model, part, lambda _, conv: Dynamic(conv))
    return model


def static_vocoder(model: Synthesizer, calibration: list[Inputs], scales: Scales) -> nn.Module:
    """Replaces every convolution of the vocoder but transposed ones by torch's static one, in place."""
    ranges: dict[str, tuple[Range, Range]] = {}
    hooks = [
        module.register_forward_hook(_watch(ranges, name))
        for name, module in model.named_modules()
        if name.startswith("vocoder.") and isinstance(module, nn.Conv1d)
    ]
    with torch.inference_mode():
        for inputs in calibration:
            z, g, _ = model.encode(*inputs, *scales, None, None, None)
            model.decode(z, g)
    for hook in hooks:
        hook.remove()
    _replace(model, "vocoder.", lambda name, conv: Static(conv, *ranges[name]))
    return model


Hook = Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]


def _watch(ranges: dict[str, tuple[Range, Range]], name: str) -> Hook:
    def look(conv: nn.Module, given: tuple[Tensor, ...], made: Tensor) -> None:
        assert isinstance(conv, nn.Conv1d)  # noqa: S101  (only such are watched)
        early: list[Tensor] = list(given[1]) if len(given) > 1 else []
        before, after = ranges.get(name, ((0.0, 0.0), (0.0, 0.0)))
        # What is added behind the convolution is not quantised.
        ranges[name] = _wider(before, given[0]), _wider(after, made - sum(early))

    return look


def _wider(bounds: Range, x: Tensor) -> Range:
    return min(bounds[0], float(x.min())), max(bounds[1], float(x.max()))


def _replace(model: nn.Module, part: str, make: Callable[[str, nn.Conv1d], nn.Module]) -> None:
    for name, module in list(model.named_modules()):
        if name.startswith(part) and isinstance(module, nn.Conv1d):
            made = make(name, module)
            model.set_submodule(name, made if type(module) is nn.Conv1d else Adding(made))
