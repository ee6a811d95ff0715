"""Upstream's code is fetched when it is measured; where it cannot be, the row is skipped and says how to get it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from edge.bench import upstream
from edge.bench.subjects import MissingError


def test_without_upstream(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(MissingError, match=upstream.PACKAGE):
        upstream.installed()
