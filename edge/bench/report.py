"""What a run found, as it is kept: `bench.json`, whose schema is `docs/benchmark.schema.json`."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from edge.bench.bar import Bar
from edge.bench.growth import Growth
from edge.bench.machine import Machine
from edge.bench.row import PHRASE, SENTENCE, Row
from edge.bench.subjects import MELO, VOICE, Subject
from edge.bench.visit import Spoken, Visit
from edge.voice.bundle import MODEL

FORMAT = 1
Status = Literal["works", "fails", "skipped"]

BASELINES = {MELO: "2", VOICE: "9"}
"""The row that the others of a subject are compared with. Upstream's code cannot run a Piper voice: there it is the
file that the voice is distributed as."""
ENOUGH = 20
"""Samples that a 95th percentile needs."""


class Measure(msgspec.Struct, frozen=True):
    """One thing measured several times."""

    median: float
    low: float
    high: float
    samples: tuple[float, ...]
    """In the order of the run: the same place is the same text in every row and every run of as many laps."""

    @classmethod
    def of(cls, samples: Iterable[float]) -> Measure | None:
        """None: there are none."""
        values = tuple(samples)
        return cls(statistics.median(values), min(values), max(values), values) if values else None

    @property
    def p95(self) -> float | None:
        """The 95th percentile; None: there are too few for one."""
        return statistics.quantiles(self.samples, n=20)[-1] if len(self.samples) >= ENOUGH else None

    @property
    def spread(self) -> float:
        """From the lowest to the highest, as a share of the median."""
        return (self.high - self.low) / self.median if self.median else 0.0


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of text on one number of threads; times in seconds."""

    kind: str
    threads: int
    first: Measure
    """Until the first sound."""
    total: Measure
    real_time_factor: Measure
    """Seconds for one second of sound."""
    cpu: Measure
    """Seconds of all cores together for one second of sound."""
    stages: dict[str, float]
    """Medians of the parts of `total`."""


class RowReport(msgspec.Struct, frozen=True, kw_only=True):
    """One row with one subject; sizes in bytes."""

    number: str
    title: str
    about: str
    subject: str
    status: Status
    reason: str = ""
    """Why it does not work, or what to install."""
    cold_start: Measure | None = None
    """Seconds from the start of the process until it may be asked; None: it starts anew for each text."""
    speeds: tuple[Speed, ...] = ()
    imported: int | None = None
    """Resident memory with its libraries and nothing of the voice, pages of its own alone."""
    own: int | None = None
    """The same after the last text."""
    steady: int | None = None
    """Resident after the last text, with what it shares; None: it has ended."""
    peak: int | None = None
    disk: int | None = None
    times_faster: float | None = None
    """Than the baseline of its subject, a sentence on all threads: the median of the ratios, text by text."""
    quality: dict[str, float] = {}
    """By judge, beside FP32 with the same durations: PESQ-wb, 4.64 is identical; of the others the difference."""

    def speed(self, kind: str, threads: int) -> Speed | None:
        """That of one kind of text."""
        return next((s for s in self.speeds if s.kind == kind and s.threads == threads), None)

    def usual(self, threads: int) -> Speed | None:
        """Of a sentence, or of a phrase where it knows no more."""
        return self.speed(SENTENCE, threads) or self.speed(PHRASE, threads)


class SubjectReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the rows spoke with."""

    kind: str
    title: str
    sample_rate: int
    weights: int
    model_bytes: int
    """Of `voice.ts`."""
    trained: bool


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run."""

    format: int = FORMAT
    date: str
    """The day, in UTC."""
    quick: bool
    latency: bool = False
    laps: int
    threads: tuple[int, ...]
    """Latencies, memory and ratios are those of the last."""
    seconds: float
    """How long it took."""
    machine: Machine
    subjects: tuple[SubjectReport, ...]
    rows: tuple[RowReport, ...]
    growth: Growth | None = None
    bars: tuple[Bar, ...] = ()

    @property
    def most_threads(self) -> int:
        """Those that latencies are of."""
        return self.threads[-1]

    def row(self, number: str, subject: str) -> RowReport | None:
        """One row."""
        return next((row for row in self.rows if (row.number, row.subject) == (number, subject)), None)


