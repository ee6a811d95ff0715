"""The columns of the table, as the terminal, Markdown and the page have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from edge.bench.memory import MEGABYTE
from edge.bench.report import BASELINES, Measure, Report, RowReport, SubjectReport
from edge.bench.row import PARAGRAPH, PHRASE, SENTENCE
from edge.bench.subjects import VOICE

NOTHING = "-"
OWN = ("11", "11b", "12", "13")
"""This project's rows."""


class Column(NamedTuple):
    """One of them."""

    name: str
    cell: Callable[[RowReport], str]
    is_text: bool = False
    matters: bool = False
    """Whether it stays where there is little room."""


def columns(report: Report) -> list[Column]:
    """For a report."""
    most = report.most_threads
    return [
        Column("#", lambda row: row.number, is_text=True, matters=True),
        Column("what", _what, is_text=True, matters=True),
        Column("ready s", lambda row: _number(row.cold_start, 1)),
        Column("phrase ms", lambda row: _first(row, PHRASE, most)),
        Column("sentence ms", lambda row: _first(row, SENTENCE, most), matters=True),
        Column("12 s ms", lambda row: _first(row, PARAGRAPH, most)),
        *[_factor(threads) for threads in report.threads],
        Column("times faster", _times, matters=True),
        Column("CPU s/s", lambda row: _cpu(row, most)),
        Column("peak MB", lambda row: _megabytes(row.peak)),
        Column("steady MB", lambda row: _megabytes(row.steady), matters=True),
        Column("disk MB", lambda row: _megabytes(row.disk)),
        Column("PESQ", lambda row: _score(row, "PESQ-wb", ""), matters=True),
        Column("MOS", lambda row: _score(row, "DistillMOS", "+")),
    ]


def title(report: Report, subject: SubjectReport) -> str:
    """Above a table."""
    weights = f", {subject.weights / 1e6:.1f} M weights" if subject.weights else ""
    most = report.most_threads
    threads = f"{most} thread{'s' * (most > 1)} unless it says otherwise"
    return f"{subject.title}{weights}, {subject.sample_rate} Hz; {threads}"


def notes(report: Report) -> list[str]:
    """Below the tables."""
    baseline = "; ".join(
        f"row {BASELINES[subject.kind]} for {subject.title}" for subject in report.subjects
    )
    laps = f"{report.laps} lap{'s' * (report.laps > 1)}"
    notes = [
        f"Medians of {laps}, in brackets highest less lowest, of the median. Rows take turns, in fresh processes.",
        "ready: from the start of the process, files in the page cache. phrase, sentence, 12 s: until the first sound.",
        f"RTF: seconds of computing for a second of sound, of a sentence. times faster: than {baseline}, text by text.",
        "CPU s/s: seconds of all cores for a second of sound. peak, steady: resident memory. disk: what is shipped.",
    ]
    if report.latency:
        notes.append("In brackets behind a first sound: 95 % of them are sooner.")
    if any(subject.kind == VOICE for subject in report.subjects):
        notes.append("PESQ against FP32 with the same durations, 4.64 is identical; MOS: DistillMOS less FP32's.")
    return notes


def reasons(report: Report) -> list[str]:
    """Why rows have no figures."""
    return [
        f"{row.number} {row.title} ({row.subject}) {'fails' if row.status == 'fails' else 'is skipped'}: {row.reason}"
        for row in report.rows
        if row.status != "works"
    ]


def _what(row: RowReport) -> str:
    return row.title if row.status == "works" else f"{row.title} ({row.status})"


def _times(row: RowReport) -> str:
    return NOTHING if row.times_faster is None else f"{row.times_faster:.2f}"


def _factor(threads: int) -> Column:
    def cell(row: RowReport) -> str:
        speed = row.usual(threads)
        return NOTHING if speed is None else _with_spread(speed.real_time_factor, 3)

    return Column(f"RTF {threads} thread{'s' * (threads > 1)}", cell, matters=True)


def _first(row: RowReport, kind: str, threads: int) -> str:
    speed = row.speed(kind, threads)
    if speed is None:
        return NOTHING
    p95 = "" if speed.first.p95 is None else f" ({_milliseconds(speed.first.p95)})"
    return f"{_milliseconds(speed.first.median)}{p95}"


def _milliseconds(seconds: float) -> str:
    milliseconds = 1000 * seconds
    return f"{milliseconds:.1f}" if milliseconds < 10 else f"{milliseconds:.0f}"  # noqa: PLR2004  (digits worth reading)


def _cpu(row: RowReport, threads: int) -> str:
    speed = row.usual(threads)
    return NOTHING if speed is None else f"{speed.cpu.median:.3f}"


def _number(measure: Measure | None, digits: int) -> str:
    return NOTHING if measure is None else f"{measure.median:.{digits}f}"


def _with_spread(measure: Measure, digits: int) -> str:
    spread = f" ({measure.spread:.0%})" if len(measure.samples) > 1 else ""
    return f"{measure.median:.{digits}f}{spread}"


def _megabytes(size: int | None) -> str:
    return NOTHING if size is None else f"{size / MEGABYTE:.0f}"


def _score(row: RowReport, judge: str, sign: str) -> str:
    return f"{row.quality[judge]:{sign}.2f}" if judge in row.quality else NOTHING
