"""`melo-edge say`, `stop`, `status` and `voices`, as processes against a daemon."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.daemons import Daemon, SpeakingDaemon, assert_explained, melo_edge


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


def test_returns_when_it_is_queued_or_when_it_was_heard(speaking: SpeakingDaemon) -> None:
    text = "This is a sentence that nobody needs to hear to its end."
    assert melo_edge("say", text * 9, "--socket", speaking.socket).returncode == 0
    assert speaking.ask("status", "status")["current"] is not None
    assert melo_edge("stop", "--socket", speaking.socket).returncode == 0
    before = speaking.card.recording()[1].size
    assert melo_edge("say", "--wait", "--speed", "2", "Hello.", "--socket", speaking.socket).returncode == 0
    assert speaking.card.recording()[1].size > before
    assert speaking.ask("status", "status")["current"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([""], ["empty"]),
        (["--speed", "9", "Hello"], ["speed is 9", "0.25", "4"]),
        (["--volume", "2", "Hello"], ["volume is 2", "0", "1"]),
        (["--speed", "nan", "Hello"], ["speed"]),
        (["--speaker", "nobody", "Hello"], ["nobody"]),
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


def test_status_is_for_people_and_programs(daemon: Daemon) -> None:
    done = melo_edge("status", "--json", "--socket", daemon.socket)
    assert done.returncode == 0
    status = json.loads(done.stdout)
    assert (status["state"], status["voice"]) == ("idle", "joe")
    shown = melo_edge("status", "--socket", daemon.socket).stdout.decode()
    assert [name for name in status if name.replace("_", " ") not in shown] == []


def test_voices_lists_them(daemon: Daemon) -> None:
    done = melo_edge("voices", "--socket", daemon.socket)
    assert done.returncode == 0
    assert "joe" in done.stdout.decode()
    assert "en_US" in done.stdout.decode()


def test_stop_with_nothing_to_stop_is_fine(daemon: Daemon) -> None:
    assert melo_edge("stop", "--socket", daemon.socket).returncode == 0
