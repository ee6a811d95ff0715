from __future__ import annotations

import fcntl
import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from edge import runtime

runtime.prepare()  # before anything imports torch: with other programs on the cores, threads that spin stand in the way

# The same examples each time, however long they take: what has passed passes again, on a slow and busy machine as well.
# New ones are `make fuzz`'s business.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

# A shell that starts the tests in the background has them ignore this, and so every process that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.daemons", "tests.packages", "tests.sound_card", "tests.voices"]

SLOW = {"joe_bundle", "melo_bundle", "melo_voice", "recorder_plugin", "built"}
"""What takes a build, packages, or sound that is played in its time: `make test-fast` leaves out what uses these, and
what is marked `slow` itself."""

ROOT = Path(__file__).parents[1]
PARTS = ("build", "checkpoints", "int8", "model", "phrase_files.py", "phrases.py", "text", "voice")
BUILDERS = ("scripts/build_torchscript.py", *(f"edge/{part}" for part in PARTS))
"""What decides the contents of a bundle, as in the Makefile."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and SLOW.intersection(item.fixturenames):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def joe_bundle() -> Path:
    """The default voice, built and judged by its build step; kept for as long as the builders stay the same.

    In the user's cache, as it takes minutes and every checkout needs it.
    """
    import platformdirs  # the tests of the operator run where it is not, on emulated ARM

    folder = platformdirs.user_cache_path("melo-edge") / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    bundle = folder / f"joe-{_digest()[:16]}"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # runs side by side build it once
        if not (bundle / "manifest.json").exists():
            build = [sys.executable, "scripts/build_torchscript.py", "--voice", "joe", "--out", bundle]
            subprocess.run(build, cwd=ROOT, check=True)
    return bundle


def _digest() -> str:
    """Of every builder's name and contents."""
    digest = hashlib.sha256()
    for part in BUILDERS:
        path = ROOT / part
        for file in sorted(path.rglob("*") if path.is_dir() else [path]):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()
