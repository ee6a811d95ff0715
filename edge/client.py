"""Asking the daemon from Python."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from edge.conversation import (
    Conversation,
    Question,
    RefusedError,
    hung_up,
    manner,
    stream_part,
    stream_start,
    unreachable,
)
from edge.limits import Limits
from edge.places import socket_to_connect
from edge.service.protocol import Event, encode, read_event_from

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Client", "RefusedError"]

LIMITS = Limits()

T = TypeVar("T")


class Client:
    """A connection to the daemon.

        with edge.Client() as client:
            client.say("Hello")

    Every method raises `DaemonError` when the daemon cannot be reached or hangs up, and `RefusedError` when it
    answers with an error. One thread at a time may use it. The daemon hangs up on who has asked nothing for ten minutes
    (its option `idle_seconds`): connect when there is something to say. `AsyncClient` is the same for asyncio.
    """

    def __init__(self, path: str | Path | None = None, *, timeout: float | None = None) -> None:
        """Connects to the socket at `path`; None: `$MELO_EDGE_SOCKET`, the user's own or the system's daemon.

        A daemon that is silent for `timeout` seconds when an answer is due counts as one that cannot be reached.
        """
        self._path = Path(path or socket_to_connect())
        self._conversation = Conversation()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(timeout)
        try:
            self._socket.connect(str(self._path))
        except OSError as error:
            self._socket.close()
            raise unreachable(self._path, error) from error
        self._stream = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hangs up; what was asked to be said is still said."""
        self._stream.close()
        self._socket.close()

    def say(self, text: str, *, wait: bool = False, **options: float | str | bool | None) -> str:
        """Has `text` played by the daemon's sound card; returns the utterance's id.

        Args:
            text: what to say.
            wait: return when it was heard.
            options: `id`, `speed`, `volume`, `voice`, `speaker`, `language`, `priority`, `cache`, `emoji`.

        Raises:
            RefusedError: also when the speech was cancelled or failed while we waited.
        """
        name = self._run(self._conversation.say(text, options))
        if wait:
            self.wait(name)
        return name

    def wait(self, name: str) -> None:
        """Returns when the utterance `name`, which this client asked for, was heard.

        Raises:
            RefusedError: it was cancelled or failed.
        """
        self._run(self._conversation.wait(name))

    def events(self) -> Iterator[Event]:
        """What becomes of all that this client had said: `started`, `finished`, `cancelled` and `failed` events.

        Ends when nothing of it is left to be said.
        """
        while (event := self._run(self._conversation.next_news())) is not None:
            yield event

    def synthesize(
        self,
        text: str,
        *,
        voice: str | None = None,
        speaker: str | None = None,
        language: str | None = None,
        speed: float | None = None,
    ) -> Iterator[Event]:
        """Has `text` spoken to us: yields `audio-start` and then `audio-chunk` events, whose payload is PCM."""
        number, start = self._run(self._conversation.synthesize(text, manner(voice, speaker, language, speed)))
        yield start
        yield from self._sound(number)

    def stream(
        self,
        parts: Iterable[str],
        *,
        voice: str | None = None,
        speaker: str | None = None,
        language: str | None = None,
        speed: float | None = None,
    ) -> Iterator[Event]:
        """`synthesize` for a text that is still being written: speech begins with its first sentence.

        The sound is looked for whenever a part was sent. `AsyncClient` need not wait for the next part.
        """
        number = self._run(self._conversation.begin_stream())
        start = stream_start(manner(voice, speaker, language, speed))
        try:
            yield from self._run(self._conversation.send_part(number, start))
            for part in parts:
                yield from self._run(self._conversation.send_part(number, stream_part(part)))
        finally:
            self._send(*self._conversation.stop_stream(number))
        yield from self._sound(number)

    def stop(self) -> str | None:
        """Stops what is being said; returns its id, or None when there was nothing."""
        return self._ask("stop", "stopped")["id"]

    def cancel(self, name: str | None = None) -> list[str]:
        """Drops the utterance `name`, queued or being said; None: all of them. Returns the ids of what was dropped."""
        return self._ask("cancel", "stopped", id=name)["ids"]

    def pause(self) -> str | None:
        """Falls silent until `resume`; returns the id of what is being said, or None."""
        return self._ask("pause", "paused")["id"]

    def resume(self) -> str | None:
        """Goes on where `pause` fell silent; returns the id of what is being said, or None."""
        return self._ask("resume", "resumed")["id"]

    def status(self) -> dict[str, Any]:
        """What the daemon is doing."""
        return self._ask("status", "status")

    def metrics(self) -> str:
        """What the daemon counts, in Prometheus' text format."""
        return str(self._ask("metrics", "metrics")["text"])

    def voices(self) -> list[dict[str, Any]]:
        """The voices, as Wyoming's `info` describes them."""
        return self._run(self._conversation.voices())

    def ping(self) -> None:
        """Returns when the daemon has answered."""
        self._ask("ping", "pong")

    def _ask(self, kind: str, answer: str, **data: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON)
        return self._run(self._conversation.ask(kind, answer, **data)).data

    def _sound(self, number: int) -> Iterator[Event]:
        while (event := self._run(self._conversation.sound(number))) is not None:
            yield event

    def _run(self, question: Question[T]) -> T:
        try:
            requests = next(question)
            while True:
                self._send(*requests)
                requests = question.send(self._read())
        except StopIteration as done:
            return done.value

    def _send(self, *requests: Event) -> None:
        try:
            self._socket.sendall(b"".join(map(encode, requests)))
        except BrokenPipeError:
            # A daemon that hangs up, on too long a text for example, has said why: the next event.
            pass
        except OSError as error:
            raise unreachable(self._path, error) from error

    def _read(self) -> Event:
        try:
            event = read_event_from(self._stream, LIMITS)
        except OSError as error:
            raise unreachable(self._path, error) from error
        if event is None:
            raise hung_up(self._path)
        return event
