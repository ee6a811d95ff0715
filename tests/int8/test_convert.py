from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import nn

from edge.build.reference import Reference, snr_db, speak_reference
from edge.int8.calibrate import Calibration, calibrating
from edge.int8.convert import PARTS, Converter
from edge.int8.layers import DepthwiseConv, Int8Conv, Int8FusedConv, StreamedInt8Conv
from edge.int8.weights import SMALLEST_WORTH_IT, FineWeight, Int8Weight
from edge.model import Synthesizer
from edge.voice import Scales
from tests.model.variants import MELO, random_inputs, random_model

SCALES = Scales(noise_scale=0.6, noise_scale_w=0.8, length_scale=2.0, sdp_ratio=0.2)
WIDE = dataclasses.replace(
    MELO, inter_channels=32, hidden_channels=48, filter_channels=64, upsample_initial_channel=64, gin_channels=8
)
ENCODER = "text_encoder.proj"


@pytest.fixture
def model() -> Synthesizer:
    return random_model(WIDE)


@pytest.fixture
def reference(model: Synthesizer) -> Reference:
    return speak_reference(model, random_inputs(9), SCALES, 0)


@pytest.fixture
def converter(model: Synthesizer) -> Converter:
    with calibrating(model) as calibration:
        speak_reference(model, random_inputs(12), SCALES, 1)
    return Converter(model, calibration)


def sound(model: Synthesizer, reference: Reference) -> torch.Tensor:
    with torch.inference_mode():
        z, g, _ = reference.encode(model)
        return model.decode(z, g)


def test_candidates_are_what_runs_often_and_the_operator_can_compute(model: Synthesizer, converter: Converter) -> None:
    names = converter.candidates()
    assert {next(part for part in PARTS if name.startswith(part)) for name in names} == set(PARTS)
    assert {"vocoder.conv_pre", "vocoder.ups.1", "vocoder.fields.0.resblocks.1.convs1.0", ENCODER} <= set(names)
    assert not {"vocoder.conv_post", "vocoder.cond"} & set(names)
    assert all(model.get_submodule(name).groups == 1 for name in names)
    assert converter.weights("vocoder.conv_pre") == 32 * 64 * 7


def test_what_was_never_calibrated_is_no_candidate(model: Synthesizer) -> None:
    assert Converter(model, Calibration()).candidates() == []


def test_chosen_layers_compute_in_int8_and_the_large_others_are_stored(
    model: Synthesizer, converter: Converter, reference: Reference
) -> None:
    chosen = converter.candidates()[::2]
    converter.convert(chosen)
    assert sum(isinstance(module, Int8FusedConv) for module in model.modules()) == len(chosen)
    encoder, flow = ([name for name in chosen if name.startswith(part)] for part in ("text_encoder.", "flow."))
    assert all(isinstance(model.get_submodule(name), Int8Conv) for name in encoder)
    assert sum(isinstance(model.get_submodule(name), StreamedInt8Conv) for name in flow) > 1
    plain = [module for module in model.modules() if isinstance(module, nn.Conv1d | nn.ConvTranspose1d | nn.Linear)]
    assert plain
    assert all(layer.weight.numel() < SMALLEST_WORTH_IT for layer in plain)
    assert not any(isinstance(layer, nn.Conv1d) and layer.groups > 1 for layer in plain)
    assert any(isinstance(module, DepthwiseConv) for module in model.modules())
    assert any(isinstance(module, Int8Weight) for module in model.modules())
    assert not any(isinstance(module, FineWeight) for module in model.modules())
    assert 20 < snr_db(reference.audio, model.decode(reference.z, reference.g)) < 100
    assert 20 < snr_db(reference.z, reference.encode(model)[0]) < 100


def test_every_layer_that_is_to_be_stored_finely_is(model: Synthesizer, converter: Converter) -> None:
    large = {name for name in converter.candidates() if converter.weights(name) >= SMALLEST_WORTH_IT}
    finely = {name: 12 for name in large if name != "vocoder.ups.1"}
    assert {name.split(".")[0] for name in finely} == {"text_encoder", "vocoder", "flow"}
    converter.convert([], finely)
    assert sum(isinstance(module, FineWeight) for module in model.modules()) == len(finely)


def test_the_converted_model_says_the_same_as_torchscript(
    model: Synthesizer, converter: Converter, reference: Reference
) -> None:
    converter.convert(converter.candidates()[::2], dict.fromkeys(converter.candidates()[1::2], 10))
    torch.testing.assert_close(sound(torch.jit.script(model), reference), sound(model, reference), atol=1e-4, rtol=0)


@pytest.mark.parametrize("fails", [False, True])
def test_a_trial_leaves_the_model_as_it_was(
    model: Synthesizer, converter: Converter, reference: Reference, fails: bool
) -> None:
    names, modules = converter.candidates(), dict(model.named_modules())
    before = sound(model, reference)
    try:
        with converter.only_in_int8(names[:2] + names[-2:]):
            assert not torch.equal(sound(model, reference), before)
            assert sum(isinstance(module, Int8Conv | StreamedInt8Conv) for module in model.modules()) == 4
            assert not fails
    except AssertionError:
        assert fails
    assert dict(model.named_modules()) == modules
    assert torch.equal(sound(model, reference), before)


def test_a_layer_tried_twice_rounds_to_the_same_weights(
    model: Synthesizer, converter: Converter, reference: Reference
) -> None:
    sounds = []
    for _ in range(2):  # the first time uses up the correlation
        with converter.only_in_int8(["vocoder.conv_pre"]):
            sounds.append(sound(model, reference))
    assert torch.equal(*sounds)
