"""What systemd is told, over a socket such as its own. The daemon's whole life with it is in `test_daemon.py`."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from edge.service import systemd


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.settimeout(0.5)
    manager.bind(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    return manager


def test_a_state_is_told_as_it_is(told: socket.socket) -> None:
    systemd.notify("READY=1\nSTATUS=Señor")
    assert told.recv(100).decode() == "READY=1\nSTATUS=Señor"


def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "WATCHDOG_USEC"):
        monkeypatch.delenv(name, raising=False)
    systemd.notify("READY=1")
    assert systemd.handed_sockets() == []
    asyncio.run(asyncio.wait_for(systemd.feed_watchdog(lambda: True), 5))


def test_a_socket_handed_to_another_process_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_FDS", "1")
    monkeypatch.setenv("LISTEN_PID", "1")
    assert systemd.handed_sockets() == []


def test_the_watchdog_is_fed_only_while_all_is_well(told: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "20000")
    health = iter([True, True, False])
    asyncio.run(asyncio.wait_for(systemd.feed_watchdog(lambda: next(health)), 10))
    assert [told.recv(100), told.recv(100)] == [b"WATCHDOG=1"] * 2
    with pytest.raises(TimeoutError):
        told.recv(100)


def test_the_log_goes_to_the_journal_where_standard_error_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert systemd.journal_handler() is None
    stderr = os.fstat(sys.stderr.fileno())
    monkeypatch.setenv("JOURNAL_STREAM", f"{stderr.st_dev}:{stderr.st_ino}")
    assert systemd.journal_handler() is not None


def test_lines_stay_lines_where_a_unit_has_sent_standard_error_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = os.fstat(sys.stderr.fileno())
    monkeypatch.setenv("JOURNAL_STREAM", f"{stderr.st_dev}:{stderr.st_ino + 1}")
    assert systemd.journal_handler() is None


def test_a_field_has_a_name_that_the_journal_takes() -> None:
    assert systemd.journal_fields(first_audio=0.5) == {"MELO_EDGE_FIRST_AUDIO": 0.5}
