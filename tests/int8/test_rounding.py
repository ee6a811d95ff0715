from __future__ import annotations

import pytest
import torch
from torch import Tensor

from edge.int8 import rounding
from edge.int8.rounding import round_jointly

OUTPUTS, INPUTS = 16, 96


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def correlated(samples: int, seed: int) -> Tensor:
    """Inputs `(samples, INPUTS)` that mostly follow eight hidden ones."""
    return random(samples, 8, seed=seed) @ random(8, INPUTS) + 0.1 * random(samples, INPUTS, seed=seed + 1)


@pytest.fixture
def weight() -> Tensor:
    return random(OUTPUTS, INPUTS, seed=9)


@pytest.fixture
def scale(weight: Tensor) -> Tensor:
    return weight.abs().amax(1) / 127


def nearest(weight: Tensor, scale: Tensor) -> Tensor:
    return torch.round(weight / scale[:, None]).to(torch.int8)


@pytest.mark.parametrize("correlation", [torch.eye(INPUTS), torch.zeros(INPUTS, INPUTS)], ids=["identity", "silence"])
def test_inputs_that_have_nothing_in_common_leave_rounding_to_nearest(
    weight: Tensor, scale: Tensor, correlation: Tensor
) -> None:
    assert torch.equal(round_jointly(weight, scale, correlation.double()), nearest(weight, scale))


def test_the_output_of_inputs_never_seen_is_nearer(weight: Tensor, scale: Tensor) -> None:
    seen, unseen = correlated(500, 1), correlated(500, 5)

    def error(levels: Tensor) -> float:
        return float((unseen @ (levels * scale[:, None] - weight).T).norm())

    assert error(round_jointly(weight, scale, seen.T @ seen)) < 0.7 * error(nearest(weight, scale))


def test_levels_stay_within_127_when_corrections_push_them_out(weight: Tensor, scale: Tensor) -> None:
    alike = torch.ones(INPUTS, INPUTS, dtype=torch.float64) + 1e-6 * torch.eye(INPUTS)
    clipped = round_jointly(weight.sign() * 127 * 1.004, torch.ones(OUTPUTS, dtype=torch.float64), alike)
    levels = torch.cat([clipped, round_jointly(weight, scale, alike)])
    assert levels.dtype == torch.int8
    assert levels.min() == -127
    assert levels.max() == 127


@pytest.mark.parametrize("strip", [1, 7, 32, 95, 96, 1000])
def test_the_length_of_a_strip_changes_nothing(
    weight: Tensor, scale: Tensor, strip: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = correlated(500, 1)
    expected = round_jointly(weight, scale, inputs.T @ inputs)
    monkeypatch.setattr(rounding, "STRIP", strip)
    # In float64: in float32 the noise of another order would now and then round one weight the other way.
    assert torch.equal(round_jointly(weight, scale, inputs.T @ inputs), expected)
