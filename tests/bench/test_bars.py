"""How a bar is judged and told, and what the table says of it."""

from __future__ import annotations

import pytest

from edge.bench.bar import Bar
from edge.bench.bars import of_table
from tests.bench import reports


def test_a_bar_is_met_from_its_side() -> None:
    assert Bar(name="faster", bar=2.5, value=2.5).met
    assert not Bar(name="faster", bar=2.5, value=2.4).met
    assert Bar(name="smaller", bar=30, at_least=False, unit="%", value=29.9).met
    assert not Bar(name="smaller", bar=30, at_least=False, unit="%", value=30.1).met
    assert not Bar(name="not measured", bar=1).met


def test_what_was_missed_or_not_measured_is_told() -> None:
    assert Bar(name="speed", bar=2.5, value=2.0).found == "2.00 x, MISSED"
    assert Bar(name="speed", bar=2.5, skipped="no card").found == "not measured: no card"
    assert Bar(name="size", bar=30, at_least=False, unit="%", value=27.5, p95=29.0).found == "27.5 % (p95 29.0)"
    assert Bar(name="size", bar=30, at_least=False, unit="%").wanted == "<= 30 %"


def test_bars_come_from_the_table() -> None:
    rows = [reports.row(number, "melo", factor) for number, factor in (("2", 0.6), ("8", 0.5), ("11", 0.1))]
    bars = {bar.name: bar for bar in of_table(reports.report(*rows))}
    assert bars["a random model: INT8 (row 11) against row 2, 2 threads"].value == pytest.approx(6.0)
    assert bars["a random model: INT8 (row 11) against row 8, 2 threads"].value == pytest.approx(5.0)
    assert bars["joe: INT8 (row 11) against row 9, 1 thread"].value is None
    assert bars["joe: the whole daemon in memory (row 12)"].skipped


def test_streaming_is_compared_text_by_text() -> None:
    rows = [reports.row(number, "voice", *factors) for number, factors in (
        ("11", (0.2, 0.4)), ("11b", (0.21, 0.42)), ("12", (0.24, 0.44)),
    )]  # fmt: skip
    bars = {bar.name: bar for bar in of_table(reports.report(*rows))}
    [cost] = [bar for name, bar in bars.items() if name.startswith("joe: real-time factor streamed")]
    assert cost.value == pytest.approx(1.05)
    assert cost.figures["over the socket, text frontend and all: RTF"] == pytest.approx(0.17)
    [paragraph] = [bar for name, bar in bars.items() if name.startswith("joe: first audio of a paragraph")]
    assert paragraph.value == pytest.approx(1.0)
