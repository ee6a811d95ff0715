"""One thread that synthesises for everybody, a chunk at a time.

Chunks of different jobs alternate, so that a client that does not read its sound, or a long text that is being
played, keeps nobody waiting for longer than one chunk. All that is to be played is one lane, in the player's order:
what has become urgent is made at once, before the rest of a text under way. Each sound that is sent back is a lane of
its own. While the sound that plays is about to run out, its lane has every other turn, however many there are.

Locking: the condition is the player's, since "there is room again" is said there. No lock is held while a chunk is
made.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass
from typing import Protocol

from edge import runtime
from edge.errors import EdgeError
from edge.service.audio.player import Player
from edge.service.audio.sink import Pcm

PLAYBACK = "playback"
"""The lane of everything that goes to the sound card."""

JOIN_SECONDS = 0.5
"""`close` does not wait for longer: a chunk under way on a slow device may take seconds, and is for nobody."""

IDLE_SECONDS = 0.1
"""Freed memory goes back when nobody wanted a block for so long: the next sentence would have it cleared again."""

UNTIDY_BLOCKS = 64
"""Blocks after which freed memory goes back even while more are wanted, but for a text's first. With fewer, the next
text more often finds the heap small: with 16, a paragraph began 4 % later than a sentence (`bench --latency`)."""

_log = logging.getLogger(__name__)

Chunks = Generator[Pcm, None, None]


class Target(Protocol):
    """Where chunks go: an utterance of the player, or a reply to a client."""

    @property
    def is_over(self) -> bool:
        """Nothing more is wanted."""

    def room(self) -> bool:
        """Whether another chunk is wanted now."""

    def put(self, pcm: Pcm) -> None:
        """Takes a chunk; does not block."""

    def close(self, error: Exception | None = None) -> None:
        """There is no more; with `error`, because something failed."""


@dataclass(eq=False)
class _Job:
    chunks: Chunks
    target: Target
    sound: float = 0.0
    spent: float = 0.0
    """Seconds of sound that were made, and of time that this took."""


class Synthesis:
    """Runs generators of PCM on its own thread, as fast as their targets have room."""

    def __init__(self, player: Player, on_factor: Callable[[float], None] = lambda _: None) -> None:
        """`player` says what is to be played first, learns the pace, and its condition is the one of all targets.

        `on_factor` is told the real-time factor of each text that was made.
        """
        self._player = player
        self._on_factor = on_factor
        self._changed = player.changed
        self._lanes: dict[Hashable, deque[_Job]] = {}
        self._last_lane: Hashable = None
        self._busy_since: float | None = None
        self._idle_since = 0.0
        self._closing = False
        self._untidy = 0
        self._thread = threading.Thread(target=self._run, name="synthesis", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def submit(self, chunks: Chunks, target: Target, lane: Hashable) -> None:
        """Makes `chunks` for `target`, after what is already in the same lane."""
        with self._changed:
            self._lanes.setdefault(lane, deque()).append(_Job(chunks, target))
            self._changed.notify_all()

    def close(self) -> None:
        """Ends the thread after the chunk that it is making."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(JOIN_SECONDS)

    @property
    def replies(self) -> int:
        """How many sounds are being made that do not go to the sound card."""
        with self._changed:
            self._forget_finished()
            return len(self._lanes.keys() - {PLAYBACK})

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs; it never ends by itself."""
        return self._thread.is_alive()

    @property
    def busy_seconds(self) -> float:
        """For how long it has been at one chunk; 0 while it waits."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    def _run(self) -> None:
        while (job := self._next()) is not None:
            self._busy_since = time.monotonic()
            self._advance(job)
            self._busy_since = None
            self._idle_since = time.monotonic()

    def _next(self) -> _Job | None:
        """Waits for a job that can go on; None when closing."""
        while True:
            with self._changed:
                if self._closing:
                    return None
                job = self._pick()
                if job is None and not self._untidy:
                    self._changed.wait()
                    continue
                # While something plays, the condition is notified all the time.
                wanted_soon = self._idle_since + IDLE_SECONDS - time.monotonic()
                if job is None and wanted_soon > 0:
                    self._changed.wait(wanted_soon)
                    continue
            if job is None or (self._untidy >= UNTIDY_BLOCKS and job.sound):
                # 1 to 2 ms, and as much again for the next block.
                runtime.give_back_memory()
                self._untidy = 0
            if job is not None:
                self._untidy += 1
                return job

    def _pick(self) -> _Job | None:
        """The first job with room of the lane whose turn it is; then it is the next lane's turn."""
        self._forget_finished()
        lanes = list(self._lanes)
        if self._last_lane != PLAYBACK and self._player.is_short:
            lanes.sort(key=lambda lane: lane != PLAYBACK)
        for lane in lanes:
            for job in self._in_order(lane):
                if job.target.room():
                    self._lanes[lane] = self._lanes.pop(lane)
                    self._last_lane = lane
                    return job
        return None

    def _in_order(self, lane: Hashable) -> list[_Job]:
        """A lane's jobs, the most wanted first."""
        if lane != PLAYBACK:
            return list(self._lanes[lane])
        jobs = {id(job.target): job for job in self._lanes[lane]}
        return [jobs[id(target)] for target in self._player.order() if id(target) in jobs]

    def _forget_finished(self) -> None:
        for lane, jobs in list(self._lanes.items()):
            self._lanes[lane] = deque(job for job in jobs if not job.target.is_over)
            if not self._lanes[lane]:
                del self._lanes[lane]

    def _advance(self, job: _Job) -> None:
        try:
            begun = time.monotonic()
            pcm = next(job.chunks)
            spent = time.monotonic() - begun
            with self._changed:
                sound = self._player.pace.synthesised(pcm.size, spent)
            if sound:
                job.sound += sound
                job.spent += spent
            job.target.put(pcm)
        except StopIteration:
            self._finish(job, None)
        except EdgeError as error:
            self._finish(job, error)
        except Exception as error:  # noqa: BLE001  (whatever one text does to the model, the next one is spoken)
            _log.exception("synthesis failed")
            self._finish(job, EdgeError(f"Synthesis failed: {error}. The journal has the details."))

    def _finish(self, job: _Job, error: Exception | None) -> None:
        with self._changed:
            for jobs in self._lanes.values():
                if job in jobs:
                    jobs.remove(job)
        if job.sound:
            self._on_factor(job.spent / job.sound)
        job.target.close(error)
