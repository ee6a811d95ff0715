"""The header of a WAV file that is written while it is made."""

from __future__ import annotations

import struct

HEADER_BYTES = 44
UNKNOWN_BYTES = 0xFFFFFFFF - HEADER_BYTES
"""The `size` of a stream whose end nobody knows yet: as much as the header can say."""


def header(rate: int, size: int) -> bytes:
    """The bytes before `size` bytes of 16-bit mono PCM at `rate` Hz (RIFF, Microsoft and IBM, 1991)."""
    size = min(size, UNKNOWN_BYTES)
    return struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", size + 36, b"WAVEfmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", size
    )
