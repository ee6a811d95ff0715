"""The bars that this project set itself, and how near a machine comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from edge.bench.memory import MEGABYTE
from edge.bench.row import PARAGRAPH, SENTENCE
from edge.bench.subjects import MELO, VOICE

if TYPE_CHECKING:
    from edge.bench.report import Report, RowReport

BYTES_FP32 = 4


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    name: str
    bar: float
    at_least: bool = True
    """Whether the bar is the least or the most that is good enough."""
    unit: str = "x"
    """`x`: a ratio; `%`: share; `MB`: 10^6 bytes; `ms`."""
    value: float | None = None
    """Median; None: not measured."""
    p95: float | None = None
    """The 95th percentile, where single values are felt."""
    figures: dict[str, float] = {}
    """What `value` was computed from, and what explains it."""
    note: str = ""
    skipped: str = ""
    """Why it was not measured."""

    @property
    def met(self) -> bool:
        """Whether the bar is reached."""
        return self.value is not None and (self.value >= self.bar if self.at_least else self.value <= self.bar)

    @property
    def wanted(self) -> str:
        """The bar for people."""
        return f"{'>=' if self.at_least else '<='} {self.bar:g} {self.unit}"

    @property
    def found(self) -> str:
        """What was measured, for people."""
        if self.value is None:
            return f"not measured: {self.skipped}"
        digits = 2 if self.unit == "x" else 1
        p95 = "" if self.p95 is None else f" (p95 {self.p95:.{digits}f})"
        return f"{self.value:.{digits}f} {self.unit}{p95}{'' if self.met else ', MISSED'}"


def of_table(report: Report) -> list[Bar]:
    """What the rows say of the bars."""
    names = {subject.kind: subject.title for subject in report.subjects}
    bars = []
    if MELO in names:
        bars += [
            _faster(report, names[MELO], "2", MELO, report.most_threads, 2.5),
            _faster(report, names[MELO], "8", MELO, report.most_threads, 2.5),
            _memory(report, names[MELO]),
        ]
    if VOICE in names:
        bars += [_faster(report, names[VOICE], "9", VOICE, threads, 1.5) for threads in report.threads]
    for kind, title in names.items():
        bars += [_file(report, kind, title), *_streaming(report, kind, title)]
        bars += [_daemon(report, kind, title)]
    return bars


def _rows(report: Report, kind: str, *numbers: str) -> list[RowReport]:
    found = [report.row(number, kind) for number in numbers]
    return [row for row in found if row is not None and row.status == "works"]


def _faster(report: Report, title: str, number: str, kind: str, threads: int, bar: float) -> Bar:
    from edge.bench.report import paired

    name = f"{title}: INT8 (row 11) against row {number}, {threads} thread{'s' * (threads > 1)}"
    rows = _rows(report, kind, number, "11")
    speeds = [row.speed(SENTENCE, threads) for row in rows]
    if len(rows) != 2 or None in speeds:  # noqa: PLR2004  (both)
        return Bar(name=name, bar=bar, skipped="a row has no figures")
    slow, fast = (speed.real_time_factor for speed in speeds if speed is not None)
    return Bar(
        name=name,
        bar=bar,
        value=paired(slow, fast),
        figures={f"row {number}: RTF": slow.median, "row 11: RTF": fast.median},
    )


def _streaming(report: Report, kind: str, title: str) -> list[Bar]:
    from edge.bench.report import paired

    names = {
        f"{title}: first audio of a streamed sentence (row 12) against all of it (row 11)": 0.35,
        f"{title}: first audio of a paragraph of 12 s against that of a sentence (row 12)": 1.0,
        f"{title}: real-time factor streamed (row 12) against whole (row 11)": 1.05,
    }
    bars = [Bar(name=name, bar=bar, at_least=False, skipped="a row has no figures") for name, bar in names.items()]
    rows = _rows(report, kind, "11", "12")
    if len(rows) != 2:  # noqa: PLR2004  (both)
        return bars
    whole, streamed = (row.speed(SENTENCE, report.most_threads) for row in rows)
    paragraph = rows[1].speed(PARAGRAPH, report.most_threads)
    if whole is None or streamed is None:
        return bars
    values = [
        paired(streamed.first, whole.total),
        None if paragraph is None else paragraph.first.median / streamed.first.median,
        paired(streamed.real_time_factor, whole.real_time_factor),
    ]
    notes = ("", "The same work: what differs is noise.", "Over the socket, text frontend and all.")
    return [
        msgspec.structs.replace(bar, value=value, note=note, skipped="" if value else "no paragraph was said")
        for bar, value, note in zip(bars, values, notes, strict=True)
    ]


def _file(report: Report, kind: str, title: str) -> Bar:
    bar = Bar(name=f"{title}: `voice.ts` against FP32 weights", bar=30, at_least=False, unit="%")
    subject = next(subject for subject in report.subjects if subject.kind == kind)
    if not subject.weights:
        return msgspec.structs.replace(bar, skipped="the FP32 weights are not at hand")
    before = BYTES_FP32 * subject.weights
    figures = {"FP32 weights: MB": before / MEGABYTE, "voice.ts: MB": subject.model_bytes / MEGABYTE}
    return msgspec.structs.replace(bar, value=100 * subject.model_bytes / before, figures=figures)


def _memory(report: Report, title: str) -> Bar:
    name = f"{title}: memory that INT8 adds to torch (row 11) against FP32 (row 5)"
    bar = Bar(name=name, bar=35, at_least=False, unit="%")
    rows = _rows(report, MELO, "5", "11")
    added = [row.own - row.imported for row in rows if row.own and row.imported]
    if len(added) != 2:  # noqa: PLR2004  (both)
        return msgspec.structs.replace(bar, skipped="a row has no figures")
    figures = {f"row {row.number} adds: MB": size / MEGABYTE for row, size in zip(rows, added, strict=True)}
    return msgspec.structs.replace(bar, value=100 * added[1] / added[0], figures=figures, note="Pages of its own.")


def _daemon(report: Report, kind: str, title: str) -> Bar:
    bar = Bar(name=f"{title}: the whole daemon in memory (row 12)", bar=350, at_least=False, unit="MB")
    rows = _rows(report, kind, "12")
    if not rows or rows[0].steady is None:
        return msgspec.structs.replace(bar, skipped="the row has no figures")
    return msgspec.structs.replace(
        bar, value=rows[0].steady / MEGABYTE, figures={"peak: MB": (rows[0].peak or 0) / MEGABYTE}
    )
