"""The daemon's life: what it needs to start, when it answers, how it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemons import PATIENCE, Daemon, Line, SpeakingDaemon, assert_explained, eventually, melo_edge
from tests.sound_card import SoundCard

SENTENCES = "This is a sentence that nobody needs to hear to its end. " * 100
ONE_SENTENCE = "And this goes on, " + "and this goes on " * 200
"""Seconds of work that cannot be interrupted."""

# Starts a program as systemd does: with a listening socket as file descriptor 3.
HAND_OVER = """
import os, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


class Manager:
    """systemd's end of sd_notify."""

    def __init__(self, path: Path) -> None:
        self.environment = {"NOTIFY_SOCKET": str(path)}
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(PATIENCE)
        self.socket.bind(str(path))

    def until(self, wanted: str) -> list[str]:
        """All lines up to and with the message that has `wanted`."""
        lines: list[str] = []
        deadline = time.monotonic() + PATIENCE
        while wanted not in lines:
            assert time.monotonic() < deadline, lines
            lines += self.socket.recv(4096).decode().splitlines()
        return lines


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    manager = Manager(tmp_path / "notify")
    yield manager
    manager.socket.close()


def test_a_whole_life_under_systemds_eyes(joe_bundle: Path, tmp_path: Path, manager: Manager) -> None:
    """Also: a stale socket file is replaced, and the new one is for the owner and the group."""
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(tmp_path / "tts.sock"))
    stale.close()
    environment = manager.environment | {"WATCHDOG_USEC": "200000"}
    arguments = ("--voice", joe_bundle, "--output", tmp_path / "heard.wav")
    with Daemon(tmp_path, *arguments, environment=environment) as daemon:
        daemon.ready()
        # Whoever gets through finds a voice that is loaded and warm.
        assert "warmed up" in daemon.log
        before = manager.until("READY=1")
        assert before == ["STATUS=Loading the voice", "READY=1", "STATUS=Speaking as joe"]
        assert stat.S_IMODE(daemon.socket.stat().st_mode) == 0o660
        for _ in range(3):
            manager.until("WATCHDOG=1")
        with daemon.connect() as line:
            # The loop is fed while a sentence of seconds is made.
            line.send("synthesize", text=ONE_SENTENCE)
            for _ in range(3):
                manager.until("WATCHDOG=1")
        daemon.process.terminate()
        manager.until("STOPPING=1")
        assert daemon.process.wait(PATIENCE) == 0
        assert not daemon.socket.exists()


def test_takes_the_socket_that_systemd_hands_over(joe_bundle: Path, tmp_path: Path, manager: Manager) -> None:
    handed = tmp_path / "handed.sock"
    wrapper = (sys.executable, "-c", HAND_OVER, str(handed))
    arguments = ("--voice", joe_bundle, "--output", tmp_path / "heard.wav")
    with Daemon(tmp_path, *arguments, environment=manager.environment, wrapper=wrapper) as daemon:
        eventually(handed.exists)
        with early(handed) as line:
            # Asked before it was ready: the question waits in the socket.
            assert line.ask("ping", "pong", text="early") == {"text": "early"}
            manager.until("READY=1")
            line.until("finished", of=line.say("Hello."))
        assert not daemon.socket.exists()
        assert daemon.stop() == 0
        assert handed.is_socket(), "the socket is systemd's: it outlives the daemon"


def early(path: Path) -> Line:
    """A connection to a socket that may not listen yet."""

    def listening() -> bool:
        try:
            Line(path).close()
        except ConnectionRefusedError:
            return False
        return True

    eventually(listening)
    line = Line(path)
    line.socket.settimeout(PATIENCE)
    return line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_stopped_in_the_middle_of_a_sentence(
    joe_bundle: Path, tmp_path: Path, sound_card: SoundCard, number: signal.Signals
) -> None:
    """Everybody is told, and a client that does not read holds nobody up."""
    with SpeakingDaemon(tmp_path, sound_card, "--voice", joe_bundle) as daemon:
        daemon.ready()
        with daemon.connect() as line, daemon.connect() as asleep:
            line.say(SENTENCES, id="now")
            line.say("Never heard.", id="next")
            asleep.send("synthesize", text=SENTENCES * 10)
            line.until("started")
            eventually(lambda: waiting_to_be_read(asleep) > 100_000)
            daemon.process.send_signal(number)
            told = [(event["type"], event["data"]["id"]) for event in line.rest()]
        assert daemon.process.wait(10) == 0, daemon.log
        assert told == [("cancelled", "now"), ("cancelled", "next")]
        assert not daemon.socket.exists()
        assert "Traceback" not in daemon.log
        assert "Exception" not in daemon.log


