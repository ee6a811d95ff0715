"""A row is one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.bench import rows
from edge.bench.row import Need
from edge.bench.subjects import MELO, VOICE

FILE = '''
"""Another way."""

from edge.bench.row import Row


class Another(Row):
    """It hums."""

    number = "7a"
    title = "humming"
'''


def test_all_rows_of_the_plan_are_there_in_its_order() -> None:
    numbers = [row.number for row in rows.all_rows()]
    assert numbers == sorted(set(numbers), key=rows.place)
    assert {int(number.rstrip("abc")) for number in numbers} == set(range(1, 14))
    assert numbers.index("6") < numbers.index("6b") < numbers.index("10")


def test_every_row_describes_itself() -> None:
    for row in rows.all_rows():
        assert row.title
        assert row.about().endswith("."), row.number
        assert set(row.subjects) <= {MELO, VOICE}
    assert len({row.title for row in rows.all_rows()}) == len(rows.all_rows())


def test_one_more_file_is_one_more_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "humming_as_a_test.py").write_text(FILE, encoding="utf-8")
    monkeypatch.setattr(rows, "__path__", [*rows.__path__, str(tmp_path)])
    before, added = rows.named("7"), rows.named("7a")
    assert (added.title, added.about()) == ("humming", "It hums.")
    numbers = [row.number for row in rows.all_rows()]
    assert numbers.index("7a") == numbers.index(before.number) + 1


def test_a_need_is_a_package_or_a_program() -> None:
    assert Need("sh", "").is_met
    assert Need("msgspec", "").is_met
    assert not Need("no-such-thing", "").is_met
