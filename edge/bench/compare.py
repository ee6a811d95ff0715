"""Two reports, from two devices or of two versions: what changed beyond the noise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from edge.bench.report import Measure, Report, RowReport, paired

LEAST = 0.05
"""A change of less than that is none, however sure it is."""


class Change(NamedTuple):
    """One figure of one row in both reports. All figures are costs: more is worse."""

    row: str
    what: str
    before: float
    after: float
    beyond_noise: bool

    @property
    def ratio(self) -> float:
        """`after` over `before`."""
        return self.after / self.before if self.before else 1.0

    @property
    def is_worse(self) -> bool:
        """A regression."""
        return self.beyond_noise and self.ratio > 1

    @property
    def is_better(self) -> bool:
        """The opposite."""
        return self.beyond_noise and self.ratio < 1


def changes(before: Report, after: Report) -> list[Change]:
    """Every figure that both have, in the order of the table."""
    found = []
    for row in before.rows:
        other = after.row(row.number, row.subject)
        if other is not None and row.status == other.status == "works":
            found += list(_of_row(row, other))
        elif other is not None and row.status == "works" and other.status == "fails":
            found.append(Change(_name(row), f"fails now: {other.reason}", 1.0, 2.0, beyond_noise=True))
    return found


def is_beyond_noise(before: Measure, after: Measure) -> bool:
    """Whether two measurements differ: by `LEAST`, and every single one in the same direction.

    Where both have said the same texts, each time is compared with that of the same text. Otherwise no time of one may
    lie among the other's.
    """
    ratio = paired(after, before)
    if abs(ratio - 1) < LEAST:
        return False
    if len(before.samples) == len(after.samples):
        return len({a > b for a, b in zip(after.samples, before.samples, strict=True)}) == 1
    return after.low > before.high or after.high < before.low


def _of_row(row: RowReport, other: RowReport) -> Iterator[Change]:
    name = _name(row)
    if row.cold_start and other.cold_start:
        yield _of_measures(name, "cold start, s", row.cold_start, other.cold_start)
    for speed in row.speeds:
        same = other.speed(speed.kind, speed.threads)
        if same is not None:
            what = f"{speed.kind}, {speed.threads} thread{'s' * (speed.threads > 1)}"
            yield _of_measures(name, f"{what}: first audio, s", speed.first, same.first)
            yield _of_measures(name, f"{what}: RTF", speed.real_time_factor, same.real_time_factor)
    for what in ("steady", "peak", "disk"):
        size, now = getattr(row, what), getattr(other, what)
        if size and now:
            yield Change(name, f"{what}, MB", size / 1e6, now / 1e6, beyond_noise=abs(now / size - 1) >= LEAST)


def _of_measures(row: str, what: str, before: Measure, after: Measure) -> Change:
    return Change(row, what, before.median, after.median, is_beyond_noise(before, after))


def _name(row: RowReport) -> str:
    return f"{row.number} {row.title} ({row.subject})"


def show(before: Report, after: Report, found: list[Change], console: Console) -> None:
    """Prints what changed, regressions first."""
    for label, report in (("before", before), ("after", after)):
        console.print(f"{label}: {report.date}, {report.machine.lines()[0]}", highlight=False, markup=False)
    table = Table("row", "what", "before", "after", "after / before", "")
    changed = sorted((change for change in found if change.beyond_noise), key=lambda change: -change.ratio)
    for change in changed:
        mark = "[red]worse[/]" if change.is_worse else "[green]better[/]"
        table.add_row(
            change.row, change.what, f"{change.before:.4g}", f"{change.after:.4g}", f"{change.ratio:.2f}", mark
        )
    if changed:
        console.print(table)
    worse = sum(change.is_worse for change in changed)
    console.print(
        f"{len(found)} figures compared: {worse} worse, {len(changed) - worse} better, the rest within the noise.",
        highlight=False,
    )
