"""One client: its requests in, events out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from edge.errors import EdgeError, RequestError
from edge.service.info import PROGRAM, info
from edge.service.protocol import (
    Cancel,
    Event,
    NotSupportedError,
    ProtocolError,
    Say,
    SelectProgram,
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeVoice,
    TooLongError,
    encode,
    parse,
    read_event,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from edge.service.audio.sink import Pcm
    from edge.service.reply import AudioReply
    from edge.service.speaker import Speaker
    from edge.service.text_feed import TextFeed

AUDIO_CHUNK_SAMPLES = 2048

LINGER_SECONDS = 1.0
"""How long what a client still sends is read and dropped before its connection is closed."""

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
        self._stream: _Stream | None = None
        self._loop = asyncio.get_running_loop()
        self._active = self._loop.time()
        self._handlers: dict[str, Callable[[Event], Awaitable[None]]] = {
            "cancel": self._cancel,
            "describe": self._describe,
            "metrics": self._metrics,
            "pause": self._pause,
            "ping": self._ping,
            "resume": self._resume,
            "say": self._say,
            "select-program": self._select_program,
            "status": self._status,
            "stop": self._stop,
            "synthesize": self._synthesize,
            "synthesize-start": self._synthesize_start,
            "synthesize-chunk": self._synthesize_chunk,
            "synthesize-stop": self._synthesize_stop,
        }

    async def serve(self) -> None:
        """Answers requests, one after the other, until the client hangs up or sends what cannot be followed.

        A client that has only closed its sending half, as `echo … | socat` does, still gets its events.
        """
        try:
            while await self._serve_one():
                pass
        finally:
            if self._stream is not None:
                self._stream.fail()
        await self._all_spoken.wait()
        await self._hang_up()

    def send(self, event: Event) -> None:
        """Sends without waiting. A client that does not read is let go; its speech goes on."""
        if self._writer.is_closing():
            return
        self._active = self._loop.time()
        self._writer.write(encode(event))
        if self._writer.transport.get_write_buffer_size() > self._speaker.limits.unread:
            _log.warning("a client does not read its events; letting it go")
            self._writer.transport.abort()

    async def _serve_one(self) -> bool:
        try:
            event = await read_event(self._reader, self._speaker.limits, self._patience)
            self._active = self._loop.time()
            if event is None:
                return self._end()
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

    def _patience(self) -> float:
        """Seconds until a client that does nothing counts as idle. While we have something for it, it does not."""
        is_served = self._speaking or (self._stream is not None and self._stream.is_speaking)
        since = self._loop.time() if is_served else self._active
        return since + self._speaker.limits.idle_seconds - self._loop.time()

    def _end(self) -> bool:
        """Ends the loop: the client will send no more."""
        if self._stream is not None:
            message = "A stream of text broke off. End it with synthesize-stop."
            raise ProtocolError(message, fatal=True)
        return False

    async def _hang_up(self) -> None:
        """Lets the client read what it was sent, the reason for hanging up above all.

        Over TCP, to close on unread bytes would take it back.
        """
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            self._writer.write_eof()
            await asyncio.wait_for(self._drop_input(), LINGER_SECONDS)

    async def _drop_input(self) -> None:
        while await self._reader.read(1 << 16):
            pass

    async def _handle(self, event: Event) -> None:
        handler = self._handlers.get(event.type)
        if handler is None:
            known = ", ".join(self._handlers)
            message = f"The request {event.type[:40]!r} is not supported. There are: {known}."
            raise NotSupportedError(message)
        await handler(event)

    def _send_error(self, error: EdgeError) -> None:
        self.send(Event("error", {"text": str(error), "code": error.code}))

    # --- Questions --------------------------------------------------------------------------------------

    async def _describe(self, _: Event) -> None:
        self.send(info(self._speaker.voice.manifest))

    async def _select_program(self, event: Event) -> None:
        name = parse(event, SelectProgram).name
        if name != PROGRAM:
            message = f"There is no program {name!r} here. There is: {PROGRAM}."
            raise RequestError(message)

    async def _ping(self, event: Event) -> None:
        self.send(Event("pong", {"text": event.data.get("text")}))

    async def _status(self, _: Event) -> None:
        self.send(Event("status", self._speaker.status()))

    async def _metrics(self, _: Event) -> None:
        self.send(Event("metrics", {"text": self._speaker.metrics.exposition()}))

    # --- Playing ----------------------------------------------------------------------------------------

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

    async def _stop(self, _: Event) -> None:
        self.send(Event("stopped", {"id": self._speaker.stop()}))

    async def _cancel(self, event: Event) -> None:
        self.send(Event("stopped", {"ids": self._speaker.cancel(parse(event, Cancel).id)}))

    async def _pause(self, _: Event) -> None:
        self.send(Event("paused", {"id": self._speaker.pause()}))

    async def _resume(self, _: Event) -> None:
        self.send(Event("resumed", {"id": self._speaker.resume()}))

    # --- Sound for the client ---------------------------------------------------------------------------

    async def _synthesize(self, event: Event) -> None:
        if self._stream is not None:
            # Home Assistant sends the whole text as well before `synthesize-stop`, for servers that do not stream.
            return
        try:
            request = parse(event, Synthesize)
            voice = request.voice or SynthesizeVoice()
            await self._send_sound(self._speaker.synthesize(request.text, voice, request.speed))
        except EdgeError as error:
            # `audio-stop` comes all the same: Home Assistant reads no errors, and waits for it.
            self._send_error(error)
        self.send(Event("audio-stop"))

    async def _synthesize_start(self, event: Event) -> None:
        if self._stream is not None:
            message = "A stream of text has begun already. End it with synthesize-stop before the next one."
            raise RequestError(message)
        self._stream = _Stream()
        request = parse(event, SynthesizeStart)
        feed, reply = self._speaker.synthesize_stream(request.voice or SynthesizeVoice(), request.speed)
        self._stream.begin(feed, self._send_stream(reply))

    async def _synthesize_chunk(self, event: Event) -> None:
        stream = self._the_stream()
        text = parse(event, SynthesizeChunk).text
        self._speaker.log_part(text)
        try:
            stream.add(text, self._speaker.limits.text)
        except EdgeError:
            stream.fail()
            raise

    async def _synthesize_stop(self, _: Event) -> None:
        stream = self._the_stream()
        try:
            await stream.finish()
        finally:
            self._stream = None
        self.send(Event("audio-stop"))
        self.send(Event("synthesize-stopped"))

    def _the_stream(self) -> _Stream:
        if self._stream is None:
            message = "No stream of text has begun. Begin one with synthesize-start."
            raise RequestError(message)
        return self._stream

    async def _send_stream(self, reply: AudioReply) -> None:
        try:
            await self._send_sound(reply)
        except EdgeError as error:
            self._send_error(error)
        except ConnectionError:
            _log.debug("a client left its stream")

    async def _send_sound(self, reply: AudioReply) -> None:
        sound = {"rate": self._speaker.voice.sample_rate, "width": 2, "channels": 1}
        try:
            pcm = await reply.next()
            self.send(Event("audio-start", sound))
            while pcm is not None:
                await self._send_audio(pcm, sound)
                pcm = await reply.next()
        finally:
            reply.end()

    async def _send_audio(self, pcm: Pcm, sound: dict[str, int]) -> None:
        for start in range(0, len(pcm), AUDIO_CHUNK_SAMPLES):
            payload = pcm[start : start + AUDIO_CHUNK_SAMPLES].tobytes()
            self._writer.write(encode(Event("audio-chunk", sound, payload)))
            await self._drain()

    async def _drain(self) -> None:
        """Waits until the client has read most of what it was sent; one that does not for too long is let go."""
        # Not `asyncio.wait_for`, which up to Python 3.11 may swallow that a stream is cancelled.
        timer = self._loop.call_later(self._speaker.limits.idle_seconds, self._let_go)
        try:
            await self._writer.drain()
        finally:
            timer.cancel()
        self._active = self._loop.time()

    def _let_go(self) -> None:
        _log.warning("a client does not read its sound; letting it go")
        self._writer.transport.abort()


class _Stream:
    """A text that comes in parts, whose sound is sent meanwhile: from `synthesize-start` to `synthesize-stop`.

    It is there before it has begun and after it has failed: whatever comes for it then is dropped, and its end is
    still answered.
    """

    def __init__(self) -> None:
        self._feed: TextFeed | None = None
        self._sending: asyncio.Task[None] | None = None

    def begin(self, feed: TextFeed, sending: Coroutine[None, None, None]) -> None:
        self._feed = feed
        self._sending = asyncio.create_task(sending)

    @property
    def is_speaking(self) -> bool:
        """Whether there is sound to come before more text is needed."""
        is_sending = self._sending is not None and not self._sending.done()
        return is_sending and self._feed is not None and self._feed.has_step()

    def add(self, text: str, limit: int) -> None:
        """Appends a part.

        Raises:
            TooLongError: all parts together have more than `limit` characters.
        """
        if self._feed is None:
            return
        if self._feed.characters + len(text) > limit:
            message = f"The text has more than {limit} characters, all parts together. Send it as several streams."
            raise TooLongError(message, fatal=False)
        self._feed.add(text)

    async def finish(self) -> None:
        """Waits until all of the sound is sent."""
        if self._feed is not None and self._sending is not None:
            self._feed.end()
            await self._sending

    def fail(self) -> None:
        """Ends the sound; a client that stays is told by who calls this."""
        self._feed = None
        if self._sending is not None:
            self._sending.cancel()