def test_stopped_while_torch_is_at_work_it_ends_as_well(joe_bundle: Path, tmp_path: Path) -> None:
    """An interpreter that ends under a thread inside torch crashes: this would be a SIGSEGV or SIGABRT."""
    with Daemon(tmp_path, "--voice", joe_bundle, "--output", tmp_path / "heard.wav") as daemon:
        daemon.ready()
        with daemon.connect() as line:
            line.send("synthesize", text=ONE_SENTENCE)
            time.sleep(0.3)
            assert daemon.stop() == 0
        assert not daemon.socket.exists()
        assert "Traceback" not in daemon.log


def waiting_to_be_read(line: Line) -> int:
    return len(line.socket.recv(1 << 20, socket.MSG_PEEK))


# --- What it refuses ---------------------------------------------------------------------------------


def test_a_live_socket_is_left_to_its_daemon(daemon: Daemon, joe_bundle: Path) -> None:
    done = melo_edge("serve", "--voice", joe_bundle, "--socket", daemon.socket)
    assert_explained(done, str(daemon.socket), "listening", "--socket")
    assert daemon.ask("ping", "pong", text="mine") == {"text": "mine"}


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_path_that_is_no_socket_is_left_alone(joe_bundle: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "precious"
    path.write_text("mine") if kind == "file" else path.mkdir()
    assert_explained(melo_edge("serve", "--voice", joe_bundle, "--socket", path), str(path), "not a socket")
    assert path.is_dir() or path.read_text() == "mine"


def test_a_socket_in_a_folder_that_is_not_ours_is_refused(joe_bundle: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    output = ("--output", tmp_path / "heard.wav")
    done = melo_edge("serve", "--voice", joe_bundle, "--socket", closed / "tts.sock", *output)
    assert_explained(done, str(closed), "Permission denied")


def test_a_socket_path_that_is_too_long_is_refused(joe_bundle: Path, tmp_path: Path) -> None:
    output = ("--output", tmp_path / "heard.wav")
    done = melo_edge("serve", "--voice", joe_bundle, "--socket", tmp_path / ("x" * 120), *output)
    assert done.returncode == 1
    assert "too long" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def broken(bundle: Path, folder: Path, fault: str) -> Path:
    """A copy of a bundle that has a fault."""
    if fault == "missing":
        return folder / "nothing"
    copy = folder / "bundle"
    shutil.copytree(bundle, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    if fault == "newer":
        (copy / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    elif fault == "cut short":
        os.truncate(copy / "voice.ts", 1000)
    elif fault == "changed":
        with (copy / "voice.ts").open("r+b") as file:
            file.seek(100_000)
            file.write(b"changed")
    elif fault == "frontend":
        (copy / "manifest.json").write_text(json.dumps(manifest | {"frontend": "klingon"}))
    return copy


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ("missing", "no voice bundle"),
        ("newer", "format 99"),
        ("cut short", "cut short"),
        ("changed", "checksum"),
        ("frontend", "klingon"),
    ],
)
def test_a_bundle_that_cannot_be_spoken_with_is_explained(
    joe_bundle: Path, tmp_path: Path, fault: str, word: str
) -> None:
    socket_path = tmp_path / "tts.sock"
    done = melo_edge("serve", "--voice", broken(joe_bundle, tmp_path, fault), "--socket", socket_path)
    assert_explained(done, word)
    assert not socket_path.exists()


def test_an_output_that_cannot_be_written_is_explained(joe_bundle: Path, tmp_path: Path) -> None:
    output = tmp_path / "nowhere" / "x.wav"
    done = melo_edge("serve", "--voice", joe_bundle, "--socket", tmp_path / "tts.sock", "--output", output)
    assert_explained(done, str(output))


def test_interrupted_while_it_loads_it_ends_without_a_traceback(joe_bundle: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "edge.cli", "serve", "--voice", joe_bundle, "--socket", tmp_path / "tts.sock"]
    pulled = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")}
    manager = Manager(tmp_path / "notify")
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=pulled) as process:
        manager.until("STATUS=Loading the voice")
        process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=PATIENCE)
    manager.socket.close()
    assert process.returncode in {0, 130}
    assert b"Traceback" not in message
