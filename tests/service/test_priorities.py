"""docs/priorities.md, rule by rule: first who gives way to whom, in a queue that nobody plays, then what is heard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.service.audio.player import Player
from edge.service.audio.priority import PRIORITIES
from edge.service.audio.wav_sink import WavSink
from tests.service.stage import RATE, Stage, assert_nothing_lost, eventually, heard
from tests.service.test_sink import noise

if TYPE_CHECKING:
    from edge.service.audio.priority import Priority
    from edge.service.audio.utterance import Utterance
    from tests.sound_card import SoundCard

DOCUMENT = Path(__file__).parents[2] / "docs" / "priorities.md"


@pytest.fixture
def still() -> Player:
    """One whose thread does not run: what it is given stays where the rules put it."""
    return Player(WavSink(Path("/dev/null"), RATE))


def add(player: Player, priority: Priority, name: str = "") -> Utterance:
    utterance = player.utterance(name or priority, lambda *_: None, priority)
    player.play(utterance)
    return utterance


def speak(player: Player, priority: Priority) -> Utterance:
    """Make one the current one."""
    utterance = add(player, priority, "spoken")
    assert player.pause() == "spoken"
    assert player.resume() == "spoken"
    return utterance


def order(player: Player) -> list[str]:
    return [utterance.id for utterance in player.order()]


def rules(heading: str) -> list[tuple[str, str, str]]:
    """Return a table of the document as (row, column, cell)."""
    section = DOCUMENT.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in section.splitlines() if line[:1] == "|"]
    return [(row[0], column, cell) for row in rows[2:] for column, cell in zip(rows[0][1:], row[1:], strict=True)]


@pytest.mark.parametrize(("spoken", "new", "outcome"), rules("What arrives, and what is being spoken"))
def test_what_is_spoken_and_what_arrives(still: Player, spoken: Priority, new: Priority, outcome: str) -> None:
    first, second = speak(still, spoken), add(still, new, "new")
    assert {
        (False, False): "waits",
        (True, False): "interrupts",
        (False, True): "is dropped",
    }[first.is_over, second.is_over] == outcome


@pytest.mark.parametrize(("waiting", "new", "outcome"), rules("What arrives, and what is waiting"))
def test_what_waits_and_what_arrives(still: Player, waiting: Priority, new: Priority, outcome: str) -> None:
    speak(still, "notification" if waiting == "notification" else "important")
    first = add(still, waiting, "waiting")
    second = add(still, new, "new")
    assert {
        (False, False): "behind it" if order(still)[-1] == "new" else "before it",
        (True, False): "displaces it",
        (False, True): "is dropped",
    }[first.is_over, second.is_over] == outcome


def test_the_tables_are_whole() -> None:
    pairs = {(one, other) for one in PRIORITIES for other in PRIORITIES}
    for heading in ("What arrives, and what is being spoken", "What arrives, and what is waiting"):
        assert {(row, column) for row, column, _ in rules(heading)} == pairs


def test_each_further_rule_names_its_test() -> None:
    names = re.findall(r"`(test_\w+)`", DOCUMENT.read_text(encoding="utf-8"))
    assert len(names) > 8
    assert [name for name in names if name not in globals()] == []


def test_important_ones_are_spoken_in_the_order_they_came(stage: Stage, in_process: SoundCard) -> None:
    parts = [noise(3000, seed) for seed in range(3)]
    for name, pcm in zip("abc", parts, strict=True):
        stage.say(name, pcm, priority="important")
    stage.events("c finished")
    assert np.array_equal(heard(in_process), np.concatenate(parts))


def test_messages_and_a_text_are_postponed_by_important_ones_and_then_heard(
    stage: Stage, in_process: SoundCard
) -> None:
    stage.say("first", noise(4000, 1), priority="important")
    stage.say("message", noise(1000, 2), priority="message")
    stage.say("text", noise(1100, 3), priority="text")
    stage.say("last", noise(1200, 4), priority="important")
    stage.events("text finished")
    expected = [noise(4000, 1), noise(1200, 4), noise(1000, 2), noise(1100, 3)]
    assert np.array_equal(heard(in_process), np.concatenate(expected))


def test_messages_do_not_interrupt_each_other(stage: Stage, in_process: SoundCard) -> None:
    parts = [noise(3000, seed) for seed in range(3)]
    for name, pcm in zip("abc", parts, strict=True):
        stage.say(name, pcm, priority="message")
    stage.events("c finished")
    assert np.array_equal(heard(in_process), np.concatenate(parts))


def test_of_several_texts_only_the_latest_is_spoken(stage: Stage, in_process: SoundCard) -> None:
    stage.say("message", noise(4000))
    for number in range(5):
        stage.say(f"text {number}", noise(1000 + number, number), priority="text")
    told = stage.events("text 4 finished")
    assert [event for event in told if "cancelled" in event] == [f"text {number} cancelled" for number in range(4)]
    assert np.array_equal(heard(in_process), np.concatenate([noise(4000), noise(1004, 4)]))


def test_the_latest_notification_interrupts_the_others(stage: Stage, in_process: SoundCard) -> None:
    stage.say("a", noise(RATE, 1), priority="notification")
    stage.events("a started")
    stage.say("b", noise(RATE, 2), priority="notification")
    stage.say("c", noise(1000, 3), priority="notification")
    told = stage.events("c finished")
    assert sorted(told[:2]) == ["a cancelled", "b cancelled"]
    assert told[2:] == ["c started", "c finished"]
    assert np.array_equal(heard(in_process)[-1000:], noise(1000, 3))


def test_progress_does_not_interrupt_progress_and_the_last_is_heard(stage: Stage, in_process: SoundCard) -> None:
    parts = [noise(4000 + percent, percent) for percent in range(6)]
    stage.say("0 %", parts[0], priority="progress")
    stage.events("0 % started")
    for percent in range(1, 6):
        stage.say(f"{percent} %", parts[percent], priority="progress")
    told = stage.events("5 % finished")
    assert told == [*(f"{n} % cancelled" for n in range(1, 5)), "0 % finished", "5 % started", "5 % finished"]
    assert np.array_equal(heard(in_process), np.concatenate([parts[0], parts[5]]))


def test_the_last_progress_that_waited_is_spoken_as_a_message(stage: Stage, in_process: SoundCard) -> None:
    stage.say("text", noise(2000, 1), priority="text")
    stage.say("100 %", noise(4000, 2), priority="progress")
    stage.events("100 % started")
    stage.say("next", noise(1000, 3), priority="text")
    assert stage.events("next finished") == ["100 % finished", "next started", "next finished"]
    assert np.array_equal(heard(in_process), np.concatenate([noise(2000, 1), noise(4000, 2), noise(1000, 3)]))


def test_the_last_progress_survives_whatever_comes_after_it(still: Player) -> None:
    speak(still, "text")
    add(still, "progress", "100 %")
    add(still, "text")
    add(still, "message")
    add(still, "important")
    add(still, "notification")
    assert order(still) == ["important", "100 %", "message"]


def test_a_progress_that_is_spoken_at_once_can_be_interrupted(stage: Stage) -> None:
    stage.say("1 %", noise(RATE), priority="progress")
    stage.events("1 % started")
    stage.say("text", noise(1000), priority="text")
    assert stage.events("text finished") == ["1 % cancelled", "text started", "text finished"]


def test_a_progress_that_was_spoken_is_not_repeated(stage: Stage, in_process: SoundCard) -> None:
    stage.say("100 %", noise(2000, 1), priority="progress")
    stage.events("100 % finished")
    stage.say("message", noise(1000, 2))
    stage.events("message finished")
    eventually(lambda: stage.player.state == "idle")
    assert np.array_equal(heard(in_process), np.concatenate([noise(2000, 1), noise(1000, 2)]))


@pytest.mark.parametrize("paused", ["text", "notification"])
@pytest.mark.parametrize("priority", PRIORITIES)
def test_while_paused_nothing_sounds_and_little_is_dropped(
    stage: Stage, in_process: SoundCard, priority: Priority, paused: Priority
) -> None:
    stage.say("a", noise(RATE), priority=paused)
    stage.events("a started")
    stage.player.pause()
    stage.wait_for_silence()
    before = in_process.recording()[1].size
    stage.say("b", noise(1000), priority=priority)
    if priority in {"notification", "progress"}:
        assert stage.events("b cancelled") == ["b cancelled"]
    assert stage.player.state == "paused"
    assert in_process.recording()[1].size == before
    assert stage.player.current is not None
    assert not stage.player.current.is_over


@pytest.mark.parametrize("urgent", ["important", "message"])
def test_after_a_pause_what_is_more_urgent_goes_first_and_the_rest_continues(
    stage: Stage, in_process: SoundCard, urgent: Priority
) -> None:
    paused, sooner = noise(RATE, 1), np.full(3000, -77, np.int16)
    stage.say("paused", paused, priority="text")
    stage.events("paused started")
    eventually(lambda: heard(in_process).size > RATE // 8)
    stage.player.pause()
    stage.wait_for_silence()
    stage.say("urgent", sooner, priority=urgent)
    assert stage.player.resume() == "paused"
    told = stage.events("paused finished")
    assert told == ["urgent started", "urgent finished", "paused finished"]
    recording = in_process.recording()[1]
    assert np.count_nonzero(recording == sooner[0]) == sooner.size
    assert_nothing_lost(recording[recording != sooner[0]], paused)


def test_what_was_paused_goes_on_before_what_came_meanwhile(stage: Stage) -> None:
    stage.say("paused", noise(RATE // 4), priority="text")
    stage.events("paused started")
    stage.player.pause()
    stage.say("text", noise(1000), priority="text")
    stage.say("urgent", noise(1000), priority="important")
    stage.player.resume()
    told = stage.events("text finished")
    assert [event for event in told if "finished" in event] == ["urgent finished", "paused finished", "text finished"]
