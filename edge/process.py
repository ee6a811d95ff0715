"""What Linux tells about a process."""

from __future__ import annotations

import os
from pathlib import Path


def resident_bytes(pid: int | None = None) -> int:
    """Resident memory of a process, this one by default: the second field of `/proc/PID/statm`, proc(5).

    Raises:
        OSError: there is no such process.
    """
    pages = Path(f"/proc/{pid or os.getpid()}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
