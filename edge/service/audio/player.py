"""The player: one thread that takes utterances one after the other and feeds them to a sink.

Locking rules, the reason this module stays simple:

1. One condition, the player's, guards everything that threads share: the queue, what is current, and every
   utterance's PCM and fate. Whoever changes any of it notifies all.
2. No lock is held while the sink or a listener is called. They may be slow; nobody waits for them but the
   player thread.
3. Only the player thread touches the sink and calls listeners. Others only ask: `stop`, `cancel` and `close`
   mark, and the player thread looks after every block (20 ms) and in every wait.
4. The player thread waits in `_await` only (and in the sink, for at most one block's time of a working card).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Literal

import numpy as np

from edge.errors import SoundCardError
from edge.service.audio.sink import SoundCardMissingError
from edge.service.audio.utterance import Utterance

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.service.audio.sink import Pcm, Sink
    from edge.service.audio.utterance import Event, Listener

State = Literal["idle", "playing", "waiting-for-card"]

BLOCKS_PER_SECOND = 50
"""The player writes 20 ms at a time: how long a `stop` may go unnoticed."""

FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 5.0
"""A missing card is looked for after 0.5, 1, 2, 4, 5, 5, … seconds."""

JOIN_SECONDS = 2.0
"""`close` does not wait longer: a card that hangs in the driver must not keep the daemon from ending."""

_log = logging.getLogger(__name__)


class Player:
    """Plays utterances in the order of `play`. All methods may be called from any thread, and none waits.

    `underruns` counts how often the sound broke off within an utterance because PCM came too late.
    """

    def __init__(self, sink: Sink) -> None:
        """Own `sink` from now on: it is closed with the player."""
        self.underruns = 0
        self.state: State = "idle"
        self._sink = sink
        self._block = sink.sample_rate // BLOCKS_PER_SECOND
        self._changed = threading.Condition()
        self._queue: deque[Utterance] = deque()
        self._current: Utterance | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)
        self._sounding = False  # something was written since the sink was last stopped
        self._sounds_until = 0.0  # time.monotonic() at which a full device buffer would be empty
        self._retry_seconds = FIRST_RETRY_SECONDS

    def start(self) -> None:
        """Start the player thread."""
        self._thread.start()

    def utterance(self, utterance_id: str, on_event: Listener) -> Utterance:
        """Make an utterance for this player; it is not queued yet."""
        return Utterance(utterance_id, on_event, self._sink.sample_rate, self._changed)

    def play(self, utterance: Utterance) -> None:
        """Queue `utterance`, which may be filled before and after. Raises `RuntimeError` once closed."""
        with self._changed:
            if self._closing:
                msg = "the player is closed"
                raise RuntimeError(msg)
            self._queue.append(utterance)
            self._changed.notify_all()

    def stop(self) -> str | None:
        """Cancel the current utterance and return its id; None when there is none.

        The first in the queue is current, too: the player thread has just not looked yet.
        """
        with self._changed:
            current = self._current or (self._queue[0] if self._queue else None)
            if current is None or current.is_over:
                return None
            current.cancel()
            return current.id

    def close(self) -> None:
        """Cancel everything, fall silent and end the thread."""
        with self._changed:
            self._closing = True
            for utterance in (self._current, *self._queue):
                if utterance is not None:
                    utterance.cancel()
            self._changed.notify_all()
        self._thread.join(JOIN_SECONDS)
        if self._thread.is_alive():
            _log.error("the sound card does not answer; ending without it")

    @property
    def changed(self) -> threading.Condition:
        """The one condition, for threads that wait for an utterance to have room."""
        return self._changed

    @property
    def is_alive(self) -> bool:
        """Whether the player thread runs."""
        return self._thread.is_alive()

    @property
    def current(self) -> Utterance | None:
        """What is playing, or waiting for its PCM or the card."""
        with self._changed:
            return self._current

    @property
    def depth(self) -> int:
        """How many utterances wait behind the current one."""
        with self._changed:
            return len(self._queue)

    # From here on: the player thread.

    def _run(self) -> None:
        while (utterance := self._next()) is not None:
            self.state = "playing"
            error = self._try_to_speak(utterance)
            self._fall_silent()
            self.state = "idle"
            self._settle(utterance, error)
        self._sink.close()

    def _next(self) -> Utterance | None:
        self._await(lambda: self._closing or bool(self._queue))
        with self._changed:
            self._current = self._queue.popleft() if self._queue else None
            return self._current

    def _settle(self, utterance: Utterance, error: Exception | None) -> None:
        with self._changed:
            event, error = utterance.settle(error)
            self._current = None
        _tell(utterance, event, error)

    def _try_to_speak(self, utterance: Utterance) -> Exception | None:
        """Return what kept it from being heard: an error of this utterance must not end the thread."""
        try:
            self._speak(utterance)
        except SoundCardError as error:
            _log.error("cannot play: %s", error)
            return error
        except Exception as error:  # noqa: BLE001  (told to the listener; the next utterance may do better)
            _log.exception("the player failed")
            return error
        return None

    def _speak(self, utterance: Utterance) -> None:
        """Play until the last frame was heard or the utterance is over."""
        while not utterance.is_over:
            if not self._await(utterance.is_ready, self._patience()):
                self._bridge(utterance)
            elif utterance.has_pcm():
                self._play_block(utterance)
            elif self._drain(utterance):
                return

    def _play_block(self, utterance: Utterance) -> None:
        if not self._open(utterance):
            return
        if self._sounding and self._sink.is_dry():
            self.underruns += 1
        if self._write(utterance, utterance.take(self._block)) and utterance.begin():
            _tell(utterance, "started", None)

    def _bridge(self, utterance: Utterance) -> None:
        """Synthesis is late: silence, and when that is over, too, let the device go until more PCM comes."""
        self.underruns += 1
        if self._drain(utterance):
            self._fall_silent()

    def _drain(self, utterance: Utterance) -> bool:
        """Write silence until all PCM was heard; False when more PCM came, or the card went, or it is over.

        One block more than the buffer: cards have a little memory of their own behind it (USB packets, DMA).
        """
        left = self._sink.buffer + self._block if self._sounding and self._sink.buffer else 0
        while left > 0:
            silence = np.zeros(min(left, self._block), np.int16)
            if utterance.is_over or utterance.has_pcm() or not self._write(utterance, silence):
                return False
            left -= silence.size
        return True

    def _write(self, utterance: Utterance, pcm: Pcm) -> bool:
        """Write to the sink; False when the card went away, then what it may not have played is put back."""
        try:
            self._sink.write(pcm)
        except SoundCardMissingError as error:
            self._sounding = False
            utterance.rewind(self._sink.buffer + pcm.size)
            self._wait_for_card(utterance, error)
            return False
        self._sounding = True
        self._sounds_until = time.monotonic() + self._sink.buffer / self._sink.sample_rate
        self._retry_seconds = FIRST_RETRY_SECONDS
        return True

    def _open(self, utterance: Utterance) -> bool:
        """Open the sink; wait for a missing card until the utterance is over, then False."""
        while not utterance.is_over:
            try:
                self._sink.open()
            except SoundCardMissingError as error:  # noqa: PERF203
                self._wait_for_card(utterance, error)
            else:
                self.state = "playing"
                return True
        return False

    def _wait_for_card(self, utterance: Utterance, error: SoundCardMissingError) -> None:
        if self.state != "waiting-for-card":
            _log.warning("%s; waiting for it", error)
        self.state = "waiting-for-card"
        self._await(lambda: utterance.is_over, self._retry_seconds)
        self._retry_seconds = min(2 * self._retry_seconds, LAST_RETRY_SECONDS)

    def _fall_silent(self) -> None:
        self._sink.stop()
        self._sounding = False

    def _patience(self) -> float | None:
        """Seconds to wait for PCM: until a block before the device runs dry; None: no sound depends on it."""
        if not self._sounding or not self._sink.buffer:
            return None
        return max(0.0, self._sounds_until - time.monotonic() - 1 / BLOCKS_PER_SECOND)

    def _await(self, ready: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait until `ready`, else False after `seconds`; report queued utterances cancelled meanwhile."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            with self._changed:
                left = None if deadline is None else deadline - time.monotonic()
                self._changed.wait_for(lambda: ready() or self._any_cancelled(), left)
                cancelled = self._remove_cancelled()
                is_ready = ready()
            for utterance in cancelled:
                _tell(utterance, *utterance.settle(None))
            if is_ready or not cancelled:
                return is_ready

    def _any_cancelled(self) -> bool:
        return any(utterance.is_over for utterance in self._queue)

    def _remove_cancelled(self) -> list[Utterance]:
        cancelled = [utterance for utterance in self._queue if utterance.is_over]
        for utterance in cancelled:
            self._queue.remove(utterance)
        return cancelled


def _tell(utterance: Utterance, event: Event, error: Exception | None) -> None:
    try:
        utterance.on_event(utterance, event, error)
    except Exception:  # noqa: BLE001  (a listener's fault must not silence the others)
        _log.exception("the listener of utterance %r failed at %r", utterance.id, event)
