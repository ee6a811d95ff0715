"""What the daemon is asked: each bar is of a real one, which plays on a sound card that records."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.bench import answers
from edge.bench.texts import texts
from tests.sound_card import SoundCard

pytestmark = pytest.mark.slow


def test_every_bar_is_measured(
    joe_bundle: Path, in_process: SoundCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, less in {"FEW": 1, "MANY": 3, "ROUNDS": 2, "IDLE_SECONDS": 1.0}.items():
        monkeypatch.setattr(answers, name, less)
    steps: list[str] = []
    hit, stop, idle, growth = answers.bars(joe_bundle, texts("en"), "joe", tmp_path / "answers", 1, steps.append)
    assert len(steps) == 3
    assert [bar.skipped for bar in (hit, stop, idle, growth)] == [""] * 4
    assert hit.value is not None
    assert hit.value > 0
    assert hit.p95 is not None
    assert hit.p95 >= hit.value
    assert stop.value is not None
    assert stop.value >= 1000 * answers.HELD_SECONDS
    assert np.count_nonzero(in_process.recording()[1]) > 0, "it spoke before it was stopped"
    assert idle.value is not None
    assert 0 <= idle.value < 100
    assert growth.figures.keys() == {"resident after 1: MB", "resident after 3: MB"}
    assert min(growth.figures.values()) > 50


def test_without_a_card_stop_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "sound_card_name", lambda: None)
    bar = answers._stop(tmp_path, "joe", texts("en"), tmp_path, 1)
    assert bar.value is None
    assert "no sound card" in bar.skipped
