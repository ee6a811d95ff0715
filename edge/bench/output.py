"""A report as files and on the terminal."""

from __future__ import annotations

from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from edge.bench import columns, markdown, page
from edge.bench.report import FORMAT, Report, SubjectReport
from edge.errors import EdgeError

JSON, MARKDOWN, PAGE = "bench.json", "bench.md", "bench.html"
ROOMY = 150
"""Letters across that the whole table needs; where there are fewer, it has what matters most."""


def write(report: Report, folder: Path) -> None:
    """All three files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / JSON).write_bytes(to_json(report))
    (folder / MARKDOWN).write_text(markdown.render(report), encoding="utf-8")
    (folder / PAGE).write_text(page.render(report), encoding="utf-8")


def to_json(report: Report) -> bytes:
    """Readable."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"


def read(path: Path) -> Report:
    """A report from its JSON.

    Raises:
        EdgeError: it is none.
    """
    try:
        report = msgspec.json.decode(path.read_bytes(), type=Report)
    except OSError as error:
        raise EdgeError(f"The report {path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EdgeError(f"{path} is no report of melo-edge bench: {error}.") from error
    if report.format != FORMAT:
        raise EdgeError(f"{path} has format {report.format}, this melo-edge reads {FORMAT}: measure again.")
    return report


def show(report: Report, console: Console) -> None:
    """Tables for people."""
    for line in report.machine.lines():
        console.print(line, highlight=False, markup=False)
    for subject in report.subjects:
        console.print(_table(report, subject, roomy=console.width >= ROOMY))
    for line in columns.reasons(report) + columns.notes(report):
        console.print(line, highlight=False, markup=False)
    table = Table("bar", "wanted", "measured")
    for bar in report.bars:
        if bar.value is not None:
            table.add_row(bar.name, bar.wanted, bar.found)
    if table.row_count:
        console.print(table)


def _table(report: Report, subject: SubjectReport, *, roomy: bool) -> Table:
    chosen = [column for column in columns.columns(report) if roomy or column.matters]
    table = Table(title=columns.title(report, subject), title_justify="left")
    for column in chosen:
        table.add_column(column.name, justify="left" if column.is_text else "right")
    for row in report.rows:
        if row.subject == subject.kind:
            table.add_row(*(column.cell(row) for column in chosen), style="bold" if row.number in columns.OWN else None)
    return table
