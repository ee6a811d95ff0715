"""What a client asks and how it understands the answers, without I/O: `Client` and `AsyncClient` share it.

A question is a generator. It yields the events to send, perhaps none, is sent the next event from the daemon, and so
on, and returns the answer. Whoever has the socket runs it (`Client._run`, `AsyncClient._run`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from pathlib import Path
from typing import Any, TypeVar

from edge.errors import DaemonError, EdgeError, RequestError
from edge.service.protocol import Event

T = TypeVar("T")
Question = Generator[tuple[Event, ...], Event, T]

SPEECH_ENDS = ("finished", "cancelled", "failed")
SPEECH = ("started", *SPEECH_ENDS)
SOUND = ("audio-start", "audio-chunk")

MAX_NEWS = 4096
"""Events of utterances that are kept for a program that does not ask for them; older ones are dropped."""


class RefusedError(EdgeError):
    """The daemon answered with an error; `code` is its code."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Conversation:
    """The questions to one daemon on one connection, one after the other.

    Events of utterances may come at any time: they are kept for `next_news` and `wait`. A sound that was not read to
    its end is given up when something else is asked, and skipped before the answer.
    """

    def __init__(self) -> None:
        self._speaking: set[str] = set()
        self._news: deque[Event] = deque(maxlen=MAX_NEWS)
        self._question = 0
        self._unread: str | None = None  # the event that ends a sound under way
        self._is_streaming = False  # its text is not complete

    def ask(self, kind: str, answer: str, **data: Any) -> Question[Event]:  # noqa: ANN401  (JSON)
        """Sends a request and returns its answer, of the type `answer`."""
        stop = self.stop_stream(self._question)
        self._question += 1
        event = yield (*stop, Event(kind, data))
        while self._unread is not None:
            # Nor does an error of that sound concern anybody any more.
            if event.type != "error":
                self._take(event)
            event = yield ()
        while event.type != answer:
            self._take(event)
            event = yield ()
        return event

    def say(self, text: str, options: dict[str, Any]) -> Question[str]:
        """Returns the utterance's id. An option that is None is not sent."""
        given = {name: value for name, value in options.items() if value is not None}
        event = yield from self.ask("say", "queued", text=text, **given)
        name = str(event.data["id"])
        self._speaking.add(name)
        return name

    def wait(self, name: str) -> Question[None]:
        """Returns when the utterance was heard.

        Raises:
            RefusedError: it was cancelled or failed.
        """
        while name in self._speaking:
            self._take((yield ()))
        end = self._end_of(name)
        if end is None:
            message = f"No utterance with the id {name!r} was asked for on this connection, or it was long ago."
            raise RequestError(message)
        if end.type != "finished":
            message = end.data.get("text", f"The utterance {name} was cancelled.")
            raise RefusedError(message, end.data.get("code", end.type))

    def next_news(self) -> Question[Event | None]:
        """Returns the next event of what was said; None when all of it is over."""
        while not self._news:
            if not self._speaking:
                return None
            self._take((yield ()))
        return self._news.popleft()

    def voices(self) -> Question[list[dict[str, Any]]]:
        """Returns the voices of all programs in `info`."""
        info = yield from self.ask("describe", "info")
        return [voice for program in info.data["tts"] for voice in program["voices"]]

    def synthesize(self, text: str, manner: dict[str, Any]) -> Question[tuple[int, Event]]:
        """Begins a sound; returns its number and `audio-start`."""
        try:
            start = yield from self.ask("synthesize", "audio-start", text=text, **manner)
        finally:
            self._unread = "audio-stop"
        return self._question, start

    def begin_stream(self) -> Question[int]:
        """Returns a number for a text that comes in parts, and its sound.

        `stream_start` is to be sent next, then parts, and `stop_stream`, whatever happens.
        """
        yield from self.ask("ping", "pong")
        self._unread = "synthesize-stopped"
        self._is_streaming = True
        return self._question

    def send_part(self, number: int, part: Event) -> Question[list[Event]]:
        """Sends a part of a stream; returns the sound that has come meanwhile.

        Raises:
            RequestError: the sound was given up.
        """
        self._check(number)
        # Parts have no answer; the one to a ping behind it tells that nothing is wrong with it.
        sound: list[Event] = []
        event = yield (part, Event("ping"))
        while event.type != "pong":
            if event.type in SOUND:
                sound.append(event)
            else:
                self._take(event)
            event = yield ()
        return sound

    def stop_stream(self, number: int) -> tuple[Event, ...]:
        """What to send when a stream's text is complete, or is given up; nothing when it was sent already."""
        if not self.is_streaming(number):
            return ()
        self._is_streaming = False
        return (Event("synthesize-stop"),)

    def is_streaming(self, number: int) -> bool:
        """Whether the stream takes more parts."""
        return self._is_streaming and number == self._question

    def sound(self, number: int) -> Question[Event | None]:
        """Returns the next `audio-start` or `audio-chunk`; None at the sound's end.

        Raises:
            RequestError: the sound was given up.
        """
        self._check(number)
        while self._unread is not None:
            event = yield ()
            if event.type in SOUND:
                return event
            self._take(event)
        return None

    def _check(self, number: int) -> None:
        if number != self._question:
            message = "The sound was given up when something else was asked. Read it to its end first."
            raise RequestError(message)

    def _take(self, event: Event) -> None:
        """Notes an event that is not what was waited for."""
        if event.type == self._unread:
            self._unread = None
        elif event.type in SPEECH:
            self._news.append(event)
            if event.type in SPEECH_ENDS:
                self._speaking.discard(event.data["id"])
        elif event.type == "error":
            raise RefusedError(event.data["text"], event.data.get("code", EdgeError.code))

    def _end_of(self, name: str) -> Event | None:
        ends = (event for event in reversed(self._news) if event.type in SPEECH_ENDS and event.data["id"] == name)
        return next(ends, None)


def manner(voice: str | None, speaker: str | None, language: str | None, speed: float | None) -> dict[str, Any]:
    """How a sound is to be: a voice as Wyoming's requests name it, and a speed. What is None is not sent."""
    choice = {"name": voice, "speaker": speaker, "language": language}
    given = {name: value for name, value in choice.items() if value is not None}
    return {"voice": given} | ({} if speed is None else {"speed": speed})


def stream_start(manner: dict[str, Any]) -> Event:
    return Event("synthesize-start", manner)


def stream_part(text: str) -> Event:
    return Event("synthesize-chunk", {"text": text})


def unreachable(path: Path, error: OSError) -> DaemonError:
    """What to do about a socket that cannot be used."""
    if isinstance(error, PermissionError):
        return DaemonError(
            f"You may not use {path}. Join the group that owns it: sudo usermod -aG melo-edge $USER, then log in again."
        )
    return DaemonError(
        f"No daemon answers on {path} ({error.strerror or error}). "
        "Start one: melo-edge serve, or systemctl start melo-edge."
    )


def hung_up(path: Path) -> DaemonError:
    return DaemonError(f"The daemon on {path} hung up. `journalctl -u melo-edge` may tell why.")
