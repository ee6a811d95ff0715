"""`melo-edge serve`: load, warm up, say READY, answer; stop when told."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import stat
import time
from pathlib import Path

from edge.errors import DaemonError
from edge.service import systemd
from edge.service.audio.card_sink import PyAudioSink
from edge.service.audio.player import Player
from edge.service.audio.sink import Sink
from edge.service.audio.wav_sink import WavSink
from edge.service.connection import Connection
from edge.service.protocol import MAX_LINE, Event, encode
from edge.service.speaker import Speaker
from edge.speech import Voice

MAX_CLIENTS = 256
SOCKET_MODE = 0o660

_log = logging.getLogger(__name__)


def serve(voice_path: Path, socket_path: Path, output: Path | None, device: str | None) -> None:
    """Runs the daemon until SIGTERM or SIGINT.

    Args:
        voice_path: the bundle.
        socket_path: where to listen when systemd hands no socket over.
        output: a WAV file to play into, instead of the sound card.
        device: a sound card by its PortAudio name; None: the default one.

    Raises:
        EdgeError: it cannot start; the message says why.
    """
    handed = systemd.handed_socket()
    if handed is None:
        refuse_live_socket(socket_path)
    systemd.notify("STATUS=Loading the voice")
    begun = time.perf_counter()
    voice = Voice.load(voice_path)
    sink: Sink = WavSink(output, voice.sample_rate) if output else PyAudioSink(voice.sample_rate, device)
    loaded = time.perf_counter()
    voice.warm_up()
    _log.info(
        "voice %s: loaded in %.2f s, warmed up in %.2f s",
        voice.manifest.name,
        loaded - begun,
        time.perf_counter() - loaded,
    )
    speaker = Speaker(voice, Player(sink))
    asyncio.run(_run(speaker, handed or bind(socket_path)))
    if handed is None:
        socket_path.unlink(missing_ok=True)
    if speaker.is_busy:
        # The interpreter's own end would crash under a thread that is still inside torch or the card's driver.
        logging.shutdown()
        os._exit(0)


async def _run(speaker: Speaker, listener: socket.socket) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    speaker.start()
    clients: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (a callback of start_unix_server is a task)
        clients.add(task)
        try:
            await _serve_client(speaker, reader, writer, len(clients))
        except asyncio.CancelledError:
            # The daemon is stopping. asyncio's stream callback would print this one as an error.
            _log.debug("hung up on a client")
        finally:
            clients.discard(task)

    server = await asyncio.start_unix_server(connected, sock=listener, limit=MAX_LINE, backlog=MAX_CLIENTS)
    watchdog = asyncio.create_task(systemd.feed_watchdog(lambda: speaker.is_alive))
    systemd.notify(f"READY=1\nSTATUS=Speaking as {speaker.voice.manifest.name}")
    _log.info("listening on %s", listener.getsockname())
    await stopped.wait()
    systemd.notify("STOPPING=1")
    server.close()
    # First the speech, so that clients still hear that theirs was cancelled.
    await asyncio.to_thread(speaker.close)
    for task in (watchdog, *clients):
        task.cancel()


async def _serve_client(
    speaker: Speaker, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, clients: int
) -> None:
    try:
        if clients > MAX_CLIENTS:
            error = {"text": f"{MAX_CLIENTS} clients are connected already.", "code": "busy"}
            writer.write(encode(Event("error", error)))
        else:
            await Connection(speaker, reader, writer).serve()
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def refuse_live_socket(path: Path) -> None:
    """Makes sure that nobody listens at `path`; a socket file that a dead daemon left is removed.

    Raises:
        DaemonError: a daemon answers there, or the path is something else than a socket.
    """
    try:
        is_socket = stat.S_ISSOCK(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise _untried(path, error) from error
    if not is_socket:
        message = f"{path} exists and is not a socket; it is left alone. Choose another --socket."
        raise DaemonError(message)
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError as error:
            raise _untried(path, error) from error
    message = f"A daemon is listening on {path} already. Stop it first, or choose another --socket."
    raise DaemonError(message)


def _untried(path: Path, error: OSError) -> DaemonError:
    return DaemonError(f"The socket {path} cannot be tried: {error.strerror or error}. Choose another --socket.")


def bind(path: Path) -> socket.socket:
    """Listens at `path`, for its owner and group only.

    Raises:
        DaemonError: the path cannot be used.
    """
    listener = socket.socket(socket.AF_UNIX)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The mode is set by bind itself: between bind and a chmod anybody could connect.
        before = os.umask(0o777 & ~SOCKET_MODE)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
    except OSError as error:
        listener.close()
        message = f"The daemon cannot listen on {path}: {error.strerror or error}. Choose another --socket."
        raise DaemonError(message) from error
    return listener
