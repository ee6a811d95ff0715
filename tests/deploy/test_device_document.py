"""docs/device.md is what `scripts/device_document.py` writes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "device.md").read_text(encoding="utf-8")


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("device_document", ROOT / "scripts" / "device_document.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_text_of_the_script_is_in_the_document() -> None:
    module = script()
    for text in (module.HEAD, module.INSTALLED, module.RECOVERY, module.OTHERS, module.FAULTS, module.NOTES):
        assert text.strip() in DOCUMENT


def test_without_measurements_it_says_which_command_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = script()
    monkeypatch.setattr(module, "BUILD", tmp_path)
    assert module.main() == 1
    assert "make test-device" in capsys.readouterr().err
