"""The vocoder alone, at MeloTTS's size: 97 % of the model's multiplications."""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec
import torch

from edge.bench import full_size
from edge.bench.rows import Row
from edge.bench.timing import interleaved, threads
from edge.build.progress import Progress
from edge.errors import EdgeError
from edge.int8 import operator

FRAMES = 86
"""A second of sound."""
ROUNDS = 15
BAR, BAR_AVX2 = 2.5, 1.5

AVX2 = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "EDGE_INT8_ISA": "avx2"}
"""Holds torch, oneDNN and the operator to AVX2."""


class Comparison(msgspec.Struct, frozen=True):
    """Real-time factors, and the median of the rounds' ratios."""

    isa: str
    fp32: float
    int8: float
    ratio: float

    def row(self, name: str, bar: float) -> Row:
        """The comparison as a row."""
        figures = {"TorchScript FP32, frozen: RTF": self.fp32, f"INT8, {self.isa}: RTF": self.int8}
        return Row(name=name, bar=bar, value=self.ratio, figures=figures)


def compare(number_of_threads: int, progress: Progress | None = None) -> Comparison:
    """FP32, frozen, against INT8, as the build makes it, on whatever this process may use."""
    progress = progress or Progress()
    progress.step("Building vocoders of MeloTTS's size")
    model = full_size.random_model()
    fp32 = torch.jit.freeze(torch.jit.script(model.vocoder))
    full_size.to_int8(model)
    int8 = torch.jit.script(model.vocoder)
    inputs = (torch.randn(1, full_size.UPSTREAM["inter_channels"], FRAMES), torch.randn(1, 256, 1))

    def run(vocoder: torch.jit.ScriptModule) -> float:
        return float(vocoder(*inputs).numel()) / full_size.SAMPLE_RATE

    with threads(number_of_threads):
        times = interleaved(
            {"fp32": lambda: run(fp32), "int8": lambda: run(int8)}, ROUNDS, progress, "Timing the vocoder"
        )
    isa = os.environ.get("EDGE_INT8_ISA") or operator.isas()[0]
    return Comparison(isa, times.median("fp32"), times.median("int8"), times.ratio("fp32", "int8"))


def rows(number_of_threads: int, progress: Progress) -> list[Row]:
    """With all that this machine has, and with AVX2."""
    best = compare(number_of_threads, progress).row("MeloTTS-size vocoder, INT8 vs TorchScript FP32", BAR)
    name = "the same, both with AVX2"
    if "avx2" not in operator.isas():
        return [best, Row(name=name, bar=BAR_AVX2, skipped="this processor has no AVX2")]
    progress.step("Timing the vocoder with AVX2 in a process of its own")
    return [best, _compare_elsewhere(number_of_threads, AVX2).row(name, BAR_AVX2)]


def _compare_elsewhere(number_of_threads: int, environment: dict[str, str]) -> Comparison:
    command = [sys.executable, "-m", "edge.bench", "vocoder", str(number_of_threads)]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, **environment})
    if done.returncode:
        raise EdgeError(f"The vocoder cannot be measured with AVX2: {done.stderr.decode().strip()[-500:]}")
    return msgspec.json.decode(done.stdout, type=Comparison)
