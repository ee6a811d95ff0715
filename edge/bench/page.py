"""A report as one HTML page with plots, which opens without network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from edge.bench import charts, columns
from edge.bench.charts import Series
from edge.bench.growth import Growth, Point
from edge.bench.memory import MEGABYTE
from edge.bench.report import Report, RowReport, SubjectReport
from edge.bench.row import SENTENCE

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --line: #d5d5d5; --dim: #666; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #16181b; --line: #3a3d42; --dim: #9a9a9a; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 1100px; margin: 0 auto; padding: 1rem 1.2rem 4rem; }
h1 { margin: .6rem 0 0; } h2 { margin: 2.4rem 0 .4rem; } h3 { margin: 1.6rem 0 .3rem; font-size: 1.02rem; }
p, li { color: var(--dim); margin: .2rem 0; } .machine { margin: .8rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 4px 9px; border-bottom: 1px solid var(--line); vertical-align: top; }
th { vertical-align: bottom; font-weight: 600; }
th.text, td.text { text-align: left; min-width: 1.5rem; } td.text:nth-child(2) { min-width: 15rem; }
tr.own td { font-weight: 600; } tr.skipped td, tr.fails td { color: var(--dim); } .missed { color: #d33; }
svg { width: 100%; max-width: 860px; height: auto; display: block; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); } svg text.disc { fill: #fff; font-size: 10px; }
svg .grid { stroke: var(--line); stroke-width: 1; }
"""

def render(report: Report) -> str:
    """All of it."""
    parts = [
        "<h1>melo-edge bench</h1>",
        f"<p>{report.date}, {report.seconds / 60:.1f} minutes{', --quick' if report.quick else ''}</p>",
        f'<ul class="machine">{_items(report.machine.lines())}</ul>',
    ]
    for subject in report.subjects:
        parts += _subject(report, subject)
    parts.append(f"<ul>{_items(columns.reasons(report) + columns.notes(report))}</ul>")
    if report.growth is not None:
        parts += _growth(report.growth)
    parts += ["<h2>Bars</h2>", _bars(report), "<h2>The rows</h2>", _rows(report)]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>melo-edge bench</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _subject(report: Report, subject: SubjectReport) -> list[str]:
    rows = [row for row in report.rows if row.subject == subject.kind]
    table = _table(report, rows)
    plots = {
        "A sentence by stage": _stages(report, rows),
        "Real-time factor by threads": _threads(report, rows),
        "Quality against speed: PESQ against FP32 by real-time factor": _quality(report, rows),
    }
    drawn = [f"<h3>{escape(name)}</h3>{plot}" for name, plot in plots.items() if plot]
    return [f"<h2>{escape(subject.title)}</h2>", f"<p>{escape(columns.title(report, subject))}</p>", table, *drawn]


def _table(report: Report, rows: Sequence[RowReport]) -> str:
    chosen = columns.columns(report)
    head = "".join(f'<th class="text">{c.name}</th>' if c.is_text else f"<th>{c.name}</th>" for c in chosen)
    body = ""
    for row in rows:
        kind = "own" if row.number in columns.OWN else row.status
        cells = [(column.is_text, escape(column.cell(row))) for column in chosen]
        line = "".join(f'<td class="text">{cell}</td>' if text else f"<td>{cell}</td>" for text, cell in cells)
        body += f'<tr class="{kind}">{line}</tr>'
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _stages(report: Report, rows: Sequence[RowReport]) -> str:
    bars = []
    for row in rows:
        speed = row.speed(SENTENCE, report.most_threads)
        if speed is not None:
            known = {name: 1000 * seconds for name, seconds in speed.stages.items()}
            # Starting a process, the socket, reading inputs: what no stage is told of.
            rest = 1000 * speed.total.median - sum(known.values())
            bars.append((f"{row.number} {row.title}", {**known, "besides": max(rest, 0.0)}))
    return charts.stacked_bars(bars, "ms") if bars else ""


def _threads(report: Report, rows: Sequence[RowReport]) -> str:
    series = []
    for row in rows:
        speeds = [speed for threads in report.threads if (speed := row.speed(SENTENCE, threads)) is not None]
        if len(speeds) > 1:
            points = [(float(speed.threads), speed.real_time_factor.median) for speed in speeds]
            series.append(Series(row.number, row.title, points))
    return charts.lines(series, "threads", "real-time factor") if series else ""


def _quality(report: Report, rows: Sequence[RowReport]) -> str:
    series = []
    for row in rows:
        speed = row.usual(report.most_threads)
        if speed is not None and "PESQ-wb" in row.quality:
            points = [(speed.real_time_factor.median, row.quality["PESQ-wb"])]
            series.append(Series(row.number, row.title, points))
    return charts.points(series, "real-time factor (less is faster)", "PESQ (4.64 is identical)") if series else ""


def _growth(growth: Growth) -> list[str]:
    parts = ["<h2>As the work grows</h2>"]
    for name, points in (("words of a text", growth.words), ("utterances that wait", growth.waiting)):
        seen = [point for point in points if point.size > 0]  # a logarithm knows no 0
        if len(seen) > 1:
            parts += [f"<h3>By {name}</h3>", charts.lines(_lines(seen), name, "ms, MB, RTF in thousandths", log_x=True)]
    parts.append("<p>F: first audio in ms. R: resident memory in MB. T: thousandths of a real-time factor.</p>")
    return parts


def _lines(points: Sequence[Point]) -> list[Series]:
    sizes = [float(point.size) for point in points]
    factors = [(float(point.size), 1000 * point.real_time_factor) for point in points]
    first = Series("F", "first audio, ms", list(zip(sizes, [1000 * p.first for p in points], strict=True)))
    memory = Series("R", "resident, MB", list(zip(sizes, [p.resident / MEGABYTE for p in points], strict=True)))
    return [first, memory, Series("T", "real-time factor, thousandths", factors)]


def _bars(report: Report) -> str:
    body = "".join(
        f'<tr><td class="text">{escape(bar.name)}</td><td>{escape(bar.wanted)}</td>'
        f'<td class="{"" if bar.met or bar.value is None else "missed"}">{escape(bar.found)}</td></tr>'
        for bar in report.bars
    )
    head = '<th class="text">what</th><th>bar</th><th>measured</th>'
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _rows(report: Report) -> str:
    abouts = {row.number: (row.title, row.about) for row in report.rows}
    items = (f"<li><b>{number}</b> {escape(title)}: {escape(about)}</li>" for number, (title, about) in abouts.items())
    return f"<ul>{''.join(items)}</ul>"


def _items(lines: Sequence[str]) -> str:
    return "".join(f"<li>{escape(line)}</li>" for line in lines)
