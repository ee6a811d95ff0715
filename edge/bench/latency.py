"""`melo-edge bench --latency`: how soon it speaks, how soon it stops, and what streaming costs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from edge.bench import answers, speaking
from edge.bench.daemon import with_full_size
from edge.bench.rows import Report
from edge.build.progress import Progress
from edge.voice import open_bundle


def measure_latency(voice: Path, threads: int, progress: Progress) -> Report:
    """Measures `voice`, and a model of MeloTTS's size in its place; takes some quarter of an hour.

    Raises:
        EdgeError: the operator or the voice cannot be loaded.
    """
    with open_bundle(voice) as bundle:
        name = bundle.manifest.name
    rows = []
    with tempfile.TemporaryDirectory(prefix="melo-edge-bench-") as folder:
        progress.step("Building a model of MeloTTS's size")
        voices = {name: voice, "MeloTTS-size": with_full_size(voice, Path(folder) / "full-size")}
        for title, path in voices.items():
            progress.step(f"Timing {title}, streamed and whole")
            rows += speaking.rows(path, title, threads)
            rows += answers.rows(path, title, Path(folder) / f"{title} daemon", threads, progress)
        rows.append(answers.long_text_row(voice, name, Path(folder) / "long", threads, progress))
    return Report.of_this_machine(threads, rows)
