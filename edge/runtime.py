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


def prepare() -> None:
    """Sets what the environment has not set, as libgomp and oneDNN read it when they are loaded, and malloc's heaps."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    # One heap for all threads: glibc's others are never longer than 64 MB and go back whenever they are empty.
    ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def keep_memory() -> None:
    """Has malloc keep what a sentence needed for the next one, until `give_back_memory`. For when a voice is loaded.

    By default it maps large blocks for each tensor anew, and gives a free end of the heap back at once: the kernel then
    clears every tensor's pages again, an eighth of a sentence's time and more (docs/performance.md).
    """
    libc = ctypes.CDLL(None)
    libc.mallopt(_M_MMAP_THRESHOLD, 32 << 20)
    libc.mallopt(_M_TRIM_THRESHOLD, 1 << 30)


def give_back_memory() -> None:
    """Returns what a sentence took and no longer needs to the system: it is kept for a next time."""
    ctypes.CDLL(None).malloc_trim(0)
