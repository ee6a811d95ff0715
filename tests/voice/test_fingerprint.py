"""Near for what sounds alike, far for what does not."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from edge.phrase_files import Pcm
from edge.speech import Voice
from edge.voice.fingerprint import BANDS, LETTERS, TOLERANCE_DB, distance_db, fingerprint

TEXT = "The quick brown fox jumps over the lazy dog, and nobody knows why."


@pytest.fixture(scope="module")
def sound(joe: Voice) -> Pcm:
    return joe.synthesize(TEXT, seed=1, cache=False)


def noisy(pcm: Pcm, decibels: float) -> Pcm:
    noise = np.random.default_rng(0).normal(size=pcm.size)
    scale = np.sqrt(np.square(pcm.astype(float)).mean()) * 10 ** (-decibels / 20)
    return (pcm + scale * noise).clip(-32768, 32767).astype(np.int16)


def longer_phone(pcm: Pcm) -> Pcm:
    """With one frame of 256 samples twice: as when a duration is rounded up that was rounded down elsewhere."""
    middle = pcm.size // 2
    return np.concatenate([pcm[:middle], pcm[middle - 256 :]])


@pytest.mark.parametrize("change", [longer_phone, lambda pcm: noisy(pcm, 50)], ids=["longer", "50 dB"])
def test_what_another_processor_may_do_is_near(joe: Voice, sound: Pcm, change: Callable[[Pcm], Pcm]) -> None:
    one, other = (fingerprint(pcm, joe.sample_rate) for pcm in (sound, change(sound)))
    assert distance_db(one, one) == 0
    assert distance_db(one, other) == distance_db(other, one) <= 0.8 * TOLERANCE_DB


@pytest.mark.parametrize(
    "change",
    [
        lambda pcm: noisy(pcm, 10),
        lambda pcm: pcm[::-1],
        lambda pcm: pcm // 4,
        lambda pcm: np.roll(pcm, pcm.size // 2),
        np.zeros_like,
    ],
    ids=["10 dB", "backwards", "quiet", "rolled", "silent"],
)
def test_what_is_wrong_is_far(joe: Voice, sound: Pcm, change: Callable[[Pcm], Pcm]) -> None:
    one, other = (fingerprint(pcm, joe.sample_rate) for pcm in (sound, change(sound)))
    assert distance_db(one, other) > 1.5 * TOLERANCE_DB


@pytest.mark.parametrize("seed", range(2, 6))
def test_other_noise_is_far(joe: Voice, sound: Pcm, seed: int) -> None:
    other = joe.synthesize(TEXT, seed=seed, cache=False)
    assert distance_db(fingerprint(sound, joe.sample_rate), fingerprint(other, joe.sample_rate)) > TOLERANCE_DB


def test_a_sound_that_ends_early_is_infinitely_far(joe: Voice, sound: Pcm) -> None:
    one, other = (fingerprint(pcm, joe.sample_rate) for pcm in (sound, sound[: sound.size * 9 // 10]))
    assert distance_db(one, other) == math.inf


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("samples", [0, 1, 1000, 50000])
def test_any_sound_has_one(rate: int, samples: int) -> None:
    pcm = np.full(samples, 32767, np.int16)
    bands = fingerprint(pcm, rate)
    assert len(bands) == BANDS
    assert {letter for band in bands for letter in band} <= set(LETTERS)
    assert distance_db(bands, bands) == 0
