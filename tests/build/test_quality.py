from __future__ import annotations

import math

import msgspec
import pytest
import torch

from edge.build import quality
from edge.build.judges import Judge, Sample
from edge.build.quality import THRESHOLDS, judge, missed, refuse_loss
from edge.build.reference import speak_reference
from edge.errors import BundleError
from edge.voice import Scales, Score
from tests.model.variants import MELO, random_inputs, random_model

NAN = math.nan
FINE = {
    "PESQ-wb": Score(4.55, 4.4, 4.2, 4.0),
    "DistillMOS": Score(-0.02, -0.5, -0.1, -0.2),
    "PLCMOS": Score(0.0, -0.5, 0.1, 0.2),
    "SNR dB": Score(12.0, 9.0, 1.0, 40.0),
}


def changed(name: str, **scores: float) -> quality.Quality:
    return FINE | {name: msgspec.structs.replace(FINE[name], **scores)}


def test_what_reaches_every_threshold_is_not_complained_of() -> None:
    assert missed(FINE) == []
    refuse_loss(FINE)
    at_the_limit = {name: Score(limit.mean, max(limit.worst, -99), 0, 0) for name, limit in THRESHOLDS.items()}
    assert missed(at_the_limit) == []


def test_a_judge_that_was_not_there_is_not_missed() -> None:
    assert missed({}) == []


@pytest.mark.parametrize(
    ("name", "scores", "words"),
    [
        ("PESQ-wb", {"mean": 4.49}, "PESQ-wb is 4.490 (worst 4.400) and must reach 4.5 (worst 4.3)"),
        ("PESQ-wb", {"worst": 4.29}, "PESQ-wb is 4.550 (worst 4.290) and must reach 4.5 (worst 4.3)"),
        ("PESQ-wb", {"mean": NAN}, "PESQ-wb is nan (worst 4.400) and must reach 4.5 (worst 4.3)"),
        ("PESQ-wb", {"worst": NAN}, "PESQ-wb is 4.550 (worst nan) and must reach 4.5 (worst 4.3)"),
        ("DistillMOS", {"mean": -0.081}, "DistillMOS is -0.081 (worst -0.500) and must reach -0.08"),
        ("DistillMOS", {"mean": NAN}, "DistillMOS is nan (worst -0.500) and must reach -0.08"),
        ("PLCMOS", {"mean": -0.11}, "PLCMOS is -0.110 (worst -0.500) and must reach -0.1"),
    ],
)
def test_a_missed_threshold_is_one_sentence_and_stops_the_build(
    name: str, scores: dict[str, float], words: str
) -> None:
    assert missed(changed(name, **scores)) == [words]
    with pytest.raises(BundleError) as caught:
        refuse_loss(changed(name, **scores))
    assert words in str(caught.value)
    assert "--allow-quality-loss" in str(caught.value)


def test_all_missed_thresholds_are_named() -> None:
    bad = {name: Score(-9, -9, 0, 0) for name in THRESHOLDS}
    with pytest.raises(BundleError) as caught:
        refuse_loss(bad)
    assert all(name in str(caught.value) for name in THRESHOLDS)


def judged(monkeypatch: pytest.MonkeyPatch, *some: Judge) -> quality.Quality:
    """Two references; INT8 says the first twice as loud and the second as it is."""
    model = random_model(MELO)
    references = [speak_reference(model, random_inputs(9), Scales(0.6, 0.8, 2.0, 0.2), seed) for seed in range(2)]
    spoken = [2 * references[0].audio, references[1].audio]
    monkeypatch.setattr(quality, "installed", lambda: list(some))
    return judge(references, ["one", "two"], spoken, [3 * references[0].audio], 16_000, lambda judges: judges)


def loudness(sample: Sample) -> float:
    return float(abs(sample.sound).max() / abs(sample.reference).max())


def test_scores_are_mean_worst_and_controls_and_differences_without_a_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quality, "at_judges_rate", lambda audio, rate: audio.flatten().numpy())
    found = judged(
        monkeypatch,
        Judge("more", compares=True, score=loudness),
        Judge("less", compares=True, score=loudness, less_is_better=True),
        Judge("alone", compares=False, score=lambda sample: float(abs(sample.sound).sum() / 1e9 + len(sample.text))),
    )
    assert (found["more"].mean, found["more"].worst, found["more"].other_noise) == (1.5, 1.0, 3.0)
    assert found["less"].worst == 2.0
    assert 0.9 < found["more"].white_noise < 1.1
    assert found["more"].white_noise != 1.0
    assert found["alone"] == Score(0, 0, 0, 0)


@pytest.mark.parametrize("number", [NAN, math.inf, -math.inf])
@pytest.mark.parametrize("less_is_better", [False, True])
def test_what_is_no_number_can_be_written_and_never_passes(
    monkeypatch: pytest.MonkeyPatch, number: float, less_is_better: bool
) -> None:
    odd = Judge("PESQ-wb", compares=True, score=lambda sample: number, less_is_better=less_is_better)
    score = judged(monkeypatch, odd)["PESQ-wb"]
    assert msgspec.json.decode(msgspec.json.encode(score), type=Score) == score
    assert math.isfinite(score.mean)
    if math.isnan(number):
        assert (score.mean > 100) if less_is_better else bool(missed({"PESQ-wb": score}))


def test_white_noise_is_as_loud_as_the_control_says() -> None:
    audio = torch.randn(1, 1, 100_000)
    noise = quality._noisy(audio, torch.Generator().manual_seed(0)) - audio
    ratio = 20 * torch.log10(audio.norm() / noise.norm())
    assert float(ratio) == pytest.approx(quality.WHITE_NOISE_DB, abs=0.1)
