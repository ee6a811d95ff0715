from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from edge.model import Synthesizer
from edge.model.stream import Stream, StreamedConv1d, StreamedConvTranspose1d, whole
from tests.model.variants import MELO, VARIANTS, random_inputs, random_model

SCALES = (0.5, 0.6, 0.8, 4.0)
DRAWN = (None, None, None)
MODELS = {name: random_model(config) for name, config in VARIANTS.items()}

LAYERS = {
    "plain": StreamedConv1d(6, 5, 7, 0),
    "dilated": StreamedConv1d(6, 5, 5, 2, dilation=3),
    "pointwise": StreamedConv1d(6, 5, 1, 0, bias=False),
    "MeloTTS's first upsampling": StreamedConvTranspose1d(6, 5, 16, 8, 0),
    "its third": StreamedConvTranspose1d(6, 5, 8, 2, 0),
    "its last": StreamedConvTranspose1d(6, 5, 2, 2, 3),
    "odd": StreamedConvTranspose1d(6, 5, 3, 1, 0),
}


def lengths(total: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(1, 25), min_size=1, max_size=8).map(lambda some: cut(total, some))


def cut(total: int, some: list[int]) -> list[int]:
    """Lengths that make up `total`, `some` over and over."""
    ends = itertools.takewhile(lambda end: end < total, itertools.accumulate(itertools.cycle(some)))
    borders = [0, *ends, total]
    return [end - begin for begin, end in itertools.pairwise(borders)]


def streamed(model: Synthesizer | torch.jit.ScriptModule, x: Tensor, g: Tensor, pieces: list[int]) -> Iterator[Tensor]:
    state: list[Tensor] = []
    for number, piece in enumerate(torch.split(x, pieces, 2), 1):
        audio, state = model.sound(piece, g, state, number == len(pieces))
        yield audio
    assert len(state) <= 1 or state[0].numel() == 0


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
@settings(max_examples=30, deadline=None)
@given(pieces=lengths(60))
def test_a_layer_gives_the_same_whatever_the_pieces(layer: nn.Module, pieces: list[int]) -> None:
    x = torch.randn(1, 6, 60, generator=torch.Generator().manual_seed(1))
    pieces = [30, *pieces]  # the first must be longer than any context
    x = torch.cat([torch.ones(1, 6, 30), x], 2)
    state: list[Tensor] = []
    out = []
    for number, piece in enumerate(torch.split(x, pieces, 2), 1):
        stream = Stream(state, number == len(pieces))
        out.append(layer(piece, [], stream))
        state = stream.kept
    torch.testing.assert_close(torch.cat(out, 2), layer(x, [], whole()), atol=1e-6, rtol=0)


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_the_stream_gives_the_whole_sentence_for_any_pieces(variant: str, data: st.DataObject) -> None:
    model = MODELS[variant]
    with torch.inference_mode(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        z, g, _ = model.encode(*random_inputs(8), *SCALES, *DRAWN)
        torch.manual_seed(1)
        x, *_ = model.latent(*random_inputs(8), *SCALES, *DRAWN)
        expected = model.decode(z, g)
        found = torch.cat(list(streamed(model, x, g, data.draw(lengths(x.size(2))))), 2)
    assert expected.std() > 1e-3
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("variant", VARIANTS)
def test_torchscript_streams_too(variant: str) -> None:
    model, scripted = MODELS[variant], torch.jit.script(MODELS[variant])
    x, g, _ = model.latent(*random_inputs(8), *SCALES, *DRAWN)
    pieces = cut(x.size(2), [model.lookahead + 3, 1, 8])
    assert scripted.lookahead == model.lookahead
    for eager, compiled in zip(streamed(model, x, g, pieces), streamed(scripted, x, g, pieces), strict=True):
        torch.testing.assert_close(compiled, eager, atol=1e-5, rtol=0)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_first_sound_comes_as_soon_as_the_lookahead_is_exceeded(variant: str) -> None:
    model = MODELS[variant]
    x, g = torch.randn(1, MELO.inter_channels, model.lookahead + 1), torch.randn(1, VARIANTS[variant].gin_channels, 1)
    audio, state = model.sound(x[:, :, :-1], g, [], False)
    assert audio.shape == (1, 1, 0)
    audio, state = model.sound(x[:, :, -1:], g, state, False)
    assert 0 < audio.size(2) <= model.hop_length
    audio, _ = model.sound(x[:, :, :5], g, state, False)
    assert audio.size(2) == 5 * model.hop_length


def test_a_sentence_shorter_than_the_lookahead_comes_at_its_end() -> None:
    model = MODELS["residual-stochastic-2-one-vits"]
    x, g = torch.randn(1, MELO.inter_channels, 3), torch.zeros(1, 0, 1)
    audio, *rest = streamed(model, x, g, [3])
    assert audio.size(2) == 3 * model.hop_length
    in_pieces = list(streamed(model, x, g, [1, 1, 1]))
    assert [piece.size(2) for piece in in_pieces] == [0, 0, 3 * model.hop_length]
    torch.testing.assert_close(in_pieces[-1], audio)
    assert not rest


def test_what_is_kept_does_not_grow() -> None:
    model = MODELS["residual-mixed-2-many-melo"]
    x, g = torch.randn(1, MELO.inter_channels, 20), torch.randn(1, MELO.gin_channels, 1)
    state: list[Tensor] = model.sound(x.repeat(1, 1, 2), g, [], False)[1]
    shapes = [tensor.shape for tensor in state]
    for _ in range(3):
        state = model.sound(x, g, state, False)[1]
        assert [tensor.shape for tensor in state] == shapes
        # A view would hold all of its piece in memory.
        assert all(tensor.untyped_storage().nbytes() == tensor.numel() * 4 for tensor in state)


def test_attention_is_over_before_sound_begins() -> None:
    """A flow that attends is run by `latent`; one of convolutions is not, so that sound need not wait for all of it."""
    for model in MODELS.values():
        torch.manual_seed(1)
        z, g, _ = model.encode(*random_inputs(8), *SCALES, *DRAWN)
        torch.manual_seed(1)
        x, *_ = model.latent(*random_inputs(8), *SCALES, *DRAWN)
        assert torch.equal(x, z) == model.flow.attends
        torch.testing.assert_close(model.sound(x, g, [], True)[0], model.decode(z, g), atol=1e-6, rtol=0)
