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

    from edge.service.audio.sink import Pcm

Event = Literal["started", "finished", "cancelled", "failed"]
Listener = Callable[["Utterance", Event, "Exception | None"], None]

BUFFER_SECONDS = 10
"""How far synthesis may run ahead of the ear: longer than most sentences, 0.4 MB at 22.05 kHz."""

KEPT_SECONDS = 1
"""How much of what was taken can be rewound: more than any device buffer we ask for."""


class Utterance:
    """PCM on its way from the synthesis thread to the card. Made by `Player.utterance`.

    The listener is called from the player thread with no lock held: "started" at most once, then exactly one
    of "finished", "cancelled" and "failed"; the last comes with the error.
    """

    def __init__(
        self, utterance_id: str, on_event: Listener, sample_rate: int, changed: threading.Condition
    ) -> None:
        """Start empty; `sample_rate` in Hz, `changed` is the player's condition."""
        self.id = utterance_id
        self.on_event = on_event
        self._sample_rate = sample_rate
        self._changed = changed
        self._waiting: deque[Pcm] = deque()
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
                self._changed.notify_all()

    def room(self) -> bool:
        """Tell whether more PCM is wanted now: not over, and less than `BUFFER_SECONDS` buffered."""
        with self._changed:
            return not self.is_over and self._buffered() < BUFFER_SECONDS * self._sample_rate

    def wait_for_room(self) -> bool:
        """Block until there is room, or the utterance is over: then False."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_over or self.room())
            return not self.is_over

    def close(self, error: Exception | None = None) -> None:
        """All is written; with `error`, the rest could not be made: what is there plays, then "failed"."""
        with self._changed:
            self._closed = True
            self._error = error
            self._changed.notify_all()

    def cancel(self) -> None:
        """Drop the rest, queued or playing; nothing happens when it is over."""
        with self._changed:
            if not self._settled:
                self._cancelled = True
                self._waiting.clear()
                self._changed.notify_all()

    @property
    def is_over(self) -> bool:
        """No more PCM is wanted: it was cancelled, or has had its last event."""
        with self._changed:
            return self._cancelled or self._settled

    # For the player thread.

    def is_ready(self) -> bool:
        """Tell whether there is something to do: PCM to play, or the end."""
        with self._changed:
            return bool(self._waiting) or self._closed or self._cancelled

    def has_pcm(self) -> bool:
        """Tell whether `take` would return something."""
        with self._changed:
            return bool(self._waiting)

    def take(self, frames: int) -> Pcm:
        """Remove and return the next PCM, shape `(at most frames,)`; empty when there is none."""
        with self._changed:
            pcm = self._pop(frames)
            self._taken = np.concatenate([self._taken, pcm])[-KEPT_SECONDS * self._sample_rate :]
            self._changed.notify_all()
            return pcm

    def begin(self) -> bool:
        """Note that it is being heard; True the first time."""
        is_first, self._begun = not self._begun, True
        return is_first

    def rewind(self, frames: int) -> None:
        """Put the last `frames` that were taken back to the front."""
        with self._changed:
            split = max(0, self._taken.size - frames)
            if not self._cancelled and split < self._taken.size:
                self._waiting.appendleft(self._taken[split:])
            self._taken = self._taken[:split]

    def settle(self, error: Exception | None) -> tuple[Event, Exception | None]:
        """Make the utterance over and return its last event; `error` is what went wrong in playing it."""
        with self._changed:
            self._settled = True
            self._waiting.clear()
            self._changed.notify_all()
            if self._cancelled:
                return "cancelled", None
            error = error or self._error
            return ("failed", error) if error else ("finished", None)

    def _buffered(self) -> int:
        return sum(pcm.size for pcm in self._waiting)

    def _pop(self, frames: int) -> Pcm:
        blocks: list[Pcm] = [np.empty(0, np.int16)]
        while frames and self._waiting:
            first = self._waiting.popleft()
            blocks.append(first[:frames])
            if first.size > frames:
                self._waiting.appendleft(first[frames:])
            frames -= blocks[-1].size
        return np.concatenate(blocks)
