"""`melo-edge serve` in a process of its own, as a device runs it, for what is measured through its socket."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from edge.client import Client
from edge.config import FILE_VARIABLE, PREFIX
from edge.errors import EdgeError

PATIENCE = 120
"""Seconds until a daemon that does not listen, or is silent when an answer is due, counts as broken."""


class Running(NamedTuple):
    """A daemon that answers."""

    pid: int
    socket: Path
    client: Client


@contextmanager
def running(voice: Path, folder: Path, *arguments: str | Path) -> Iterator[Running]:
    """Starts a daemon with `arguments` of `serve`, and ends it with the context. Its socket and log are in `folder`.

    Raises:
        EdgeError: it does not start; the message has its last words.
    """
    path, log = folder / "socket", folder / "daemon.log"
    command = [sys.executable, "-m", "edge.cli", "serve", "--voice", voice, "--socket", path, *arguments]
    # What this machine's own daemon is told is not for this one.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with log.open("wb") as words:
        process = subprocess.Popen(command, stderr=words, env={**environment, FILE_VARIABLE: os.devnull})
    try:
        with _connect(path, process, log) as client:
            yield Running(process.pid, path, client)
    finally:
        process.terminate()
        process.wait()


def _connect(path: Path, process: subprocess.Popen[bytes], log: Path) -> Client:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return Client(path, timeout=PATIENCE)
        except EdgeError:
            if process.poll() is not None or time.monotonic() > deadline:
                last = log.read_text(encoding="utf-8").strip()[-500:]
                raise EdgeError(f"The daemon does not start: {last}") from None
        time.sleep(0.1)


def cpu_seconds(pid: int) -> float:
    """Of all threads of a process: proc(5), `stat`, fields 14 and 15."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
