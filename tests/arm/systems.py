"""What the tests on emulated ARM run with: Debian's Python, and Python packages for it and for the processor.

- `debian12`: what melo-edge's package for arm64 brings, and pytest.
- `debian13`: what a person gets who installs from source on a Raspberry Pi of today: Python 3.13 and PyPI's wheels.

`python -m tests.arm.systems debian13` prints three lines: the folder of Debian's files, the name of its Python, and the
folders of the Python packages as PYTHONPATH has them. All is made once for each set of pins and kept in the cache.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from deploy.packages import debian, emulation, python_tree
from deploy.packages.tools import CACHE, run

HERE = Path(__file__).parent

DEBIAN_13 = (
    *("base-files", "python3.13", "python3.13-minimal", "libpython3.13-minimal", "libpython3.13-stdlib"),
    *("libstdc++6", "libgomp1", "libgfortran5", "zlib1g", "libespeak-ng1"),
)
"""What Python and its wheels need of Debian, the links in `/`, and what it takes to read text."""

PLATFORMS = (*(f"manylinux_2_{minor}_aarch64" for minor in range(28, 16, -1)), "manylinux2014_aarch64")


class System(NamedTuple):
    root: Path
    """The folder of Debian's files."""
    python: str
    """Its Python, in /usr/bin."""
    packages: tuple[Path, ...]
    """The folders that it imports from."""


def debian12() -> System:
    tools = _made_once("packages-debian12", _pins("tools"), lambda folder: _wheels("3.11", "tools", folder))
    return System(emulation.root(), "python3.11", (python_tree.dependencies("arm64"), tools))


def debian13() -> System:
    root = _made_once("root-debian13", " ".join(DEBIAN_13), _extract_debian13)
    pins = _pins("tools", "debian13-wheels", "debian13-sources")
    return System(root, "python3.13", (_made_once("packages-debian13", pins, _packages_of_debian13),))


def _pins(*names: str) -> str:
    return "".join((HERE / f"{name}.txt").read_text(encoding="utf-8") for name in names)


def _made_once(what: str, recipe: str, make: Callable[[Path], None]) -> Path:
    """A folder of the cache, which `make` fills unless it is there; what was made by another recipe goes."""
    folder = CACHE / f"arm64-{what}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"arm64-{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # runs side by side make it once
        if not folder.exists():
            part = CACHE / f"arm64-{what}.part"
            shutil.rmtree(part, ignore_errors=True)
            make(part)
            for old in CACHE.glob(f"arm64-{what}-*"):
                shutil.rmtree(old)
            part.rename(folder)
    return folder


def _extract_debian13(folder: Path) -> None:
    debian.extract("arm64", "trixie", DEBIAN_13, folder)


def _packages_of_debian13(folder: Path) -> None:
    _wheels("3.13", "tools", folder)
    _wheels("3.13", "debian13-wheels", folder)
    _pip(folder, "--no-build-isolation", "--requirement", HERE / "debian13-sources.txt")


def _wheels(python: str, pins: str, folder: Path) -> None:
    # pip compares what a wheel says of Python with the Python that it runs in itself, whatever it is told.
    foreign = (f"--python-version={python}", "--only-binary=:all:", "--ignore-requires-python")
    _pip(folder, *foreign, *(f"--platform={name}" for name in PLATFORMS), "--requirement", HERE / f"{pins}.txt")


def _pip(folder: Path, *options: str | Path) -> None:
    install = (sys.executable, "-m", "pip", "install", "--quiet", "--quiet", "--no-deps", "--no-compile")
    run(*install, "--require-hashes", "--target", folder, *options)


if __name__ == "__main__":
    system = {"debian12": debian12, "debian13": debian13}[sys.argv[1]]()
    sys.stdout.write(f"{system.root}\n{system.python}\n{':'.join(map(str, system.packages))}\n")
