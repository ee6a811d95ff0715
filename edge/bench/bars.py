"""What a report says of the bars."""

from __future__ import annotations

import msgspec
import numpy as np

from edge.bench.bar import Bar
from edge.bench.memory import MEGABYTE
from edge.bench.report import Measure, Report, RowReport, Speed, paired, ratios
from edge.bench.row import PARAGRAPH, SENTENCE
from edge.bench.subjects import MELO, VOICE

BYTES_FP32 = 4


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
    return [_first_sound(report, kind, title), _paragraph(report, kind, title), _cost_of_streaming(report, kind, title)]


def _first_sound(report: Report, kind: str, title: str) -> Bar:
    name = f"{title}: first audio of a sentence, streamed (row 11b), against all of it (row 11), in one process each"
    bar = Bar(name=name, bar=0.35, at_least=False, skipped="a row has no figures")
    speeds = _speeds(report, kind, SENTENCE, "11", "11b")
    if not speeds:
        return bar
    whole, streamed = speeds
    figures = {"all of it: ms": 1000 * whole.total.median, "first audio: ms": 1000 * streamed.first.median}
    for daemon in _speeds(report, kind, SENTENCE, "12"):
        figures["over the socket, text frontend and all: ms"] = 1000 * daemon.first.median
    return msgspec.structs.replace(bar, value=paired(streamed.first, whole.total), figures=figures, skipped="")


def _paragraph(report: Report, kind: str, title: str) -> Bar:
    name = f"{title}: first audio of a paragraph of 12 s against that of its first sentence (row 12)"
    bar = Bar(name=name, bar=1.0, at_least=False, skipped="the row has no figures")
    speeds = [*_speeds(report, kind, PARAGRAPH, "12"), *_speeds(report, kind, SENTENCE, "12")]
    if len(speeds) != 2:  # noqa: PLR2004  (both)
        return bar
    paragraph, sentence = (speed.first for speed in speeds)
    # The first sentence of each lap's are those that its paragraphs begin with.
    begins = Measure.of(sentence.samples[:: len(sentence.samples) // len(paragraph.samples)])
    low, middle, high = map(float, np.quantile(ratios(paragraph, begins or sentence), [0.25, 0.5, 0.75]))
    figures = {"a quarter of the pairs is below: x": low, "a quarter above: x": high}
    note = "The same work: what differs is noise."
    return msgspec.structs.replace(bar, value=middle, figures=figures, note=note, skipped="")


def _cost_of_streaming(report: Report, kind: str, title: str) -> Bar:
    name = f"{title}: real-time factor streamed (row 11b) against whole (row 11), in one process each"
    bar = Bar(name=name, bar=1.05, at_least=False, skipped="a row has no figures")
    speeds = _speeds(report, kind, SENTENCE, "11", "11b")
    if not speeds:
        return bar
    whole, streamed = (speed.real_time_factor for speed in speeds)
    figures = {"whole: RTF": whole.median, "streamed: RTF": streamed.median}
    for daemon in _speeds(report, kind, SENTENCE, "12"):
        figures["over the socket, text frontend and all: RTF"] = daemon.real_time_factor.median
    return msgspec.structs.replace(bar, value=paired(streamed, whole), figures=figures, skipped="")


def _speeds(report: Report, kind: str, text: str, *numbers: str) -> list[Speed]:
    """Of all these rows, or of none."""
    speeds = [row.speed(text, report.most_threads) for row in _rows(report, kind, *numbers)]
    found = [speed for speed in speeds if speed is not None]
    return found if len(found) == len(numbers) else []


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
