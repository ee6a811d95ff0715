"""Regressions are told from noise."""

from __future__ import annotations

import msgspec
import pytest

from edge.bench.compare import changes, is_beyond_noise
from tests.bench import reports
from tests.bench.reports import measure


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ((1.0, 2.0, 3.0), (1.1, 2.2, 3.3), True),  # each text by a tenth, though the ranges overlap
        ((1.0, 2.0, 3.0), (1.03, 2.06, 3.09), False),  # all slower, and too little
        ((1.0, 2.0, 3.0), (1.5, 2.5, 2.9), False),  # one was faster
        ((1.0, 1.1), (1.2, 1.3, 1.4), True),  # other texts, and ranges apart
        ((1.0, 1.1, 1.25), (1.2, 1.3), False),
    ],
)
def test_a_change_is_beyond_the_noise(before: tuple[float, ...], after: tuple[float, ...], changed: bool) -> None:
    assert is_beyond_noise(measure(*before), measure(*after)) is changed
    assert is_beyond_noise(measure(*after), measure(*before)) is changed


def test_regressions_and_gains_are_found_row_by_row() -> None:
    before = reports.report(reports.row("11", "voice", 0.2, 0.21), reports.row("9", "voice", 0.4, 0.41))
    slower = msgspec.structs.replace(reports.row("9", "voice", 0.8, 0.82), disk=50_000_000)
    found = changes(before, reports.report(reports.row("11", "voice", 0.2, 0.21), slower))
    worse = {change.what for change in found if change.is_worse}
    assert {change.row for change in found if change.is_worse} == {f"9 {slower.title} (voice)"}
    assert "sentence, 2 threads: RTF" in worse
    assert [change.what for change in found if change.is_better] == ["disk, MB"]
    assert not any(change.beyond_noise for change in changes(before, before))


def test_what_no_longer_works_is_a_regression() -> None:
    before = reports.report(reports.row("8", "voice", 0.2))
    after = reports.report(reports.row("8", "voice", status="fails", reason="it fell over"))
    [change] = changes(before, after)
    assert change.is_worse
    assert "it fell over" in change.what
    assert changes(after, before) == []
