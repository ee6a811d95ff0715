"""The daemon's life: what it needs to start, when it answers, how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemons import PATIENCE, Daemon, Line, SpeakingDaemon, assert_explained, eventually, melo_edge, quiet
from tests.sound_card import SoundCard

SENTENCES = "This is a sentence that nobody needs to hear to its end. " * 100
ONE_SENTENCE = "And this goes on, " + "and this goes on " * 200
"""Seconds of work that cannot be interrupted."""

# Starts a program as systemd does: with listening sockets as file descriptors 3 and 4.
HAND_OVER = """
import os, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
tcp = socket.create_server(("127.0.0.1", 0))
for source, target in ((listener.fileno(), 13), (tcp.fileno(), 14), (13, 3), (14, 4)):
    os.dup2(source, target)
os.environ.update(LISTEN_FDS="2", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""

HANGING_MODEL = """
import time
from edge.service import speaker
from edge.speech import Voice
speaker.STUCK_SECONDS = 0.5
stream = Voice.stream
def hanging(self, text, **options):
    if options["speed"] == 4:
        time.sleep(600)
    yield from stream(self, text, **options)
Voice.stream = hanging
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

    def falls_silent(self) -> bool:
        """Whether there comes a time, before the 100th message, in which none does for 2 seconds."""
        self.socket.settimeout(2)
        try:
            for _ in range(100):
                self.socket.recv(4096)
        except TimeoutError:
            return True
        return False


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


def test_takes_the_sockets_that_systemd_hands_over(joe_bundle: Path, tmp_path: Path, manager: Manager) -> None:
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
        with over_tcp(daemon) as line:
            assert line.ask("ping", "pong", text="over TCP") == {"text": "over TCP"}
        assert not daemon.socket.exists()
        assert daemon.stop() == 0
        assert handed.is_socket(), "the socket is systemd's: it outlives the daemon"


def test_a_model_that_hangs_is_left_to_the_watchdog(joe_bundle: Path, tmp_path: Path, manager: Manager) -> None:
    """The event loop goes on, so only this can bring the voice back."""
    environment = manager.environment | {"WATCHDOG_USEC": "200000"}
    arguments = ("--voice", joe_bundle, "--output", tmp_path / "heard.wav")
    daemon = Daemon(tmp_path, *arguments, environment=environment, prelude=HANGING_MODEL)
    with daemon, daemon.ready().connect() as line:
        line.until("finished", of=line.say("All is well."))
        manager.until("WATCHDOG=1")
        line.say("It hangs.", speed=4)
        assert manager.falls_silent()
        assert line.ask("ping", "pong", text="still here") == {"text": "still here"}


def over_tcp(daemon: Daemon) -> Line:
    """A connection to the port that the daemon says it listens on."""
    [port] = re.findall(r"listening on 127\.0\.0\.1 port (\d+)", daemon.log)
    return Line(("127.0.0.1", int(port)))


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
            line.say(SENTENCES, id="now", priority="message")
            line.say("Never heard.", id="next", priority="message")
            asleep.send("synthesize", text=SENTENCES * 10)
            line.until("started")
            eventually(lambda: waiting_to_be_read(asleep) > 100_000)
            daemon.process.send_signal(number)
            signalled = time.monotonic()
            told = [(event["type"], event["data"]["id"]) for event in line.rest()]
        assert daemon.process.wait(10) == 0, daemon.log
        assert set(told) == {("cancelled", "now"), ("cancelled", "next")}
        assert sound_card.log()[-1].time - signalled < 1
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


# --- Settings that change while it runs --------------------------------------------------------------


def test_sighup_reads_the_settings_again(joe_bundle: Path, tmp_path: Path, manager: Manager) -> None:
    """Also: one that comes while it loads is not lost."""
    file = tmp_path / "config.toml"
    file.write_text("default_speed = 0.5\n", encoding="utf-8")
    arguments = ("--config", file, "--voice", joe_bundle, "--output", tmp_path / "heard.wav", "--max-clients", "2")
    with Daemon(tmp_path, *arguments, environment=manager.environment) as daemon:
        manager.until("STATUS=Loading the voice")
        change(daemon, file, "default_speed = 2.0\nlog_level = 'debug'\nmax_clients = 9\n")
        with daemon.ready().connect() as line:
            fast = line.synthesize("This is a sentence.")
            assert "default_speed is 2.0 now; it was 0.5" in daemon.log

            # What is right in a file with a mistake is not taken over, either.
            change(daemon, file, "default_speed = 0.5\nmax_qeue = 1\n")
            eventually(lambda: f"{file}, line 2: there is no option 'max_qeue'. Did you mean max_queue?" in daemon.log)
            assert len(line.synthesize("This is a sentence.")) < 1.5 * len(fast)

            change(daemon, file, "max_text = 5\nlog_text = true\nthreads = 2\n")
            eventually(lambda: "threads is None until the next start; then it will be 2" in daemon.log)
            assert len(line.synthesize("This.")) > 0
            for kind, data in (("start", {}), ("chunk", {"text": "Part."}), ("stop", {})):
                line.send(f"synthesize-{kind}", **data)
            line.until("synthesize-stopped")
            line.send("say", text="Longer than five.")
            assert line.expect("error")["code"] == "too-long"

            # The command line keeps the last word.
            with daemon.connect(), daemon.connect() as third:
                assert third.expect("error")["code"] == "busy"
        assert "This is a sentence." not in daemon.log
        assert "'This.' to send back" in daemon.log
        assert "'Part.' to send back" in daemon.log


def test_sighup_reads_the_lexicons_again(joe_bundle: Path, tmp_path: Path) -> None:
    config, words = tmp_path / "config.toml", tmp_path / "lexicon.toml"
    config.touch()
    arguments = ("--voice", joe_bundle, "--output", tmp_path / "heard.wav")
    environment = {"MELO_EDGE_CONFIG": str(config)}
    with Daemon(tmp_path, *arguments, environment=environment) as daemon, daemon.ready().connect() as line:
        # Each is kept as it is said, so that what is said the same is the same sound.
        short, long = line.synthesize("Tick."), line.synthesize("A hundred seconds have gone by.")
        change(daemon, words, '"tick" = "A hundred seconds have gone by"\n')
        eventually(lambda: "read the lexicons again" in daemon.log)
        assert line.synthesize("Tick.") == long

        change(daemon, words, '"tick" = "tock"\n"tack" = 5\n')
        eventually(lambda: f"the lexicons stay as they were: {words}, line 2: 5 is no text" in daemon.log)
        assert line.synthesize("Tick.") == long

        change(daemon, words, "")
        eventually(lambda: daemon.log.count("read the lexicons again") == 2)
        assert line.synthesize("Tick.") == short


def test_emoji_are_said_as_the_setting_or_the_request_tells(joe_bundle: Path, tmp_path: Path) -> None:
    arguments = ("--voice", joe_bundle, "--output", tmp_path / "heard.wav")
    with Daemon(tmp_path, *arguments, "--emoji") as daemon, daemon.ready().connect() as line:
        named, skipped = line.synthesize("Tick, thumbs up."), line.synthesize("Tick.")
        assert line.synthesize("Tick 👍.") == named
        hits = daemon.ask("status", "status")["cache"]["hits"]
        line.until("finished", of=line.say("Tick 👍.", emoji=False))
        line.until("finished", of=line.say("Tick 👍."))
        assert daemon.ask("status", "status")["cache"]["hits"] == hits + 2
        line.send("say", text="Tick.", emoji="yes")
        assert line.expect("error")["code"] == "bad-request"
        assert len(skipped) < len(named)


def test_only_one_thread_has_others_compute_for_it(joe_bundle: Path, tmp_path: Path) -> None:
    """OpenMP's waiting threads sleep at once when there are more than cores, which makes each sentence slower."""
    arguments = ("--voice", joe_bundle, "--output", tmp_path / "heard.wav")

    def tasks(threads: int) -> int:
        with Daemon(tmp_path, *arguments, "--threads", str(threads)) as daemon:
            with daemon.ready().connect() as line:
                line.synthesize("It computes.")
            return len(list(Path(f"/proc/{daemon.process.pid}/task").iterdir()))

    # torch itself keeps as many, which are never used, for convolutions on phones.
    assert tasks(3) == tasks(1) + 2 + 2


def test_killed_and_started_again_it_speaks_and_remembers(joe_bundle: Path, tmp_path: Path) -> None:
    arguments = ("--voice", joe_bundle, "--output", tmp_path / "heard.wav")
    with Daemon(tmp_path, *arguments) as daemon:
        with daemon.ready().connect() as line:
            sound = line.synthesize("This is a sentence.")
        eventually(lambda: daemon.ask("status", "status")["cache"]["disk_entries"] == 1)
        daemon.process.kill()
        daemon.process.wait()
        assert daemon.socket.exists()
    with Daemon(tmp_path, *arguments) as daemon, daemon.ready().connect() as line:
        assert line.synthesize("This is a sentence.") == sound
        assert line.ask("status", "status")["cache"]["hits"] == 1


def change(daemon: Daemon, file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    daemon.process.send_signal(signal.SIGHUP)


# --- Who may connect ---------------------------------------------------------------------------------


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can connect as somebody else")
def test_only_the_owner_and_the_group_are_served_whatever_the_mode(joe_bundle: Path) -> None:
    nobody, group = 65534, 12345
    arguments = ("--voice", joe_bundle, "--output", "heard.wav", "--tcp", "127.0.0.1:0")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # pytest's own folders are for one user
        with Daemon(folder, *arguments[:3], folder / "heard.wav", *arguments[4:]) as daemon:
            daemon.ready()
            os.chown(daemon.socket, -1, group)
            with pytest.raises(PermissionError), somebody(nobody, nobody, []):
                daemon.connect()
            daemon.socket.chmod(0o666)
            with somebody(nobody, nobody, [nobody]):
                stranger, elsewhere = daemon.connect(), over_tcp(daemon)
            assert [event["data"]["code"] for event in stranger.rest()] == ["not-allowed"]
            assert "refused" in daemon.log
            # A TCP connection has no user.
            assert elsewhere.ask("ping", "pong", text="x") == {"text": "x"}
            for member in ((nobody, group, []), (nobody, nobody, [4, group])):
                with somebody(*member):
                    line = daemon.connect()
                assert line.ask("ping", "pong", text="x") == {"text": "x"}
            assert daemon.ask("ping", "pong", text="root") == {"text": "root"}


@contextlib.contextmanager
def somebody(user: int, group: int, groups: list[int]) -> Iterator[None]:
    """The whole test process is this user meanwhile, as far as the kernel asks."""
    own = os.getgroups()
    os.setgroups(groups)
    os.setegid(group)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(own)


# --- What it refuses ---------------------------------------------------------------------------------


def test_a_live_socket_is_left_to_its_daemon(daemon: Daemon, joe_bundle: Path) -> None:
    done = melo_edge("serve", "--voice", joe_bundle, "--socket", daemon.socket)
    assert_explained(done, str(daemon.socket), "listening", "--socket")
    assert daemon.ask("ping", "pong", text="mine") == {"text": "mine"}


@pytest.mark.parametrize(
    ("address", "word"), [("127.0.0.1:{}", "in use"), ("192.0.2.1:0", "assign"), ("host.invalid:1", "host.invalid:1")]
)
def test_a_tcp_address_that_cannot_be_used_is_explained(
    joe_bundle: Path, tmp_path: Path, address: str, word: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        given = address.format(taken.getsockname()[1])
        output = ("--output", tmp_path / "heard.wav", "--socket", tmp_path / "tts.sock")
        assert_explained(melo_edge("serve", "--voice", joe_bundle, *output, "--tcp", given), given, word, "--tcp")
    assert not (tmp_path / "tts.sock").exists()


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
    pulled = {**quiet(), "NOTIFY_SOCKET": str(tmp_path / "notify")}
    manager = Manager(tmp_path / "notify")
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=pulled) as process:
        manager.until("STATUS=Loading the voice")
        process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=PATIENCE)
    manager.socket.close()
    assert process.returncode in {0, 130}
    assert b"Traceback" not in message
