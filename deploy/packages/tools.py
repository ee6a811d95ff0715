"""Programs that packages are built with, and how they are run."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parents[2]

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "melo-edge"
"""What takes long to make and depends on pinned input alone."""


@contextmanager
def made_once(folder: Path) -> Iterator[Path | None]:
    """A new folder to fill, which then becomes `folder`; or None if somebody did that before, or just now.

    Who asks while another fills it waits.
    """
    locks = CACHE / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / folder.name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            yield None
            return
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        yield part
        part.rename(folder)


class PackagingError(Exception):
    """A package cannot be built; the message says why and what to do."""


def run(*command: str | Path, folder: Path = PROJECT, environment: Mapping[str, str] | None = None) -> str:
    """Runs a program and returns what it printed.

    Raises:
        PackagingError: it failed; with the end of what it said.
    """
    settings = {**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})}
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise PackagingError(f"{' '.join(map(str, command))} failed with status {done.returncode}:\n{said}")
    return done.stdout


def need(programs: Mapping[str, str]) -> None:
    """Sees to it that programs, or files by their paths, are there, each named with the Debian package it comes with.

    Raises:
        PackagingError: some are missing and cannot be installed.
    """
    missing = sorted({package for program, package in programs.items() if not _is_there(program)})
    if not missing:
        return
    advice = f"Programs that build packages are missing here. As root, run: apt-get install {' '.join(missing)}"
    if os.geteuid() or not shutil.which("apt-get"):
        raise PackagingError(advice)
    install: Sequence[str] = ("apt-get", "install", "--yes", "-qq", "--no-install-recommends", *missing)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(*install, environment=quiet)
    except PackagingError:
        run("apt-get", "update", "-qq")
        run(*install, environment=quiet)


def _is_there(program: str) -> bool:
    return Path(program).exists() if "/" in program else shutil.which(program) is not None


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks a tar into a folder, which is made: the files are the caller's, and devices stay out.

    By tar itself: Python's own way to do this safely came with 3.11.4, and Debian 12 has 3.11.2.

    Raises:
        PackagingError: the archive is damaged, or the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    options = ("--no-same-owner", "--same-permissions", "--delay-directory-restore", "--exclude=./dev/*")
    run("tar", "--extract", "--file", archive, "--directory", folder, *options)
