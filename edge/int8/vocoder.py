"""HiFi-GAN, channels-last from its first convolution to its last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

import torch
from torch import Tensor, nn

from edge.model.vocoder import FINAL_SLOPE, SLOPE, FusedReceptiveFields, ResBlock1, ResBlock2, Vocoder

Fuse = Callable[[nn.Module, float, float], nn.Module]
"""Makes a fused convolution of a plain one, the slope in front of it, and the gain in front of that."""


class FusedResBlock1(nn.Module):
    """Pairs of a dilated and a plain convolution; what the stage has summed up so far is added behind the last."""

    def __init__(self, block: ResBlock1, fuse: Fuse) -> None:
        super().__init__()
        self.convs1 = nn.ModuleList(fuse(conv, SLOPE, 1.0) for conv in block.convs1)
        self.convs2 = nn.ModuleList(fuse(conv, SLOPE, 1.0) for conv in block.convs2)

    def forward(self, x: Tensor, total: Optional[Tensor]) -> Tensor:  # noqa: UP045
        """`x`, `total` and the result are `(1, T, C)`."""
        for i, (dilated, plain) in enumerate(zip(self.convs1, self.convs2)):
            x = plain(dilated(x), x, total if i == len(self.convs1) - 1 else None)
        return x


class FusedResBlock2(nn.Module):
    """Single dilated convolutions."""

    def __init__(self, block: ResBlock2, fuse: Fuse) -> None:
        super().__init__()
        self.convs = nn.ModuleList(fuse(conv, SLOPE, 1.0) for conv in block.convs)

    def forward(self, x: Tensor, total: Optional[Tensor]) -> Tensor:  # noqa: UP045
        """`x`, `total` and the result are `(1, T, C)`."""
        for i, conv in enumerate(self.convs):
            x = conv(x, x, total if i == len(self.convs) - 1 else None)
        return x


class Stage(nn.Module):
    """Upsampling and the sum, not the mean, of the resblocks behind it: the next stage's `gain` divides."""

    def __init__(self, up: nn.ConvTranspose1d, field: FusedReceptiveFields, gain: float, fuse: Fuse) -> None:
        super().__init__()
        self.up = fuse(up, SLOPE, gain)
        self.resblocks = nn.ModuleList(
            FusedResBlock1(block, fuse) if isinstance(block, ResBlock1) else FusedResBlock2(block, fuse)
            for block in field.resblocks
        )

    def forward(self, x: Tensor) -> Tensor:
        """`(1, T, C)` to `(1, T * rate, C / 2)`."""
        x = self.up(x)
        total: Optional[Tensor] = None  # noqa: UP045
        for resblock in self.resblocks:
            total = resblock(x, total)
        return torch.jit._unwrap_optional(total)  # noqa: SLF001  (how TorchScript is told that it is no None)


class FusedVocoder(nn.Module):
    """Stands in for a `Vocoder`: `z (1, H, T)` and `g (1, G, 1)` to `audio (1, 1, T * hop)`."""

    def __init__(self, vocoder: Vocoder, fuse: Fuse) -> None:
        super().__init__()
        self.conv_pre = fuse(vocoder.conv_pre, 1.0, 1.0)
        self.cond = vocoder.cond
        means = [1.0 / len(field.resblocks) for field in vocoder.fields]
        self.stages = nn.ModuleList(
            Stage(up, field, gain, fuse)
            for up, field, gain in zip(vocoder.ups, vocoder.fields, [1.0, *means[:-1]])
        )
        self.conv_post = fuse(vocoder.conv_post, FINAL_SLOPE, means[-1])

    def forward(self, z: Tensor, g: Tensor) -> Tensor:
        x = self.conv_pre(z.transpose(1, 2).contiguous())
        if self.cond is not None:
            x = x + self.cond(g).transpose(1, 2)
        for stage in self.stages:
            x = stage(x)
        return torch.tanh(self.conv_post(x)).transpose(1, 2)
