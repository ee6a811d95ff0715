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


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""Numbers of `mallopt`'s parameters: glibc's <malloc.h>."""

MALLOC = {
    # By default large blocks are mapped for each tensor anew, and a free end of the heap goes back at once: every
    # tensor's pages are then cleared by the kernel again, an eighth of a sentence's time (docs/performance.md). What
    # is kept instead goes back by `give_back_memory`.
    _M_MMAP_THRESHOLD: 32 << 20,
    _M_TRIM_THRESHOLD: 1 << 30,
    # One heap for all threads: glibc's others are never longer than 64 MB and go back when they are empty.
    _M_ARENA_MAX: 1,
}


def prepare() -> None:
    """Sets what the environment has not set, as libgomp and oneDNN read it when they are loaded; and malloc's ways."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    libc = ctypes.CDLL(None)
    for parameter, number in MALLOC.items():
        libc.mallopt(parameter, number)


def give_back_memory() -> None:
    """Returns what a sentence took and no longer needs to the system: it is kept for a next time."""
    ctypes.CDLL(None).malloc_trim(0)
