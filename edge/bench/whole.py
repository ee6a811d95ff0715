"""The whole model of MeloTTS's size against upstream's own and against ONNX Runtime: time, files, memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch

from edge.bench import export, full_size, upstream
from edge.bench.full_size import SAMPLE_RATE, SCALES, Speech
from edge.bench.memory import MEGABYTE, Growth, grow
from edge.bench.rows import Row
from edge.bench.timing import Times, interleaved, threads
from edge.build.progress import Progress
from edge.errors import EdgeError

BAR, BAR_SHARE, BAR_MEMORY = 2.5, 30.0, 35.0
ROUNDS = 7
BYTES_FP32 = 4
INT8 = "INT8"

Way = Callable[[], float]
"""Says the sentence and returns how many seconds it sounds."""


class Pair(NamedTuple):
    """Both models on disk, and the sentence that they say."""

    fp32: Path
    int8: Path
    weights: int
    """How many the FP32 model has; training's `enc_q` is not among them."""
    inputs: Path
    """The sentence as a file."""
    speech: Speech


def write_pair(folder: Path, progress: Progress) -> Pair:
    """Builds both models into `folder`."""
    progress.step("Building the whole model of MeloTTS's size, FP32 and INT8")
    speech = full_size.babble()
    fp32, int8 = full_size.random_model(), full_size.random_model()
    pair = Pair(folder / "fp32.ts", folder / "int8.ts", _count(fp32), folder / "inputs.pt", speech)
    full_size.to_int8(int8)
    torch.save(speech.inputs, pair.inputs)
    for model, path in ((fp32, pair.fp32), (int8, pair.int8)):
        torch.jit.save(full_size.scripted(full_size.fix_durations(model, speech)), str(path))
    return pair


def _count(model: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def time_rows(pair: Pair, folder: Path, number_of_threads: int, progress: Progress) -> list[Row]:
    """INT8 against upstream in eager mode, and against ONNX Runtime."""
    progress.step("Setting up upstream's MeloTTS and the ONNX export")
    model = full_size.fix_durations(full_size.random_model(), pair.speech)
    rivals = {
        "upstream, eager FP32": _or_why_not(lambda: upstream.speaking(pair.speech)),
        "ONNX Runtime FP32": _or_why_not(lambda: export.speaking(model, pair.speech, folder, number_of_threads)),
    }
    ways = {name: rival for name, rival in rivals.items() if not isinstance(rival, str)}
    with threads(number_of_threads):
        times = interleaved(
            {INT8: _spoken_by_torch(pair), **ways},
            ROUNDS,
            progress,
            f"Timing {pair.speech.seconds:.1f} s of the whole model",
        )
    return [_time_row(name, times, rival if isinstance(rival, str) else "") for name, rival in rivals.items()]


def _or_why_not(make: Callable[[], Way]) -> Way | str:
    try:
        return make()
    except EdgeError as error:
        return str(error)


def _time_row(rival: str, times: Times, skipped: str) -> Row:
    name = f"whole MeloTTS-size model, INT8 vs {rival}"
    if skipped:
        return Row(name=name, bar=BAR, skipped=skipped)
    figures = {f"{way}: RTF": times.median(way) for way in (rival, INT8)}
    return Row(name=name, bar=BAR, value=times.ratio(rival, INT8), figures=figures, note="The aim is 3.5 x.")


def _spoken_by_torch(pair: Pair) -> Way:
    voice = torch.jit.load(str(pair.int8)).eval()

    def say() -> float:
        z, g, _ = voice.encode(*pair.speech.inputs, *SCALES, None, None, None)
        return float(voice.decode(z, g).numel()) / SAMPLE_RATE

    return say


def share_row(name: str, file: Path, weights: int) -> Row:
    """How much smaller the file is than `weights` FP32 numbers."""
    size, before = file.stat().st_size, BYTES_FP32 * weights
    figures = {"FP32 weights without enc_q: MB": before / MEGABYTE, "voice.ts: MB": size / MEGABYTE}
    return Row(name=name, bar=BAR_SHARE, at_least=False, unit="%", value=100 * size / before, figures=figures)


def memory_row(pair: Pair, number_of_threads: int, progress: Progress) -> Row:
    """What INT8 adds to `import torch`, as a share of what FP32 adds."""
    progress.step("Measuring what each model adds to `import torch`, in fresh processes")
    files = {"FP32": pair.fp32, INT8: pair.int8}
    parts = {name: _parts(grow(file, pair.inputs, number_of_threads)) for name, file in files.items()}
    figures = {f"{name}, {what}: MB": value for name, part in parts.items() for what, value in part.items()}
    return Row(
        name="resident memory that the whole MeloTTS-size model adds, INT8 vs FP32",
        bar=BAR_MEMORY,
        at_least=False,
        unit="%",
        value=100 * figures["INT8, adds, own: MB"] / figures["FP32, adds, own: MB"],
        figures=figures,
        note="RssAnon after two sentences of 3.5 s through edge.speech.Voice, and malloc_trim(0).",
    )


def _parts(growth: Growth) -> dict[str, float]:
    imported, trimmed = growth.imported, growth.trimmed
    parts = {
        "import torch, resident": imported.resident,
        "adds, own": trimmed.anonymous - imported.anonymous,
        "adds, with library pages": trimmed.resident - imported.resident,
        "adds, own, before malloc_trim": growth.spoken.anonymous - imported.anonymous,
        "peak above import torch": growth.spoken.peak - imported.resident,
    }
    return {name: value / MEGABYTE for name, value in parts.items()}
