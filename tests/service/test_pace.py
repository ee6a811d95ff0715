"""A slow device speaks with one pause at the start; a fast one begins at once."""

from __future__ import annotations

import time
from collections.abc import Generator

import numpy as np
import numpy.typing as npt
import pytest

from edge.service.audio.pace import Pace
from edge.service.audio.player import BUFFER_SECONDS
from edge.service.synthesis import PLAYBACK, Synthesis
from edge.speech import COARSE, FAST, FINE, Blocks
from tests.service.stage import RATE, Stage
from tests.service.test_sink import noise
from tests.sound_card import SoundCard

Pcm = npt.NDArray[np.int16]
BLOCK = RATE // 10


def slow(blocks: int, factor: float) -> Generator[Pcm, None, None]:
    """Make blocks of 0.1 s, each in `factor` times as long; the first has the encoder's work, too."""
    time.sleep(0.02 * factor * blocks)
    for number in range(blocks):
        time.sleep(0.08 * factor)
        yield noise(BLOCK, number)


def gaps(card: SoundCard) -> int:
    """How often there was silence between sounds, for longer than an underrun of the device lasts."""
    sounding = np.flatnonzero(card.recording()[1])
    return int(np.count_nonzero(np.diff(sounding) > RATE // 50))


def say(stage: Stage, synthesis: Synthesis, name: str, chunks: Generator[Pcm, None, None], seconds: float) -> float:
    """Speak what comes from `chunks`; return the seconds until it was heard."""
    utterance = stage.utterance(name, expected_seconds=seconds)
    stage.player.play(utterance)
    asked = time.monotonic()
    synthesis.submit(chunks, utterance, PLAYBACK)
    stage.events(f"{name} started")
    begun = time.monotonic() - asked
    stage.events(f"{name} finished")
    return begun


def test_half_as_fast_as_speech_there_is_one_pause_at_the_start(stage: Stage, in_process: SoundCard) -> None:
    synthesis = Synthesis(stage.player)
    synthesis.start()
    for name in ("the first, of which nothing is known", "the second"):
        before = gaps(in_process)
        say(stage, synthesis, name, slow(12, 2.0), 1.2)
    assert before <= 1, "the first may break off once"
    assert gaps(in_process) == before + 1, "the second does not: the gap is the one in front of it"
    assert stage.player.preroll_seconds > 0.4
    assert 1 < stage.player.pace.real_time_factor < 2.5
    synthesis.close()


def test_when_it_is_late_all_the_same_there_are_few_gaps(stage: Stage, in_process: SoundCard) -> None:
    synthesis = Synthesis(stage.player)
    synthesis.start()
    say(stage, synthesis, "longer than anybody thought", slow(12, 2.0), 0.1)
    assert gaps(in_process) <= 2
    synthesis.close()


def test_a_fast_device_begins_with_the_first_block(stage: Stage, in_process: SoundCard) -> None:
    made: list[float] = []

    def fast() -> Generator[Pcm, None, None]:
        for number in range(10):
            time.sleep(0.03)
            made.append(time.monotonic())
            yield noise(BLOCK, number)

    synthesis = Synthesis(stage.player)
    synthesis.start()
    for name in "ab":
        made.clear()
        say(stage, synthesis, name, fast(), 60)
        assert stage.player.preroll_seconds == 0
        [start] = [entry.time for entry in in_process.log() if entry.event == "start"][-1:]
        assert made[0] < start
    assert gaps(in_process) <= 1 + stage.player.underruns
    synthesis.close()


def test_cached_blocks_do_not_make_a_slow_device_look_fast() -> None:
    pace = Pace(RATE)
    for _ in range(100):
        pace.synthesised(RATE, 2)
    before = pace.real_time_factor
    for _ in range(100):
        pace.synthesised(RATE, 0.002)
    assert pace.real_time_factor == before == pytest.approx(2, rel=0.1)


def test_the_pace_follows_what_happens_now() -> None:
    pace = Pace(RATE)
    for _ in range(300):
        pace.synthesised(RATE, 2)
    for _ in range(300):
        pace.synthesised(RATE, 0.5)
    assert pace.real_time_factor == pytest.approx(0.5, rel=0.1)


def test_lengths_are_learned_from_texts() -> None:
    pace = Pace(RATE)
    assert 5 < pace.seconds(100) < 10
    for _ in range(100):
        pace.spoken(200, 30)
    assert pace.seconds(100) == pytest.approx(15, rel=0.1)


@pytest.mark.parametrize("factor", [1.0, 1.5, 2.0, 5.0])
def test_the_preroll_is_enough(factor: float) -> None:
    pace = Pace(RATE)
    for _ in range(1000):
        pace.synthesised(RATE, factor)
    for seconds in (1.0, 10.0, 40.0):
        start = pace.preroll(seconds)
        assert start + seconds / factor >= seconds
        assert start < seconds


@pytest.mark.parametrize(
    ("blocks", "factor"), [(COARSE, FAST), *((FINE, factor) for factor in (0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95))]
)
def test_blocks_that_grow_are_there_in_time(blocks: Blocks, factor: float) -> None:
    pace = Pace(RATE)
    for _ in range(1000):
        pace.synthesised(RATE, factor)
    seconds_made = np.cumsum([*blocks.first, *[blocks.rest] * 5]) * 256 / RATE
    begin = int(np.argmax(seconds_made >= pace.preroll(seconds_made[-1])))
    ready = factor * (seconds_made - seconds_made[begin])  # after the first sound
    held_back = 0.025  # the player keeps what it may have to fade out
    assert (ready[begin + 1 :] <= seconds_made[begin:-1] - held_back).all()
    assert begin == 0 or factor > 0.4


def test_the_preroll_ends_where_the_buffer_does(stage: Stage, in_process: SoundCard) -> None:
    for _ in range(1000):
        stage.player.pace.synthesised(RATE, 100)
    utterance = stage.utterance("a", expected_seconds=1000)
    stage.player.play(utterance)
    while utterance.room():
        utterance.put(noise(10 * RATE))
    assert stage.events("a started") == ["a started"]
    assert stage.player.preroll_seconds == BUFFER_SECONDS
