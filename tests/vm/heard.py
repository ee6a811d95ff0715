"""Is a sound in what a card recorded, whole and at its right speed?"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

RATE = 48000
"""Hz, of the emulated card and of all sounds here."""

Sound = npt.NDArray[np.float64]


class Found(NamedTuple):
    begin: int
    """Where it was found, in frames of the recording."""
    correlation: float
    """1: the recording is there the same sound, louder or softer."""
    before: float
    """The loudest sample in front of it, of full scale."""
    after: float
    """The loudest sample behind it."""


def recorded(file: Path) -> Sound:
    """The first of a recording's channels, `(frames,)`."""
    sound, rate = soundfile.read(file, always_2d=True)
    assert rate == RATE
    first: Sound = sound[:, 0]
    return first


def resampled(pcm: npt.NDArray[np.int16], rate: int) -> Sound:
    """What a card that can only do `RATE` should play."""
    sound: Sound = soxr.resample(pcm / 32768, rate, RATE)
    return sound


def find(sound: Sound, recording: Sound) -> Found:
    """Looks for all of `sound` in a recording that is longer, by the correlation's peak.

    A gap, a lost tail or another speed moves a part of the sound against the rest, and the correlation falls.
    """
    size = 1 << (recording.size + sound.size).bit_length()
    products = np.fft.irfft(np.fft.rfft(recording, size) * np.fft.rfft(sound, size).conj(), size)
    begin = int(products[: recording.size - sound.size + 1].argmax())
    end = begin + sound.size
    there = recording[begin:end]
    correlation = float(sound @ there / max(np.linalg.norm(sound) * np.linalg.norm(there), 1e-12))
    return Found(begin, correlation, loudest(recording[:begin]), loudest(recording[end:]))


def loudest(sound: Sound) -> float:
    return float(np.abs(sound).max(initial=0.0))
