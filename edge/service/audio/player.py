"""The player: one thread that takes utterances from the queue and feeds them to a sink.

Locking rules, the reason this module stays simple:

1. One condition, the player's, guards everything that threads share: the queue, what is current, whether it is
   paused, every utterance's PCM and fate, and the pace. Whoever changes any of it notifies all.
2. No lock is held while the sink or a listener is called. They may be slow; nobody waits for them but the
   player thread.
3. Only the player thread touches the sink and calls listeners. Others only ask: `stop`, `cancel`, `pause`,
   `resume` and `close` mark, and the player thread looks after every block and in every wait.
4. The player thread waits in `_await` only. It writes when the device is about to have room, so that the sink
   blocks for a moment, unless a card hangs.

Sound never breaks off at full height: when an utterance is cancelled, paused or late, the next few milliseconds
of it are faded out. One that goes on afterwards repeats just these, faded in, and so loses nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Literal

import numpy as np

from edge.errors import SoundCardError
from edge.service.audio.pace import Pace
from edge.service.audio.sink import SoundCardMissingError
from edge.service.audio.speech_queue import SpeechQueue
from edge.service.audio.utterance import KEPT_SECONDS, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from edge.service.audio.priority import Priority
    from edge.service.audio.sink import Pcm, Sink
    from edge.service.audio.utterance import Event, Listener

State = Literal["idle", "playing", "paused", "waiting-for-card"]

BLOCKS_PER_SECOND = 50
"""The player writes 20 ms at a time."""

FADE_SECONDS = 0.005
"""Long enough not to click, short enough not to be noticed."""

HEARD_SECONDS = 0.052
"""Within so much a `stop` is heard, and a few milliseconds that it takes to be told: what is in the device, the fade,
and how long before the device has room a block is handed over. The sooner that is, the less another busy thread
matters: of two in Python, 8 s of speech saw 24 xruns at 0 ms and 9 at 10. A resampler leaves no time for it."""

BUFFER_SECONDS = 60
"""How far synthesis may run ahead of the ear, 2.6 MB at 22.05 kHz: so that a slow device can make a whole paragraph
before it begins. Once for what is spoken next, and once more for all that waits behind it."""

REFILL_SECONDS = 0.5
"""At least so much is waited for when synthesis was late, before the sound goes on: few gaps, not many."""

SHORT_SECONDS = 2
"""With less PCM than this in hand, what plays is to be synthesised before what is sent to clients."""

FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 5.0
"""A missing card is looked for after 0.5, 1, 2, 4, 5, 5, … seconds."""

JOIN_SECONDS = 2.0
"""`close` does not wait longer: a card that hangs in the driver must not keep the daemon from ending."""

_log = logging.getLogger(__name__)


class Player:
    """Plays utterances by their priority. All methods may be called from any thread, and none waits.

    `underruns` counts how often the sound broke off within an utterance because PCM came too late.
    """

    def __init__(self, sink: Sink) -> None:
        """Own `sink` from now on: it is closed with the player."""
        self.underruns = 0
        self.preroll_seconds = 0.0
        self.pace = Pace(sink.sample_rate)
        self._sink = sink
        self._block = sink.sample_rate // BLOCKS_PER_SECOND
        self._fade_in = np.linspace(0, 1, round(FADE_SECONDS * sink.sample_rate) + 1)[1:]
        self._changed = threading.Condition()
        self._queue = SpeechQueue()
        self._current: Utterance | None = None
        self._paused = False
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)
        self._waiting_for_card = False
        # From here on: what only the player thread uses.
        self._sounding = False  # something was written since the sink was last stopped
        self._sounds_until = 0.0  # time.monotonic() at which the device buffer will be empty
        self._unheard = 0  # frames to write until all sound was heard
        self._last = 0  # the sample that was written last
        self._flowing = False  # the current utterance's sound is going on, without a gap until now
        self._broken_off = False  # it was, and goes on with a fade
        self._late = False  # it broke off because PCM came too late
        self._retry_seconds = FIRST_RETRY_SECONDS

    def start(self) -> None:
        """Start the player thread."""
        self._thread.start()

    def utterance(
        self, utterance_id: str, on_event: Listener, priority: Priority = "text", expected_seconds: float = 0.0
    ) -> Utterance:
        """Make an utterance for this player, of about `expected_seconds`; it is not queued yet."""
        expected, kept = (round(s * self._sink.sample_rate) for s in (expected_seconds, KEPT_SECONDS))
        return Utterance(utterance_id, on_event, priority, expected, kept, self._changed, self._room)

    def play(self, utterance: Utterance) -> None:
        """Queue `utterance`, which may be filled before and after. Raises `RuntimeError` once closed."""
        with self._changed:
            if self._closing:
                msg = "the player is closed"
                raise RuntimeError(msg)
            self._queue.add(utterance, self._current, paused=self._paused)
            self._changed.notify_all()

    def stop(self) -> str | None:
        """Cancel the current utterance and return its id; None when there is none.

        The first in the queue is current, too: the player thread has just not looked yet.
        """
        with self._changed:
            current = self._current or next(iter(self._queue), None)
            if current is None or current.is_over:
                return None
            current.cancel()
            return current.id

    def cancel(self, utterance_id: str | None = None) -> list[str]:
        """Cancel one utterance, or all, spoken or waiting; return the ids of those that this ended."""
        with self._changed:
            ended = [utterance for utterance in self.order() if utterance_id in {None, utterance.id}]
            for utterance in ended:
                utterance.cancel()
            return [utterance.id for utterance in ended]

    def pause(self) -> str | None:
        """Let the current utterance wait, and all others behind it, until `resume`; return its id.

        None, and nothing is paused, when there is none. It ends, too, when the paused utterance is cancelled.
        """
        with self._changed:
            if self._current is None:
                self._current = self._queue.pop()
            if self._current is None or self._current.is_over:
                return None
            self._paused = True
            self._changed.notify_all()
            return self._current.id

    def resume(self) -> str | None:
        """Go on, at the sample where `pause` began; return the id of what was paused, None when nothing was.

        What came meanwhile and is more urgent is spoken first.
        """
        with self._changed:
            paused = self._current
            if not self._paused or paused is None or paused.is_over:
                return None
            self._paused = False
            if self._queue.outranks(paused):
                self._queue.put_back(paused)
                self._current = None
            self._changed.notify_all()
            return paused.id

    def close(self) -> None:
        """Cancel everything, fall silent and end the thread."""
        with self._changed:
            self._closing = True
            self.cancel()
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
    def state(self) -> State:
        """What the current utterance does; "idle" without one."""
        with self._changed:
            if self._current is None:
                return "idle"
            if self._paused:
                return "paused"
            return "waiting-for-card" if self._waiting_for_card else "playing"

    @property
    def current(self) -> Utterance | None:
        """What is playing, or paused, or waiting for its PCM or the card."""
        with self._changed:
            return self._current

    @property
    def depth(self) -> int:
        """How many utterances wait behind the current one."""
        with self._changed:
            return len(self._queue)

    def order(self) -> list[Utterance]:
        """Return what is to be spoken, the current one first: the order in which PCM is wanted."""
        with self._changed:
            current = () if self._current is None else (self._current,)
            return [utterance for utterance in (*current, *self._queue) if not utterance.is_over]

    def learn_length(self, characters: int, utterance: Utterance, speed: float) -> None:
        """Let the pace learn from a whole utterance how long texts are."""
        with self._changed:
            self.pace.spoken(characters, utterance.frames / self._sink.sample_rate * speed)

    @property
    def is_short(self) -> bool:
        """Whether what plays, or is to play next, has little PCM left."""
        with self._changed:
            first = next(iter(self.order()), None)
            return first is not None and first.buffered < SHORT_SECONDS * self._sink.sample_rate

    def _room(self, utterance: Utterance) -> bool:
        """Tell whether `utterance` may grow; what is next always may, so that it begins at once."""
        limit = BUFFER_SECONDS * self._sink.sample_rate
        first, *others = self.order() or [utterance]
        if utterance is first:
            return utterance.buffered < limit
        return sum(other.buffered for other in others) < limit

    # From here on: the player thread.

    def _run(self) -> None:
        while (utterance := self._next()) is not None:
            error = self._try_to_speak(utterance)
            self._settle(utterance, error)
        self._drain(lambda: False)
        self._fall_silent()
        self._sink.close()

    def _next(self) -> Utterance | None:
        """Return what is to be spoken next, None when closing; it may follow the last sound in the same stream."""
        if not self._await(self._has_next, 0) and self._drain(self._has_next):
            self._fall_silent()
        self._await(self._has_next)
        with self._changed:
            if self._current is None:
                self._current = self._queue.pop()
            return self._current

    def _has_next(self) -> bool:
        return self._closing or bool(self.order()) or self._current is not None

    def _settle(self, utterance: Utterance, error: Exception | None) -> None:
        with self._changed:
            if utterance is not self._current:  # put back, to go on later; or cancelled there, and that was told
                return
            event, error = utterance.settle(error)
            self._current = None
            self._paused = self._waiting_for_card = False
        _tell(utterance, event, error)

    def _try_to_speak(self, utterance: Utterance) -> Exception | None:
        """Return what kept it from being heard: an error of this utterance must not end the thread."""
        self._flowing = self._late = False
        self._broken_off = utterance.has_begun
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
        """Play until the last frame was heard, the utterance is over, or is put back to go on later."""
        while not utterance.is_over:
            if self._must_break_off(utterance):
                self._hold(utterance)
                if self._current is not utterance:  # put back, to go on later
                    return
            elif utterance.has_ended():
                if self._finish(utterance):
                    return
            elif not self._await(lambda: self._is_ready(utterance), self._patience()):
                self._bridge(utterance)
            elif utterance.has_pcm():
                self._play_block(utterance)
        self._fade_out(utterance)

    def _is_ready(self, utterance: Utterance) -> bool:
        """Tell whether there is something to do: enough PCM to play, the end, or a break."""
        if self._must_break_off(utterance) or utterance.has_ended():
            return True
        needed = self._block + self._fade_in.size  # what is left behind a block can be faded out
        return utterance.has_pcm(needed if self._flowing else max(needed, self._preroll(utterance)))

    def _must_break_off(self, utterance: Utterance) -> bool:
        with self._changed:
            return utterance.is_over or self._paused or self._current is not utterance

    def _preroll(self, utterance: Utterance) -> int:
        """Return the frames that must be there for the sound to go on without a gap, as far as buffers allow."""
        rate = self._sink.sample_rate
        self.preroll_seconds = min(self.pace.preroll(utterance.expected_left() / rate), BUFFER_SECONDS)
        seconds = max(self.preroll_seconds, REFILL_SECONDS) if self._late else self.preroll_seconds
        return round(seconds * rate)

    def _play_block(self, utterance: Utterance) -> None:
        if not self._open(utterance):
            return
        if self._await(lambda: self._must_break_off(utterance), self._seconds_to_room()):
            return
        if self._flowing and self._sink.is_dry():
            self.underruns += 1
        pcm = utterance.take(self._block)
        if self._broken_off:
            pcm = _scaled(pcm, self._fade_in)
        if self._write(pcm, utterance):
            self._flowing, self._broken_off, self._late = True, False, False
            if utterance.begin():
                _tell(utterance, "started", None)

    def _bridge(self, utterance: Utterance) -> None:
        """Synthesis is late: silence, and when that is over, too, let the device go until more PCM comes."""
        if self._flowing:
            self.underruns += 1
            self._late = True
            self._break_off(utterance)
        if self._drain(lambda: self._is_ready(utterance)):
            self._fall_silent()

    def _hold(self, utterance: Utterance) -> None:
        """Be silent for as long as it is paused."""

        def is_over() -> bool:
            return utterance.is_over or not self._paused or self._current is not utterance

        self._break_off(utterance)
        if self._drain(is_over):
            self._fall_silent()
        self._await(is_over)

    def _finish(self, utterance: Utterance) -> bool:
        """Let the rest be heard; False when it was broken off, or the card went with some of it."""
        if not self._drain(lambda: self._must_break_off(utterance), utterance):
            return False
        if not self.order()[1:]:
            self._fall_silent()
        return True

    def _break_off(self, utterance: Utterance) -> None:
        """Fade out what is about to be played; it is heard again, faded in, when the sound goes on."""
        faded = self._fade_out(utterance)
        if faded:
            utterance.rewind(faded)
            self._broken_off = True

    def _fade_out(self, utterance: Utterance) -> int:
        """Let the sound end softly; return how many frames of the utterance went into that."""
        if not self._flowing:
            return 0
        pcm = utterance.take(self._fade_in.size)
        last = pcm[-1] if pcm.size else self._last
        tail = np.concatenate([pcm, np.full(self._fade_in.size - pcm.size, last, np.int16)])
        self._flowing = False
        return pcm.size if self._write(_scaled(tail, 1 - self._fade_in), utterance) else 0

    def _drain(self, until: Callable[[], bool], utterance: Utterance | None = None) -> bool:
        """Write silence until all sound was heard; False when `until` came first, or the card went.

        What the card took with it is put back into `utterance`.
        """
        self._flowing = False
        while (unheard := self._unheard) > 0:
            silence = np.zeros(min(unheard, self._block), np.int16)
            if self._await(until, self._seconds_to_room()) or not self._write(silence, utterance):
                return False
            self._unheard = unheard - silence.size
        return True

    def _write(self, pcm: Pcm, utterance: Utterance | None) -> bool:
        """Write to the sink; False when the card went away, then what it may not have played is put back."""
        try:
            self._sink.write(pcm)
        except SoundCardMissingError as error:
            self._sounding = self._flowing = False
            self._unheard = 0
            if utterance is not None:
                utterance.rewind(self._sink.buffer + pcm.size)
                self._wait_for_card(utterance, error)
            return False
        self._sounding = True
        self._last = int(pcm[-1])
        # One block more than the buffer: cards have a little memory of their own behind it (USB packets, DMA).
        self._unheard = self._sink.buffer + self._block if self._sink.buffer else 0
        self._sounds_until = time.monotonic() + max(0, self._sink.buffer - self._sink.room()) / self._sink.sample_rate
        self._retry_seconds = FIRST_RETRY_SECONDS
        return True

    def _open(self, utterance: Utterance) -> bool:
        """Open the sink; wait for a missing card until the utterance is over or paused, then False."""
        while not self._must_break_off(utterance):
            try:
                self._sink.open()
            except SoundCardMissingError as error:  # noqa: PERF203  (each attempt may fail)
                self._wait_for_card(utterance, error)
            else:
                self._waiting_for_card = False
                return True
        return False

    def _wait_for_card(self, utterance: Utterance, error: SoundCardMissingError) -> None:
        if not self._waiting_for_card:
            _log.warning("%s; waiting for it", error)
        self._waiting_for_card = True
        self._await(lambda: self._must_break_off(utterance), self._retry_seconds)
        self._retry_seconds = min(2 * self._retry_seconds, LAST_RETRY_SECONDS)

    def _fall_silent(self) -> None:
        self._sink.stop()
        self._sounding = self._flowing = False
        self._unheard = 0

    def _seconds_to_room(self) -> float:
        """Return when the device will be about to have room for a block."""
        lead = max(0.0, HEARD_SECONDS - FADE_SECONDS - self._sink.buffer / self._sink.sample_rate)
        return (self._block - self._sink.room()) / self._sink.sample_rate - lead

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


def _scaled(pcm: Pcm, factors: npt.NDArray[np.float64]) -> Pcm:
    """Multiply the beginning of `pcm` by `factors`, as many as there are."""
    scaled = pcm.copy()
    size = min(pcm.size, factors.size)
    scaled[:size] = np.round(pcm[:size] * factors[:size])
    return scaled


def _tell(utterance: Utterance, event: Event, error: Exception | None) -> None:
    try:
        utterance.on_event(utterance, event, error)
    except Exception:  # noqa: BLE001  (a listener's fault must not silence the others)
        _log.exception("the listener of utterance %r failed at %r", utterance.id, event)
