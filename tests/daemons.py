"""pytest plugin: `melo-edge serve` as a process of its own, and a client that speaks its protocol by hand."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

from tests.sound_card import SoundCard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from typing_extensions import Self

PATIENCE = 60
READ_SECONDS = 30
"""Seconds after which a test gives up, in general and on a daemon that is ready; nothing is measured by them."""

ENDS = ("finished", "cancelled", "failed")

Json = dict[str, Any]


class Line:
    """A client made of a socket and `json`: it shares no code with what it tests."""

    def __init__(self, address: Path | tuple[str, int]) -> None:
        """Connects to a Unix socket, or to a host and port."""
        is_tcp = isinstance(address, tuple)
        self.socket = socket.socket(socket.AF_INET if is_tcp else socket.AF_UNIX)
        self.socket.settimeout(READ_SECONDS)
        self.socket.connect(address if is_tcp else str(address))
        self._stream = self.socket.makefile("rb")
        self._read_before: list[Json] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._stream.close()
        self.socket.close()

    def send(self, kind: str, **data: Any) -> None:
        self.send_bytes(json.dumps({"type": kind, "data": data}).encode() + b"\n")

    def send_bytes(self, content: bytes) -> None:
        self.socket.sendall(content)

    def half_close(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def read(self) -> Json | None:
        """The next event, with `payload`; None when the daemon hung up."""
        return self._read_before.pop(0) if self._read_before else self._receive()

    def _receive(self) -> Json | None:
        try:
            line = self._stream.readline()
        except ConnectionResetError:  # it hung up with bytes of ours unread
            return None
        if not line:
            return None
        event: Json = json.loads(line)
        event.setdefault("data", json.loads(self._stream.read(event.get("data_length", 0)) or b"{}"))
        event["payload"] = self._stream.read(event.get("payload_length", 0))
        return event

    def expect(self, kind: str) -> Json:
        """The data of the next event, which must be a `kind`."""
        event = self.read()
        assert event is not None, f"the daemon hung up instead of sending {kind}"
        assert event["type"] == kind, event
        data: Json = event["data"]
        return data

    def until(self, *kinds: str, of: str | None = None) -> list[str]:
        """The types of the events up to and with the first of `kinds`; of one utterance, with its id."""
        types: list[str] = []
        while not types or types[-1] not in kinds:
            event = self.read()
            assert event is not None, f"the daemon hung up after {types}"
            if of is None or event["data"].get("id") == of:
                types.append(event["type"])
        return types

    def rest(self) -> list[Json]:
        """All events until the daemon hangs up."""
        return list(iter(self.read, None))

    def say(self, text: str, **options: Any) -> str:
        """Queues a text; returns its id. What the daemon told of earlier ones in the meantime is read afterwards."""
        self.send("say", text=text, **options)
        earlier = []
        while (event := self._receive()) is not None and event["type"] != "queued":
            earlier.append(event)
        assert event is not None, f"the daemon hung up after {earlier}"
        self._read_before.extend(earlier)
        name: str = event["data"]["id"]
        return name

    def ask(self, kind: str, answer: str, **data: Any) -> Json:
        self.send(kind, **data)
        return self.expect(answer)

    def synthesize(self, text: str, **data: Any) -> bytes:
        """The whole sound."""
        self.send("synthesize", text=text, **data)
        self.expect("audio-start")
        pcm = bytearray()  # `bytes` would be copied with every chunk, which for an hour of sound takes minutes
        while (event := self.read()) is not None and event["type"] == "audio-chunk":
            pcm += event["payload"]
        assert event is not None
        assert event["type"] == "audio-stop"
        return bytes(pcm)


class Daemon:
    """A daemon of the test's own, killed at the end of the `with` if it still runs.

    Args:
        folder: for its socket and log.
        arguments: of `serve`.
        environment: on top of the test's own.
        prelude: Python that runs before it, in its process.
        wrapper: a program, with arguments, that starts it.
    """

    def __init__(
        self,
        folder: Path,
        *arguments: str | Path,
        environment: dict[str, str] | None = None,
        prelude: str = "",
        wrapper: tuple[str, ...] = (),
    ) -> None:
        self.socket = folder / "tts.sock"
        self._log = folder / "log"
        start = f"import sys; {prelude}\nfrom edge.cli import main; sys.exit(main())"
        python = [sys.executable, "-c", start] if prelude else [sys.executable, "-m", "edge.cli"]
        serve = ["serve", "--socket", self.socket, *arguments]
        own = quiet() | {"MELO_EDGE_CACHE_DIR": str(folder / "phrases")} | (environment or {})
        with self._log.open("wb") as log:
            self.process = subprocess.Popen([*wrapper, *python, *serve], env=own, stdout=log, stderr=log)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def tcp(self) -> tuple[str, int]:
        """The TCP address that it says it listens on."""
        [port] = re.findall(r"listening on 127\.0\.0\.1 port (\d+)", self.log)
        return "127.0.0.1", int(port)

    def ready(self) -> Self:
        """Waits until it answers."""
        eventually(self._answers)
        return self

    def connect(self) -> Line:
        return Line(self.socket)

    def ask(self, kind: str, answer: str, **data: Any) -> Json:
        """One question on a connection of its own."""
        with self.connect() as line:
            return line.ask(kind, answer, **data)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal and returns the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def silence(self) -> None:
        """Stops everything that it plays or is about to."""
        with self.connect() as line:
            while (status := line.ask("status", "status"))["current"] or status["queued"]:
                line.ask("stop", "stopped")
                time.sleep(0.01)

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log
        try:
            self.connect().close()
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True


class SpeakingDaemon(Daemon):
    """A daemon with a recording sound card."""

    def __init__(self, folder: Path, card: SoundCard, *arguments: str | Path, prelude: str = "") -> None:
        self.card = card
        super().__init__(folder, *arguments, environment=card.environment, prelude=prelude)


def quiet() -> dict[str, str]:
    """The test's environment without what systemd, or a melo-edge set up here, put into it.

    There are no settings, and no place to keep phrases.
    """
    own = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "JOURNAL_STREAM")
    kept = {name: value for name, value in os.environ.items() if name not in own and not name.startswith("MELO_EDGE")}
    # With more threads than free cores, OpenMP spends its time waiting for itself.
    return kept | {"OMP_NUM_THREADS": "1", "MELO_EDGE_CONFIG": os.devnull, "CACHE_DIRECTORY": os.devnull}


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def unprivileged(command: list[str | Path]) -> list[str | Path]:
    """The command, to which file permissions apply even when root runs the tests."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]


