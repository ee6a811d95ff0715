"""What a table says, from what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from edge.bench import output
from edge.bench.memory import Memory
from edge.bench.report import Report, compare_with_baselines, paired, schema, summarise
from edge.bench.rows import named
from edge.bench.subjects import MELO
from edge.bench.visit import Spoken, Visit
from edge.errors import EdgeError
from tests.bench import reports
from tests.bench.reports import measure

SCHEMA = Path(__file__).parents[2] / "docs" / "benchmark.schema.json"


def visit(threads: int, lap: int, *totals: float, **others: str) -> Visit:
    spoken = tuple(Spoken("sentence", total / 2, total, 2.0, total, {"all at once": total}) for total in totals)
    return Visit(
        row="8",
        subject=MELO,
        threads=threads,
        lap=lap,
        cold_start=1.0 + lap,
        steady=Memory(100, 50, 200),
        peak=200,
        disk=10,
        spoken=spoken,
        **others,
    )


def test_laps_become_medians_by_kind_and_threads() -> None:
    row = summarise(named("8"), MELO, [visit(2, 0, 1.0, 2.0), visit(1, 0, 6.0), visit(2, 1, 9.0)], {})
    two, one = row.speed("sentence", 2), row.speed("sentence", 1)
    assert two is not None
    assert one is not None
    assert two.real_time_factor == measure(0.5, 1.0, 4.5)
    assert (two.first.median, two.total.high, two.stages) == (1.0, 9.0, {"all at once": 2.0})
    assert one.real_time_factor.samples == (3.0,)
    assert row.speed("phrase", 2) is None
    assert row.cold_start == measure(1.0, 2.0)  # of the most threads alone
    assert (row.status, row.steady, row.peak, row.disk) == ("works", 100, 200, 10)


def test_a_percentile_needs_samples() -> None:
    assert measure(*map(float, range(19))).p95 is None
    assert measure(*map(float, range(101))).p95 == pytest.approx(95, abs=1)


def test_a_failure_is_a_result_and_has_no_figures() -> None:
    failed = summarise(named("8"), MELO, [visit(2, 0, 1.0), visit(2, 1, failed="it fell over")], {})
    assert (failed.status, failed.reason, failed.speeds) == ("fails", "it fell over", ())
    skipped = summarise(named("8"), MELO, [visit(2, 0, skipped="pip install it")], {})
    assert (skipped.status, skipped.reason) == ("skipped", "pip install it")


def test_the_ratio_is_the_median_of_the_texts_ratios() -> None:
    # The second text met a busy machine: both took longer, and the ratio is what it was.
    assert paired(measure(4.0, 40.0, 6.0), measure(2.0, 20.0, 2.0)) == 2.0
    assert paired(measure(4.0, 40.0), measure(2.0)) == 11.0


def test_rows_are_compared_with_their_own_baseline() -> None:
    rows = (reports.row("2", "melo", 0.4), reports.row("11", "melo", 0.1), reports.row("11", "voice", 0.1))
    baseline, ours, other = compare_with_baselines(rows, 2)
    assert (baseline.times_faster, ours.times_faster) == (1.0, pytest.approx(4.0))
    assert other.times_faster is None  # no row 9 was measured


def test_the_schema_is_what_a_report_is() -> None:
    """Write it anew: `python -m tests.bench.test_report`."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json.loads(msgspec.json.encode(schema()))


def test_a_report_survives_its_file(tmp_path: Path) -> None:
    report = reports.whole()
    output.write(report, tmp_path)
    assert output.read(tmp_path / output.JSON) == report
    assert {path.name for path in tmp_path.iterdir()} == {output.JSON, output.MARKDOWN, output.PAGE}


def test_what_is_no_report_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EdgeError, match="cannot be read"):
        output.read(tmp_path / "nothing.json")
    other = tmp_path / "other.json"
    other.write_text("{}")
    with pytest.raises(EdgeError, match="no report"):
        output.read(other)
    other.write_bytes(msgspec.json.encode(msgspec.structs.replace(reports.whole(), format=99)))
    with pytest.raises(EdgeError, match="format 99"):
        output.read(other)


def test_every_row_is_in_the_markdown_with_its_reason(tmp_path: Path) -> None:
    report: Report = reports.whole()
    output.write(report, tmp_path)
    text = (tmp_path / output.MARKDOWN).read_text(encoding="utf-8")
    for row in report.rows:
        assert f"| {row.number} | {row.title}" in text
        assert row.about in text
    assert "(fails)" in text
    assert "is skipped: RuntimeError: <no> & more" in text
    for line in text.splitlines():
        assert line.count("|") == 0 or line.startswith("|"), line


if __name__ == "__main__":
    SCHEMA.write_bytes(msgspec.json.format(msgspec.json.encode(schema()), indent=1) + b"\n")
