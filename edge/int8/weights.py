"""Weights of 8, 10 or 12 bits for the layers that compute in FP32, a product of levels that is scaled when it is done.

Symmetric, one scale per output channel (Jacob et al., 2018, section 2.1, without the zero point). What stores and what
restores stand in one class, so that they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from edge.int8 import operator
from edge.int8.rounding import round_jointly
from edge.model.stream import Stream, StreamedConv1d, StreamedConvTranspose1d, conv1d, conv_transpose1d, same_padding

SMALLEST_WORTH_IT = 4096
"""Weights with fewer elements stay FP32: together they are under 1 % of a voice."""

NO_CORRELATIONS: Mapping[str, Tensor] = {}
COARSE: Mapping[str, int] = {}
"""No layer with more than 8 bits."""


def _levels(weight: Tensor, channel: int, highest: int, correlation: Tensor | None) -> tuple[Tensor, Tensor]:
    """Whole numbers from `-highest` to `highest`, and their scales, one for each index of dimension `channel`.

    With the inputs' `correlation`, of a convolution without groups, so that errors cancel; see `rounding`.
    """
    weight = weight.detach()
    others = [dim for dim in range(weight.dim()) if dim != channel]
    scale = (weight.abs().amax(dim=others, keepdim=True) / highest).clamp_min(torch.finfo(torch.float32).tiny)
    if correlation is None:
        return torch.round(weight / scale), scale
    return round_jointly(weight.flatten(1), scale.flatten(), correlation, highest).view(weight.shape), scale


class Int8Weight(nn.Module):
    """A weight of INT8 levels and FP32 scales, multiplied out for each use: once a sentence, and not kept."""

    def __init__(self, weight: Tensor, channel: int, correlation: Tensor | None = None) -> None:
        """Rounds `weight` to 8 bits; see `_levels`."""
        super().__init__()
        levels, self.scale = _levels(weight, channel, 127, correlation)
        self.level = levels.to(torch.int8)

    @torch.jit.export
    def __getstate__(self) -> tuple[Tensor, Tensor, bool]:
        return self.level, self.scale, self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[Tensor, Tensor, bool]) -> None:
        self.level, self.scale, self.training = state

    def forward(self) -> Tensor:
        return self.level.to(torch.float32) * self.scale


class FineWeight(nn.Module):
    """The same with 10 or 12 bits: the upper eight as INT8, the lower ones packed four or two to a byte.

    The text encoder's noise is heard at 8 bits. Two bits more are a quarter of the noise for a quarter of a byte.
    """

    def __init__(self, weight: Tensor, channel: int, bits: int, correlation: Tensor | None = None) -> None:
        """Rounds `weight` to `bits`, 10 or 12; see `_levels`."""
        super().__init__()
        levels, self.scale = _levels(weight, channel, 2 ** (bits - 1) - 1, correlation)
        self.level = levels.to(torch.int16)
        self.steps = 2 ** (bits - 8)
        """What one step of the upper bits is worth."""
        self.places = 8 // (bits - 8)
        """How many weights' lower bits fit into a byte."""

    @torch.jit.export
    def __getstate__(self) -> tuple[Tensor, Tensor, Tensor, tuple[int, int], bool]:
        upper = torch.div(self.level, self.steps, rounding_mode="floor")
        lower = (self.level - self.steps * upper).flatten()
        rows = F.pad(lower, [0, -lower.numel() % self.places]).view(-1, self.places)
        packed = torch.zeros(rows.size(0), dtype=torch.int16)
        for place in range(self.places - 1, -1, -1):
            packed = packed * self.steps + rows[:, place]
        return upper.to(torch.int8), packed.to(torch.uint8), self.scale, (self.steps, self.places), self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[Tensor, Tensor, Tensor, tuple[int, int], bool]) -> None:
        upper, rest = state[0], state[1].to(torch.int16)
        self.scale, self.training = state[2], state[4]
        self.steps, self.places = state[3]
        lower = []
        for _ in range(self.places):
            lower.append(rest % self.steps)
            rest = torch.div(rest, self.steps, rounding_mode="floor")
        lowest = torch.stack(lower, 1).flatten()[: upper.numel()]
        self.level = self.steps * upper.to(torch.int16) + lowest.view(upper.shape)

    def forward(self) -> Tensor:
        return self.level.to(torch.float32) * self.scale


Store = Callable[[Tensor, int], Int8Weight | FineWeight]
"""Makes one or the other of a weight and the dimension of its output channels."""


