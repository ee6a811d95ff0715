from __future__ import annotations

import os

from edge.bench.memory import Memory


def test_memory_is_what_linux_says() -> None:
    memory = Memory.of()
    assert 0 < memory.anonymous < memory.resident <= memory.peak
    assert Memory.of(os.getppid()).resident > 0
