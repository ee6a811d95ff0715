"""A run that was interrupted goes on, and never with another run's figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.bench.journal import Journal
from edge.bench.memory import Memory


@pytest.fixture
def path(tmp_path: Path) -> Path:
    journal = Journal(tmp_path / "progress.jsonl", "plan")
    assert not journal.resumed
    journal.put("first", Memory(1, 2, 3))
    journal.put("second", [Path("a")])
    assert journal.get("first", Memory) == Memory(1, 2, 3)
    return tmp_path / "progress.jsonl"


def test_what_was_done_is_there(path: Path) -> None:
    journal = Journal(path, "plan")
    assert journal.resumed
    assert journal.get("first", Memory) == Memory(1, 2, 3)
    assert journal.get("second", list[Path]) == [Path("a")]
    assert journal.get("third", Memory) is None


def test_a_line_that_was_being_written_is_done_again(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])
    journal = Journal(path, "plan")
    assert journal.get("first", Memory) == Memory(1, 2, 3)
    assert journal.get("second", list[Path]) is None
    journal.put("second", [Path("b")])
    assert Journal(path, "plan").get("second", list[Path]) == [Path("b")]


def test_another_plan_starts_anew(path: Path) -> None:
    assert not Journal(path, "another").resumed
    assert Journal(path, "another").get("first", Memory) is None
