"""A player over the recording sound card, and how what it recorded is read."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from edge.service.audio.player import FADE_SECONDS, Player

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.service.audio.priority import Priority
    from edge.service.audio.sink import Pcm
    from edge.service.audio.utterance import Event, Utterance
    from tests.sound_card import SoundCard

RATE = 22050
PERIOD = RATE // 50
FADE = round(RATE * FADE_SECONDS)
PATIENCE = 15  # seconds after which a test gives up; nothing is measured by it


class Stage:
    """A player, and everything that its listeners were told."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.told: queue.Queue[tuple[str, Event, Exception | None]] = queue.Queue()
        self.threads: set[str] = set()

    def utterance(self, name: str, priority: Priority = "message", expected_seconds: float = 0.0) -> Utterance:
        """Make one that nothing else interrupts, unless the test is about that."""
        return self.player.utterance(name, self._listen, priority, expected_seconds)

    def say(self, name: str, *pcm: Pcm, priority: Priority = "message") -> Utterance:
        """Play a whole utterance."""
        utterance = self.utterance(name, priority)
        for part in pcm:
            utterance.put(part)
        utterance.close()
        self.player.play(utterance)
        return utterance

    def events(self, until: str) -> list[str]:
        """Return what is told as "name event", up to and with `until`."""
        events: list[str] = []
        while until not in events:
            name, event, _ = self.told.get(timeout=PATIENCE)
            events.append(f"{name} {event}")
        return events

    def wait_for_silence(self) -> None:
        """Wait until the card has played what it had, and was let go."""
        eventually(lambda: not self.player._sounding)

    def _listen(self, utterance: Utterance, event: Event, error: Exception | None) -> None:
        self.threads.add(threading.current_thread().name)
        self.told.put((utterance.id, event, error))


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def heard(card: SoundCard) -> Pcm:
    """All that was heard but silence (`noise` has no zeros)."""
    pcm = card.recording()[1]
    return pcm[pcm != 0]


def xruns(card: SoundCard) -> int:
    return sum(entry.event == "xrun" for entry in card.log())


def assert_faded_out(recording: Pcm, pcm: Pcm) -> int:
    """Check that `pcm` (of `noise`) is heard exactly, then fading for 5 ms; return where the fade begins."""
    size = min(pcm.size, recording.size)
    begin = int(np.argmax(recording[:size] != pcm[:size]))
    assert recording[begin] != pcm[begin], "it was not broken off"
    faded = np.round(pcm[begin : begin + FADE] * np.linspace(1, 0, FADE + 1)[1:])
    assert np.abs(recording[begin : begin + FADE] - faded).max() <= 1
    return begin


def assert_nothing_lost(recording: Pcm, pcm: Pcm, breaks: int = 1) -> None:
    """Check that all of `pcm` is heard with `breaks`: each faded out and, from the same sample on, faded in."""
    for _ in range(breaks):
        begin = assert_faded_out(recording, pcm)
        recording, pcm = recording[begin + FADE :], pcm[begin:]
        recording = recording[np.flatnonzero(recording)[0] :]
        faded = np.round(pcm[:FADE] * np.linspace(0, 1, FADE + 1)[1:])
        assert np.abs(recording[:FADE] - faded).max() <= 1
        recording, pcm = recording[FADE:], pcm[FADE:]
    assert np.array_equal(recording[: pcm.size], pcm)
    assert not recording[pcm.size :].any()


def time_heard(card: SoundCard, frame: int) -> float:
    """When the card played a frame of its recording, by `time.monotonic()`."""
    rate = card.recording()[0]
    start = [entry for entry in card.log() if entry.event == "start" and entry.heard <= frame][-1]
    return start.time + (frame - start.heard) / rate
