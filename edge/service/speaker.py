"""The one voice that all clients share: synthesis, player and what is going on."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

import edge
from edge.errors import EdgeError, RequestError, TextError
from edge.limits import Limits
from edge.process import resident_bytes
from edge.service.audio.player import Player
from edge.service.audio.utterance import Event as UtteranceEvent
from edge.service.audio.utterance import Utterance
from edge.service.metrics import Metrics
from edge.service.protocol import Event, Say, SynthesizeVoice, TooLongError
from edge.service.reply import AudioReply
from edge.service.synthesis import PLAYBACK, Synthesis
from edge.service.systemd import journal_fields
from edge.service.text_feed import TextFeed
from edge.speech import Voice
from edge.text.tags import reads, tags
from edge.update.store import identity

STUCK_SECONDS = 120.0
"""A block of sound that takes longer will never come: the slowest device needs a tenth of that for a long sentence."""

Send = Callable[[Event], None]

_log = logging.getLogger(__name__)


class BusyError(EdgeError):
    """A limit on what may wait is reached; try again later."""

    code = "busy"


class UnknownVoiceError(RequestError):
    """There is no such voice or language here."""

    code = "unknown-voice"


class Speaker:
    """Takes requests to speak. Lives in the event loop, whose thread is the only one that calls it."""

    def __init__(self, voice: Voice, player: Player, limits: Limits, fallback: str | None = None) -> None:
        self.voice = voice
        self.fallback = fallback
        """Why this voice speaks and not the one that was wanted; None: it is the one."""
        self.player = player
        self.limits = limits
        self.default_speed = 1.0
        """Of requests that name none."""
        self.emoji = False
        """Whether emoji are said, in requests that do not tell."""
        self.log_text = False
        """Whether the log has the texts, which are somebody's."""
        self.metrics = Metrics(player, voice.cache)
        self.synthesis = Synthesis(player, self.metrics.synthesised)
        self._numbers = itertools.count(1)
        self._started = time.monotonic()
        self._ids: set[str] = set()

    def start(self) -> None:
        """Starts both threads."""
        self.player.start()
        self.synthesis.start()

    def close(self) -> None:
        """Falls silent and ends both threads. Blocks for at most 2.5 seconds."""
        self.player.close()
        self.synthesis.close()

    @property
    def is_alive(self) -> bool:
        """Whether the threads that do the work still run."""
        return self.player.is_alive and self.synthesis.is_alive

    @property
    def is_healthy(self) -> bool:
        """Whether both threads run, and the one that synthesises does not hang in the model."""
        return self.is_alive and self.synthesis.busy_seconds < STUCK_SECONDS

    @property
    def is_busy(self) -> bool:
        """Whether a thread that does the work still runs: after `close`, one that could not be ended in time."""
        return self.player.is_alive or self.synthesis.is_alive

    def say(self, request: Say, send: Send) -> None:
        """Queues a text for the sound card; `send` is told `queued` now and the rest as it happens.

        Raises:
            EdgeError: the request cannot be taken; nothing was queued.
        """
        accepted = time.monotonic()
        self._check_voice(request.voice, request.language)
        self._check_text(request.text)
        if len(self._ids) >= self.limits.queue:
            message = f"{self.limits.queue} utterances are waiting already. Try again when some are spoken."
            raise BusyError(message)
        name = request.id or self._new_id()
        if name in self._ids:
            message = f"There is an utterance with the id {name!r} already. Leave the id out to get one."
            raise RequestError(message)
        speed = self._speed(request.speed)
        sentences = TextFeed.of(request.text, self.voice.manifest.language)
        chunks = self.voice.stream(
            sentences,
            speed=speed,
            volume=request.volume,
            speaker=request.speaker,
            cache=request.cache,
            emoji=self.emoji if request.emoji is msgspec.UNSET else request.emoji,
        )
        loop = asyncio.get_running_loop()
        has_to_wait = False

        def on_event(utterance: Utterance, event: UtteranceEvent, error: Exception | None) -> None:
            waited = time.monotonic() - accepted
            if event != "started":
                self.metrics.ended(event)
                fields = {"seconds": utterance.frames / self.voice.sample_rate}
            else:
                fields = {"first_audio": waited}
                if not has_to_wait:
                    self.metrics.began(waited)
            if event == "finished":
                self.player.learn_length(len(request.text), utterance, speed)
            loop.call_soon_threadsafe(self._tell, send, utterance.id, event, error, fields)

        seconds = self.player.pace.seconds(len(request.text)) / speed
        utterance = self.player.utterance(name, on_event, request.priority, seconds)
        self._ids.add(name)
        length = len(request.text)
        fields = journal_fields(utterance=name, outcome="queued", priority=request.priority, characters=length)
        _log.info("%s: %s to say", name, self._described(request.text), extra=fields)
        send(Event("queued", {"id": name}))
        self.player.play(utterance)
        # Before the thread that makes its sound knows of it; it cannot have started.
        has_to_wait = utterance not in self.player.order()[:1]
        self.synthesis.submit(chunks, utterance, PLAYBACK)

    def stop(self) -> str | None:
        """Ends what is being spoken, and returns its id; None when there is nothing."""
        return self.player.stop()

    def cancel(self, utterance_id: str | None = None) -> list[str]:
        """Ends one utterance, or all, spoken or waiting; returns the ids of those that this ended."""
        return self.player.cancel(utterance_id)

    def pause(self) -> str | None:
        """Lets what is being spoken, and all behind it, wait; returns its id, None when there is nothing."""
        return self.player.pause()

    def resume(self) -> str | None:
        """Goes on where `pause` broke off; returns the id, None when nothing was paused."""
        return self.player.resume()

    def synthesize(
        self, text: str, voice: SynthesizeVoice, speed: float | msgspec.UnsetType = msgspec.UNSET
    ) -> AudioReply:
        """Begins to synthesise a text for the client itself.

        Raises:
            EdgeError: the request cannot be taken.
        """
        self._check_text(text)
        feed, reply = self.synthesize_stream(voice, speed)
        feed.add(text)
        feed.end()
        _log.info("%s to send back", self._described(text))
        return reply

    def synthesize_stream(
        self, voice: SynthesizeVoice, speed: float | msgspec.UnsetType = msgspec.UNSET
    ) -> tuple[TextFeed, AudioReply]:
        """Begins to synthesise, for the client itself, a text that is still to come: it goes into the feed.

        Raises:
            EdgeError: the request cannot be taken.
        """
        # In Wyoming, a name overrides the language.
        self._check_voice(voice.name, None if voice.name else voice.language)
        if self.synthesis.replies >= self.limits.queue:
            message = f"{self.limits.queue} sounds are being made for clients already. Try again when some are done."
            raise BusyError(message)
        feed = TextFeed(self.voice.manifest.language, self.player.changed)
        chunks = self.voice.stream(feed, speed=self._speed(speed), speaker=voice.speaker, emoji=self.emoji)
        reply = AudioReply(self.player.changed, feed.has_step)
        self.synthesis.submit(chunks, reply, reply)
        return feed, reply

    def status(self) -> dict[str, Any]:
        """What is going on, for `status`."""
        current = self.player.current
        return {
            "version": edge.__version__,
            "state": self.player.state,
            "voice": self.voice.manifest.name,
            "bundle": identity(self.voice.manifest),
            "fallback": self.fallback,
            "language": self.voice.manifest.language,
            "sample_rate": self.voice.sample_rate,
            "current": current.id if current else None,
            "queued": self.player.depth,
            "underruns": self.player.underruns,
            "real_time_factor": round(self.player.pace.real_time_factor, 3),
            "preroll_seconds": round(self.player.preroll_seconds, 2),
            "uptime_seconds": round(time.monotonic() - self._started, 1),
            "resident_bytes": resident_bytes(),
            **self.metrics.summary(),
        }

    def log_part(self, text: str) -> None:
        """Logs a part of a text that comes in parts, if texts are logged: their lengths are not worth a line each."""
        if self.log_text:
            _log.info("%r to send back", text)

    def _described(self, text: str) -> str:
        return repr(text) if self.log_text else f"{len(text)} characters"

    def _new_id(self) -> str:
        return next(name for name in map("u{}".format, self._numbers) if name not in self._ids)

    def _speed(self, asked: float | msgspec.UnsetType) -> float:
        return self.default_speed if asked is msgspec.UNSET else asked

    def _check_text(self, text: str) -> None:
        if not text.strip():
            message = "The text is empty."
            raise TextError(message)
        if len(text) > self.limits.text:
            message = f"The text has {len(text)} characters; the limit is {self.limits.text}. Send it in parts."
            raise TooLongError(message, fatal=False)

    def _check_voice(self, voice: str | None, language: str | None) -> None:
        manifest = self.voice.manifest
        if voice is not None and voice != manifest.name:
            message = f"There is no voice {voice!r} here. There is: {manifest.name}."
            raise UnknownVoiceError(message)
        if language is not None and not reads(manifest.language, language):
            known = " and ".join(tags(manifest.language))
            message = f"The voice {manifest.name} reads {known}, not {language!r}."
            raise UnknownVoiceError(message)

    def _tell(
        self, send: Send, name: str, event: str, error: Exception | None, measured: Mapping[str, float]
    ) -> None:
        if event != "started":
            self._ids.discard(name)
        data = {"id": name}
        if error is not None:
            data |= {"text": str(error), "code": getattr(error, "code", EdgeError.code)}
            fields = journal_fields(utterance=name, outcome=event, code=data["code"], **measured)
        else:
            fields = journal_fields(utterance=name, outcome=event, **measured)
        _log.info("%s: %s", name, event, extra=fields)
        send(Event(event, data))
