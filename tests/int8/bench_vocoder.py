"""Times the INT8 operator: a whole HiFi-GAN vocoder of MeloTTS's size, and its layers, against torch FP32.

Random weights; one process, interleaved runs, one thread unless OMP_NUM_THREADS says otherwise:

    python tests/int8/bench_vocoder.py vocoder avx512vnni avxvnni
    ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 python tests/int8/bench_vocoder.py vocoder avx2
    python tests/int8/bench_vocoder.py layers avx512vnni avx2
"""

# ruff: noqa: T201 (it prints for a person)

from __future__ import annotations

import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from int8_scheme import random_layer
from torch import nn

from edge.int8 import operator

RATES, KERNELS = (8, 8, 2, 2, 2), (16, 16, 8, 2, 2)
RESBLOCK_KERNELS, DILATIONS = (3, 7, 11), (1, 3, 5)
LATENT, INITIAL = 192, 512
FRAMES = 86
"""One second of MeloTTS."""
ROUNDS = 11


class ResBlock(nn.Module):
    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.convs1 = nn.ModuleList(
            nn.Conv1d(channels, channels, kernel, dilation=d, padding=(kernel - 1) * d // 2) for d in DILATIONS
        )
        self.convs2 = nn.ModuleList(
            nn.Conv1d(channels, channels, kernel, padding=(kernel - 1) // 2) for _ in DILATIONS
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for conv1, conv2 in zip(self.convs1, self.convs2):  # noqa: B905 (TorchScript's zip has no `strict`)
            x = x + conv2(F.leaky_relu(conv1(F.leaky_relu(x, 0.1)), 0.1))
        return x


class Vocoder(nn.Module):
    """HiFi-GAN, `z (1, 192, T)` to `audio (1, 1, 512 T)`."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_pre = nn.Conv1d(LATENT, INITIAL, 7, padding=3)
        widths = [INITIAL >> (i + 1) for i in range(len(RATES))]
        self.ups = nn.ModuleList(
            nn.ConvTranspose1d(2 * width, width, kernel, rate, padding=(kernel - rate) // 2)
            for width, kernel, rate in zip(widths, KERNELS, RATES, strict=True)
        )
        self.stages = nn.ModuleList(
            nn.ModuleList(ResBlock(width, kernel) for kernel in RESBLOCK_KERNELS) for width in widths
        )
        self.conv_post = nn.Conv1d(widths[-1], 1, 7, padding=3, bias=False)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.conv_pre(z)
        for up, stage in zip(self.ups, self.stages):  # noqa: B905
            x = up(F.leaky_relu(x, 0.1))
            total = torch.zeros_like(x)
            for block in stage:
                total = total + block(x)
            x = total / 3.0
        return torch.tanh(self.conv_post(F.leaky_relu(x)))


def packed(conv: nn.Conv1d | nn.ConvTranspose1d, slope: float, gain: float = 1.0) -> torch.ScriptObject:
    """`gain` multiplies the input of the layer in front of its bias; the mean of three resblocks is folded so."""
    weight, transposed = conv.weight.detach(), isinstance(conv, nn.ConvTranspose1d)
    scale = weight.abs().amax((0, 2) if transposed else (1, 2)) / 127
    quantised = torch.round(weight / scale.view((1, -1, 1) if transposed else (-1, 1, 1))).to(torch.int8)
    front = (quantised, scale * gain, torch.ones(conv.in_channels), conv.bias.detach())
    if transposed:
        return torch.ops.edge.pack_conv_transpose1d(*front, conv.stride[0], slope)
    return torch.ops.edge.pack_conv1d(*front, conv.dilation[0], slope)


class Int8Unit(nn.Module):
    def __init__(self, conv1: nn.Conv1d, conv2: nn.Conv1d) -> None:
        super().__init__()
        self.conv1, self.conv2 = packed(conv1, 0.1), packed(conv2, 0.1)

    def forward(self, x: torch.Tensor, total: torch.Tensor | None) -> torch.Tensor:
        return torch.ops.edge.conv1d(torch.ops.edge.conv1d(x, self.conv1), self.conv2, x, total)


class Int8ResBlock(nn.Module):
    def __init__(self, block: ResBlock) -> None:
        super().__init__()
        self.units = nn.ModuleList(Int8Unit(a, b) for a, b in zip(block.convs1, block.convs2, strict=True))

    def forward(self, x: torch.Tensor, total: torch.Tensor | None) -> torch.Tensor:
        for i, unit in enumerate(self.units):
            x = unit(x, total if i == len(self.units) - 1 else None)
        return x


class Int8Stage(nn.Module):
    def __init__(self, up: nn.ConvTranspose1d, blocks: nn.ModuleList, gain: float) -> None:
        super().__init__()
        self.up = packed(up, 0.1, gain)
        self.blocks = nn.ModuleList(Int8ResBlock(block) for block in blocks)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.ops.edge.conv1d(x, self.up)
        total: torch.Tensor | None = None
        for block in self.blocks:
            total = block(x, total)
        assert total is not None
        return total


class Int8Vocoder(nn.Module):
    """The same on the operator: channels-last throughout, conv_post in float."""

    def __init__(self, vocoder: Vocoder) -> None:
        super().__init__()
        self.conv_pre = packed(vocoder.conv_pre, 1.0)
        self.stages = nn.ModuleList(
            Int8Stage(up, blocks, 1.0 if i == 0 else 1 / 3)
            for i, (up, blocks) in enumerate(zip(vocoder.ups, vocoder.stages, strict=True))
        )
        self.post = nn.Parameter(vocoder.conv_post.weight.detach()[0] / 3)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = torch.ops.edge.conv1d(z.transpose(1, 2).contiguous(), self.conv_pre)
        for stage in self.stages:
            x = stage(x)
        # conv_post as one product (T, 16) x (16, 7) and a sum along diagonals: a quarter of conv1d's time here.
        taps = F.pad(torch.matmul(F.leaky_relu(x)[0], self.post), [0, 0, 3, 3])
        return torch.tanh(taps.as_strided([x.size(1), 7], [7, 8]).sum(1))[None, None]


def timed(candidates: dict[str, Callable[[], torch.Tensor]]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for run in candidates.values():
        run()
        run()
    for _ in range(ROUNDS):
        for name, run in candidates.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return times


def bench_vocoder(isas: list[str]) -> None:
    vocoder, z = Vocoder().eval(), torch.randn(1, LATENT, FRAMES)
    frozen = torch.jit.freeze(torch.jit.script(vocoder))
    candidates: dict[str, Callable[[], torch.Tensor]] = {"fp32": lambda: frozen(z)}
    for isa in isas:
        os.environ["EDGE_INT8_ISA"] = isa
        model = torch.jit.freeze(torch.jit.script(Int8Vocoder(vocoder).eval()))
        candidates[isa] = partial(model, z)
    times = timed(candidates)
    for name, values in times.items():
        ratios = [a / b for a, b in zip(times["fp32"], values, strict=True)]
        print(
            f"{name:10}  {min(values) * 1e3:6.1f} ms best  {statistics.median(values) * 1e3:6.1f} ms median  "
            f"{min(times['fp32']) / min(values):.2f}x best  {statistics.median(ratios):.2f}x median"
        )


def bench_layer(isas: list[str], channels: int, rows: int, kernel: int, dilation: int) -> None:
    layer = random_layer(0, channels, channels, kernel, dilation=dilation)
    x, weight = torch.randn(1, rows, channels), torch.randn(channels, channels, kernel)
    x_first, padding = x.transpose(1, 2).contiguous(), (kernel - 1) * dilation // 2
    candidates: dict[str, Callable[[], torch.Tensor]] = {
        "fp32": lambda: F.conv1d(
            F.leaky_relu(x_first, 0.1), weight, layer.bias, padding=padding, dilation=dilation
        ).add_(x_first)
    }
    for isa in isas:
        os.environ["EDGE_INT8_ISA"] = isa
        candidates[isa] = partial(torch.ops.edge.conv1d, x, layer.pack(), x)
    products = channels * channels * kernel * rows / 1e9
    speeds = "  ".join(f"{name} {products / min(values):4.0f}" for name, values in timed(candidates).items())
    print(f"{channels:4} channels, kernel {kernel:2}, dilation {dilation}: {speeds} GMAC/s", flush=True)


def main() -> None:
    what, *isas = sys.argv[1:]
    warnings.simplefilter("ignore", DeprecationWarning)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    operator.load()
    with torch.inference_mode():
        if what == "vocoder":
            bench_vocoder(isas)
        else:
            for channels, rows in ((256, 688), (128, 5504), (64, 11008), (32, 22016), (16, 44032)):
                for kernel, dilation in ((3, 1), (7, 3), (11, 5)):
                    bench_layer(isas, channels, rows, kernel, dilation)


if __name__ == "__main__":
    main()
