"""A Debian 12 for arm64 whose programs an emulated processor runs on this machine: no hardware, no registration.

`python -m deploy.packages.emulation` prints where it is.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from deploy.packages import debian
from deploy.packages.tools import CACHE, made_once, need

# What the package needs of Debian, and Debian's Python for tests of parts of it.
_PACKAGES = (
    "libpython3.11,python3.11,python3.11-minimal,libstdc++6,libgomp1,libgfortran5,zlib1g,libespeak-ng1,"
    "libportaudio2,libsystemd0"
)


def root() -> Path:
    """The folder with its files, made once; through tar, so that whoever runs this owns them.

    Raises:
        PackagingError: it cannot be made.
    """
    folder = CACHE / f"root-arm64-{hashlib.sha256(_PACKAGES.encode()).hexdigest()[:12]}"
    with made_once(folder) as part:
        if part:
            debian.extract("arm64", "bookworm", _PACKAGES.split(","), part)
    return folder


def emulator(cpu: str) -> list[str]:
    """What to put before a command of arm64's, to run it on an emulated `cpu`, as qemu calls it: `cortex-a72`.

    Raises:
        PackagingError: the emulator or Debian's files cannot be had.
    """
    need({"qemu-aarch64-static": "qemu-user-static"})
    return ["qemu-aarch64-static", "-L", str(root()), "-cpu", cpu]


if __name__ == "__main__":
    sys.stdout.write(f"{root()}\n")
