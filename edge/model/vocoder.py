"""HiFi-GAN (Kong, Kim and Bae, 2020): latent frames to sound."""

from __future__ import annotations

from typing import Optional

import torch
from torch import Tensor, nn

from edge.model.config import SynthesizerConfig
from edge.model.stream import Stream, StreamedConv1d, StreamedConvTranspose1d, same_padding, whole

SLOPE = 0.1
FINAL_SLOPE = 0.01
"""Upstream calls `leaky_relu` without a slope before the last convolution."""
OUTER_KERNEL = 7


def _convs(channels: int, kernel_size: int, dilations: tuple[int, ...], late: list[int]) -> nn.ModuleList:
    return nn.ModuleList(
        StreamedConv1d(channels, channels, kernel_size, before, d) for d, before in zip(dilations, late)
    )


class ResBlock1(nn.Module):
    """Pairs of a dilated and a plain convolution, each pair with a residual."""

    def __init__(self, channels: int, kernel_size: int, dilations: tuple[int, ...], late: int) -> None:
        super().__init__()
        self.activation = nn.LeakyReLU(SLOPE)
        plain, each = same_padding(kernel_size), [same_padding(kernel_size, d) for d in dilations]
        pairs = [late + sum(each[:i]) + i * plain for i in range(len(each) + 1)]
        self.convs1 = _convs(channels, kernel_size, dilations, pairs)
        self.convs2 = _convs(channels, kernel_size, (1,) * len(each), [after - plain for after in pairs[1:]])
        self.late = pairs[-1]

    def forward(self, x: Tensor, stream: Stream) -> Tensor:
        for dilated, plain in zip(self.convs1, self.convs2):
            x = plain(self.activation(dilated(self.activation(x), [], stream)), [x], stream)
        return x


class ResBlock2(nn.Module):
    """Single dilated convolutions, each with a residual."""

    def __init__(self, channels: int, kernel_size: int, dilations: tuple[int, ...], late: int) -> None:
        super().__init__()
        self.activation = nn.LeakyReLU(SLOPE)
        each = [same_padding(kernel_size, d) for d in dilations]
        self.convs = _convs(channels, kernel_size, dilations, [late + sum(each[:i]) for i in range(len(each))])
        self.late = late + sum(each)

    def forward(self, x: Tensor, stream: Stream) -> Tensor:
        for conv in self.convs:
            x = conv(self.activation(x), [x], stream)
        return x


class FusedReceptiveFields(nn.Module):
    """The mean of parallel resblocks with different kernels (HiFi-GAN's multi-receptive field fusion)."""

    def __init__(self, channels: int, config: SynthesizerConfig, late: int) -> None:
        super().__init__()
        resblock = ResBlock1 if config.resblock == "1" else ResBlock2
        blocks = [
            resblock(channels, kernel_size, dilations, late)
            for kernel_size, dilations in zip(config.resblock_kernel_sizes, config.resblock_dilation_sizes)
        ]
        self.resblocks = nn.ModuleList(blocks)
        self.lates = [block.late for block in blocks]
        self.late = max([late, *self.lates])

    def forward(self, x: Tensor, stream: Stream) -> Tensor:
        total: list[Tensor] = []
        late = 0
        for i, resblock in enumerate(self.resblocks):
            y = resblock(x, stream)
            if self.lates[i] >= late:
                total, late = [stream.add(y, total, 2)], self.lates[i]
            else:
                total = [stream.add(total[0], [y], 2)]
        return total[0] / len(self.resblocks)


class Vocoder(nn.Module):
    """`z (1, H, n)` and the speaker `g (1, G, 1)` to `audio (1, 1, m)` in -1..1; without a stream, `m` is `n * hop`."""

    def __init__(self, config: SynthesizerConfig, late: int) -> None:
        """`late`: frames by which `z` is late in a stream."""
        super().__init__()
        widths = [config.upsample_initial_channel >> i for i in range(len(config.upsample_rates) + 1)]
        self.activation = nn.LeakyReLU(SLOPE)
        self.final_activation = nn.LeakyReLU(FINAL_SLOPE)
        self.conv_pre = StreamedConv1d(config.inter_channels, widths[0], OUTER_KERNEL, late)
        self.cond = nn.Conv1d(config.gin_channels, widths[0], 1) if config.gin_channels else None
        late = self.conv_pre.late
        ups, fields = [], []
        for i, (kernel, rate) in enumerate(zip(config.upsample_kernel_sizes, config.upsample_rates)):
            ups.append(StreamedConvTranspose1d(widths[i], widths[i + 1], kernel, rate, late))
            fields.append(FusedReceptiveFields(widths[i + 1], config, ups[-1].late * rate))
            late = fields[-1].late
        self.ups, self.fields = nn.ModuleList(ups), nn.ModuleList(fields)
        self.conv_post = StreamedConv1d(widths[-1], 1, OUTER_KERNEL, late, bias=False)
        self.late = self.conv_post.late
        """Samples by which the sound is late."""

    def forward(self, z: Tensor, g: Tensor, stream: Optional[Stream] = None) -> Tensor:  # noqa: UP045  (see `Synthesizer`)
        if stream is None:
            stream = whole()
        x = self.conv_pre(z, [], stream)
        if self.cond is not None:
            x = x + self.cond(g)
        for up, field in zip(self.ups, self.fields):
            x = field(up(self.activation(x), [], stream), stream)
        return torch.tanh(self.conv_post(self.final_activation(x), [], stream))
