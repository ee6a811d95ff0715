"""What is asked of systemd, and of the daemon. `systemctl` is a stand-in here; tests/device boots with the real one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.errors import DaemonError
from edge.update import daemon as module
from edge.update.daemon import SystemDaemon
from tests.daemons import Daemon

SYSTEMCTL = """#!/bin/sh
case $1 in
    show) echo {state} ;;
    is-enabled) exit {is_enabled} ;;
    restart) echo "Job for $2 failed
because." >&2; exit {restarts} ;;
esac
"""


@pytest.fixture(autouse=True)
def booted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BOOTED", tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


def systemctl(folder: Path, *, state: str = "active", is_enabled: int = 0, restarts: int = 0) -> None:
    path = folder / "systemctl"
    path.write_text(SYSTEMCTL.format(state=state, is_enabled=is_enabled, restarts=restarts), encoding="ascii")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("state", "is_enabled", "wanted"),
    [
        ("active", 1, True),
        ("activating", 1, True),
        ("failed", 1, True),
        ("inactive", 0, True),
        ("inactive", 1, False),
    ],
)
def test_a_daemon_that_nobody_wants_is_not_started(tmp_path: Path, state: str, is_enabled: int, wanted: bool) -> None:
    systemctl(tmp_path, state=state, is_enabled=is_enabled)
    assert SystemDaemon(tmp_path / "tts.sock").is_wanted is wanted


def test_without_systemd_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    systemctl(tmp_path)
    monkeypatch.setattr(module, "BOOTED", tmp_path / "nothing")
    assert not SystemDaemon(tmp_path / "tts.sock").is_wanted


def test_a_restart_that_fails_says_what_systemd_says(tmp_path: Path) -> None:
    systemctl(tmp_path)
    SystemDaemon(tmp_path / "tts.sock").restart()
    systemctl(tmp_path, restarts=1)
    with pytest.raises(DaemonError, match=r"does not start: Job for melo-edge.service failed because\."):
        SystemDaemon(tmp_path / "tts.sock").restart()


def test_it_is_asked_over_its_socket(daemon: Daemon, tmp_path: Path) -> None:
    assert SystemDaemon(daemon.socket).speaks_with() == daemon.ask("status", "status")["bundle"]
    with pytest.raises(DaemonError, match="No daemon answers"):
        SystemDaemon(tmp_path / "tts.sock").speaks_with()
