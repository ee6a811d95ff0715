"""What a device installs, built once for all tests."""

from __future__ import annotations

import fcntl
import hashlib
import platform
import shutil
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
MADE_OF = ("edge", "deploy", "setup.py", "pyproject.toml", "README.md", "LICENSE")
DAY = 86400.0


class Built(NamedTuple):
    program: Path
    voice: Path
    archive: Path


@pytest.fixture(scope="session")
def built(joe_bundle: Path) -> Built:
    """The packages for this machine and the archive with them; kept for as long as what they are made of is the same.

    In the user's cache, as it takes a minute and a gigabyte of copying.
    """
    import platformdirs

    from deploy.packages.cli import build
    from deploy.packages.elf import NewerSystemError

    if arch() == "amd64" and sys.version_info[:2] != (3, 11):
        pytest.skip("!!! THE PACKAGES ARE NOT TESTED: torch in them is this .venv's, which is not Python 3.11's")
    cache = platformdirs.user_cache_path("melo-edge") / "tests"
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"packages-{_digest(joe_bundle)[:16]}"
    with (cache / "packages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # runs side by side build them once
        if not folder.exists():
            _forget(cache)
            part = folder.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            try:
                build(arch(), [joe_bundle], part)
            except NewerSystemError as error:
                pytest.skip(f"!!! THE PACKAGES ARE NOT TESTED: {error}")
            part.rename(folder)
    program, voice = (next(folder.glob(f"{name}_*.deb")) for name in ("melo-edge", "melo-edge-voice-joe"))
    return Built(program, voice, next(folder.glob("*.tar")))


def arch() -> str:
    """Debian's name for this machine's processor."""
    return {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]


def _forget(cache: Path) -> None:
    """Other builds, 300 MB each, unless somebody may still be testing them."""
    for folder in cache.glob("packages-*"):
        if time.time() - folder.stat().st_mtime > DAY:
            shutil.rmtree(folder)


def _digest(bundle: Path) -> str:
    digest = hashlib.sha256((bundle / "manifest.json").read_bytes())
    for part in MADE_OF:
        path = ROOT / part
        for file in sorted(path.rglob("*") if path.is_dir() else [path]):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()
