"""Converted models, streamed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.build.reference import speak_reference
from edge.int8.calibrate import calibrating
from edge.int8.convert import Converter
from edge.model import Synthesizer
from edge.voice import Scales, open_bundle
from tests.model.test_stream import cut, lengths, streamed
from tests.model.variants import VARIANTS, random_inputs, random_model

SCALES = (0.5, 0.6, 0.8, 4.0)
# Resblocks of either kind, the larger one in front: what it adds up comes later than what the other does.
CONFIGS = {
    name: dataclasses.replace(
        VARIANTS[name],
        inter_channels=32,
        hidden_channels=48,
        filter_channels=64,
        upsample_initial_channel=64,
        resblock_kernel_sizes=(7, 3),
    )
    for name in ("transformer-mixed-1-many-melo", "residual-stochastic-2-one-vits", "residual-stochastic-1-many-vits")
}


def convert(name: str, every: int) -> Synthesizer:
    """A model with every layer in INT8, or every other one and the rest stored."""
    model = random_model(CONFIGS[name])
    with calibrating(model) as calibration:
        speak_reference(model, random_inputs(12), Scales(0.6, 0.8, 2.0, 0.5), 1)
    converter = Converter(model, calibration)
    names = converter.candidates()
    converter.convert(names[::every], dict.fromkeys(names[1::2], 12))
    return model


IN_INT8 = {name: convert(name, 1) for name in CONFIGS}


@pytest.mark.parametrize("name", CONFIGS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_in_int8_the_stream_gives_the_same_bits_for_any_pieces(name: str, data: st.DataObject) -> None:
    model = IN_INT8[name]
    assert model.lookahead % model.grain == 0
    with torch.inference_mode(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        z, g, _ = model.encode(*random_inputs(8), *SCALES, None, None, None)
        torch.manual_seed(1)
        x, *_ = model.latent(*random_inputs(8), *SCALES, None, None, None)
        found = torch.cat(list(streamed(model, x, g, data.draw(lengths(x.size(2))))), 2)
        assert torch.equal(found, model.decode(z, g))


def test_a_real_voice_streams_to_the_same_bits(joe_bundle: Path) -> None:
    """At full width, with the pieces that speech is made in, and a few of awkward lengths."""
    with open_bundle(joe_bundle) as bundle:
        model = bundle.model()
    ids = torch.randint(1, 100, (1, 40), generator=torch.Generator().manual_seed(0))
    features = torch.zeros(1, 1024, 40), torch.zeros(1, 768, 40)
    inputs = (ids, torch.zeros_like(ids), torch.zeros_like(ids), *features, torch.zeros(1, dtype=torch.long))
    with torch.inference_mode():
        x, g, _ = model.latent(*inputs, 0.0, 0.6, 0.8, 1.0, None, None, torch.full((1, 40), 5))
        expected, _ = model.sound(x, g, [], True)
        assert expected.std() > 1e-3
        for pieces in ([model.lookahead + 8, 16, 32, 64], [7, 61, 1], [200]):
            assert torch.equal(torch.cat(list(streamed(model, x, g, cut(200, pieces))), 2), expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", CONFIGS)
def test_with_layers_in_float_between_it_gives_nearly_the_same(name: str) -> None:
    model = convert(name, 2)
    scripted = torch.jit.script(model)
    with torch.inference_mode():
        x, g, _ = model.latent(*random_inputs(8), *SCALES, None, None, None)
        expected = model.sound(x, g, [], True)[0]
        for speaker in (model, scripted):
            found = torch.cat(list(streamed(speaker, x, g, cut(x.size(2), [model.lookahead + 5, 9, 2]))), 2)
            torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", CONFIGS)
def test_no_block_waits_for_another_piece(name: str) -> None:
    """The lookahead is that of FP32, rounded to whole grains; then a grain in is a grain out."""
    model, before = IN_INT8[name], random_model(CONFIGS[name])
    assert model.lookahead == before.lookahead // model.grain * model.grain
    x, g = torch.randn(1, 32, model.lookahead + model.grain), torch.randn(1, CONFIGS[name].gin_channels, 1)
    audio, state = model.sound(x, g, [], False)
    assert 0 < audio.size(2) <= model.grain * model.hop_length
    audio, state = model.sound(x[:, :, : model.grain - 1], g, state, False)
    assert audio.size(2) == 0
    audio, _ = model.sound(x[:, :, : model.grain + 2], g, state, False)
    assert audio.size(2) == 2 * model.grain * model.hop_length
