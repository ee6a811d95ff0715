"""A connection's two ends without a thread, a socket or a model: the same bytes always do the same."""

from __future__ import annotations

import asyncio
import itertools
import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from edge.errors import RequestError, TextError
from edge.limits import Limits
from edge.service.protocol import Event, Say, SynthesizeVoice
from edge.service.speaker import Send
from edge.service.text_feed import TextFeed


class Wire(asyncio.Transport):
    """Keeps what a connection writes."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        super().__init__()
        self.sent = bytearray()
        self._closing = False
        loop = asyncio.get_running_loop()
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        self.writer = asyncio.StreamWriter(self, protocol, reader, loop)

    def write(self, data: Any) -> None:
        assert not self._closing, "nothing is written to a client that is gone"
        self.sent += data

    def write_eof(self) -> None:
        self._closing = True

    def is_closing(self) -> bool:
        return self._closing

    def abort(self) -> None:
        self._closing = True

    def get_write_buffer_size(self) -> int:
        return 0


class Reply:
    """A block for each sentence of a feed."""

    def __init__(self, feed: TextFeed) -> None:
        self._feed = feed

    async def next(self) -> npt.NDArray[np.int16] | None:
        while True:
            while not self._feed.has_step():  # noqa: ASYNC110  (a thread would be woken; here there is none)
                await asyncio.sleep(0)
            sentence = next(self._feed, None)
            if sentence is None:
                return None
            if sentence:
                return np.ones(len(sentence), np.int16)

    def end(self) -> None:
        pass


class StandInSpeaker:
    """Takes what a `Speaker` takes. What it is to play is over when the next question about it comes."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        manifest = SimpleNamespace(name="stand-in", language="en_US", provenance={}, speakers={"x": 0})
        self.log_text = False
        self.metrics = SimpleNamespace(exposition=lambda: "# HELP")
        self.voice = SimpleNamespace(manifest=manifest, sample_rate=22050)
        self._numbers = itertools.count()
        self._waiting: dict[str, Send] = {}

    def say(self, request: Say, send: Send) -> None:
        if not request.text.strip():
            raise TextError("The text is empty.")
        name = request.id or f"u{next(self._numbers)}"
        if name in self._waiting:
            raise RequestError("There is one of this id.")
        send(Event("queued", {"id": name}))
        self._waiting[name] = send
        asyncio.get_running_loop().call_soon(self._end, name, "finished")

    def stop(self) -> str | None:
        name = next(iter(self._waiting), None)
        self.cancel(name or "")
        return name

    def cancel(self, name: str | None = None) -> list[str]:
        ended = [waiting for waiting in self._waiting if name in {None, waiting}]
        for waiting in ended:
            self._end(waiting, "cancelled")
        return ended

    def pause(self) -> str | None:
        return next(iter(self._waiting), None)

    def resume(self) -> str | None:
        return None

    def synthesize(self, text: str, voice: SynthesizeVoice, speed: Any) -> Reply:
        feed, reply = self.synthesize_stream(voice, speed)
        feed.add(text)
        feed.end()
        return reply

    def synthesize_stream(self, voice: SynthesizeVoice, speed: Any) -> tuple[TextFeed, Reply]:
        if voice.speaker not in {None, "x"}:
            raise RequestError("There is no such speaker.")
        feed = TextFeed(voice.language or "en", threading.Condition())
        return feed, Reply(feed)

    def log_part(self, text: str) -> None:
        pass

    def status(self) -> dict[str, Any]:
        return {"state": "idle"}

    def _end(self, name: str, event: str) -> None:
        send = self._waiting.pop(name, None)
        if send is not None:
            send(Event(event, {"id": name}))
