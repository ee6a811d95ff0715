"""What systemd hands over and wants to hear. Without systemd all of it does nothing.

Sources: sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3).
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable

from systemd import daemon


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
