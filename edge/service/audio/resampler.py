"""From the voice's rate to one that the card can play, in a stream."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from edge.service.audio.sink import Pcm

DELAY_SECONDS = 0.012
"""How long soxr's filter holds a sample back: 10.9 ms from 22.05 kHz to 48, 10.9 to 44.1. It is a part of the time
between `stop` and silence."""


class Resampler:
    """Takes blocks and returns blocks of the same duration, later by `delay` frames.

    soxr's variable-rate mode is the one that answers each block at once, with the quality of "HQ" (flat to 0.91 of the
    band, noise at -81 dB, that of 16 bits). The others hold back up to 28 ms and then give 40 ms at once, more than the
    device's buffer.
    """

    def __init__(self, rate: int, device_rate: int) -> None:
        """Both in Hz."""
        import soxr  # not at the top: most cards play the voice's rate

        self.delay = ceil(DELAY_SECONDS * rate)
        """Frames at `rate`."""
        self._stream = soxr.ResampleStream(rate, device_rate, 1, dtype="int16", quality="HQ", vr=True)

    def __call__(self, pcm: Pcm) -> Pcm:
        """Return the next sound at the device's rate, shape `(frames,)`."""
        resampled: Pcm = self._stream.resample_chunk(np.ascontiguousarray(pcm))
        return resampled
