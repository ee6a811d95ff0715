"""Reports to render and compare, with figures of no machine."""

from __future__ import annotations

import msgspec

from edge.bench.bar import Bar
from edge.bench.growth import Growth, Point
from edge.bench.machine import Machine
from edge.bench.report import Measure, Report, RowReport, Speed, Status, SubjectReport
from edge.bench.rows import all_rows
from edge.bench.subjects import MELO, VOICE

MACHINE = Machine(
    model="A processor",
    architecture="aarch64",
    features=("asimd",),
    paths=("neon",),
    limits={},
    cores=2,
    memory=4_000_000_000,
    system="Debian",
    python="3.11",
    versions={"torch": "2.9.1"},
    virtual=False,
    governor="ondemand",
    clock_lowest=600.0,
    clock_median=1500.0,
    clock_limit=1800.0,
    temperature_start=41.0,
    temperature_highest=62.5,
    throttled="",
    others=0.01,
    stolen=0.0,
)


def measure(*samples: float) -> Measure:
    found = Measure.of(samples)
    assert found is not None
    return found


def speed(kind: str, threads: int, *factors: float) -> Speed:
    return Speed(
        kind=kind,
        threads=threads,
        first=measure(*(factor / 2 for factor in factors)),
        total=measure(*factors),
        real_time_factor=measure(*factors),
        cpu=measure(*factors),
        stages={"text to latent": factors[0] / 4, "latent to sound": factors[0] / 2},
    )


def row(number: str, subject: str, *factors: float, status: Status = "works", reason: str = "") -> RowReport:
    kind = next(row for row in all_rows() if row.number == number)
    empty = RowReport(
        number=number, title=kind.title, about=kind.about(), subject=subject, status=status, reason=reason
    )
    if status != "works":
        return empty
    return msgspec.structs.replace(
        empty,
        cold_start=measure(2.0, 2.1),
        speeds=tuple(
            speed(text, threads, *(factor / threads for factor in factors))
            for text in kind.kinds
            for threads in (1, 2)
        ),
        steady=300_000_000,
        peak=400_000_000,
        disk=60_000_000,
        times_faster=1.5,
        quality={"PESQ-wb": 4.5, "DistillMOS": -0.01} if subject == VOICE else {},
    )


def report(*rows: RowReport) -> Report:
    points = [
        Point(size=size, first=0.025, real_time_factor=0.03, resident=300_000_000, peak=310_000_000)
        for size in (1, 10, 100, 1000)
    ]
    return Report(
        date="2026-01-31",
        quick=False,
        laps=2,
        threads=(1, 2),
        seconds=1500.0,
        machine=MACHINE,
        subjects=(
            SubjectReport(
                kind=MELO, title="a random model", sample_rate=44100, weights=42_000_000, model_bytes=1, trained=False
            ),
            SubjectReport(
                kind=VOICE, title="joe", sample_rate=22050, weights=15_000_000, model_bytes=1, trained=True
            ),
        ),
        rows=rows,
        growth=Growth(title="joe", threads=2, words=tuple(points), waiting=tuple(points)),
        bars=(Bar(name="faster", bar=2.5, value=2.0), Bar(name="smaller", bar=30, at_least=False, value=29.0)),
    )


def whole() -> Report:
    """Every row with every subject; one fails, and one is skipped."""
    rows = []
    for number, kind in enumerate(all_rows(), 1):
        for subject in kind.subjects:
            status: Status = {"6": "fails", "9a": "skipped"}.get(kind.number, "works")  # type: ignore[assignment]
            reason = "" if status == "works" else "RuntimeError: <no> & more"
            rows.append(row(kind.number, subject, number / 40, number / 39, status=status, reason=reason))
    return report(*rows)
