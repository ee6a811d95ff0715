"""A minimal Debian of each release, made once and kept: what a device has before anything of ours is installed."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
from pathlib import Path

import platformdirs

PACKAGES = ("systemd-sysv", "dbus", "adduser", "socat")
"""Besides the required ones: systemd as the first process, and what a user of a device types."""

OPTIONS = (
    "--variant=minbase",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=force-unsafe-io",  # nothing here outlives a crash of the machine that tests
)


class UnavailableError(Exception):
    """This machine cannot run the device; the message says why."""


def root(suite: str) -> Path:
    """The folder with the files of a release. Nobody may change it: machines lay theirs over it.

    Raises:
        UnavailableError: mmdebstrap cannot make it.
    """
    cache = platformdirs.user_cache_path("melo-edge") / "device"
    cache.mkdir(parents=True, exist_ok=True)
    made_of = " ".join((suite, *PACKAGES, *OPTIONS))
    folder = cache / f"debian-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}"
    with (cache / f"{suite}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # runs side by side make it once
        if not folder.exists():
            _make(suite, folder)
    return folder


def _make(suite: str, folder: Path) -> None:
    parts = folder.with_suffix(".part")
    subprocess.run(["rm", "-rf", parts], check=True)
    command = ["mmdebstrap", "--quiet", *OPTIONS, f"--include={','.join(PACKAGES)}", suite, parts]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise UnavailableError(f"mmdebstrap cannot make a Debian {suite}: {made.stderr.strip()[-500:]}")
    parts.rename(folder)
