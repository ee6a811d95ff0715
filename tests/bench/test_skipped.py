"""What is not installed or not at hand is skipped, with the line that mends it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from edge.bench import original, upstream
from edge.build.progress import Progress
from edge.errors import EdgeError


def test_without_onnx_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    rows = original.rows(Path("nowhere"), Progress())
    assert [row.value for row in rows] == [None, None]
    assert all("pip install" in row.skipped for row in rows)


def test_without_upstream(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(EdgeError, match=upstream.PACKAGE):
        upstream._installed()
