"""What the daemon costs as its work grows."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.bench.growth import FLAT, FLAT_MEMORY, Growth, Point, grow
from edge.bench.texts import texts

pytestmark = pytest.mark.slow


def growth() -> Growth:
    """Flat, but for the text of a single word, which has no whole sentence."""
    flat = [
        Point(size=size, first=0.03, real_time_factor=0.05, resident=300_000_000, peak=300_000_000)
        for size in (10, 100, 1000)
    ]
    word = msgspec.structs.replace(flat[0], size=1, first=0.01, real_time_factor=0.2)
    return Growth(title="joe", threads=2, words=(word, *flat), waiting=tuple(flat))


def test_flat_lines_meet_their_bars() -> None:
    bars = growth().bars()
    assert len(bars) == 6
    assert all(bar.met and bar.value == pytest.approx(1.0) for bar in bars)


@pytest.mark.parametrize("line", ["words", "waiting"])
@pytest.mark.parametrize(
    ("field", "bar"), [("first", FLAT), ("real_time_factor", FLAT), ("resident", FLAT_MEMORY)], ids=str
)
def test_a_line_that_rises_misses_its_own_bar(line: str, field: str, bar: float) -> None:
    flat = growth()
    *before, last = getattr(flat, line)
    risen = msgspec.structs.replace(last, **{field: type(getattr(last, field))(getattr(last, field) * (bar + 0.01))})
    bars = msgspec.structs.replace(flat, **{line: (*before, risen)}).bars()
    assert [found.value for found in bars if not found.met] == [pytest.approx(bar + 0.01)]


def test_a_daemon_is_asked_for_each_size(joe_bundle: Path, tmp_path: Path) -> None:
    steps: list[str] = []
    grown = grow(joe_bundle, texts("en"), "joe", tmp_path / "growth", 1, 10, steps.append)
    assert [point.size for point in grown.words] == [1, 10]
    assert [point.size for point in grown.waiting] == [0, 1, 10]
    assert len(steps) == 5
    for point in (*grown.words, *grown.waiting):
        assert point.first > 0
        assert point.real_time_factor > 0
        assert point.peak >= point.resident > 0
