"""The command as a process: what it is called with, what it returns, and that no error is a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import edge
from edge.cli import COMMANDS
from tests.daemons import Daemon, assert_explained, melo_edge, quiet


def test_without_arguments_it_shows_all_commands() -> None:
    done = melo_edge()
    assert done.returncode == 0
    assert [name for name in COMMANDS if f"  {name} " not in done.stdout.decode()] == []


def test_tells_its_version() -> None:
    assert melo_edge("--version").stdout.decode() == f"melo-edge {edge.__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_refuses_what_it_does_not_know(command: str) -> None:
    done = melo_edge(command, "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"usage: melo-edge " + command.encode() in done.stdout
    assert_explained(melo_edge(command, "--no-such-option"), "usage:", status=2)


@pytest.mark.parametrize(
    "arguments",
    [
        ["dance"],
        ["--dance"],
        ["say", "--speed", "fast", "Hello"],
        ["say", "--priority", "urgent", "Hello"],
        ["serve", "--threads", "0"],
        ["serve", "--threads", "-1"],
        ["bench", "--threads", "none"],
        ["bench", "--threads", "-1"],
        ["synth", "Hello"],
        ["synth", "-o", "x.wav", "--seed", "99999999999999999999999", "Hello"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    assert_explained(melo_edge(*arguments), "usage:", status=2)


QUEUE = (["stop"], ["cancel"], ["pause"], ["resume"])
CLIENTS = (["say", "Hello"], *QUEUE, ["status"], ["status", "--json"], ["voices"])


@pytest.mark.parametrize("arguments", CLIENTS, ids=" ".join)
def test_clients_start_without_torch(daemon: Daemon, arguments: list[str]) -> None:
    probe = (
        "import sys; from edge.cli import main; status = main(sys.argv[1:]); "
        "sys.exit(status or 'torch' in sys.modules or 'numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", probe, *arguments, "--socket", daemon.socket], env=quiet(), check=True)


def test_importing_the_package_does_not_import_torch() -> None:
    probe = "import sys, edge; edge.Client; edge.AsyncClient; sys.exit(not {'torch', 'numpy'}.isdisjoint(sys.modules))"
    subprocess.run([sys.executable, "-c", probe], check=True)


@pytest.mark.parametrize("arguments", CLIENTS, ids=" ".join)
def test_clients_without_a_daemon_tell_how_to_start_one(tmp_path: Path, arguments: list[str]) -> None:
    done = melo_edge(*arguments, "--socket", tmp_path / "tts.sock")
    assert_explained(done, str(tmp_path / "tts.sock"), "melo-edge serve")


def test_clients_that_may_not_connect_are_told_about_the_group(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    assert_explained(melo_edge("status", "--socket", closed / "tts.sock"), "usermod -aG melo-edge")


def test_the_socket_can_be_named_in_the_environment(daemon: Daemon) -> None:
    done = melo_edge("status", environment={"MELO_EDGE_SOCKET": str(daemon.socket)})
    assert done.returncode == 0
    runtime = {"XDG_RUNTIME_DIR": str(daemon.socket.parent)}
    assert b"/melo-edge/tts.sock" in melo_edge("serve", "--help", environment=runtime).stdout.replace(b"\n", b"")


@pytest.mark.parametrize("arguments", [["status", "--json"], ["status"], ["voices"]], ids=" ".join)
def test_output_that_cannot_be_written_is_explained(daemon: Daemon, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "edge.cli", *arguments, "--socket", daemon.socket]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=quiet(), check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"No space left" in done.stderr
