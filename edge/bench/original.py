"""A whole Piper voice against the ONNX file that it was built from, under ONNX Runtime, as Piper runs it."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from edge.bench.rows import Row
from edge.bench.timing import interleaved, threads
from edge.build.progress import Progress
from edge.errors import EdgeError
from edge.speech import Voice
from edge.voice import FileEntry, Inputs, open_bundle

BAR = 1.5
ROUNDS = 9
THREADS = (1, 2)
INSTALL = 'pip install "melo-edge[build,test]"'
SENTENCES = (
    "The kitchen light is on, and the front door is still open.",
    "Your timer has ended.",
    "Tomorrow will be cloudy with some rain in the afternoon, and the wind will come from the west.",
)


def session(model: Path, number_of_threads: int) -> Any:  # noqa: ANN401  (onnxruntime has no types)
    """ONNX Runtime on `model`; its threads rest between runs, so that they do not take turns from the others."""
    onnxruntime = importlib.import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = number_of_threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def rows(voice: Path, progress: Progress) -> list[Row]:
    """On one thread and on two."""
    names = [f"whole voice, INT8 vs ONNX Runtime FP32, {n} thread{'s' * (n > 1)}" for n in THREADS]
    reason = _missing()
    onnx = None
    if not reason:
        try:
            onnx = _original(voice)
        except EdgeError as error:
            reason = str(error)
    if onnx is None:
        return [Row(name=name, bar=BAR, skipped=reason) for name in names]
    return [_compare(name, voice, onnx, n, progress) for name, n in zip(names, THREADS, strict=True)]


def _missing() -> str:
    absent = [name for name in ("onnxruntime", "platformdirs") if importlib.util.find_spec(name) is None]
    return f"{', '.join(absent)} missing: {INSTALL}" if absent else ""


def _original(voice: Path) -> Path:
    from edge.build.sources import named

    with open_bundle(voice) as bundle:
        provenance = bundle.manifest.provenance
    if not provenance.get("weights", "").endswith(".onnx"):
        raise EdgeError(f"{voice} was not built from an ONNX voice; name one that was: --voice dist/joe")
    onnx = named("joe").weights
    if FileEntry.of(onnx).sha256 != provenance["weights_sha256"]:
        raise EdgeError(f"the ONNX file of {voice} is not at hand; only joe's is known: --voice dist/joe")
    return onnx


def _compare(name: str, voice: Path, onnx: Path, number_of_threads: int, progress: Progress) -> Row:
    speaker = Voice.load(voice)
    lines = [speaker.prepare(text) for text in SENTENCES]
    rate = speaker.sample_rate
    length_scale = speaker.manifest.scales.length_scale
    with open_bundle(voice) as bundle:
        model = bundle.model().eval()
    ways = {
        "int8": _spoken_by_torch(model, lines, length_scale, rate),
        "onnx": _spoken_by_onnx(session(onnx, number_of_threads), lines, length_scale, rate),
    }
    with threads(number_of_threads):
        times = interleaved(ways, ROUNDS, progress, f"Timing the {name}")
    figures = {"ONNX Runtime FP32: RTF": times.median("onnx"), "INT8: RTF": times.median("int8")}
    note = "Same phonemes, noise scales 0; time for a second of the sound that each made."
    return Row(name=name, bar=BAR, value=times.ratio("onnx", "int8"), figures=figures, note=note)


def _spoken_by_torch(
    model: torch.jit.ScriptModule, lines: list[Inputs], length_scale: float, rate: int
) -> Callable[[], float]:
    def say(inputs: Inputs) -> int:
        z, g, _ = model.encode(*inputs, 0.0, 0.0, 0.0, length_scale, None, None, None)
        return int(model.decode(z, g).numel())

    return lambda: sum(map(say, lines)) / rate


def _spoken_by_onnx(
    runtime: Any,  # noqa: ANN401
    lines: list[Inputs],
    length_scale: float,
    rate: int,
) -> Callable[[], float]:
    scales = np.array([0.0, length_scale, 0.0], np.float32)

    def say(inputs: Inputs) -> int:
        ids = inputs[0].numpy()
        feed = {"input": ids, "input_lengths": np.array([ids.shape[1]]), "scales": scales}
        return int(runtime.run(None, feed)[0].size)

    return lambda: sum(map(say, lines)) / rate
