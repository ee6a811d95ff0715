from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.bench.memory import Memory, grow
from edge.errors import EdgeError


def test_memory_is_what_linux_says() -> None:
    memory = Memory.of()
    assert 0 < memory.anonymous < memory.resident <= memory.peak
    assert Memory.of(os.getppid()).resident > 0


def test_a_model_that_cannot_be_loaded_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EdgeError, match="cannot be measured"):
        grow(tmp_path / "nothing.ts", tmp_path / "inputs.pt", 1)
