"""How a bar is judged and told. Figures are measured by the command, never asserted by a test."""

from __future__ import annotations

import msgspec

from edge.bench.rows import Report, Row


def test_a_bar_is_met_from_its_side() -> None:
    assert Row(name="faster", bar=2.5, value=2.5).met
    assert not Row(name="faster", bar=2.5, value=2.4).met
    assert Row(name="smaller", bar=30, at_least=False, unit="%", value=29.9).met
    assert not Row(name="smaller", bar=30, at_least=False, unit="%", value=30.1).met
    assert not Row(name="not measured", bar=1).met


def test_what_was_missed_or_skipped_is_told() -> None:
    [missed, figure] = Row(name="speed", bar=2.5, value=2.0, figures={"FP32: RTF": 0.5}).lines()
    assert missed == "speed: 2.00 x (bar >= 2.5 x, MISSED)"
    assert figure.split() == ["FP32:", "RTF", "0.5000"]
    [skipped] = Row(name="speed", bar=2.5, skipped="pip install it").lines()
    assert skipped == "speed: skipped (bar >= 2.5 x): pip install it"
    assert Row(name="size", bar=30, at_least=False, unit="%", value=27.5).lines() == ["size: 27.5 % (bar <= 30 %)"]


def test_a_report_survives_json() -> None:
    report = Report("cpu", ("avx2",), 1, {"torch": "2"}, (Row(name="speed", bar=2.5, value=3.0),))
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report
    assert "avx2" in report.lines()[1]
