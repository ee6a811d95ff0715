"""The comparison that the virtual machines are judged by: it hears what they could get wrong."""

from __future__ import annotations

import numpy as np
import pytest

from tests.vm.heard import RATE, Sound, find

GAP = RATE // 500
"""Frames: 2 ms, less than anybody would hear."""


@pytest.fixture(scope="module")
def sound() -> Sound:
    noise = np.random.default_rng(0).standard_normal(RATE // 2)
    return np.convolve(noise, np.ones(8) / 8, "same") * 0.1


def within(played: Sound) -> Sound:
    """A recording of more than that, with a hiss."""
    hiss = np.random.default_rng(1).standard_normal(2 * RATE) * 1e-5
    hiss[9000 : 9000 + played.size] += played
    return hiss


def test_a_whole_sound_is_found_at_any_volume(sound: Sound) -> None:
    found = find(sound, within(0.5 * sound))
    assert found.begin == 9000
    assert found.correlation > 0.9999
    assert max(found.before, found.after) < 1e-3


def test_half_a_frame_later_is_the_same_sound(sound: Sound) -> None:
    between = np.convolve(sound, np.sinc(np.arange(-200, 201) - 0.5) * np.hanning(401), "same")
    found = find(sound, within(between))
    assert found.begin == 9000.5
    assert found.correlation > 0.999


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_a_gap_is_noticed(sound: Sound, at: float) -> None:
    begin = round(at * sound.size)
    broken = np.concatenate([sound[:begin], np.zeros(GAP), sound[begin:]])
    assert find(sound, within(broken)).correlation < 0.97


def test_a_lost_tail_is_noticed(sound: Sound) -> None:
    assert find(sound, within(sound[: -RATE // 40])).correlation < 0.99


def test_another_sound_is_not_found(sound: Sound) -> None:
    assert find(sound, within(sound[::-1])).correlation < 0.1
