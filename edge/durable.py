"""Changes of files that a power cut cannot undo by halves.

What a program wrote may be lost until `fsync` returns, and so may a name until its folder's `fsync` has. A rename is
seen whole or not at all. Sources: fsync(2), rename(2).
"""

from __future__ import annotations

import ctypes
import os
import shutil
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def sync(path: Path) -> None:
    """Returns when a file's content, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Returns when a folder is on the disk with all that is in it; only its own name may not be."""
    for path, _, files in os.walk(folder, topdown=False):
        for name in files:
            sync(Path(path, name))
        sync(Path(path))


def exchange(one: Path, other: Path) -> None:
    """Lets two names, of files, folders or links on one file system, change places in one step: renameat2(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(one), None, str(other))


def bring(source: Path, target: Path, *, link: bool) -> None:
    """Makes `target`, a new file, hold what the file `source` holds.

    Args:
        source: a file; a link to one is followed.
        target: where nothing is yet.
        link: let both be one file, where that can be: for sources that are never written to, only replaced.
    """
    if link and not source.is_symlink():
        try:
            target.hardlink_to(source)
        except OSError:
            # Another file system, one without hard links, or one link too many.
            pass
        else:
            return
    with source.open("rb") as read, target.open("xb") as written:
        shutil.copyfileobj(read, written, 1 << 20)
        os.fchmod(written.fileno(), 0o644)
