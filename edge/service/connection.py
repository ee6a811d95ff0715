"""One client: its requests in, events out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from edge.errors import EdgeError
from edge.service.info import info
from edge.service.protocol import (
    Event,
    NotSupportedError,
    ProtocolError,
    Say,
    Synthesize,
    SynthesizeVoice,
    encode,
    parse,
    read_event,
)

if TYPE_CHECKING:
    from edge.service.audio.sink import Pcm
    from edge.service.speaker import Speaker

MAX_UNREAD = 1 << 20
"""Bytes of events that a client may leave unread; over that it has gone to sleep, and is let go."""

AUDIO_CHUNK_SAMPLES = 2048

_log = logging.getLogger(__name__)


class Connection:
    """Serves one client until it hangs up. All methods run in the event loop."""

    def __init__(self, speaker: Speaker, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._speaker = speaker
        self._reader = reader
        self._writer = writer
        self._speaking: set[str] = set()
        self._all_spoken = asyncio.Event()
        self._all_spoken.set()
        self._handlers: dict[str, Callable[[Event], Awaitable[None]]] = {
            "describe": self._describe,
            "ping": self._ping,
            "say": self._say,
            "status": self._status,
            "stop": self._stop,
            "synthesize": self._synthesize,
        }

    async def serve(self) -> None:
        """Answers requests, one after the other, until the client hangs up or sends what cannot be followed.

        A client that has only closed its sending half, as `echo … | socat` does, still gets its events.
        """
        while await self._serve_one():
            pass
        await self._all_spoken.wait()

    def send(self, event: Event) -> None:
        """Sends without waiting. A client that does not read is let go; its speech goes on."""
        if self._writer.is_closing():
            return
        self._writer.write(encode(event))
        if self._writer.transport.get_write_buffer_size() > MAX_UNREAD:
            _log.warning("a client does not read its events; letting it go")
            self._writer.transport.abort()

    async def _serve_one(self) -> bool:
        try:
            event = await read_event(self._reader)
            if event is None:
                return False
            await self._handle(event)
        except ProtocolError as error:
            self._send_error(error)
            return not error.fatal
        except EdgeError as error:
            self._send_error(error)
        except ConnectionError:
            return False
        except Exception as error:  # noqa: BLE001  (whatever one request does, the next one is served)
            _log.exception("a request failed")
            self._send_error(EdgeError(f"The request failed: {error}. The journal has the details."))
        return True

    async def _handle(self, event: Event) -> None:
        handler = self._handlers.get(event.type)
        if handler is None:
            known = ", ".join(self._handlers)
            message = f"The request {event.type[:40]!r} is not supported. There are: {known}."
            raise NotSupportedError(message)
        await handler(event)

    def _send_error(self, error: EdgeError) -> None:
        self.send(Event("error", {"text": str(error), "code": error.code}))

    async def _describe(self, _: Event) -> None:
        self.send(info(self._speaker.voice.manifest))

    async def _ping(self, event: Event) -> None:
        self.send(Event("pong", {"text": event.data.get("text")}))

    async def _status(self, _: Event) -> None:
        self.send(Event("status", self._speaker.status()))

    async def _stop(self, _: Event) -> None:
        self.send(Event("stopped", {"id": self._speaker.player.stop()}))

    async def _say(self, event: Event) -> None:
        self._speaker.say(parse(event, Say), self._send_progress)

    def _send_progress(self, event: Event) -> None:
        """Sends an event of an utterance, and keeps in mind which are not over yet."""
        if event.type == "queued":
            self._speaking.add(event.data["id"])
        elif event.type != "started":
            self._speaking.discard(event.data["id"])
        if self._speaking:
            self._all_spoken.clear()
        else:
            self._all_spoken.set()
        self.send(event)

    async def _synthesize(self, event: Event) -> None:
        request = parse(event, Synthesize)
        reply = self._speaker.synthesize(request.text, request.voice or SynthesizeVoice())
        sound = {"rate": self._speaker.voice.sample_rate, "width": 2, "channels": 1}
        try:
            pcm = await reply.next()
            self.send(Event("audio-start", sound))
            while pcm is not None:
                await self._send_audio(pcm, sound)
                pcm = await reply.next()
            self.send(Event("audio-stop"))
        finally:
            reply.end()

    async def _send_audio(self, pcm: Pcm, sound: dict[str, int]) -> None:
        for start in range(0, len(pcm), AUDIO_CHUNK_SAMPLES):
            payload = pcm[start : start + AUDIO_CHUNK_SAMPLES].tobytes()
            self._writer.write(encode(Event("audio-chunk", sound, payload)))
            await self._writer.drain()
