"""Asking the daemon from asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from edge.conversation import (
    Conversation,
    Question,
    hung_up,
    manner,
    stream_part,
    stream_start,
    unreachable,
)
from edge.limits import Limits
from edge.places import socket_to_connect
from edge.service.protocol import Event, encode, read_event

if TYPE_CHECKING:
    from typing_extensions import Self

LIMITS = Limits()

T = TypeVar("T")


class AsyncClient:
    """A connection to the daemon: `Client`, with methods that are awaited.

        async with edge.AsyncClient() as client:
            await client.say("Hello")

    One task at a time may use it. `wait` and `events` may be given up, by `asyncio.wait_for` for example; whoever gives
    up another method must connect anew, as its answer may still come.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        """`async with` connects to the socket at `path`; None: as for `Client`."""
        self._path = Path(path or socket_to_connect())
        self._conversation = Conversation()
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self._reading: asyncio.Task[Event | None] | None = None

    async def __aenter__(self) -> Self:
        try:
            self._reader, self._writer = await asyncio.open_unix_connection(str(self._path), limit=LIMITS.line)
        except OSError as error:
            raise unreachable(self._path, error) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._writer.close()

    async def say(self, text: str, *, wait: bool = False, **options: float | str | bool | None) -> str:
        """Has `text` played by the daemon's sound card; returns the utterance's id. Arguments as for `Client.say`.

        Raises:
            RefusedError: also when the speech was cancelled or failed while we waited.
        """
        name = await self._run(self._conversation.say(text, options))
        if wait:
            await self.wait(name)
        return name

    async def wait(self, name: str) -> None:
        """Returns when the utterance `name`, which this client asked for, was heard.

        Raises:
            RefusedError: it was cancelled or failed.
        """
        await self._run(self._conversation.wait(name))

    async def events(self) -> AsyncIterator[Event]:
        """What becomes of all that this client had said: `started`, `finished`, `cancelled` and `failed` events.

        Ends when nothing of it is left to be said.
        """
        while (event := await self._run(self._conversation.next_news())) is not None:
            yield event

    async def synthesize(
        self,
        text: str,
        *,
        voice: str | None = None,
        speaker: str | None = None,
        language: str | None = None,
        speed: float | None = None,
    ) -> AsyncIterator[Event]:
        """Has `text` spoken to us: yields `audio-start` and then `audio-chunk` events, whose payload is PCM."""
        number, start = await self._run(self._conversation.synthesize(text, manner(voice, speaker, language, speed)))
        yield start
        while (event := await self._run(self._conversation.sound(number))) is not None:
            yield event

    async def stream(
        self,
        parts: AsyncIterable[str],
        *,
        voice: str | None = None,
        speaker: str | None = None,
        language: str | None = None,
        speed: float | None = None,
    ) -> AsyncIterator[Event]:
        """`synthesize` for a text that is still being written: speech begins with its first sentence."""
        number = await self._run(self._conversation.begin_stream())
        self._write(stream_start(manner(voice, speaker, language, speed)))
        sending = asyncio.create_task(self._send_parts(number, parts))
        sending.add_done_callback(lambda _: self._write(*self._conversation.stop_stream(number)))
        try:
            while (event := await self._run(self._conversation.sound(number))) is not None:
                yield event
            await sending
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def stop(self) -> str | None:
        """Stops what is being said; returns its id, or None when there was nothing."""
        return (await self._ask("stop", "stopped"))["id"]

    async def cancel(self, name: str | None = None) -> list[str]:
        """Drops the utterance `name`, queued or being said; None: all of them. Returns the ids of what was dropped."""
        return (await self._ask("cancel", "stopped", id=name))["ids"]

    async def pause(self) -> str | None:
        """Falls silent until `resume`; returns the id of what is being said, or None."""
        return (await self._ask("pause", "paused"))["id"]

    async def resume(self) -> str | None:
        """Goes on where `pause` fell silent; returns the id of what is being said, or None."""
        return (await self._ask("resume", "resumed"))["id"]

    async def status(self) -> dict[str, Any]:
        """What the daemon is doing."""
        return await self._ask("status", "status")

    async def metrics(self) -> str:
        """What the daemon counts, in Prometheus' text format."""
        return str((await self._ask("metrics", "metrics"))["text"])

    async def voices(self) -> list[dict[str, Any]]:
        """The voices, as Wyoming's `info` describes them."""
        return await self._run(self._conversation.voices())

    async def ping(self) -> None:
        """Returns when the daemon has answered."""
        await self._ask("ping", "pong")

    async def _ask(self, kind: str, answer: str, **data: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON)
        return (await self._run(self._conversation.ask(kind, answer, **data))).data

    async def _run(self, question: Question[T]) -> T:
        try:
            requests = next(question)
            while True:
                self._write(*requests)
                requests = question.send(await self._read())
        except StopIteration as done:
            return done.value

    async def _send_parts(self, number: int, parts: AsyncIterable[str]) -> None:
        async for part in parts:
            if not self._conversation.is_streaming(number):
                return
            self._write(stream_part(part))
            await self._writer.drain()

    def _write(self, *requests: Event) -> None:
        self._writer.write(b"".join(map(encode, requests)))

    async def _read(self) -> Event:
        # A task of its own: whoever gives up waiting must not leave half an event unread.
        self._reading = self._reading or asyncio.create_task(read_event(self._reader, LIMITS))
        try:
            event = await asyncio.shield(self._reading)
        except OSError as error:
            raise unreachable(self._path, error) from error
        self._reading = None
        if event is None:
            raise hung_up(self._path)
        return event
