"""HiFi-GAN (Kong, Kim and Bae, 2020): latent frames to sound."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from edge.model.config import SynthesizerConfig
from edge.model.layers import same_padding

SLOPE = 0.1
FINAL_SLOPE = 0.01
"""Upstream calls `leaky_relu` without a slope before the last convolution."""
OUTER_KERNEL = 7


def _convs(channels: int, kernel_size: int, dilations: tuple[int, ...]) -> nn.ModuleList:
    return nn.ModuleList(
        nn.Conv1d(channels, channels, kernel_size, dilation=d, padding=same_padding(kernel_size, d)) for d in dilations
    )


class ResBlock1(nn.Module):
    """Pairs of a dilated and a plain convolution, each pair with a residual."""

    def __init__(self, channels: int, kernel_size: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.activation = nn.LeakyReLU(SLOPE)
        self.convs1 = _convs(channels, kernel_size, dilations)
        self.convs2 = _convs(channels, kernel_size, (1,) * len(dilations))

    def forward(self, x: Tensor) -> Tensor:
        for dilated, plain in zip(self.convs1, self.convs2):
            x = x + plain(self.activation(dilated(self.activation(x))))
        return x


class ResBlock2(nn.Module):
    """Single dilated convolutions, each with a residual."""

    def __init__(self, channels: int, kernel_size: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.activation = nn.LeakyReLU(SLOPE)
        self.convs = _convs(channels, kernel_size, dilations)

    def forward(self, x: Tensor) -> Tensor:
        for conv in self.convs:
            x = x + conv(self.activation(x))
        return x


class FusedReceptiveFields(nn.Module):
    """The mean of parallel resblocks with different kernels (HiFi-GAN's multi-receptive field fusion)."""

    def __init__(self, channels: int, config: SynthesizerConfig) -> None:
        super().__init__()
        resblock = ResBlock1 if config.resblock == "1" else ResBlock2
        self.resblocks = nn.ModuleList(
            resblock(channels, kernel_size, dilations)
            for kernel_size, dilations in zip(config.resblock_kernel_sizes, config.resblock_dilation_sizes)
        )

    def forward(self, x: Tensor) -> Tensor:
        total = torch.zeros_like(x)
        for resblock in self.resblocks:
            total = total + resblock(x)
        return total / len(self.resblocks)


class Vocoder(nn.Module):
    """`z (1, H, T)` and the speaker `g (1, G, 1)` to `audio (1, 1, T * hop)` in -1..1."""

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        widths = [config.upsample_initial_channel >> i for i in range(len(config.upsample_rates) + 1)]
        padding = same_padding(OUTER_KERNEL)
        self.activation = nn.LeakyReLU(SLOPE)
        self.final_activation = nn.LeakyReLU(FINAL_SLOPE)
        self.conv_pre = nn.Conv1d(config.inter_channels, widths[0], OUTER_KERNEL, padding=padding)
        self.cond = nn.Conv1d(config.gin_channels, widths[0], 1) if config.gin_channels else None
        self.ups = nn.ModuleList(
            nn.ConvTranspose1d(wide, narrow, kernel, rate, padding=(kernel - rate) // 2)
            for wide, narrow, kernel, rate in zip(
                widths, widths[1:], config.upsample_kernel_sizes, config.upsample_rates
            )
        )
        self.fields = nn.ModuleList(FusedReceptiveFields(width, config) for width in widths[1:])
        self.conv_post = nn.Conv1d(widths[-1], 1, OUTER_KERNEL, padding=padding, bias=False)

    def forward(self, z: Tensor, g: Tensor) -> Tensor:
        x = self.conv_pre(z)
        if self.cond is not None:
            x = x + self.cond(g)
        for up, field in zip(self.ups, self.fields):
            x = field(up(self.activation(x)))
        return torch.tanh(self.conv_post(self.final_activation(x)))
