"""One row, measured once in a fresh process."""

from __future__ import annotations

import importlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np

from edge import runtime
from edge.bench import rows, subjects
from edge.bench.memory import Memory
from edge.bench.row import SENTENCE, Row
from edge.bench.subjects import MissingError
from edge.errors import EdgeError

NonNegative = Annotated[float, msgspec.Meta(ge=0)]

HEARD = "heard.npz"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What one process has to do."""

    row: str
    subject: str
    folder: Path
    """The run's: subjects, and what rows have prepared."""
    threads: int
    lap: int
    """How often the row was measured before."""
    warm_up: tuple[str, ...]
    """Kinds of text that are spoken first and not counted."""
    texts: tuple[str, ...]
    """Kinds of text, in order."""
    listen: bool = False
    """Whether what it says is kept for the judges."""

    def rounds(self) -> Iterator[tuple[str, int]]:
        """The kinds, and of which round each is.

        Of each kind the first of a lap is of one round, so that a paragraph begins with a sentence that is said, too.
        """
        said = Counter[str]()
        for kind in self.texts:
            yield kind, self.lap * max(Counter(self.texts).values()) + said[kind]
            said[kind] += 1

    def open(self) -> Row:
        """The row."""
        subject = subjects.read(self.folder / self.subject)
        own = self.folder / self.subject / f"row-{self.row}"
        own.mkdir(exist_ok=True)
        return rows.named(self.row)(subject, own)


class Spoken(msgspec.Struct, frozen=True):
    """One text, in seconds."""

    kind: str
    first: NonNegative
    """Until the first sound."""
    total: NonNegative
    sound: NonNegative
    """How long it sounds."""
    cpu: NonNegative
    """Of all cores together."""
    stages: dict[str, float]


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a job; times in seconds, sizes in bytes."""

    row: str
    subject: str
    threads: int
    lap: int
    cold_start: float | None = None
    """From the start of the process until it may be asked; None: it starts anew for each text."""
    imported: Memory | None = None
    """With its libraries, and nothing of the voice."""
    steady: Memory | None = None
    """After the last text."""
    peak: int = 0
    disk: int = 0
    spoken: tuple[Spoken, ...] = ()
    skipped: str = ""
    failed: str = ""
    """Why there are no figures: something is not installed; or it does not work, which is a result."""


def prepare(job: Job) -> Visit:
    """Has the row write what it needs. The visit has no figures: what went wrong, if anything, is all that matters."""
    return _explained(job, _prepare)


def visit(job: Job, begun: float) -> Visit:
    """Measures; `begun`: when this process was started, by `time.monotonic`, which all processes share."""
    return _explained(job, lambda job: _measure(job, begun))


def _explained(job: Job, do: Callable[[Job], Visit]) -> Visit:
    try:
        return do(job)
    except MissingError as error:
        return _empty(job, skipped=str(error))
    except Exception as error:  # noqa: BLE001  (others' code fails in its own ways, and each is a result)
        lines = str(error).strip().splitlines() or [""]
        name = "" if isinstance(error, EdgeError) else f"{type(error).__name__}: "
        return _empty(job, failed=f"{name}{lines[0]}")


def missing(job: Job) -> Visit | None:
    """A visit that tells what the row needs and is not there; None if nothing is missing."""
    reason = job.open().missing()
    return _empty(job, skipped=reason) if reason else None


def _empty(job: Job, skipped: str = "", failed: str = "") -> Visit:
    return Visit(
        row=job.row, subject=job.subject, threads=job.threads, lap=job.lap, skipped=skipped, failed=failed
    )


def _prepare(job: Job) -> Visit:
    job.open().prepare()
    return _empty(job)


def _measure(job: Job, begun: float) -> Visit:
    row = job.open()
    if row.tuned:
        runtime.prepare()
    for name in row.imports:
        importlib.import_module(name)
    imported = Memory.of() if row.imports else None
    row.start(job.threads)
    cold_start = time.monotonic() - begun if row.starts else None
    try:
        for number, kind in enumerate(job.warm_up):
            _speak(row, kind, number - len(job.warm_up))
        spoken = [_speak(row, kind, number) for kind, number in job.rounds() if kind in row.kinds]
        memory = row.memory()
        if job.listen and row.subject.judged and SENTENCE in row.kinds:
            _keep(row)
    finally:
        row.stop()
    return msgspec.structs.replace(
        _empty(job),
        cold_start=cold_start,
        imported=imported,
        steady=memory if row.starts else None,
        peak=memory.peak,
        disk=sum(map(_size, row.files())),
        spoken=tuple(spoken),
    )


def _speak(row: Row, kind: str, number: int) -> Spoken:
    sentences = row.subject.texts.of(kind if kind in row.kinds else row.kinds[0], number)
    row.stages = {}
    cpu = row.cpu_seconds()
    begun = time.perf_counter()
    first, samples = 0.0, 0
    for sound in row.speak(sentences):
        if sound.size and not first:
            first = time.perf_counter() - begun
        samples += sound.size
    total = time.perf_counter() - begun
    if not samples:
        raise EdgeError(f"it said nothing of {' '.join(sentences)!r}")
    return Spoken(kind, first, total, samples / row.subject.sample_rate, row.cpu_seconds() - cpu, dict(row.stages))


def _keep(row: Row) -> None:
    heard = {str(number): row.heard(sentence) for number, sentence in enumerate(row.subject.texts.judged)}
    np.savez(row.folder / HEARD, **heard)


def _size(path: Path) -> int:
    files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)
