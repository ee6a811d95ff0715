"""README.md is the product's face: what it shows, works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sound_card import SoundCard

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

PROVED_ELSEWHERE = {
    ".venv/bin/python deploy/build_offline_bundle.py": "tests/deploy/test_packages.py",
    "scp": "tests/device, as a USB stick",
    "tar -xf": "tests/device",
    "make demo": "tests/test_demo.py",
    "make test": "this run",
    "make test-arm": ".ci/run",
    "scripts/build_torchscript.py": "tests/build/test_bundle.py, tests/build/test_sources.py",
    "melo-edge bench": "tests/cli/test_bench.py",
}
"""By how the command begins."""


def blocks(language: str) -> list[str]:
    """Fenced code blocks, without the indentation of a list item."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", README, re.MULTILINE | re.DOTALL)
    return ["\n".join(line.removeprefix(indent) for line in code.splitlines()) for indent, code in found]


def commands() -> list[str]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line.split("   #")[0].strip() for line in lines if line.strip()]


def is_for_a_device(command: str) -> bool:
    return command.startswith("sudo ")


def is_proved_elsewhere(command: str) -> bool:
    return command.startswith(tuple(PROVED_ELSEWHERE))


def to_run() -> list[str]:
    return [command for command in commands() if not is_for_a_device(command) and not is_proved_elsewhere(command)]


@pytest.fixture(scope="module")
def shell(
    joe_bundle: Path, tmp_path_factory: pytest.TempPathFactory, recorder_plugin: Path
) -> dict[str, str]:
    """An environment in which `melo-edge` is the checkout's and speaks into a recording card."""
    folder = tmp_path_factory.mktemp("readme")
    card = SoundCard(folder, recorder_plugin, "")
    command = folder / "melo-edge"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m edge.cli "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return {
        **os.environ,
        **card.environment,
        "PATH": f"{folder}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "MELO_EDGE_VOICE": str(joe_bundle),
        "MELO_EDGE_CONFIG": os.devnull,
        "MELO_EDGE_CACHE_DIR": str(folder / "phrases"),
        "HOME": str(folder),
    }


@pytest.fixture(scope="module")
def daemon_socket(shell: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("daemon")
    process = subprocess.Popen(
        ["melo-edge", "serve", "--socket", folder / "tts.sock", "--output", folder / "said.wav"], env=shell
    )
    try:
        while not (folder / "tts.sock").exists():
            assert process.poll() is None
            time.sleep(0.05)
        yield folder / "tts.sock"
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("command", to_run())
def test_a_command_works(command: str, shell: dict[str, str], daemon_socket: Path, tmp_path: Path) -> None:
    for program in ("socat", "aplay"):
        if program in command and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    environment = shell | {"MELO_EDGE_SOCKET": str(daemon_socket)}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], env=environment, cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_works(code: str, shell: dict[str, str], daemon_socket: Path) -> None:
    environment = shell | {"MELO_EDGE_SOCKET": str(daemon_socket)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "audio-chunk" in done.stdout


def test_there_is_something_to_run() -> None:
    assert len(to_run()) > 8
    assert blocks("python")


@pytest.mark.parametrize("command", [command for command in commands() if is_for_a_device(command)])
def test_a_device_command_is_whole(command: str) -> None:
    """These need a Raspberry Pi's root: their syntax and the files that they name are checked here."""
    assert subprocess.run(["bash", "-n", "-c", command], check=False).returncode == 0
    for name in re.findall(r"deploy/[\w.-]+", command):
        assert (ROOT / name).is_file(), name


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target
