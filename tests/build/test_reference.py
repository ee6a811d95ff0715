"""What FP32 says is the same in every build, and so is what calibration sees."""

from __future__ import annotations

import torch

from edge.build.reference import Reference, speak_reference
from edge.int8.calibrate import Calibration, calibrating
from edge.voice import Scales
from tests.model.variants import MELO, random_inputs, random_model

SCALES = Scales(noise_scale=0.6, noise_scale_w=0.8, length_scale=2.0, sdp_ratio=0.2)


def spoken(global_seed: int, seed: int) -> tuple[Calibration, Reference]:
    model = random_model(MELO)
    torch.manual_seed(global_seed)
    with calibrating(model) as calibration:
        reference = speak_reference(model, random_inputs(12), SCALES, seed)
    return calibration, reference


def test_a_seed_decides_all_that_is_said_and_seen() -> None:
    (seen, said), (seen_again, said_again) = spoken(1, seed=3), spoken(2, seed=3)
    assert torch.equal(said.audio, said_again.audio)
    assert seen.peaks.keys() == seen_again.peaks.keys()
    for name, peaks in seen.peaks.items():
        assert torch.equal(peaks, seen_again.peaks[name]), name
    for name, correlation in seen.correlations.items():
        assert torch.equal(correlation, seen_again.correlations[name]), name


def test_another_seed_says_it_otherwise() -> None:
    assert not torch.equal(spoken(1, seed=3)[1].audio, spoken(1, seed=4)[1].audio)


def test_the_callers_random_numbers_go_on_as_if_nothing_had_been_said() -> None:
    spoken(5, seed=3)
    after = torch.rand(3)
    torch.manual_seed(5)
    assert torch.equal(after, torch.rand(3))
