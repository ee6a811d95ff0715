"""How a process that synthesises should treat a small machine. To be called before torch is imported."""

from __future__ import annotations

import os

SETTINGS = {
    # Threads that wait for work sleep instead of spinning. With another program on the cores, spinning made a sentence
    # thirty times slower; without one, sleeping costs nothing that could be measured.
    "OMP_WAIT_POLICY": "PASSIVE",
    # oneDNN keeps a compiled kernel for every length that it has seen, 1024 of them by default.
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64",
}


def prepare() -> None:
    """Sets what the environment has not set: libgomp and oneDNN read it when they are loaded."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
