"""HiFi-GAN, channels-last from its first convolution to its last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional, cast

import torch
from torch import Tensor, nn

from edge.int8.layers import Conv, SoundConv
from edge.model.stream import Stream, whole
from edge.model.vocoder import FINAL_SLOPE, SLOPE, FusedReceptiveFields, ResBlock1, ResBlock2, Vocoder

Fuse = Callable[[Conv, float, float, int], nn.Module]
"""Makes a fused convolution of a plain one, the slope in front of it, the gain in front of that, and how many
upsampling stages it comes after."""


def _convs(modules: nn.ModuleList) -> list[nn.Conv1d]:
    return cast("list[nn.Conv1d]", list(modules))


class FusedResBlock1(nn.Module):
    """Pairs of a dilated and a plain convolution; what the stage has summed up so far is added behind the last."""

    def __init__(self, block: ResBlock1, stage: int, fuse: Fuse) -> None:
        super().__init__()
        self.convs1 = nn.ModuleList(fuse(conv, SLOPE, 1.0, stage) for conv in _convs(block.convs1))
        self.convs2 = nn.ModuleList(fuse(conv, SLOPE, 1.0, stage) for conv in _convs(block.convs2))

    def forward(self, x: Tensor, total: list[Tensor], stream: Stream) -> Tensor:
        """`x`, `total` (one or none) and the result are `(1, n, C)`, each with its own `n`."""
        for i, (dilated, plain) in enumerate(zip(self.convs1, self.convs2)):  # noqa: B905  (TorchScript's zip has no strict)
            early = [x]
            if i == len(self.convs1) - 1:
                early.extend(total)
            x = plain(dilated(x, [], stream), early, stream)
        return x


class FusedResBlock2(nn.Module):
    """Single dilated convolutions."""

    def __init__(self, block: ResBlock2, stage: int, fuse: Fuse) -> None:
        super().__init__()
        self.convs = nn.ModuleList(fuse(conv, SLOPE, 1.0, stage) for conv in _convs(block.convs))

    def forward(self, x: Tensor, total: list[Tensor], stream: Stream) -> Tensor:
        """`x`, `total` (one or none) and the result are `(1, n, C)`, each with its own `n`."""
        for i, conv in enumerate(self.convs):
            early = [x]
            if i == len(self.convs) - 1:
                early.extend(total)
            x = conv(x, early, stream)
        return x


class Stage(nn.Module):
    """Upsampling and the sum, not the mean, of the resblocks behind it: the next stage's `gain` divides."""

    def __init__(
        self, up: nn.ConvTranspose1d, field: FusedReceptiveFields, stage: int, gain: float, fuse: Fuse
    ) -> None:
        super().__init__()
        self.up = fuse(up, SLOPE, gain, stage)
        # Each adds its own to what has been summed up, which must have come as far.
        blocks = sorted(cast("list[ResBlock1 | ResBlock2]", list(field.resblocks)), key=lambda block: block.late)
        self.resblocks = nn.ModuleList(
            FusedResBlock1(block, stage + 1, fuse)
            if isinstance(block, ResBlock1)
            else FusedResBlock2(block, stage + 1, fuse)
            for block in blocks
        )

    def forward(self, x: Tensor, stream: Stream) -> Tensor:
        """`(1, n, C)` to `(1, m, C / 2)`."""
        x = self.up(x, [], stream)
        total: list[Tensor] = []
        for resblock in self.resblocks:
            total = [resblock(x, total, stream)]
        return total[0]


class FusedVocoder(nn.Module):
    """Stands in for a `Vocoder`: `z (1, H, n)` and `g (1, G, 1)` to `audio (1, 1, m)`, on a stream or not."""

    def __init__(self, vocoder: Vocoder, fuse: Fuse) -> None:
        super().__init__()
        self.conv_pre = fuse(vocoder.conv_pre, 1.0, 1.0, 0)
        self.cond = vocoder.cond
        fields = cast("list[FusedReceptiveFields]", list(vocoder.fields))
        ups = cast("list[nn.ConvTranspose1d]", list(vocoder.ups))
        means = [1.0 / len(field.resblocks) for field in fields]
        self.stages = nn.ModuleList(
            Stage(up, field, stage, gain, fuse)
            for stage, (up, field, gain) in enumerate(zip(ups, fields, [1.0, *means[:-1]], strict=True))
        )
        self.conv_post = SoundConv(vocoder.conv_post, FINAL_SLOPE, means[-1])
        self.late = vocoder.late

    def forward(self, z: Tensor, g: Tensor, stream: Optional[Stream] = None) -> Tensor:  # noqa: UP045  (see `Vocoder`)
        if stream is None:
            stream = whole()
        x = self.conv_pre(z.transpose(1, 2).contiguous(), [], stream)
        if self.cond is not None:
            x = x + self.cond(g).transpose(1, 2)
        for stage in self.stages:
            x = stage(x, stream)
        return torch.tanh(self.conv_post(x, stream)).unsqueeze(1)
