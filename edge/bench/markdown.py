"""A report as Markdown: `docs/benchmark.md` is one."""

from __future__ import annotations

from edge.bench import columns
from edge.bench.growth import Growth, Point
from edge.bench.memory import MEGABYTE
from edge.bench.report import Report

_ABOUT = """\
Every way to run a MeloTTS or Piper voice that this project knows of, measured in one run, on the same weights, the same
symbols and without noise. Every row predicts durations while it is timed, as a voice that speaks has to, and INT8 may
predict a frame more or less than FP32; a real-time factor is of the sound that was made. For the judges a row is told
FP32's durations; what streams (11b, 12) takes none, and FP32 is told those that its bundle predicts. Written by

    melo-edge bench --voice dist/joe{kind}

which runs on any device; so does `melo-edge bench compare A/bench.json B/bench.json`, for two devices or two versions.
Each row is a class in `edge/bench/rows`. `bench.html`, beside what this page was made from, has the plots."""

_ARM = """\
Nothing here is emulated or modelled: these are the times of the machine above. What is said of ARM processors
elsewhere is: `int8.md` and `performance.md` have instruction counts from an emulator and cycles from a model, and
`make test-arm` proves on that emulator that a bundle speaks, not how fast. Run the command on the device to know."""


def render(report: Report) -> str:
    """All of it."""
    parts = ["# Benchmark", _ABOUT.format(kind=_kind(report)), _machine(report)]
    for subject in report.subjects:
        parts += [f"## {subject.title[0].upper()}{subject.title[1:]}", columns.title(report, subject) + "."]
        rows = [row for row in report.rows if row.subject == subject.kind]
        chosen = columns.columns(report)
        parts.append(_table([c.name for c in chosen], [[c.cell(row) for c in chosen] for row in rows]))
    parts.append("\n".join(f"- {note}" for note in columns.reasons(report) + columns.notes(report)))
    parts += ["## The rows", _rows(report)]
    if report.growth is not None:
        parts += ["## As the work grows", *_growth(report.growth)]
    bars = [[bar.name, bar.wanted, bar.found, _figures(bar.figures, bar.note)] for bar in report.bars]
    parts += ["## Bars", _table(["what", "bar", "measured", "figures"], bars), "## ARM", _ARM]
    return "\n\n".join(parts) + "\n"


def _kind(report: Report) -> str:
    return " --quick" if report.quick else " --latency" if report.latency else ""


def _machine(report: Report) -> str:
    took = f"{report.seconds / 60:.0f} minutes" if report.seconds > 100 else f"{report.seconds:.0f} seconds"  # noqa: PLR2004
    return "\n".join([f"Measured on {report.date}, in {took}:", "", *(f"- {line}" for line in report.machine.lines())])


def _rows(report: Report) -> str:
    abouts = {row.number: f"- **{row.number}, {row.title}.** {row.about}" for row in report.rows}
    return "\n".join(abouts.values())


def _growth(growth: Growth) -> list[str]:
    names = ["first audio ms", "RTF", "resident MB", "peak MB"]
    about = f"The daemon with {growth.title}, {growth.threads} thread{'s' * (growth.threads > 1)}, its cache off."
    words = _table(["words", *names], [_point(point) for point in growth.words])
    waiting = _table(["waiting", *names], [_point(point) for point in growth.waiting])
    return [about, words, waiting]


def _point(point: Point) -> list[str]:
    sizes = [f"{size / MEGABYTE:.0f}" for size in (point.resident, point.peak)]
    return [f"{point.size:,}", f"{1000 * point.first:.0f}", f"{point.real_time_factor:.3f}", *sizes]


def _figures(figures: dict[str, float], note: str) -> str:
    listed = [f"{name} {value:.4g}" for name, value in figures.items()]
    return "; ".join(listed + ([note] if note else []))


def _table(names: list[str], rows: list[list[str]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
