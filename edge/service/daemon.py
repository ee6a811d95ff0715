"""`melo-edge serve`: load, warm up, say READY, answer; stop when told."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import msgspec

from edge import places, runtime
from edge.config import OPTIONS, Settings
from edge.errors import EdgeError
from edge.service import systemd
from edge.service.audio.card_sink import PyAudioSink
from edge.service.audio.player import Player
from edge.service.audio.sink import Sink
from edge.service.audio.wav_sink import WavSink
from edge.service.connection import Connection
from edge.service.protocol import Event, encode
from edge.service.sockets import bind, bind_tcp, may_speak, refuse_live_socket
from edge.service.speaker import Speaker
from edge.speech import Voice
from edge.update.store import DEFAULT, VoiceStore

FAREWELL_SECONDS = 0.2
"""How long clients have to read what they were sent last when the daemon ends."""

_log = logging.getLogger(__name__)


def serve(settings: Settings, load_settings: Callable[[], Settings]) -> None:
    """Runs the daemon until SIGTERM or SIGINT.

    Args:
        settings: what to start with.
        load_settings: reads them again, on SIGHUP.

    Raises:
        EdgeError: it cannot start; the message says why.
    """
    hung_up = threading.Event()
    # Until the loop runs: nothing else would keep SIGHUP from ending a daemon that is still loading.
    signal.signal(signal.SIGHUP, lambda *_: hung_up.set())
    _package().setLevel(settings.log_level.upper())
    listeners = systemd.handed_sockets()
    own = not any(listener.family == socket.AF_UNIX for listener in listeners)
    if own:
        refuse_live_socket(settings.socket)
    if settings.tcp:
        listeners.append(bind_tcp(settings.tcp))
    systemd.notify("STATUS=Loading the voice")
    speaker = _speaker(settings)
    if own:
        listeners.append(bind(settings.socket))
    asyncio.run(Daemon(speaker, settings, load_settings).run(listeners, hung_up))
    speaker.voice.close()
    if own:
        settings.socket.unlink(missing_ok=True)
    if speaker.is_busy:
        # The interpreter's own end would crash under a thread that is still inside torch or the card's driver.
        logging.shutdown()
        os._exit(0)


def _package() -> logging.Logger:
    """The logger of all that is ours."""
    return logging.getLogger("edge")


def _speaker(settings: Settings) -> Speaker:
    """Loads the voice and warms it up."""
    # In a thread that ends. OpenMP's threads belong to the thread that has them compute; while there are more of them
    # than cores, those of the synthesis thread would go to sleep wherever they wait for each other.
    with ThreadPoolExecutor(1) as executor:
        loaded = executor.submit(_load, settings).result()
    voice = loaded.voice
    sink: Sink = (
        WavSink(settings.output, voice.sample_rate)
        if settings.output
        else PyAudioSink(voice.sample_rate, settings.device)
    )
    player = Player(sink)
    player.pace.synthesised(*loaded.pace)
    return Speaker(voice, player, settings.limits, loaded.fallback)


class _Loaded(NamedTuple):
    """A voice that is warm."""

    voice: Voice
    pace: tuple[int, float]
    """Samples, and the seconds that they took."""
    fallback: str | None = None
    """Why it is not the voice that was wanted."""


def _load(settings: Settings) -> _Loaded:
    """The voice or, where that is a store's default and does not speak, the best other one that does."""
    reasons: list[EdgeError | RuntimeError | OSError] = []
    for path in _candidates(settings.voice):
        try:
            loaded = _load_from(path, settings)
        except (EdgeError, RuntimeError, OSError) as error:
            reasons.append(error)
            _log.error("the voice %s does not speak: %s", path, error)
            continue
        if not reasons:
            return loaded
        _log.error("SPEAKING WITH %s INSTEAD OF %s", path, settings.voice)
        reason = " ".join(str(reasons[0]).split())
        return loaded._replace(fallback=f"{settings.voice} does not speak: {reason}")
    raise reasons[0]


def _candidates(wanted: Path) -> list[Path]:
    others = VoiceStore(wanted.parent).speakable() if wanted.name == DEFAULT else ()
    return list(dict.fromkeys(path.resolve() for path in (wanted, *others)))


def _load_from(path: Path, settings: Settings) -> _Loaded:
    begun = time.perf_counter()
    voice = Voice.load(
        path,
        cache_memory=settings.cache_memory_mb << 20,
        cache_folder=settings.cache_dir,
        cache_disk=settings.cache_disk_mb << 20,
        lexicons=places.lexicons(),
    )
    loaded = time.perf_counter()
    runtime.keep_memory()
    pace = voice.warm_up()
    _log.info(
        "voice %s: loaded in %.2f s, warmed up in %.2f s",
        voice.manifest.name,
        loaded - begun,
        time.perf_counter() - loaded,
    )
    return _Loaded(voice, pace)


