"""docs/device.md is what `scripts/device_document.py` writes."""

from __future__ import annotations

import importlib.util
import json
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
    parts = (module.HEAD, module.TRIED, module.INSTALLED, module.RECOVERY, module.OTHERS, module.FAULTS, module.NOTES)
    for text in parts:
        assert text.strip() in DOCUMENT


def test_without_measurements_it_says_which_command_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = script()
    monkeypatch.setattr(module, "BUILD", tmp_path)
    assert module.main() == 1
    assert "make test-device" in capsys.readouterr().err


FACTS = {
    "machine": "a processor, 2 cores",
    "boot_to_ready_seconds": 1.7,
    "resident_bytes": 3e8,
    "memory_max_bytes": 6e8,
    "archive_bytes": 2e8,
    "package_bytes": {"melo-edge": 1e8},
    "installed_bytes": {"melo-edge": 5e8},
    "exposure": 0.6,
    "recovery_seconds": {"SIGKILL": 7.0},
}


def test_says_which_release_was_tried_on_which_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = script()
    monkeypatch.setattr(module, "BUILD", tmp_path)
    slower = {**FACTS, "boot_to_ready_seconds": 2.4}
    device = {"bookworm": FACTS, "trixie": slower, "upgraded": True}
    (tmp_path / "device.json").write_text(json.dumps(device), encoding="utf-8")
    computer = {"arm64-trixie-16k-a76: page size, bytes": 16384}
    (tmp_path / "vm.json").write_text(json.dumps(computer), encoding="utf-8")
    assert module.main() == 0
    lines = capsys.readouterr().out.splitlines()
    for line in (
        "| Debian 13 | a processor, 2 cores | container: all that is below |",
        "| Debian 13 | Cortex-A76, emulated | emulated computer, pages of 16 KB: installed, booted, spoke |",
        "| what | Debian 12 | Debian 13 |",
        "| boot to READY, from systemd's start | 1.7 s | 2.4 s |",
        "| SIGKILL | 7 | 7 |",
    ):
        assert line in lines
    assert any(line.startswith("| Debian 12, then 13 |") for line in lines)
