"""What this processor is and can do."""

from __future__ import annotations

import os
import platform
from pathlib import Path

# The instructions that decide how fast INT8 can be, by the name that Linux gives them.
INTEGER_FEATURES = {
    "x86_64": ("avx2", "avx_vnni", "avx512_vnni"),
    "aarch64": ("asimd", "asimddp", "i8mm"),
}


def model() -> str:
    """The processor's name, as `/proc/cpuinfo` or the device tree tells it."""
    fields = _cpuinfo()
    tree = Path("/proc/device-tree/model")
    board = tree.read_text(encoding="utf-8").rstrip("\0") if tree.exists() else ""
    return board or fields.get("model name") or platform.machine()


def features() -> list[str]:
    """Which of `INTEGER_FEATURES` it has."""
    fields = _cpuinfo()
    flags = (fields.get("flags") or fields.get("Features") or "").split()
    return [name for name in INTEGER_FEATURES.get(platform.machine(), ()) if name in flags]


def cores() -> int:
    """How many this process may run on."""
    return len(os.sched_getaffinity(0))


def _cpuinfo() -> dict[str, str]:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}
