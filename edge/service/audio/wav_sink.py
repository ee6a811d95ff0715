"""A WAV file in place of a sound card, for machines without one."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

from edge import wav
from edge.errors import SoundCardError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.service.audio.sink import Pcm


class WavSink:
    """Writes what a card would play into one 16-bit mono file, as fast as it comes.

    The header is right after every write, and nothing is held back, so that a killed daemon leaves a whole file.
    (`wave` buffers, and writes again when it is garbage collected, which on a full disk fails a second time.)
    """

    buffer = 0

    def __init__(self, path: Path, sample_rate: int) -> None:
        """Create or replace the file `path`; `sample_rate` in Hz. Raises `SoundCardError` when it cannot."""
        self.sample_rate = sample_rate
        self._path = path
        self._data_bytes = 0
        try:
            self._file = path.open("wb", buffering=0)
            self._write_at(0, wav.header(self.sample_rate, self._data_bytes))
        except OSError as error:
            raise self._failed(error) from error

    def open(self) -> None:
        """Nothing to do: the file is open from the start."""

    def write(self, pcm: Pcm) -> None:
        """Append `pcm`, shape `(frames,)`. Raises `SoundCardError` (disk full, …)."""
        try:
            self._write_at(wav.HEADER_BYTES + self._data_bytes, pcm.tobytes())
            self._data_bytes += pcm.nbytes
            self._write_at(0, wav.header(self.sample_rate, self._data_bytes))
        except OSError as error:
            raise self._failed(error) from error

    def room(self) -> int:
        """Return more than anybody writes at once: a file is never full."""
        return sys.maxsize

    def is_dry(self) -> bool:
        """Return False: a file does not wait for more."""
        return False

    def stop(self) -> None:
        """Nothing to do: what was written counts as heard."""

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write_at(self, offset: int, data: bytes) -> None:
        self._file.seek(offset)
        if self._file.write(data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _failed(self, error: OSError) -> SoundCardError:
        return SoundCardError(f"cannot write {self._path}: {error.strerror}")