def melo_edge(
    *arguments: str | Path, stdin: bytes | IO[bytes] = b"", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Runs the command to its end, as an unprivileged user."""
    source = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    command = unprivileged([sys.executable, "-m", "edge.cli", *arguments])
    return subprocess.run(
        command, capture_output=True, env=quiet() | (environment or {}), timeout=PATIENCE, check=False, **source
    )


def assert_explained(done: subprocess.CompletedProcess[bytes], *words: str, status: int = 1) -> None:
    """The command failed with a sentence that has `words` in it, and without a traceback."""
    message = done.stderr.decode()
    assert "Traceback" not in message
    assert (done.returncode, done.stdout) == (status, b""), message
    assert [word for word in words if word not in message] == []


@pytest.fixture(scope="session")
def _quick_daemon(joe_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    folder = tmp_path_factory.mktemp("quick")
    with Daemon(folder, "--voice", joe_bundle, "--output", folder / "heard.wav", "--tcp", "127.0.0.1:0") as daemon:
        yield daemon.ready()


@pytest.fixture(scope="session")
def _speaking_daemon(
    joe_bundle: Path, recorder_plugin: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SpeakingDaemon]:
    card = SoundCard(tmp_path_factory.mktemp("card"), recorder_plugin, "")
    with SpeakingDaemon(tmp_path_factory.mktemp("speaking"), card, "--voice", joe_bundle) as daemon:
        yield daemon.ready()


@pytest.fixture
def daemon(_quick_daemon: Daemon) -> Iterator[Daemon]:
    """A daemon that all tests share, with TCP, too. It plays into a file, as fast as it can. It must survive them."""
    _quick_daemon.silence()
    yield _quick_daemon
    assert _quick_daemon.process.poll() is None, _quick_daemon.log


@pytest.fixture
def speaking(_speaking_daemon: SpeakingDaemon) -> Iterator[SpeakingDaemon]:
    """A silent daemon that all tests share, with a sound card: what it says takes its time and is recorded."""
    _speaking_daemon.silence()
    yield _speaking_daemon
    assert _speaking_daemon.process.poll() is None, _speaking_daemon.log
