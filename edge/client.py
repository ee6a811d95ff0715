"""Asking the daemon from Python."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from edge.errors import DaemonError, EdgeError
from edge.places import socket_to_connect
from edge.service.protocol import Event, encode, read_event_from

if TYPE_CHECKING:
    from typing_extensions import Self

SPEECH_ENDS = ("finished", "cancelled", "failed")


class RefusedError(EdgeError):
    """The daemon answered with an error; `code` is its code."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Client:
    """A connection to the daemon.

        with edge.Client() as client:
            client.say("Hello")

    Every method raises `DaemonError` when the daemon cannot be reached or hangs up, and `RefusedError` when it
    answers with an error.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        """Connects to the socket at `path`; None: `$MELO_EDGE_SOCKET`, the user's own or the system's daemon."""
        self._path = Path(path or socket_to_connect())
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(str(self._path))
        except OSError as error:
            self._socket.close()
            raise DaemonError(_unreachable(self._path, error)) from error
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

    def say(self, text: str, *, wait: bool = False, **options: float | str | None) -> str:
        """Has `text` played by the daemon's sound card; returns the utterance's id.

        Args:
            text: what to say.
            wait: return when it was heard.
            options: `id`, `speed`, `volume`, `voice`, `speaker`, `language`.

        Raises:
            RefusedError: also when the speech was cancelled or failed while we waited.
        """
        name = str(self._ask("say", {"text": text, **options}, "queued").data["id"])
        if wait:
            self._wait_for(name)
        return name

    def synthesize(self, text: str, *, voice: str | None = None, speaker: str | None = None) -> Iterator[Event]:
        """Has `text` spoken to us: yields `audio-start` and then `audio-chunk` events, whose payload is PCM."""
        choice = {"name": voice, "speaker": speaker}
        yield self._ask("synthesize", {"text": text, "voice": choice}, "audio-start")
        while (event := self._read()).type != "audio-stop":
            yield event

    def stop(self) -> str | None:
        """Stops what is being said; returns its id, or None when there was nothing."""
        name: str | None = self._ask("stop", {}, "stopped").data["id"]
        return name

    def status(self) -> dict[str, Any]:
        """What the daemon is doing."""
        return self._ask("status", {}, "status").data

    def voices(self) -> list[dict[str, Any]]:
        """The voices, as Wyoming's `info` describes them."""
        return [voice for program in self._ask("describe", {}, "info").data["tts"] for voice in program["voices"]]

    def ping(self) -> None:
        """Returns when the daemon has answered."""
        self._ask("ping", {}, "pong")

    def _ask(self, kind: str, data: dict[str, Any], answer: str) -> Event:
        """Sends a request and reads up to its answer; events of earlier speech may come before it."""
        try:
            self._socket.sendall(encode(Event(kind, data)))
        except BrokenPipeError:
            # A daemon that hangs up, on too long a text for example, has said why: the next event.
            pass
        except OSError as error:
            raise DaemonError(_unreachable(self._path, error)) from error
        while (event := self._read()).type != answer:
            pass
        return event

    def _read(self) -> Event:
        try:
            event = read_event_from(self._stream)
        except OSError as error:
            raise DaemonError(_unreachable(self._path, error)) from error
        if event is None:
            message = f"The daemon on {self._path} hung up. `journalctl -u melo-edge` may tell why."
            raise DaemonError(message)
        if event.type == "error":
            raise RefusedError(event.data["text"], event.data.get("code", EdgeError.code))
        return event

    def _wait_for(self, name: str) -> None:
        event = self._read()
        while event.type not in SPEECH_ENDS or event.data["id"] != name:
            event = self._read()
        if event.type != "finished":
            message = event.data.get("text", f"The utterance {name} was cancelled.")
            raise RefusedError(message, event.data.get("code", event.type))


def _unreachable(path: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return (
            f"You may not use {path}. Join the group that owns it: sudo usermod -aG melo-edge $USER, then log in again."
        )
    return (
        f"No daemon answers on {path} ({error.strerror or error}). "
        "Start one: melo-edge serve, or systemctl start melo-edge."
    )
