#!/usr/bin/env python3
"""Measures the text frontends of MeloTTS's languages, and writes docs/languages.md on standard output.

Takes the extras of all languages, and the data of tests/.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from edge.errors import TextError  # noqa: E402  (the checkout's, installed or not)
from edge.process import resident_bytes  # noqa: E402
from edge.text import Frontend, frontend, pack  # noqa: E402

LANGUAGES = {"ES": "es", "EN": "en", "FR": "fr", "ZH_MIX_EN": "zh", "JP": "jp", "KR": "kr"}
"""By the name of their package here, of their tests' data and of their extra."""

# What a device must have installed besides a bundle.
PACKAGES = {
    "JP": ("mecab-python3", "unidic-lite"),
    "KR": ("python-mecab-ko", "python-mecab-ko-dic"),
}

HEAD = """# Languages

Made by `scripts/languages.py > docs/languages.md`, which measures all of it. x86-64, one thread. A test holds the
columns that are the same on every machine, and the rows that differ, equal to what it finds.

| language | rows equal to MeloTTS's | cases passed | ms a sentence | loading | memory | in the bundle | on the device |
|---|---|---|---|---|---|---|---|"""

LEGEND = """
**Rows**: sentences that MeloTTS 0.1.2 itself turned into phones and tones (`tests/golden/text`); with `strict=True` the
frontend must give the same, symbol for symbol. Those that differ are named below.
**Cases passed**: what a speaker expects to hear (`tests/text/*_cases.tsv`) and the examples of the normaliser's rules.
**ms a sentence**: the median over the rows' texts, read as a device reads them. **Loading**: with imports.
**Memory**: what a process grows by when it loads the frontend from a bundle and reads them all; Python and numpy
are not in it.

A voice's bundle brings what its language needs (`frontend/`, its licences in `LICENSES/`); the extras `es`, `en`, `fr`,
`zh` are for the machine that builds it. What a device must have installed besides melo-edge itself is in the last
column (`pip install "melo-edge[jp]"` brings it). `melo-edge text "…" --language ES` shows how a text is read.
"""


class Parity(NamedTuple):
    """How many rows are as upstream's, and which are not."""

    rows: int
    deviations: list[str]

    def __str__(self) -> str:
        return f"{self.rows - len(self.deviations)} of {self.rows}"


class Facts(NamedTuple):
    """What is the same on every machine."""

    parity: Parity
    passed: int
    cases: int
    megabytes: float
    """Of what the language's frontend packs into a bundle."""


class Measured(NamedTuple):
    """What a fresh process saw."""

    milliseconds: float
    seconds: float
    megabytes: float


def rows(language: str) -> list[dict[str, Any]]:
    """What upstream gave."""
    path = ROOT / "tests" / "golden" / "text" / f"{LANGUAGES[language]}.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def parity(language: str, read: Frontend) -> Parity:
    """Compares each row with `strict=True`."""
    return Parity(len(rows(language)), [reason for row in rows(language) if (reason := _deviation(row, read))])


def _deviation(row: dict[str, Any], read: Frontend) -> str:
    try:
        phonemes = read(row["text"], strict=True)
    except TextError:
        said = "is refused, as nothing in it has a sound"
    else:
        if "phones" in row and (list(phonemes.symbols), list(phonemes.tones)) == (row["phones"], row["tones"]):
            return ""
        said = f"is `{' '.join(phonemes.symbols)}`"
    original = f"`{' '.join(row['phones'])}`" if "phones" in row else f"fails ({row['upstream_error'].split('(')[0]})"
    return f"`{row['text']}` {said}; MeloTTS: {original}"


def facts(language: str, folder: Path) -> Facts:
    """Packs the language's data into `folder`, and reads with it."""
    size = sum(path.stat().st_size for path in pack(language, folder))
    return Facts(parity(language, frontend(language, folder)), *cases(language), size / 1e6)


def cases(language: str) -> tuple[int, int]:
    """How many of the normaliser's cases and examples pass, and how many there are."""
    module = importlib.import_module(f"edge.text.{LANGUAGES[language]}.normaliser")
    pairs = [*_written(language), *(example for rule in module.RULES for example in rule.examples)]
    return sum(module.normalise(text) == spoken for text, spoken in pairs), len(pairs)


def _written(language: str) -> Iterator[tuple[str, str]]:
    path = ROOT / "tests" / "text" / f"{LANGUAGES[language]}_cases.tsv"
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        if line and not line.startswith("# "):
            text, spoken = line.split("\t")
            yield text.replace("\\n", "\n"), spoken


def measure(language: str, folder: Path) -> Measured:
    """Loads and reads in a fresh process."""
    command = [sys.executable, __file__, language, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Measured(*json.loads(done.stdout))


def _measure_here(language: str, folder: Path) -> Measured:
    import numpy as np  # noqa: F401  (every process that speaks has it)

    texts = [row["text"] for row in rows(language)]
    before, begun = resident_bytes(), time.perf_counter()
    read = frontend(language, folder)
    loaded = time.perf_counter() - begun
    times = [_time(read, text) for _ in range(3) for text in texts]
    return Measured(1000 * statistics.median(times), loaded, (resident_bytes() - before) / 1e6)


def _time(read: Frontend, text: str) -> float:
    begun = time.perf_counter()
    with contextlib.suppress(TextError):
        read(text)
    return time.perf_counter() - begun


def _packages(language: str) -> str:
    names = PACKAGES.get(language, ())
    if not names:
        return "none"
    files = [file for name in names for file in metadata.distribution(name).files or ()]
    size = sum(Path(file.locate()).stat().st_size for file in files if Path(file.locate()).is_file())
    return f"{', '.join(names)}: {size / 1e6:.0f} MB"


def report() -> Iterator[str]:
    """The document's lines."""
    yield HEAD
    deviations = {}
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as name:
            found = facts(language, Path(name))
            measured = measure(language, Path(name))
        deviations[language] = found.parity.deviations
        yield (
            f"| {language} | {found.parity} | {found.passed} of {found.cases} | {measured.milliseconds:.2f} | "
            f"{measured.seconds:.2f} s | {measured.megabytes:.0f} MB | {found.megabytes:.1f} MB | "
            f"{_packages(language)} |"
        )
    yield LEGEND
    yield "Rows that differ:\n"
    for language, texts in deviations.items():
        yield from map(partial(deviation_line, language), texts)


def deviation_line(language: str, text: str) -> str:
    """A row that differs, as the document has it."""
    return f"- {language}: {text}"


def main() -> None:
    """Writes the document; with a language and a folder, measures it for another process of this program."""
    if sys.argv[1:]:
        language, folder = sys.argv[1:]
        print(json.dumps(_measure_here(language, Path(folder))))
        return
    for line in report():
        print(line, flush=True)


if __name__ == "__main__":
    main()
