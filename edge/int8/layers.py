"""Convolutions with the INT8 operator inside, and their FP32 twins, channels-last and fused.

Both kinds do what the vocoder does around a convolution: leaky ReLU in front, a residual and a running total added
behind, on a stream. They have one signature, so that a layer can be either, and both can be scripted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from edge.int8 import operator
from edge.int8.rounding import round_jointly
from edge.model.stream import Stream, StreamedConv1d, StreamedConvTranspose1d, same_padding, whole

Conv = nn.Conv1d | nn.ConvTranspose1d

FRAME_BLOCK = 4
"""Time steps that share one scale and zero point where there is one step a latent frame. Shorter is finer, and costs
next to nothing where channels are many; docs/int8.md has the figures."""
STAGE_BLOCKS = (16, 32, 64)
"""The same behind one, two, and three or more upsampling stages."""


def grain(upsample_rates: Sequence[int]) -> int:
    """How many frames make whole blocks in all stages."""
    frames, rows = FRAME_BLOCK, 1
    for stages, rate in enumerate(upsample_rates, 1):
        rows *= rate
        block = block_after(stages)
        frames = math.lcm(frames, block // math.gcd(block, rows))
    return frames


def block_after(stages: int) -> int:
    """The block for layers behind `stages` upsampling stages."""
    return STAGE_BLOCKS[min(stages, len(STAGE_BLOCKS)) - 1] if stages else FRAME_BLOCK


@dataclass(frozen=True)
class Quantised:
    """A convolution's weight as INT8, output channel by output channel, with the input scales worked in.

    `weight` is `(O, C, k)`, or `(C, O, k)` transposed; `weight_scale (O,)`; `input_scale (C,)`.
    """

    weight: Tensor
    weight_scale: Tensor
    input_scale: Tensor

    @classmethod
    def of(
        cls, conv: Conv, input_scale: Tensor, correlation: Tensor | None = None
    ) -> Quantised:
        """Multiplies input channel `c` by `input_scale[c]`, then rounds each output channel to its own scale.

        With the inputs' `correlation (C * k, C * k)`, rounds so that errors cancel; see `rounding`.
        """
        inputs, outputs = (0, 1) if isinstance(conv, nn.ConvTranspose1d) else (1, 0)
        weight = conv.weight.detach() * _along(input_scale, inputs)
        scale = (weight.abs().amax((inputs, 2)) / 127).clamp_min(torch.finfo(torch.float32).tiny)
        if correlation is None:
            return cls(torch.round(weight / _along(scale, outputs)).to(torch.int8), scale, input_scale)
        spread = input_scale.repeat_interleave(weight.size(2))
        levels = round_jointly(weight.flatten(1), scale, correlation / spread[:, None] / spread)
        return cls(levels.view(weight.shape), scale, input_scale)


def _along(vector: Tensor, dimension: int) -> Tensor:
    shape = [1, 1, 1]
    shape[dimension] = -1
    return vector.view(shape)


class Int8FusedConv(nn.Module):
    """Rows in, rows out, computed in INT8 by `torch.ops.edge.conv1d`."""

    def __init__(
        self,
        conv: Conv,
        quantised: Quantised,
        slope: float = 1.0,
        gain: float = 1.0,
        block: int = FRAME_BLOCK,
    ) -> None:
        """`gain` multiplies the input in front of everything else; leaky ReLU commutes with it.

        Blocks end where the pieces of a stream do, so that none waits for more: the first one is shorter by as much as
        the layer's output is late. `conv` is a streamed one, or is given whole sentences.
        """
        super().__init__()
        operator.load()
        bias = None if conv.bias is None else conv.bias.detach()
        late = conv.late if isinstance(conv, StreamedConv1d | StreamedConvTranspose1d) else 0
        arguments = (quantised.weight, quantised.weight_scale, quantised.input_scale / gain, bias)
        if isinstance(conv, nn.ConvTranspose1d):
            self.packed = torch.ops.edge.pack_conv_transpose1d(*arguments, conv.stride[0], slope, block, late % block)
        else:
            self.packed = torch.ops.edge.pack_conv1d(*arguments, conv.dilation[0], slope, block, late % block)

    def forward(self, x: Tensor, early: list[Tensor], stream: Stream) -> Tensor:
        """`x (1, n, C)` to `(1, m, O)`, to which are added at most two that are `early`: no later than the output."""
        results = torch.ops.edge.stream(x, self.packed, early, stream.take(1 + len(early)), stream.ended)
        stream.kept.extend(results[1:])
        return results[0]


class FloatFusedConv(nn.Module):
    """The same in FP32, for the layers that INT8 would be heard in."""

    def __init__(self, conv: Conv, slope: float, gain: float = 1.0) -> None:
        super().__init__()
        self.conv = conv
        self.slope, self.gain = slope, gain

    def forward(self, x: Tensor, early: list[Tensor], stream: Stream) -> Tensor:
        """`x (1, n, C)` to `(1, m, O)`, to which is added what is `early`: no later than the output."""
        y = self.conv(F.leaky_relu(x * self.gain, self.slope).transpose(1, 2), [], stream).transpose(1, 2)
        return stream.add(y, early, 1).contiguous()


class SoundConv(nn.Module):
    """The vocoder's last convolution, in FP32: many channels in, the sound out.

    On channels-last rows it is one matrix product, whose columns are then added up along diagonals: five times as fast
    as transposing for `F.conv1d`. torch's own product may round a row otherwise when there are more of them.
    """

    def __init__(self, conv: nn.Conv1d, slope: float, gain: float) -> None:
        """`conv` has one output, no bias and dilation 1."""
        super().__init__()
        operator.load()
        # Leaky ReLU commutes with the gain.
        self.taps = nn.Parameter(operator.panels(conv.weight.detach().transpose(0, 2) * gain), requires_grad=False)
        self.kernel = conv.kernel_size[0]
        self.scale, self.bias = torch.ones(self.kernel), torch.zeros(self.kernel)
        self.slope = slope

    def forward(self, x: Tensor, stream: Stream) -> Tensor:
        """`x (1, n, C)` to `(1, m)`."""
        products = torch.ops.edge.float_conv1d(F.leaky_relu(x[0], self.slope), self.taps, self.scale, self.bias)
        products = stream.around(products, self.kernel // 2, 0)
        sound = torch.zeros(products.size(0) - self.kernel + 1)
        for tap in range(self.kernel):
            sound += products[tap : tap + sound.size(0), tap]
        return sound.unsqueeze(0)


class DepthwiseConv(nn.Module):
    """An `nn.Conv1d` with a group for each channel, in FP32 on channels-last rows, as the layers around it leave them.

    A product for each tap takes a quarter of the time of `F.conv1d`, which oneDNN compiles for each length anew.
    """

    def __init__(self, conv: nn.Conv1d) -> None:
        """`conv` has an odd kernel, stride 1 and same padding."""
        super().__init__()
        self.taps = nn.Parameter(conv.weight.detach()[:, 0].t().contiguous(), requires_grad=False)
        self.bias = nn.Parameter(
            torch.zeros(conv.out_channels) if conv.bias is None else conv.bias.detach(), requires_grad=False
        )
        self.dilation = conv.dilation[0]

    def forward(self, x: Tensor) -> Tensor:
        """`(1, C, L)` to `(1, C, L)`."""
        halo = same_padding(self.taps.size(0), self.dilation)
        rows = F.pad(x[0].t(), [0, 0, halo, halo])
        y = self.bias.unsqueeze(0)
        for tap in range(self.taps.size(0)):
            y = torch.addcmul(y, rows.narrow(0, tap * self.dilation, x.size(2)), self.taps[tap])
        return y.t().unsqueeze(0)


class Int8Conv(nn.Module):
    """Stands in for an `nn.Conv1d`: `(1, C, L)` in and out.

    Two in a row cost no transposition: what the first returns is channels-last in memory.
    """

    def __init__(self, conv: Conv, quantised: Quantised, block: int = FRAME_BLOCK) -> None:
        super().__init__()
        self.conv = Int8FusedConv(conv, quantised, block=block)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x.transpose(1, 2).contiguous(), [], whole()).transpose(1, 2)


class StreamedInt8Conv(nn.Module):
    """The same for a `StreamedConv1d` or `StreamedConvTranspose1d`, `(1, C, n)` to `(1, O, m)`."""

    def __init__(self, conv: Conv, quantised: Quantised, block: int = FRAME_BLOCK) -> None:
        super().__init__()
        self.conv = Int8FusedConv(conv, quantised, block=block)

    def forward(self, x: Tensor, early: list[Tensor], stream: Stream) -> Tensor:
        rows = [addend.transpose(1, 2).contiguous() for addend in early]
        return self.conv(x.transpose(1, 2).contiguous(), rows, stream).transpose(1, 2)


def stand_in(conv: Conv, quantised: Quantised, block: int = FRAME_BLOCK) -> nn.Module:
    """What computes `conv` in INT8 in its place."""
    streamed = isinstance(conv, StreamedConv1d | StreamedConvTranspose1d)
    return (StreamedInt8Conv if streamed else Int8Conv)(conv, quantised, block)
