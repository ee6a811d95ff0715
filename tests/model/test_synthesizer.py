from __future__ import annotations

import io

import pytest
import torch
from torch import Tensor

from edge.model import Synthesizer
from tests.model.variants import MELO, VARIANTS, random_inputs, random_model

SCALES = (0.5, 0.6, 0.8, 2.5)
DRAWN = (None, None, None)


@pytest.fixture(scope="module")
def model() -> Synthesizer:
    return random_model(MELO)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_says_the_same_after_script_save_and_load(variant: str) -> None:
    model = random_model(VARIANTS[variant])
    file = io.BytesIO()
    torch.jit.save(torch.jit.script(model), file)
    file.seek(0)
    loaded = torch.jit.load(file)
    torch.manual_seed(3)
    z, g, durations = model.encode(*random_inputs(9), *SCALES, *DRAWN)
    torch.manual_seed(3)
    z_loaded, g_loaded, durations_loaded = loaded.encode(*random_inputs(9), *SCALES, *DRAWN)
    audio = model.decode(z, g)
    assert torch.equal(durations, durations_loaded)
    assert audio.shape == (1, 1, int(durations.sum()) * model.hop_length)
    torch.testing.assert_close(z_loaded, z, atol=1e-5, rtol=0)
    torch.testing.assert_close(loaded.decode(z_loaded, g_loaded), audio, atol=1e-5, rtol=0)


def speak(model: Synthesizer, seed: int) -> Tensor:
    torch.manual_seed(seed)
    z, g, _ = model.encode(*random_inputs(7), *SCALES, *DRAWN)
    return model.decode(z, g)


def test_a_seed_gives_the_same_audio_and_another_seed_another(model: Synthesizer) -> None:
    first, again, other = speak(model, 5), speak(model, 5), speak(model, 6)
    assert torch.equal(first, again)
    assert first.shape != other.shape or not torch.equal(first, other)


def test_injected_durations_are_obeyed(model: Synthesizer) -> None:
    durations = torch.tensor([[0, 3, 1, 0, 12]])
    z, g, returned = model.encode(*random_inputs(5), *SCALES, None, None, durations)
    assert torch.equal(returned, durations)
    assert z.shape == (1, MELO.inter_channels, 16)
    assert model.decode(z, g).shape == (1, 1, 16 * MELO.hop_length)


def test_a_symbol_of_no_duration_has_no_frame_and_leaves_the_others_theirs(model: Synthesizer) -> None:
    inputs = random_inputs(3)
    frames = torch.zeros(1, MELO.inter_channels, 4)
    z, _, _ = model.encode(*inputs, 0.5, 0.0, 0.0, 1.0, None, frames, torch.tensor([[2, 0, 2]]))
    whole, _, _ = model.encode(
        *inputs, 0.5, 0.0, 0.0, 1.0, None, torch.zeros(1, MELO.inter_channels, 5), torch.tensor([[2, 1, 2]])
    )
    assert z.shape[2] == whole.shape[2] - 1


def test_all_zero_durations_still_make_a_sound(model: Synthesizer) -> None:
    z, g, durations = model.encode(*random_inputs(4), *SCALES, None, None, torch.zeros(1, 4, dtype=torch.long))
    audio = model.decode(z, g)
    assert audio.numel() == int(durations.sum()) * MELO.hop_length > 0
    assert audio.isfinite().all()


def test_a_single_symbol_is_spoken(model: Synthesizer) -> None:
    z, g, durations = model.encode(*random_inputs(1), *SCALES, *DRAWN)
    assert durations.shape == (1, 1)
    assert model.decode(z, g).isfinite().all()


def test_length_scale_stretches_every_duration(model: Synthesizer) -> None:
    noise = torch.randn(1, 2, 11)
    *_, short = model.encode(*random_inputs(11), 0.5, 0.0, 0.8, 3.0, noise, None, None)
    *_, long = model.encode(*random_inputs(11), 0.5, 0.0, 0.8, 6.0, noise, None, None)
    assert (long >= 2 * short - 2).all()
    assert (long <= 2 * short).all()
    assert long.sum() > short.sum()


def test_sdp_ratio_chooses_between_the_predictors(model: Synthesizer) -> None:
    def durations(ratio: float, noise: Tensor) -> Tensor:
        return model.encode(*random_inputs(11), ratio, 0.0, 1.0, 20.0, noise, None, None)[2]

    one, other = torch.randn(2, 1, 2, 11)
    assert torch.equal(durations(0.0, one), durations(0.0, other))
    assert not torch.equal(durations(1.0, one), durations(1.0, other))
    assert not torch.equal(durations(1.0, one), durations(0.0, one))


@pytest.mark.parametrize("changed", range(6), ids=["symbols", "tones", "languages", "bert", "ja_bert", "speaker"])
def test_every_input_of_melotts_is_heard(model: Synthesizer, changed: int) -> None:
    inputs = list(random_inputs(6))
    durations, noise = torch.ones(1, 6), torch.zeros(1, MELO.inter_channels, 6)
    before, *_ = model.encode(*inputs, *SCALES, None, noise, durations)
    inputs[changed] = (inputs[changed] + 1) % 3 if changed in (0, 1, 2, 5) else inputs[changed] + 1
    after, *_ = model.encode(*inputs, *SCALES, None, noise, durations)
    assert (after - before).abs().max() > 1e-3
