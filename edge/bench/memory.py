"""Resident memory of one process."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec

MEGABYTE = 1e6


class Memory(msgspec.Struct, frozen=True):
    """In bytes; proc(5), `status`."""

    resident: int
    """`VmRSS`: with the pages of libraries that it has touched, which other processes share."""
    anonymous: int
    """`RssAnon`: its own."""
    peak: int
    """`VmHWM`: the most that `resident` ever was."""

    @classmethod
    def of(cls, pid: int | None = None) -> Memory:
        """Reads it."""
        status = Path(f"/proc/{pid or os.getpid()}/status").read_text(encoding="ascii")
        kilobytes = {name: int(number) for name, number in re.findall(r"^(\w+):\s+(\d+) kB$", status, re.MULTILINE)}
        return cls(*(1024 * kilobytes[name] for name in ("VmRSS", "RssAnon", "VmHWM")))
