"""What systemd hands over and wants to hear. Without systemd all of it does nothing.

Sources: sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3), systemd.exec(5) on `$JOURNAL_STREAM`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Callable

from systemd import daemon, journal

IDENTIFIER = "melo-edge"
"""Whose lines they are, for `journalctl -t`."""


def notify(state: str) -> None:
    """Tells systemd `state`, such as `READY=1`."""
    daemon.notify(state)


def handed_sockets() -> list[socket.socket]:
    """The listening sockets of `melo-edge.socket`, one for each of its `ListenStream=`; none without it."""
    return [socket.socket(fileno=descriptor) for descriptor in daemon.listen_fds()]


async def feed_watchdog(is_healthy: Callable[[], bool]) -> None:
    """Feeds systemd's watchdog from inside the event loop, so that a loop that hangs is restarted.

    Stops feeding, for good, when `is_healthy` says no.
    """
    microseconds = int(os.environ.get("WATCHDOG_USEC", "0"))
    while microseconds and is_healthy():
        notify("WATCHDOG=1")
        # Half of the limit, as sd_watchdog_enabled(3) recommends.
        await asyncio.sleep(microseconds / 2e6)


def journal_handler() -> logging.Handler | None:
    """What writes a log to the journal, each record with its level and its fields.

    None where standard error does not lead there: then it has nothing but lines for people.
    """
    stderr = os.fstat(sys.stderr.fileno())
    if os.environ.get("JOURNAL_STREAM") != f"{stderr.st_dev}:{stderr.st_ino}":
        return None
    handler: logging.Handler = journal.JournalHandler(SYSLOG_IDENTIFIER=IDENTIFIER)
    return handler


def journal_fields(**values: object) -> dict[str, object]:
    """A log record's `extra` that the journal keeps beside the message: `outcome` as `MELO_EDGE_OUTCOME`."""
    return {f"MELO_EDGE_{name.upper()}": value for name, value in values.items()}
