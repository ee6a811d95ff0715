"""One thing to say: a bounded PCM queue from the synthesis thread to the player thread.

All utterances of a player share that player's condition; the rules are at the top of `player.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import threading

    from edge.service.audio.priority import Priority
    from edge.service.audio.sink import Pcm

Event = Literal["started", "finished", "cancelled", "failed"]
Listener = Callable[["Utterance", Event, "Exception | None"], None]

KEPT_SECONDS = 1
"""How much of what was taken can be rewound: more than any device buffer we ask for."""


class Utterance:
    """PCM on its way from the synthesis thread to the card. Made by `Player.utterance`.

    The listener is called from the player thread with no lock held: "started" at most once, then exactly one
    of "finished", "cancelled" and "failed"; the last comes with the error.
    """

    def __init__(
        self,
        utterance_id: str,
        on_event: Listener,
        priority: Priority,
        expected_frames: int,
        kept_frames: int,
        changed: threading.Condition,
        room: Callable[[Utterance], bool],
    ) -> None:
        """Start empty.

        `expected_frames` is a guess at its length, `kept_frames` how many can be rewound, `changed` the player's
        condition, `room` what the player says to more PCM.
        """
        self.id = utterance_id
        self.on_event = on_event
        self.priority = priority
        self.frames = 0
        self._expected_frames = expected_frames
        self._kept_frames = kept_frames
        self._changed = changed
        self._room = room
        self._waiting: deque[Pcm] = deque()
        self._buffered = 0
        self._taken: Pcm = np.empty(0, np.int16)
        self._begun = False
        self._closed = False
        self._cancelled = False
        self._settled = False
        self._error: Exception | None = None

    # For the synthesis thread, and whoever wants it to stop.

    def put(self, pcm: Pcm) -> None:
        """Append mono int16 `pcm`, shape `(frames,)`, which must not be changed afterwards. Never blocks.

        Dropped when the utterance is over. Raises `ValueError` for another type or shape, or after `close`.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            msg = f"expected int16 of shape (frames,), got {pcm.dtype} of shape {pcm.shape}"
            raise ValueError(msg)
        with self._changed:
            if self._closed:
                msg = f"utterance {self.id!r} is closed"
                raise ValueError(msg)
            if pcm.size and not self.is_over:
                self._waiting.append(pcm)
                self._buffered += pcm.size
                self.frames += pcm.size
                self._changed.notify_all()

    def room(self) -> bool:
        """Tell whether more PCM is wanted now: it is not over, and the player's buffers are not full."""
        with self._changed:
            return not self.is_over and self._room(self)

    def close(self, error: Exception | None = None) -> None:
        """All is written; with `error`, the rest could not be made: what is there plays, then "failed"."""
        with self._changed:
            self._closed = True
            self._error = error
            self._changed.notify_all()

    def cancel(self) -> None:
        """Say no more, queued or playing; nothing happens when it is over.

        What was made stays until the player thread has looked: it fades the next few milliseconds out.
        """
        with self._changed:
            if not self._settled:
                self._cancelled = True
                self._changed.notify_all()

    @property
    def is_over(self) -> bool:
        """No more PCM is wanted: it was cancelled, or has had its last event."""
        with self._changed:
            return self._cancelled or self._settled

    @property
    def buffered(self) -> int:
        """Frames that were made and not yet taken."""
        with self._changed:
            return self._buffered

    # For the player thread.

    @property
    def has_begun(self) -> bool:
        """Whether some of it was heard."""
        return self._begun

    def has_pcm(self, frames: int = 1) -> bool:
        """Tell whether there are `frames`, or, when no more will come, any."""
        with self._changed:
            return self._buffered >= (1 if self._closed else frames)

    def has_ended(self) -> bool:
        """Tell whether everything was taken and no more will come."""
        with self._changed:
            return self._closed and not self._buffered

    def expected_left(self) -> int:
        """Guess how many frames are still to be taken."""
        with self._changed:
            if self._closed:
                return self._buffered
            return max(self._expected_frames - (self.frames - self._buffered), self._buffered)

    def take(self, frames: int) -> Pcm:
        """Remove and return the next PCM, shape `(at most frames,)`; empty when there is none."""
        with self._changed:
            pcm = self._pop(frames)
            self._taken = np.concatenate([self._taken, pcm])[-self._kept_frames :]
            self._changed.notify_all()
            return pcm

    @property
    def last_taken(self) -> int:
        """The sample that was taken last; 0 when there is none."""
        with self._changed:
            return int(self._taken[-1]) if self._taken.size else 0

    def begin(self) -> bool:
        """Note that it is being heard; True the first time."""
        is_first, self._begun = not self._begun, True
        return is_first

    def rewind(self, frames: int) -> None:
        """Put the last `frames` that were taken back to the front."""
        with self._changed:
            split = max(0, self._taken.size - frames)
            if split < self._taken.size:
                self._waiting.appendleft(self._taken[split:])
                self._buffered += self._taken.size - split
            self._taken = self._taken[:split]

    def settle(self, error: Exception | None) -> tuple[Event, Exception | None]:
        """Make the utterance over and return its last event; `error` is what went wrong in playing it."""
        with self._changed:
            self._settled = True
            self._waiting.clear()
            self._buffered = 0
            self._changed.notify_all()
            if self._cancelled:
                return "cancelled", None
            error = error or self._error
            return ("failed", error) if error else ("finished", None)

    def _pop(self, frames: int) -> Pcm:
        blocks: list[Pcm] = [np.empty(0, np.int16)]
        while frames and self._waiting:
            first = self._waiting.popleft()
            blocks.append(first[:frames])
            if first.size > frames:
                self._waiting.appendleft(first[frames:])
            frames -= blocks[-1].size
        pcm = np.concatenate(blocks)
        self._buffered -= pcm.size
        return pcm
