"""The daemon that systemd runs: told to take over another voice, and asked whether it did."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from edge.client import Client
from edge.errors import DaemonError

UNIT = "melo-edge.service"

BOOTED = Path("/run/systemd/system")
"""Exists where systemd is the system's manager: sd_booted(3)."""

ANSWER_SECONDS = 30.0
"""How long a daemon that is ready may take to say what it speaks with."""


class SystemDaemon:
    """`melo-edge.service`, and its socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    @property
    def is_wanted(self) -> bool:
        """Whether systemd is there, and runs the daemon, or has reason to: it is enabled, or it failed."""
        if not BOOTED.is_dir() or shutil.which("systemctl") is None:
            return False
        state = _systemctl("show", "--property=ActiveState", "--value", UNIT).stdout.strip()
        return state != "inactive" or _systemctl("is-enabled", UNIT).returncode == 0

    def restart(self) -> None:
        """Returns when the daemon is ready.

        Raises:
            DaemonError: it does not get ready.
        """
        done = _systemctl("restart", UNIT)
        if done.returncode:
            reason = " ".join(done.stderr.split())
            message = f"{UNIT} does not start: {reason}"
            raise DaemonError(message)

    def speaks_with(self) -> str:
        """The `identity` of the bundle that the daemon speaks with.

        Raises:
            DaemonError: it does not answer.
        """
        with Client(self._socket, timeout=ANSWER_SECONDS) as client:
            return str(client.status()["bundle"])


def _systemctl(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemctl", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
