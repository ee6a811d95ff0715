from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from edge.build import judges
from edge.build.judges import RATE, SHORTEST, Judge, Sample, Sound, at_judges_rate, installed, word_error_rate


def speechlike(seconds: float = 2.0) -> Sound:
    """A buzz of 120 Hz in syllables."""
    time = np.arange(round(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 120 * n * time) / n for n in range(1, 30))
    return (0.1 * buzz * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time))).astype(np.float32)


def noise(seconds: float = 2.0) -> Sound:
    return (0.1 * np.random.default_rng(0).standard_normal(round(seconds * RATE))).astype(np.float32)


@pytest.mark.parametrize(
    ("said", "heard", "rate"),
    [
        ("Dinner is ready.", "dinner is ready", 0.0),
        ("Dinner is ready.", "Dinner, is it ready?", 1 / 3),
        ("Dinner is ready.", "Dinner ready", 1 / 3),
        ("Dinner is ready.", "Thinner is ready", 1 / 3),
        ("Dinner is ready.", "", 1.0),
        ("Dinner is ready.", "is ready dinner", 2 / 3),
        ("Stop!", "please do not stop now", 4.0),
        ("It doesn't.", "it doesn't", 0.0),
        ("¿Está?", "está", 0.0),
        ("", "", 0.0),
        ("...", "two words", 2.0),
    ],
)
def test_word_errors_are_edits_per_word_said(said: str, heard: str, rate: float) -> None:
    assert word_error_rate(said, heard) == pytest.approx(rate)


@pytest.fixture(scope="module")
def quick() -> dict[str, Judge]:
    """The judges that are no networks."""
    pytest.importorskip("pesq")
    return {judge.name: judge for judge in (judges._pesq(), judges._log_spectral(), judges._snr())}


def test_nothing_is_better_than_no_difference(quick: dict[str, Judge]) -> None:
    sound = speechlike()
    slightly, much = (sound + level * noise() for level in (0.01, 0.3))
    for judge in quick.values():
        same, slight, large = (judge.score(Sample("", sound, other)) for other in (sound, slightly, much))
        assert (same < slight < large) if judge.less_is_better else (same > slight > large)


def test_what_identical_sounds_get(quick: dict[str, Judge]) -> None:
    same = Sample("", speechlike(), speechlike())
    assert quick["PESQ-wb"].score(same) > 4.6
    assert quick["log-spectral dB"].score(same) == 0
    assert quick["SNR dB"].score(same) > 100


def test_known_noise_is_measured(quick: dict[str, Judge]) -> None:
    sound = noise()
    assert quick["SNR dB"].score(Sample("", sound, 1.1 * sound)) == pytest.approx(20, abs=0.1)
    assert quick["log-spectral dB"].score(Sample("", sound, 2 * sound)) == pytest.approx(6.02, abs=0.1)


@pytest.mark.parametrize("sound", [noise(), np.zeros(2 * RATE, np.float32)], ids=["noise", "silence"])
def test_pesq_never_takes_what_is_no_speech_for_speech(quick: dict[str, Judge], sound: Sound) -> None:
    assert not quick["PESQ-wb"].score(Sample("", speechlike(), sound)) > 1.5


@pytest.mark.parametrize("missing", ["pesq", "distillmos", "speechmos", "faster_whisper"])
def test_a_judge_that_is_not_installed_is_left_out(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = {"distillmos", "speechmos", "faster_whisper", missing}  # the networks take seconds to load
    for name in gone.union(name for name in sys.modules if name.partition(".")[0] in gone):
        monkeypatch.setitem(sys.modules, name, None)
    names = [judge.name for judge in installed()]
    assert names == ([] if missing == "pesq" else ["PESQ-wb"]) + ["log-spectral dB", "SNR dB"]


@pytest.mark.parametrize("make", [judges._distillmos, judges._plcmos, judges._word_errors])
def test_a_network_hears_even_the_shortest_sound_and_says_the_same_twice(make: object) -> None:
    try:
        judge = make()
    except ImportError as error:
        pytest.skip(str(error))
    sample = Sample("Two.", *[at_judges_rate(torch.randn(1, 1, 20) * 0.1, 8000)] * 2)
    score = judge.score(sample)
    assert 0 <= score <= 5
    assert judge.score(sample) == score


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 44_100])
def test_sounds_are_brought_to_one_rate_within_full_scale(rate: int) -> None:
    time = torch.arange(rate) / rate
    sound = at_judges_rate(1.5 * torch.sin(2 * torch.pi * 440 * time)[None, None], rate)
    assert sound.dtype == np.float32
    assert abs(len(sound) - RATE) <= 1
    assert np.abs(sound).max() == 1
    assert int(np.abs(np.fft.rfft(sound)).argmax()) == 440


def test_a_short_sound_gets_silence_behind_it() -> None:
    sound = at_judges_rate(torch.ones(1, 1, 100), RATE)
    assert len(sound) == SHORTEST
    assert not sound[100:].any()
    assert sound[:100].all()