class StoredConv1d(nn.Module):
    """`nn.Conv1d` with an odd kernel, stride 1, same padding and no groups, with such a weight.

    The operator multiplies channels-last rows by the levels (`float_conv1d` in edge/int8/csrc/binding.cpp), for which
    nothing need be compiled, whatever the length; they need no scale until it is done. Two in a row cost no
    transposition, as with `Int8Conv`.
    """

    def __init__(self, conv: nn.Conv1d, store: Store) -> None:
        super().__init__()
        operator.load()
        stored = store(conv.weight, 0)
        stored.level = operator.panels(stored.level)
        stored.scale = stored.scale.flatten()
        self.weight = stored
        self.bias = torch.zeros(conv.out_channels) if conv.bias is None else conv.bias.detach()
        self.dilation = conv.dilation[0]
        self.halo = same_padding(conv.kernel_size[0], self.dilation)

    def forward(self, x: Tensor) -> Tensor:
        """`(1, C, L)` to `(1, O, L)`."""
        rows = x[0].t()
        if self.halo > 0:
            rows = F.pad(rows, [0, 0, self.halo, self.halo])
        y = torch.ops.edge.float_conv1d(rows, self.weight.level, self.weight.scale, self.bias, self.dilation)
        return y.t().unsqueeze(0)


class StoredStreamedConv1d(nn.Module):
    """`StreamedConv1d` with such a weight."""

    def __init__(self, conv: StreamedConv1d, store: Store) -> None:
        super().__init__()
        self.weight = store(conv.weight, 0)
        self.bias = conv.bias
        self.dilation = conv.dilation[0]

    def forward(self, x: Tensor, early: list[Tensor], stream: Stream) -> Tensor:
        return stream.add(conv1d(x, self.weight(), self.bias, self.dilation, stream), early, 2)


class StoredStreamedConvTranspose1d(nn.Module):
    """`StreamedConvTranspose1d` with such a weight; its output channel is dimension 1."""

    def __init__(self, conv: StreamedConvTranspose1d, store: Store) -> None:
        super().__init__()
        self.weight = store(conv.weight, 1)
        self.bias = conv.bias
        self.stride = conv.stride[0]

    def forward(self, x: Tensor, early: list[Tensor], stream: Stream) -> Tensor:
        return stream.add(conv_transpose1d(x, self.weight(), self.bias, self.stride, stream), early, 2)


class StoredLinear(nn.Module):
    """`nn.Linear` with such a weight."""

    def __init__(self, linear: nn.Linear, store: Store) -> None:
        super().__init__()
        self.weight = store(linear.weight, 0)
        self.bias = linear.bias

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight(), self.bias)


def store_weights(
    module: nn.Module,
    finely: Mapping[str, int] = COARSE,
    correlations: Mapping[str, Tensor] = NO_CORRELATIONS,
    prefix: str = "",
) -> list[str]:
    """Replaces, in place, the large convolutions and linear layers of `module`; returns their dotted names.

    Those in `finely` get its number of bits, the others 8, rounded jointly where their inputs' correlation is known.
    Embeddings stay FP32: 0.3 % of the joe voice, and its latent is 5 dB closer to FP32 for it.
    """
    replaced = []
    for name, child in module.named_children():
        full_name = prefix + name
        correlation = correlations.get(full_name)
        store: Store = partial(Int8Weight, correlation=correlation)
        if full_name in finely:
            store = partial(FineWeight, bits=finely[full_name], correlation=correlation)
        stored = _stored(child, store)
        if stored is not None:
            setattr(module, name, stored)
            replaced.append(full_name)
        else:
            replaced += store_weights(child, finely, correlations, f"{full_name}.")
    return replaced


def _is_plain(conv: nn.Conv1d) -> bool:
    """Whether `StoredConv1d` can be it."""
    same = same_padding(conv.kernel_size[0], conv.dilation[0])
    return conv.groups == 1 and conv.stride == (1,) and conv.padding == (same,) and conv.kernel_size[0] % 2 == 1


def _stored(layer: nn.Module, store: Store) -> nn.Module | None:
    weight = getattr(layer, "weight", None)
    if not isinstance(weight, Tensor) or weight.numel() < SMALLEST_WORTH_IT:
        return None
    if isinstance(layer, StreamedConv1d):
        return StoredStreamedConv1d(layer, store)
    if isinstance(layer, StreamedConvTranspose1d):
        return StoredStreamedConvTranspose1d(layer, store)
    if isinstance(layer, nn.Conv1d):
        return StoredConv1d(layer, store) if _is_plain(layer) else None
    return StoredLinear(layer, store) if isinstance(layer, nn.Linear) else None
