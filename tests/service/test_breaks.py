"""Stop, cancel, pause, resume and urgent speech, at the card: how soon, without a click, and what is heard after."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.service.audio.card_sink import PyAudioSink
from edge.service.audio.player import Player
from edge.service.audio.wav_sink import WavSink
from tests.service.stage import (
    FADE,
    PATIENCE,
    PERIOD,
    RATE,
    Stage,
    assert_faded_out,
    assert_nothing_lost,
    eventually,
    heard,
    time_heard,
    xruns,
)
from tests.service.test_sink import noise
from tests.sound_card import MakeSoundCard, SoundCard, use_in_process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edge.service.audio.sink import Pcm

BAR_SECONDS = 0.06
"""From a request to its effect at the card, the median of a few: other programs run on the test's machine, too."""


def tone(seconds: float) -> Pcm:
    """Return a loud 200 Hz: to cut it off is a click, and none of its own steps is a tenth of that."""
    sound: Pcm = np.round(20000 * np.sin(2 * np.pi * 200 * np.arange(round(seconds * RATE)) / RATE)).astype(np.int16)
    return sound


def is_sounding(card: SoundCard, frames: int = RATE // 8) -> Callable[[], bool]:
    """Return what tells whether `frames` more than now were heard."""
    before = heard(card).size
    return lambda: heard(card).size > before + frames


def test_stop_cancel_and_pause_are_heard_within_60_ms(stage: Stage, in_process: SoundCard) -> None:
    ends: list[tuple[str, Callable[[], object]]] = [
        ("stop", stage.player.stop),
        ("cancel", lambda: stage.player.cancel("x")),
        ("cancel all", stage.player.cancel),
        ("pause", stage.player.pause),
    ]
    for name, end in ends:
        delays = []
        for turn in range(3):
            starts = is_sounding(in_process, RATE // 8 + 97 * turn)
            stage.say("x", noise(2 * RATE))
            eventually(starts)
            asked = time.monotonic()
            end()
            stage.wait_for_silence()
            last = int(np.flatnonzero(in_process.recording()[1])[-1])
            delays.append(time_heard(in_process, last) - asked)
            stage.player.cancel()
            eventually(lambda: stage.player.state == "idle")
        assert statistics.median(delays) <= BAR_SECONDS, f"{name}: {delays} s"


def test_resume_and_urgent_speech_are_heard_within_60_ms(stage: Stage, in_process: SoundCard) -> None:
    resumed, urgent = [], []
    for _ in range(3):
        starts = is_sounding(in_process)
        stage.say("x", noise(2 * RATE))
        eventually(starts)
        stage.player.pause()
        stage.wait_for_silence()
        before = in_process.recording()[1].size
        asked = time.monotonic()
        stage.player.resume()
        eventually(is_sounding(in_process))
        resumed.append(time_heard(in_process, before) - asked)
        before = in_process.recording()[1].size
        asked = time.monotonic()
        stage.say("y", np.full(4000, 77, np.int16), priority="important")
        eventually(lambda: stage.player.state == "idle")
        first = before + int(np.argmax(in_process.recording()[1][before:] == 77))
        urgent.append(time_heard(in_process, first) - asked)
    assert statistics.median(resumed) <= BAR_SECONDS, resumed
    assert statistics.median(urgent) <= BAR_SECONDS, urgent


@pytest.mark.parametrize("rate", [None, 48000])
def test_nothing_that_breaks_the_sound_off_clicks(
    make_sound_card: MakeSoundCard, monkeypatch: pytest.MonkeyPatch, rate: int | None
) -> None:
    card = make_sound_card(rate=rate)
    use_in_process(card, monkeypatch)
    player = Player(PyAudioSink(RATE, "recorder"))
    player.start()
    stage = Stage(player)
    pcm = tone(2)

    def wait(seconds: float) -> None:
        eventually(is_sounding(card, round(seconds * card.recording()[0])))

    for turn in range(4):
        stage.say("a", pcm, priority="text")
        stage.events("a started")
        wait(0.05 + 0.0011 * turn)
        player.pause()
        time.sleep(0.03 * turn)  # from one that is over before the buffer is empty to one that lets the card go
        player.resume()
        wait(0.06 + 0.0013 * turn)
        stage.say("b", pcm, priority="important")
        stage.events("b started")
        wait(0.05 + 0.0017 * turn)
        player.cancel()
        stage.events("b cancelled")
    late = stage.utterance("c")
    late.put(pcm[:5000])
    player.play(late)
    stage.events("c started")
    eventually(lambda: player.underruns == 1)
    late.put(pcm[5000:8820])  # to the end of a whole period
    late.close()
    eventually(lambda: player.state == "idle")
    player.close()
    sound = card.recording()[1].astype(int)
    assert np.abs(sound).max() > 19000
    assert np.abs(np.diff(sound)).max() < 1.2 * np.abs(np.diff(pcm.astype(int))).max()


@pytest.mark.parametrize("pauses", [1, 3])
def test_resume_continues_at_the_exact_sample(stage: Stage, in_process: SoundCard, pauses: int) -> None:
    pcm = noise(RATE)
    stage.say("a", pcm)
    stage.events("a started")
    for number in range(pauses):
        eventually(is_sounding(in_process, RATE // 8 + 11 * number))
        assert stage.player.pause() == "a"
        assert stage.player.pause() == "a"
        stage.wait_for_silence()
        assert stage.player.state == "paused"
        assert stage.player.resume() == "a"
    assert stage.player.resume() is None
    assert stage.events("a finished") == ["a finished"]
    assert_nothing_lost(in_process.recording()[1], pcm, pauses)
    assert stage.player.underruns <= xruns(in_process)


def test_a_pause_that_is_over_at_once_costs_nothing_either(stage: Stage, in_process: SoundCard) -> None:
    pcm = noise(RATE)
    stage.say("a", pcm)
    stage.events("a started")
    eventually(is_sounding(in_process))
    stage.player.pause()
    eventually(lambda: stage.player._broken_off)  # long before the card has played what it holds
    stage.player.resume()
    stage.events("a finished")
    assert_nothing_lost(in_process.recording()[1], pcm)


def test_on_a_card_with_another_rate_a_pause_costs_no_more_than_the_filter_smears(
    make_sound_card: MakeSoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = make_sound_card(rate=48000)
    use_in_process(card, monkeypatch)
    player = Player(PyAudioSink(RATE, "recorder"))
    player.start()
    stage = Stage(player)
    pcm = noise(RATE // 2)
    stage.say("a", pcm)
    stage.events("a started")
    eventually(is_sounding(card, 8000))
    player.pause()
    stage.wait_for_silence()
    player.resume()
    stage.events("a finished")
    player.close()
    sounding = np.flatnonzero(np.abs(card.recording()[1]) > 50)
    gap = int(np.diff(sounding).max())
    played = (sounding[-1] - sounding[0] - gap) / 48000
    assert abs(played - (pcm.size + FADE) / RATE) < 0.002


def test_a_pause_lets_the_card_go_and_survives_its_absence(stage: Stage, in_process: SoundCard) -> None:
    pcm = noise(RATE // 2)
    stage.say("a", pcm)
    stage.events("a started")
    eventually(is_sounding(in_process))
    stage.player.pause()
    stage.wait_for_silence()
    in_process.pull_out()
    assert stage.player.resume() == "a"
    eventually(lambda: stage.player.state == "waiting-for-card")
    assert stage.player.pause() == "a"
    assert stage.player.state == "paused"
    in_process.plug_in()
    assert stage.player.resume() == "a"
    stage.events("a finished")
    assert_nothing_lost(in_process.recording()[1], pcm)


def test_pause_and_resume_without_anything_to_say_do_nothing(stage: Stage, in_process: SoundCard) -> None:
    assert stage.player.pause() is None
    assert stage.player.resume() is None
    stage.say("a", noise(1000))
    assert stage.events("a finished") == ["a started", "a finished"]


def test_a_pause_before_the_first_sound_holds_it_back(stage: Stage, in_process: SoundCard) -> None:
    utterance = stage.utterance("a")
    stage.player.play(utterance)
    assert stage.player.pause() == "a"
    pcm = noise(2000)
    utterance.put(pcm)
    utterance.close()
    time.sleep(0.1)
    assert in_process.log() == []
    assert stage.player.resume() == "a"
    assert stage.events("a finished") == ["a started", "a finished"]
    assert np.array_equal(heard(in_process), pcm)


@pytest.mark.parametrize("end", ["stop", "cancel"])
def test_a_pause_ends_with_what_was_paused(stage: Stage, in_process: SoundCard, end: str) -> None:
    stage.say("a", noise(RATE))
    second = noise(2000, 1)
    stage.say("b", second)
    stage.events("a started")
    assert stage.player.pause() == "a"
    assert stage.player.stop() == "a" if end == "stop" else stage.player.cancel("a") == ["a"]
    assert stage.player.resume() is None
    assert stage.events("b finished") == ["a cancelled", "b started", "b finished"]
    assert np.array_equal(heard(in_process)[-second.size :], second)


def test_a_paused_player_uses_no_cpu_and_keeps_what_was_made(stage: Stage, in_process: SoundCard) -> None:
    utterance = stage.utterance("a")
    utterance.put(noise(RATE))
    stage.player.play(utterance)
    stage.events("a started")
    stage.player.pause()
    stage.wait_for_silence()
    before = utterance.buffered
    utterance.put(noise(RATE))
    assert utterance.buffered == before + RATE
    assert utterance.room()
    assert stage.player.order() == [utterance]


def test_cancel_ends_one_or_all_and_says_which(stage: Stage) -> None:
    for name in "abcd":
        stage.say(name, noise(RATE))
    stage.events("a started")
    assert stage.player.cancel("c") == ["c"]
    assert stage.player.cancel("c") == []
    assert stage.player.cancel("nobody") == []
    assert stage.events("c cancelled") == ["c cancelled"]
    assert stage.player.cancel("a") == ["a"]
    assert stage.events("b started") == ["a cancelled", "b started"]
    assert stage.player.cancel() == ["b", "d"]
    assert {f"{name} {event}" for name, event, _ in (stage.told.get(timeout=PATIENCE) for _ in "bd")} == {
        "b cancelled",
        "d cancelled",
    }
    assert stage.player.cancel() == []


def test_what_is_interrupted_fades_and_the_urgent_follows_whole(stage: Stage, in_process: SoundCard) -> None:
    first, urgent = noise(RATE, 1), noise(5000, 2)
    stage.say("a", first, priority="text")
    stage.events("a started")
    eventually(is_sounding(in_process))
    stage.say("b", urgent, priority="important")
    assert stage.events("b finished") == ["a cancelled", "b started", "b finished"]
    recording = in_process.recording()[1]
    begin = assert_faded_out(recording, first)
    rest = recording[begin + FADE :]
    assert np.array_equal(rest[: urgent.size], urgent), "it follows in the same stream, without a gap"
    assert not rest[urgent.size :].any()


def test_a_file_fades_too(tmp_path: Path) -> None:
    player = Player(WavSink(tmp_path / "out.wav", RATE))
    player.start()
    stage = Stage(player)
    pcm = noise(4 * PERIOD)
    utterance = stage.utterance("a")
    utterance.put(pcm)
    player.play(utterance)
    stage.events("a started")
    time.sleep(0.05)
    player.stop()
    stage.events("a cancelled")
    player.close()
    assert_faded_out(np.frombuffer((tmp_path / "out.wav").read_bytes()[44:], np.int16), pcm)