class Daemon:
    """Serves all clients of one speaker. Lives in the event loop."""

    def __init__(self, speaker: Speaker, settings: Settings, load_settings: Callable[[], Settings]) -> None:
        self._speaker = speaker
        self._load_settings = load_settings
        self._clients: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._apply(settings)

    async def run(self, listeners: list[socket.socket], hung_up: threading.Event) -> None:
        """Serves until SIGTERM or SIGINT.

        Args:
            listeners: bound stream sockets.
            hung_up: set when SIGHUP came before this could.
        """
        loop = asyncio.get_running_loop()
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopped.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        if hung_up.is_set():
            self._reload()
        self._speaker.start()
        servers = [await self._listen(listener) for listener in listeners]
        watchdog = asyncio.create_task(systemd.feed_watchdog(lambda: self._speaker.is_healthy))
        warning = "" if self._speaker.fallback is None else f". {self._speaker.fallback}"
        systemd.notify(f"READY=1\nSTATUS=Speaking as {self._speaker.voice.manifest.name}{warning}")
        await stopped.wait()
        systemd.notify("STOPPING=1")
        for server in servers:
            server.close()
        # First the speech, so that clients still hear that theirs was cancelled.
        await asyncio.to_thread(self._speaker.close)
        watchdog.cancel()
        await self._hang_up()

    async def _hang_up(self) -> None:
        """Lets go of all clients, of those that do not read as well: their tasks wait for them to."""
        writers = dict(self._clients)
        for task in writers:
            task.cancel()
        if writers:
            await asyncio.wait(writers, timeout=FAREWELL_SECONDS)
        for writer in writers.values():
            writer.transport.abort()

    async def _listen(self, listener: socket.socket) -> asyncio.Server:
        loop = asyncio.get_running_loop()

        def protocol() -> asyncio.StreamReaderProtocol:
            reader = asyncio.StreamReader(self._settings.max_line, loop)
            return asyncio.StreamReaderProtocol(reader, self._connected, loop)

        server = await loop.create_server(protocol, sock=listener, backlog=self._settings.max_clients)
        _log.info("listening on %s", _place(listener))
        return server

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (a callback of a stream's protocol is a task)
        self._clients[task] = writer
        try:
            await self._serve_client(reader, writer)
        except asyncio.CancelledError:
            # The daemon is stopping. asyncio's stream callback would print this one as an error.
            _log.debug("hung up on a client")
        finally:
            del self._clients[task]

    async def _serve_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            refusal = self._refusal(writer)
            if refusal is None:
                await Connection(self._speaker, reader, writer).serve()
            else:
                writer.write(encode(refusal))
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def _refusal(self, writer: asyncio.StreamWriter) -> Event | None:
        """What a client is told that is not served; None for one that is."""
        limit = self._settings.max_clients
        if not may_speak(writer.get_extra_info("socket")):
            _log.warning("a client was refused: its user is not in the socket's group")
            text = "You are not in the group that may use this socket."
            return Event("error", {"text": text, "code": "not-allowed"})
        if len(self._clients) > limit:
            return Event("error", {"text": f"{limit} clients are connected already.", "code": "busy"})
        return None

    def _reload(self) -> None:
        """Reads the settings again, and takes over those that need no restart; and the lexicons."""
        self._read_lexicons()
        try:
            wanted = self._load_settings()
        except EdgeError as error:
            _log.error("the settings stay as they were: %s", error)
            return
        changes = {}
        for option in OPTIONS:
            before, after = getattr(self._settings, option.name), getattr(wanted, option.name)
            if before == after:
                continue
            if option.reload:
                changes[option.name] = after
                _log.info("%s is %s now; it was %s", option.name, after, before)
            else:
                _log.warning("%s is %s until the next start; then it will be %s", option.name, before, after)
        self._apply(msgspec.structs.replace(self._settings, **changes))
        _log.info("read the settings again; %d changed", len(changes))

    def _read_lexicons(self) -> None:
        try:
            self._speaker.voice.read_lexicons(places.lexicons())
        except EdgeError as error:
            _log.error("the lexicons stay as they were: %s", error)
            return
        _log.info("read the lexicons again")

    def _apply(self, settings: Settings) -> None:
        self._settings = settings
        _package().setLevel(settings.log_level.upper())
        self._speaker.limits = settings.limits
        self._speaker.default_speed = settings.default_speed
        self._speaker.emoji = settings.emoji
        self._speaker.log_text = settings.log_text


def _place(listener: socket.socket) -> str:
    name = listener.getsockname()
    return name if isinstance(name, str) else f"{name[0]} port {name[1]}"
