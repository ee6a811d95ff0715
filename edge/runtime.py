"""How a process that synthesises should treat a small machine. To be called before torch is imported."""

from __future__ import annotations

import ctypes
import os

SETTINGS = {
    # Threads that wait for work spin for microseconds and then sleep. Spinning for long, libgomp's default, makes a
    # sentence now and then forty times slower when other programs have the cores; sleeping at once makes it twice as
    # slow when none has (docs/performance.md).
    "GOMP_SPINCOUNT": "10000",
    # oneDNN keeps a compiled kernel for every length that it has seen, 1024 of them by default.
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64",
}


def prepare() -> None:
    """Sets what the environment has not set: libgomp and oneDNN read it when they are loaded."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)


def give_back_memory() -> None:
    """Returns what a sentence took and no longer needs to the system: glibc keeps it, 80 MB of it, for a next time."""
    ctypes.CDLL(None).malloc_trim(0)
