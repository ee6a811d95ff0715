"""`melo-edge say`, `stop`, `cancel`, `pause`, `resume` and `voices`, as processes against a daemon."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemons import PATIENCE, Daemon, Line, SpeakingDaemon, assert_explained, eventually, melo_edge, quiet

LONG = "This is a sentence that nobody needs to hear to its end. " * 9


def current(daemon: Daemon) -> str | None:
    """The id of what is being said."""
    name: str | None = daemon.ask("status", "status")["current"]
    return name


def say_all(line: Line, *names: str) -> None:
    """Queues a long message for each name; what becomes of the first meanwhile is not looked at."""
    for name in names:
        line.send("say", text=LONG, id=name, priority="message")
    line.until("queued", of=names[-1])


def run(daemon: Daemon, *arguments: str) -> None:
    """The command, which is to succeed and to say nothing."""
    done = melo_edge(*arguments, "--socket", daemon.socket)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def start(daemon: Daemon, *arguments: str) -> subprocess.Popen[bytes]:
    """`say`, which goes on while the test does."""
    command = [sys.executable, "-m", "edge.cli", "say", "--socket", str(daemon.socket), *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=quiet())


def spoken(daemon: Daemon) -> int:
    """How many characters the daemon was last asked to say."""
    lines = [line for line in daemon.log.splitlines() if "characters to say" in line]
    return int(lines[-1].split()[-4])


@pytest.mark.parametrize("source", ["arguments", "standard input", "file"])
def test_says_a_text_from_anywhere(daemon: Daemon, tmp_path: Path, source: str) -> None:
    text = "Buenos días, señor."
    (tmp_path / "text").write_text(text)
    options = {"arguments": text.split(), "standard input": [], "file": ["--file", str(tmp_path / "text")]}[source]
    done = melo_edge("say", *options, "--socket", daemon.socket, "--wait", stdin=text.encode())
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert spoken(daemon) == len(text)


@pytest.mark.parametrize("wait", ["--wait", "-w"])
def test_returns_when_it_is_queued_or_when_it_was_heard(speaking: SpeakingDaemon, wait: str) -> None:
    run(speaking, "say", LONG)
    eventually(lambda: current(speaking) is not None)
    run(speaking, "stop")
    before = speaking.card.recording()[1].size
    run(speaking, "say", wait, "--speed", "2", "--no-cache", "Hello.")
    assert speaking.card.recording()[1].size > before
    assert current(speaking) is None


# --- As spd-say --------------------------------------------------------------------------------------


def test_waiting_ends_well_when_somebody_else_stops_it(speaking: SpeakingDaemon) -> None:
    waiting = start(speaking, "--wait", LONG)
    eventually(lambda: current(speaking) is not None)
    run(speaking, "stop")
    assert waiting.communicate(timeout=PATIENCE) == (None, b"")
    assert waiting.returncode == 0


def test_waiting_ends_well_when_it_is_not_urgent_enough_to_be_said(speaking: SpeakingDaemon) -> None:
    run(speaking, "say", "-P", "message", LONG)
    eventually(lambda: current(speaking) is not None)
    said = current(speaking)
    run(speaking, "say", "--wait", "--priority", "notification", "A key.")
    assert current(speaking) == said


@pytest.mark.parametrize("option", ["-S", "--stop"])
def test_can_stop_what_is_being_said_first(speaking: SpeakingDaemon, option: str) -> None:
    with speaking.connect() as line:
        say_all(line, "said", "waiting")
        run(speaking, "say", option, "-P", "message", LONG)
        line.until("cancelled", of="said")
        line.until("started", of="waiting")
        assert speaking.ask("status", "status")["queued"] == 1


@pytest.mark.parametrize("option", ["-C", "--cancel"])
def test_can_cancel_all_that_is_said_or_waits_first(speaking: SpeakingDaemon, option: str) -> None:
    with speaking.connect() as line:
        say_all(line, "said", "waiting")
        run(speaking, "say", option, "-P", "message", LONG)
        left = {"said", "waiting"}
        while left and (event := line.read()) is not None:
            left -= {event["data"]["id"]} if event["type"] == "cancelled" else set()
        assert left == set()
        eventually(lambda: current(speaking) not in {None, "said", "waiting"})


@pytest.mark.parametrize("option", ["-S", "-C"])
def test_can_only_end_what_is_said_and_then_needs_no_text(speaking: SpeakingDaemon, option: str) -> None:
    run(speaking, "say", LONG)
    only = start(speaking, option)  # whose standard input stays open
    assert only.wait(PATIENCE) == 0
    eventually(lambda: current(speaking) is None)
    for pipe in (only.stdin, only.stderr):
        assert pipe is not None
        pipe.close()


def test_interrupted_while_it_waits_it_takes_its_own_speech_with_it(speaking: SpeakingDaemon) -> None:
    waiting = start(speaking, "-w", "-P", "message", LONG)
    eventually(lambda: current(speaking) is not None)
    with speaking.connect() as line:
        other = line.say("I am innocent.", priority="message")
        waiting.send_signal(signal.SIGINT)
        assert waiting.communicate(timeout=PATIENCE) == (None, b"")
        assert waiting.returncode == 130
        assert line.until("finished", of=other) == ["started", "finished"]


# --- Errors ------------------------------------------------------------------------------------------


def test_a_priority_that_there_is_not_is_told_those_that_there_are(daemon: Daemon) -> None:
    done = melo_edge("say", "-P", "urgent", "Hello", "--socket", daemon.socket)
    assert_explained(done, "urgent", "important", "message", "text", "notification", "progress", status=2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([""], ["empty"]),
        (["--speed", "9", "Hello"], ["speed is 9", "0.25", "4"]),
        (["--volume", "2", "Hello"], ["volume is 2", "0", "1"]),
        (["--speed", "nan", "Hello"], ["speed"]),
        (["--speaker", "nobody", "Hello"], ["nobody"]),
        (["-l", "de", "Hello"], ["The voice joe reads en_US, not 'de'."]),
        (["--wait", "🙂"], ["nothing to speak"]),
        (["--file", "no-such-file"], ["no-such-file", "No such file"]),
        ([b"\xff\xfe"], ["UTF-8"]),
    ],
    ids=str,
)
def test_what_cannot_be_said_is_explained(daemon: Daemon, arguments: list[str], words: list[str]) -> None:
    assert_explained(melo_edge("say", "--socket", daemon.socket, *arguments), *words)


def test_bytes_that_are_no_text_are_explained(daemon: Daemon) -> None:
    assert_explained(melo_edge("say", "--socket", daemon.socket, stdin=b"caf\xe9"), "byte 3", "iconv")
    assert_explained(melo_edge("say", "--socket", daemon.socket, stdin=b""), "empty")


def test_a_text_over_every_limit_is_explained(daemon: Daemon) -> None:
    assert_explained(melo_edge("say", "--socket", daemon.socket, stdin=b"a " * 150_000), "300000", "limit")
    assert_explained(melo_edge("say", "--socket", daemon.socket, stdin=b"a " * 4_000_000), "longer than")


def test_voices_lists_them(daemon: Daemon) -> None:
    done = melo_edge("voices", "--socket", daemon.socket)
    assert done.returncode == 0
    assert "joe" in done.stdout.decode()
    assert "en_US" in done.stdout.decode()


@pytest.mark.parametrize("command", ["stop", "cancel", "pause", "resume"])
def test_with_nothing_being_said_there_is_nothing_to_complain_about(daemon: Daemon, command: str) -> None:
    run(daemon, command)


def test_cancel_drops_one_or_all(speaking: SpeakingDaemon) -> None:
    with speaking.connect() as line:
        say_all(line, "a", "b", "c")
        run(speaking, "cancel", "b")
        line.until("cancelled", of="b")
        eventually(lambda: current(speaking) == "a")
        assert_explained(melo_edge("cancel", "b", "--socket", speaking.socket), "'b'", "may be over")
        run(speaking, "cancel")
        line.until("cancelled", of="c")
    eventually(lambda: current(speaking) is None)


def test_pause_and_resume(speaking: SpeakingDaemon) -> None:
    with speaking.connect() as line:
        name = line.say("This goes on after a pause.")
        line.until("started", of=name)
        run(speaking, "pause")
        assert speaking.ask("status", "status")["state"] == "paused"
        run(speaking, "resume")
        assert line.until("finished", of=name) == ["finished"]
