"""Phrases on disk: one FLAC file each, whole or dropped, in a folder that does not outgrow its size.

The rules that keep this simple:
- A file is its sound as FLAC, then the SHA-256 over its key and that FLAC. It is checked before anything decodes it, so
  a torn, changed, renamed or foreign file is never played. Players pass over the 32 bytes at the end.
- Its name is its key, and its modification time says when it was last wanted.
- Whoever writes holds a lock on the folder, which the kernel takes back from a killed process. So there is one
  temporary file at most, and one that is found by the next writer is nobody's.
- Readers take no lock: a file comes to be by a rename, and one that goes while it is read is still read to its end.
- Files of other names are not the cache's: they are neither counted nor touched.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Pcm = npt.NDArray[np.int16]

SUFFIX = ".flac"
_ENTRY = re.compile(rf"[0-9a-f]{{64}}{re.escape(SUFFIX)}")
_TEMPORARY = "writing.tmp"
_CHECKSUM_BYTES = hashlib.sha256().digest_size


def pack(key: str, pcm: Pcm, sample_rate: int) -> bytes:
    """The content of the file of `pcm`, int16 `(n,)` with n > 0: the same bytes each time."""
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, pcm, sample_rate, format="FLAC", subtype="PCM_16")
    flac = buffer.getvalue()
    return flac + _checksum(key, flac)


def unpack(key: str, content: bytes) -> Pcm | None:
    """What `pack` was given, int16 `(n,)`; None if `content` is not that of `key`, whole and unchanged."""
    flac = content[:-_CHECKSUM_BYTES]
    if content[-_CHECKSUM_BYTES:] != _checksum(key, flac):
        return None
    import soundfile

    try:
        pcm: Pcm = soundfile.read(io.BytesIO(flac), dtype="int16")[0]
    except soundfile.SoundFileError:  # the right checksum of what is no FLAC, which a person wrote
        return None
    return pcm


def _checksum(key: str, flac: bytes) -> bytes:
    return hashlib.sha256(key.encode() + flac).digest()


class _File(NamedTuple):
    """One phrase's file; they sort by when they were last wanted."""

    used: int
    """Nanoseconds since 1970."""
    name: str
    size: int


class PhraseFolder:
    """A folder of phrases that several processes may share. The least recently used ones make room for new ones.

    `OSError` comes out of every method, when the disk is full, read-only or worn out; the folder stays usable.
    """

    def __init__(self, path: Path, max_bytes: int, sample_rate: int) -> None:
        """`path` is made, with its parents, for this user alone.

        Raises:
            OSError: it cannot be made, or others could put their files into it.
        """
        import soundfile  # noqa: F401  (here, so that no phrase waits for it)

        self.path = path
        self.entries = self.bytes = 0
        """As of the last time that this process wrote."""
        self._max_bytes = max_bytes
        self._sample_rate = sample_rate
        os.close(self._open())

    def read(self, key: str) -> Pcm | None:
        """The phrase of `key`, int16 `(n,)`; None: there is none. A file that is not what it should be is removed."""
        path = self.path / f"{key}{SUFFIX}"
        try:
            content = _content(path, self._max_bytes)
        except FileNotFoundError:
            return None
        pcm = unpack(key, content)
        if pcm is None:
            with suppress(FileNotFoundError, IsADirectoryError):
                path.unlink()
        return pcm

    def write(self, key: str, pcm: Pcm) -> None:
        """Keeps `pcm`, int16 `(n,)` with n > 0, unless it alone is larger than the folder may be."""
        content = pack(key, pcm, self._sample_rate)
        if len(content) > self._max_bytes:
            return
        name = f"{key}{SUFFIX}"
        with self._locked() as folder:
            files = [file for file in _files(folder) if file.name != name]
            self._make_room(folder, files, len(content))
            new = _File(_now(files), name, len(content))
            try:
                _write(folder, content, new.used)
                # Not synced: a power cut leaves a torn file at worst, which the checksum finds out, and syncing wears
                # a memory card and stops everybody who writes to it.
                os.rename(_TEMPORARY, name, src_dir_fd=folder, dst_dir_fd=folder)
            finally:
                _unlink(folder, _TEMPORARY)
            self._count([*files, new])

    def touch(self, key: str) -> None:
        """Marks the phrase of `key`, if it is there, as the one that was wanted last."""
        with self._locked() as folder, suppress(FileNotFoundError):
            now = _now(_files(folder))
            os.utime(f"{key}{SUFFIX}", ns=(now, now), dir_fd=folder)

    def tidy(self) -> None:
        """Removes what killed processes left, and what is too much since the size was made smaller."""
        with self._locked() as folder:
            _unlink(folder, _TEMPORARY)
            files = _files(folder)
            self._make_room(folder, files, 0)
            self._count(files)

    def _open(self) -> int:
        """A descriptor of the folder."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        about = os.fstat(folder)
        if about.st_uid != os.geteuid() or about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            os.close(folder)
            raise PermissionError(errno.EPERM, "it belongs to another user, or others may write in it", str(self.path))
        return folder

    @contextmanager
    def _locked(self) -> Iterator[int]:
        folder = self._open()
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield folder
        finally:
            os.close(folder)

    def _make_room(self, folder: int, files: list[_File], size: int) -> None:
        """Removes the least recently used of `files`, from the disk and the list, until `size` bytes fit."""
        total = sum(file.size for file in files)
        files.sort(reverse=True)
        while total > self._max_bytes - size:
            oldest = files.pop()
            _unlink(folder, oldest.name)
            total -= oldest.size

    def _count(self, files: list[_File]) -> None:
        self.entries, self.bytes = len(files), sum(file.size for file in files)


def _content(path: Path, max_bytes: int) -> bytes:
    """The bytes of a file, and none of what is no file or larger than `max_bytes`."""
    try:
        # Not blocking, as a pipe would.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return b""
        raise
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode) or about.st_size > max_bytes:
        os.close(descriptor)
        return b""
    with open(descriptor, "rb") as file:  # noqa: PTH123  (a descriptor has no Path)
        return file.read()


def _write(folder: int, content: bytes, used: int) -> None:
    """Writes the temporary file, for this user alone."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with open(os.open(_TEMPORARY, flags, 0o600, dir_fd=folder), "wb") as file:  # noqa: PTH123  (a descriptor)
        file.write(content)
        file.flush()
        os.utime(file.fileno(), ns=(used, used))


def _files(folder: int) -> list[_File]:
    """The phrases in the folder; another process may be dropping one meanwhile."""
    files = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if _ENTRY.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(FileNotFoundError):
                    about = entry.stat(follow_symlinks=False)
                    files.append(_File(about.st_mtime_ns, entry.name, about.st_size))
    return files


def _now(files: list[_File]) -> int:
    """Later than all of `files`, even on a device whose clock starts anew with it."""
    return max([time.time_ns(), *(file.used + 1 for file in files)])


def _unlink(folder: int, name: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
