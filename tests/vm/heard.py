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


SHIFTS = np.arange(-16, 17) / 16
"""Fractions of a frame by which a converter of rates may have moved a sound. Half a frame costs 0.002 of a voice's
correlation."""


class Found(NamedTuple):
    begin: float
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


def resampled(pcm: npt.NDArray[np.int16], factor: float) -> Sound:
    """What a card should play that takes `factor` frames for each of `pcm`."""
    sound: Sound = soxr.resample(pcm / 32768, 1, factor)
    return sound


def find(sound: Sound, recording: Sound) -> Found:
    """Looks for all of `sound` in a recording that is longer, by the correlation's peak.

    A gap, a lost tail or another speed moves a part of the sound against the rest, and the correlation falls.
    """
    size = 1 << (recording.size + sound.size).bit_length()
    spectrum = np.fft.rfft(recording, size) * np.fft.rfft(sound, size).conj()
    begin = int(np.fft.irfft(spectrum)[: recording.size - sound.size + 1].argmax())
    end = begin + sound.size
    there = recording[begin:end]
    waves = np.exp(2j * np.pi / size * np.outer(begin + SHIFTS, np.arange(spectrum.size)))
    products = (waves @ spectrum).real * 2 / size  # the inverse transform, between the frames
    nearest = int(products.argmax())
    correlation = float(products[nearest] / max(np.linalg.norm(sound) * np.linalg.norm(there), 1e-12))
    return Found(begin + SHIFTS[nearest], correlation, loudest(recording[:begin]), loudest(recording[end:]))


def loudest(sound: Sound) -> float:
    return float(np.abs(sound).max(initial=0.0))
