from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from edge.int8 import calibrate
from edge.int8.calibrate import QUIETEST, Calibration, calibrating


@pytest.fixture
def model() -> nn.Sequential:
    torch.manual_seed(0)
    layers = (
        nn.Conv1d(3, 6, 3, padding=2, dilation=2),
        nn.ConvTranspose1d(6, 4, 4, 2, padding=1),
        nn.Tanh(),
        nn.Conv1d(4, 4, 1, groups=2),
    )
    return nn.Sequential(*layers).requires_grad_(requires_grad=False)


SOUNDS = [torch.randn(1, 3, length, generator=torch.Generator().manual_seed(length)) for length in (1, 7, 40)]


def spoken(model: nn.Module) -> Calibration:
    with calibrating(model) as calibration:
        for sound in SOUNDS:
            model(sound)
    return calibration


def seen_by(model: nn.Sequential, layer: int) -> Iterator[Tensor]:
    return (model[:layer](sound) for sound in SOUNDS)


def test_peaks_are_those_of_all_sounds_by_channel(model: nn.Sequential) -> None:
    peaks = spoken(model).peaks
    assert set(peaks) == {"0", "1", "3"}
    for name, found in peaks.items():
        torch.testing.assert_close(found, torch.cat(list(seen_by(model, int(name))), 2).abs().amax((0, 2)))


def test_products_are_weights_times_frames(model: nn.Sequential) -> None:
    frames = sum(sound.size(2) for sound in SOUNDS)
    assert spoken(model).products == {"0": 54 * frames, "1": 96 * frames, "3": 8 * 2 * frames}


def test_a_correlation_is_of_what_one_output_is_a_sum_over(model: nn.Sequential) -> None:
    correlations = spoken(model).correlations
    assert set(correlations) == {"0"}  # neither transposed ones nor groups
    columns = [F.unfold(F.pad(sound, [2, 2])[:, :, None], (1, 3), dilation=(1, 2))[0] for sound in SOUNDS]
    # Unfolded inputs lie in the weight's order: a product with it is the convolution.
    weight = model[0].weight.flatten(1)
    torch.testing.assert_close(weight @ columns[2] + model[0].bias[:, None], model[0](SOUNDS[2])[0])
    torch.testing.assert_close(correlations["0"], sum(column @ column.T for column in columns))


def test_of_a_long_sound_positions_from_all_of_it_are_taken(
    model: nn.Sequential, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate, "POSITIONS", 5)
    sound = torch.randn(1, 3, 50)
    with calibrating(model) as calibration:
        model(sound)
    column = F.unfold(F.pad(sound, [2, 2])[:, :, None], (1, 3), dilation=(1, 2))[0, :, ::10]
    torch.testing.assert_close(calibration.correlations["0"], column @ column.T)


def test_nothing_is_watched_afterwards_whatever_happened(model: nn.Sequential) -> None:
    calibration = spoken(model)
    products = dict(calibration.products)
    with pytest.raises(KeyError), calibrating(model):
        raise KeyError
    model(SOUNDS[0])
    assert calibration.products == products
    assert not any(module._forward_pre_hooks for module in model.modules())


def test_half_of_a_range_becomes_the_scale_and_the_quiet_count_as_louder() -> None:
    calibration = Calibration(peaks={"a": torch.tensor([4.0, 1.0, 1e-9, 0.0]), "silent": torch.zeros(3)})
    scale = calibration.input_scale("a")
    assert scale.mean() == pytest.approx(1)
    torch.testing.assert_close(scale / scale[1], torch.tensor([2.0, 1.0, *[(4 * QUIETEST) ** 0.5] * 2]))
    assert torch.equal(calibration.input_scale("silent"), torch.ones(3))
