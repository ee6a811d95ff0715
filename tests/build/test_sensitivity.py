from __future__ import annotations

import pytest
import torch

from edge.build.reference import IDENTICAL_DB, speak_reference
from edge.build.sensitivity import (
    BYTES_FP32,
    FILE_SHARE,
    FLOAT_SHARE,
    LAYER_LIMIT_DB,
    PART_LIMIT_DB,
    TWO_BITS,
    Sensitivity,
    choose_finely,
    choose_int8,
    measure,
)
from edge.int8.calibrate import Calibration, calibrating
from edge.int8.convert import Converter
from edge.voice import Scales
from tests.model.variants import MELO, random_inputs, random_model

GOOD = dict.fromkeys(PART_LIMIT_DB, 99.0)
"""Parts of which none is noisy."""
LIMIT = LAYER_LIMIT_DB["vocoder."]


def layers(*ratios: float) -> dict[str, float]:
    return {f"vocoder.ups.{i}": ratio for i, ratio in enumerate(ratios)}


def calibrated(*products: int) -> Calibration:
    return Calibration(products={f"vocoder.ups.{i}": count for i, count in enumerate(products)})


def test_quiet_layers_are_all_chosen() -> None:
    names = layers(*[LIMIT] * 9)
    assert choose_int8(Sensitivity(names, GOOD), calibrated(*range(1, 10))) == list(names)


def test_a_noisy_layer_stays_float_if_it_is_cheap() -> None:
    share = round(1000 * FLOAT_SHARE)
    for cost, stays in ((share, True), (share + 1, False)):
        chosen = choose_int8(Sensitivity(layers(LIMIT - 1, 99), GOOD), calibrated(cost, 1000 - cost))
        assert ("vocoder.ups.0" not in chosen) == stays
        assert "vocoder.ups.1" in chosen


def test_together_the_float_layers_keep_to_their_share_and_relieve_most() -> None:
    products = [20, 20, 10, 10, 5, 1935]
    sensitivity = Sensitivity(layers(20, 10, 12, 27, 99, 1), GOOD)
    chosen = choose_int8(sensitivity, calibrated(*products))
    kept = {int(name[-1]) for name in sensitivity.layers if name not in chosen}
    assert sum(products[i] for i in kept) <= FLOAT_SHARE * sum(products)
    assert kept == {1, 2, 3}  # 0 no longer fits, 4 is quiet, 5 is dear


@pytest.mark.parametrize("part", PART_LIMIT_DB)
def test_a_part_under_its_limit_stays_float_as_a_whole(part: str) -> None:
    names = {f"{other}a": 99.0 for other in PART_LIMIT_DB}
    calibration = Calibration(products=dict.fromkeys(names, 100))
    for ratio, chosen in ((PART_LIMIT_DB[part], True), (PART_LIMIT_DB[part] - 0.1, False)):
        found = choose_int8(Sensitivity(names, GOOD | {part: ratio}), calibration)
        assert (f"{part}a" in found) == chosen
        assert set(names) - {f"{part}a"} <= set(found)


def test_float_layers_get_10_bits_and_the_most_sensitive_12_while_they_fit() -> None:
    total = 10_000
    allowance = (BYTES_FP32 * FILE_SHARE - 1) * total
    sensitivity = Sensitivity(layers(30, 10, 20, 25), GOOD)
    zero, one, two, three = sensitivity.layers
    fits = int(allowance / TWO_BITS)  # weights that may get two bits more
    weights = {zero: fits // 8, one: fits // 8, two: fits // 4, three: fits // 2}
    finely = choose_finely(sensitivity, [one], weights, total)
    assert finely == {zero: 10, two: 10, three: 10} | {zero: 12}
    assert choose_finely(sensitivity, [], dict.fromkeys(weights, fits - 100), total) == {one: 10}
    assert choose_finely(sensitivity, list(weights), weights, total) == {}


def test_every_candidate_and_every_part_is_tried_and_the_model_left_alone() -> None:
    model = random_model(MELO)
    scales = Scales(noise_scale=0.6, noise_scale_w=0.8, length_scale=2.0, sdp_ratio=0.2)
    with calibrating(model) as calibration:
        references = [speak_reference(model, random_inputs(9), scales, seed) for seed in range(2)]
    converter = Converter(model, calibration)
    tried: list[list[str]] = []

    def track(trials: list[list[str]]) -> list[list[str]]:
        tried.extend(trials)
        return trials

    found = measure(model, converter, references, track)
    names = converter.candidates()
    assert list(found.layers) == names
    assert set(found.parts) == set(PART_LIMIT_DB)
    assert len(tried) == len(names) + len(found.parts)
    assert all(10 < ratio < IDENTICAL_DB for ratio in (*found.layers.values(), *found.parts.values()))
    # All layers of a part together are noisier than its median one.
    for part, ratio in found.parts.items():
        assert ratio < torch.tensor([found.layers[name] for name in names if name.startswith(part)]).median()
    again = speak_reference(model, random_inputs(9), scales, 0)
    assert torch.equal(again.audio, references[0].audio)
