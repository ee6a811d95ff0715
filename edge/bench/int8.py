"""`melo-edge bench --int8`: every bar, one after the other."""

from __future__ import annotations

import tempfile
from pathlib import Path

from edge.bench import daemon, original, vocoder, whole
from edge.bench.rows import Report, Row
from edge.build.progress import Progress
from edge.voice import open_bundle
from edge.voice.bundle import MODEL


def measure_int8(voice: Path, threads: int, progress: Progress) -> Report:
    """Measures everything; takes some minutes.

    Args:
        voice: the bundle for the rows of a whole voice; joe, if they are to be compared with its ONNX file.
        threads: for all rows but those that name their own number.
        progress: told what happens.

    Raises:
        EdgeError: the operator or the voice cannot be loaded.
    """
    with open_bundle(voice):
        pass  # a wrong path is told before the minutes, not after them
    rows = vocoder.rows(threads, progress) + original.rows(voice, progress)
    with tempfile.TemporaryDirectory(prefix="melo-edge-bench-") as folder:
        rows += _whole(voice, Path(folder), threads, progress)
    return Report.of_this_machine(threads, rows)


def _whole(voice: Path, folder: Path, threads: int, progress: Progress) -> list[Row]:
    pair = whole.write_pair(folder, progress)
    return [
        *whole.time_rows(pair, folder, threads, progress),
        whole.share_row("file of the whole MeloTTS-size model", pair.int8, pair.weights),
        _voice_share(voice),
        whole.memory_row(pair, threads, progress),
        *daemon.rows(voice, folder, progress),
    ]


def _voice_share(voice: Path) -> Row:
    name = f"file of {voice.name}"
    try:
        from edge.build.sources import named
        from edge.checkpoints import load_piper
    except ImportError:
        return Row(
            name=name, bar=whole.BAR_SHARE, at_least=False, unit="%", skipped='pip install "melo-edge[build,test]"'
        )
    with open_bundle(voice) as bundle:
        if bundle.manifest.name != "joe":
            return Row(name=name, bar=whole.BAR_SHARE, at_least=False, unit="%", skipped="only joe's weights are known")
        source = named("joe")
        weights = sum(parameter.numel() for parameter in load_piper(source.weights, source.config).parameters())
        return whole.share_row(name, bundle.folder / MODEL, weights)