def schema() -> dict[str, Any]:
    """JSON Schema of a report."""
    return msgspec.json.schema(Report)


def describe(subject: Subject) -> SubjectReport:
    """The part of a subject that is told."""
    return SubjectReport(
        kind=subject.kind,
        title=subject.title,
        sample_rate=subject.sample_rate,
        weights=subject.weights,
        model_bytes=(subject.bundle / MODEL).stat().st_size,
        trained=subject.trained,
    )


def summarise(row: type[Row], subject: str, visits: Sequence[Visit], quality: Mapping[str, float]) -> RowReport:
    """A row from all that was measured of it."""
    empty = RowReport(number=row.number, title=row.title, about=row.about(), subject=subject, status="works")
    bad = next((visit for visit in visits if visit.failed or visit.skipped), None)
    if bad is not None:
        status: Status = "fails" if bad.failed else "skipped"
        return msgspec.structs.replace(empty, status=status, reason=bad.failed or bad.skipped)
    most = max((visit.threads for visit in visits), default=0)
    usual = [visit for visit in visits if visit.threads == most]
    return msgspec.structs.replace(
        empty,
        cold_start=Measure.of(visit.cold_start for visit in usual if visit.cold_start is not None),
        speeds=tuple(_speeds(visits)),
        imported=_median(visit.imported.anonymous for visit in usual if visit.imported),
        own=_median(visit.steady.anonymous for visit in usual if visit.steady),
        steady=_median(visit.steady.resident for visit in usual if visit.steady),
        peak=_median(visit.peak for visit in usual),
        disk=_median(visit.disk for visit in usual),
        quality=dict(quality),
    )


def compare_with_baselines(rows: Sequence[RowReport], threads: int) -> tuple[RowReport, ...]:
    """Fills in `times_faster`."""
    baselines = {row.subject: row for row in rows if row.number == BASELINES[row.subject]}
    return tuple(
        msgspec.structs.replace(row, times_faster=_times_faster(row, baselines.get(row.subject), threads))
        for row in rows
    )


def _times_faster(row: RowReport, baseline: RowReport | None, threads: int) -> float | None:
    slow = baseline and baseline.usual(threads)
    fast = slow and row.speed(slow.kind, threads)
    return paired(slow.real_time_factor, fast.real_time_factor) if slow and fast else None


def paired(above: Measure, below: Measure) -> float:
    """The median of `ratios`."""
    return statistics.median(ratios(above, below))


def ratios(above: Measure, below: Measure) -> list[float]:
    """Of the same text's times; or where they do not belong together, that of medians alone."""
    if len(above.samples) != len(below.samples):
        return [above.median / below.median]
    return [a / b for a, b in zip(above.samples, below.samples, strict=True)]


def _speeds(visits: Sequence[Visit]) -> Iterable[Speed]:
    keys = dict.fromkeys((visit.threads, spoken.kind) for visit in visits for spoken in visit.spoken)
    for threads, kind in sorted(keys):
        spoken = [s for visit in visits if visit.threads == threads for s in visit.spoken if s.kind == kind]
        yield _speed(kind, threads, spoken)


def _speed(kind: str, threads: int, spoken: Sequence[Spoken]) -> Speed:
    first, total = Measure.of(s.first for s in spoken), Measure.of(s.total for s in spoken)
    factor, cpu = Measure.of(s.total / s.sound for s in spoken), Measure.of(s.cpu / s.sound for s in spoken)
    assert first is not None  # noqa: S101  (there is one spoken at least)
    assert total is not None  # noqa: S101
    assert factor is not None  # noqa: S101
    assert cpu is not None  # noqa: S101
    names = dict.fromkeys(name for s in spoken for name in s.stages)
    stages = {name: statistics.median(s.stages.get(name, 0.0) for s in spoken) for name in names}
    return Speed(
        kind=kind, threads=threads, first=first, total=total, real_time_factor=factor, cpu=cpu, stages=stages
    )


def _median(sizes: Iterable[int]) -> int | None:
    values = list(sizes)
    return round(statistics.median(values)) if values else None
