"""The synthesis thread: whose turn it is, and what one job's fault costs the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from edge import runtime
from edge.errors import EdgeError, TextError
from edge.service.audio.player import Player
from edge.service.audio.priority import Priority
from edge.service.audio.utterance import Utterance
from edge.service.audio.wav_sink import WavSink
from edge.service.synthesis import PLAYBACK, UNTIDY_BLOCKS, Synthesis
from tests.daemons import PATIENCE, eventually

Pcm = npt.NDArray[np.int16]

CHUNK = np.ones(10, np.int16)


class Shelf:
    """A target with room for `places` chunks."""

    def __init__(self, changed: threading.Condition, places: int) -> None:
        self.is_over = False
        self.chunks: list[Pcm] = []
        self.places = places
        self.ends: list[Exception | None] = []
        self._changed = changed

    def room(self) -> bool:
        return len(self.chunks) < self.places

    def put(self, pcm: Pcm) -> None:
        self.chunks.append(pcm)

    def close(self, error: Exception | None = None) -> None:
        self.ends.append(error)

    def change(self, **what: object) -> None:
        with self._changed:
            vars(self).update(what)
            self._changed.notify_all()


MakeShelf = Callable[[int], Shelf]


@pytest.fixture
def player() -> Player:
    """One that does not run: what it is given stays in its queue."""
    return Player(WavSink(Path("/dev/null"), 22050))


@pytest.fixture
def changed(player: Player) -> threading.Condition:
    return player.changed


@pytest.fixture
def synthesis(player: Player) -> Iterator[Synthesis]:
    synthesis = Synthesis(player)
    synthesis.start()
    yield synthesis
    synthesis.close()
    assert not synthesis.is_alive


@pytest.fixture
def shelf(changed: threading.Condition) -> MakeShelf:
    return lambda places: Shelf(changed, places)


def chunks(number: int, name: str = "", diary: list[str] | None = None) -> Generator[Pcm, None, None]:
    for _ in range(number):
        if diary is not None:
            diary.append(name)
        yield CHUNK


def failing(error: Exception) -> Generator[Pcm, None, None]:
    yield CHUNK
    raise error


def test_every_chunk_arrives_and_then_the_end(synthesis: Synthesis, shelf: MakeShelf) -> None:
    target = shelf(99)
    synthesis.submit(chunks(5), target, "lane")
    eventually(lambda: target.ends == [None])
    assert len(target.chunks) == 5


def test_memory_goes_back_when_nothing_is_made_although_something_plays(
    synthesis: Synthesis, shelf: MakeShelf, changed: threading.Condition, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back = threading.Event()
    monkeypatch.setattr(runtime, "give_back_memory", given_back.set)

    def playing() -> bool:
        with changed:
            changed.notify_all()
        return given_back.is_set()

    synthesis.submit(chunks(2), shelf(99), "lane")
    eventually(playing)


def test_memory_goes_back_within_a_long_text_but_not_in_front_of_a_texts_first_sound(
    synthesis: Synthesis, shelf: MakeShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    diary: list[str] = []
    monkeypatch.setattr(runtime, "give_back_memory", lambda: diary.append("back"))
    monkeypatch.setattr("edge.service.synthesis.IDLE_SECONDS", PATIENCE)

    def slow_chunks(number: int) -> Generator[Pcm, None, None]:
        for index in range(number):
            time.sleep(0.001)  # what takes no time comes from the cache
            diary.append("more" if index else "first")
            yield CHUNK

    targets = [shelf(1) for _ in range(2 * UNTIDY_BLOCKS)]
    for lane, target in enumerate(targets):
        synthesis.submit(slow_chunks(99), target, lane)
    eventually(lambda: len(diary) == len(targets))
    assert set(diary) == {"first"}
    targets[0].change(places=2 + UNTIDY_BLOCKS)
    eventually(lambda: len(targets[0].chunks) == 2 + UNTIDY_BLOCKS)
    assert diary[len(targets) :] == ["back", *["more"] * UNTIDY_BLOCKS, "back", "more"]


def test_lanes_take_turns(synthesis: Synthesis, shelf: MakeShelf, changed: threading.Condition) -> None:
    diary: list[str] = []
    targets = [shelf(99) for _ in range(3)]
    with changed:  # all are there before the first turn
        for name, target in zip("abc", targets, strict=True):
            synthesis.submit(chunks(4, name, diary), target, name)
    eventually(lambda: all(target.ends for target in targets))
    assert [set(diary[start : start + 3]) for start in range(0, 12, 3)] == [set("abc")] * 4


def test_a_lane_is_in_order(synthesis: Synthesis, shelf: MakeShelf) -> None:
    diary: list[str] = []
    targets = [shelf(99) for _ in range(3)]
    for name, target in zip("abc", targets, strict=True):
        synthesis.submit(chunks(3, name, diary), target, "lane")
    eventually(lambda: all(target.ends for target in targets))
    assert "".join(diary) == "aaabbbccc"


def test_a_target_without_room_keeps_no_other_lane_waiting(synthesis: Synthesis, shelf: MakeShelf) -> None:
    full, free = shelf(2), shelf(99)
    synthesis.submit(chunks(5), full, "full")
    synthesis.submit(chunks(5), free, "free")
    eventually(lambda: free.ends == [None])
    assert (len(full.chunks), full.ends) == (2, [])
    full.change(places=99)
    eventually(lambda: full.ends == [None])
    assert len(full.chunks) == 5


def test_a_target_that_is_over_frees_its_job(synthesis: Synthesis, shelf: MakeShelf) -> None:
    left, after = shelf(1), shelf(99)
    ended = threading.Event()

    def endless() -> Generator[Pcm, None, None]:
        try:
            while True:
                yield CHUNK
        finally:
            ended.set()

    synthesis.submit(endless(), left, "lane")
    eventually(lambda: len(left.chunks) == 1)
    left.change(is_over=True, places=99)
    synthesis.submit(chunks(2), after, "lane")
    eventually(lambda: after.ends == [None])
    assert ended.wait(PATIENCE), "the generator is still held"
    assert (len(left.chunks), left.ends) == (1, [])


@pytest.mark.parametrize("error", [TextError("No sound."), ValueError("tensor"), RuntimeError("torch")], ids=repr)
def test_one_jobs_fault_is_told_and_the_next_is_made(
    synthesis: Synthesis, shelf: MakeShelf, error: Exception
) -> None:
    bad, good = shelf(99), shelf(99)
    synthesis.submit(failing(error), bad, "lane")
    synthesis.submit(chunks(2), good, "lane")
    eventually(lambda: good.ends == [None])
    assert len(bad.chunks) == 1
    [told] = bad.ends
    assert isinstance(told, EdgeError)
    assert str(error) in str(told)


def utterance(player: Player, name: str, priority: Priority = "message") -> Utterance:
    made = player.utterance(name, lambda *_: None, priority)
    player.play(made)
    return made


def test_what_has_become_urgent_is_made_at_once(player: Player, synthesis: Synthesis) -> None:
    diary: list[str] = []
    reached, go_on = threading.Event(), threading.Event()

    def text() -> Generator[Pcm, None, None]:
        for number in range(6):
            if number == 3:
                reached.set()
                assert go_on.wait(PATIENCE)
            diary.append("text")
            yield CHUNK

    early = utterance(player, "early")
    synthesis.submit(text(), early, PLAYBACK)
    assert reached.wait(PATIENCE)
    urgent = utterance(player, "urgent", "important")
    synthesis.submit(chunks(3, "urgent", diary), urgent, PLAYBACK)
    late = utterance(player, "late")
    synthesis.submit(chunks(1, "late", diary), late, PLAYBACK)
    # Not spoken yet, so not interrupted but postponed; and what was made of it stays.
    assert [u.id for u in player.order()] == ["urgent", "early", "late"]
    go_on.set()
    eventually(lambda: late.buffered == CHUNK.size and len(diary) == 10)
    assert diary == ["text"] * 4 + ["urgent"] * 3 + ["text"] * 2 + ["late"]
    assert early.buffered == 6 * CHUNK.size


def test_nothing_more_is_made_of_what_was_interrupted(player: Player, synthesis: Synthesis) -> None:
    diary: list[str] = []
    left = utterance(player, "left", "text")
    player.cancel()
    synthesis.submit(chunks(9, "left", diary), left, PLAYBACK)
    after = utterance(player, "after")
    synthesis.submit(chunks(1, "after", diary), after, PLAYBACK)
    eventually(lambda: after.buffered == CHUNK.size)
    assert diary == ["after"]


def test_sound_that_is_about_to_run_out_has_every_other_turn(
    player: Player, synthesis: Synthesis, shelf: MakeShelf
) -> None:
    diary: list[str] = []
    targets = [shelf(99) for _ in range(8)]
    with player.changed:
        for number, target in enumerate(targets):
            synthesis.submit(chunks(9, str(number), diary), target, number)
        synthesis.submit(chunks(9, "playback", diary), utterance(player, "short"), PLAYBACK)
    eventually(lambda: all(target.ends for target in targets))
    assert diary[:17].count("playback") == 9 or diary[1:19:2] == ["playback"] * 9


def test_one_that_hangs_can_be_told(player: Player, synthesis: Synthesis, shelf: MakeShelf) -> None:
    go_on = threading.Event()

    def hanging() -> Generator[Pcm, None, None]:
        assert go_on.wait(PATIENCE)
        yield CHUNK

    assert synthesis.busy_seconds == 0
    target = shelf(99)
    synthesis.submit(hanging(), target, "lane")
    eventually(lambda: synthesis.busy_seconds > 0.05)
    go_on.set()
    eventually(lambda: target.ends == [None])
    eventually(lambda: synthesis.busy_seconds == 0)


def test_the_pace_is_learned_from_what_is_made(player: Player, synthesis: Synthesis, shelf: MakeShelf) -> None:
    def slow() -> Generator[Pcm, None, None]:
        for _ in range(4):
            threading.Event().wait(0.1)
            yield np.ones(22050 // 50, np.int16)

    target = shelf(99)
    before = player.pace.real_time_factor
    synthesis.submit(slow(), target, "lane")
    eventually(lambda: target.ends == [None])
    assert before + 0.1 < player.pace.real_time_factor < 5
