"""Rounding weights so that their errors cancel in what the layer computes.

Rounding to nearest minimises each weight's error. What is heard is the error of the output, and inputs correlate: an
error made in one input channel can be taken back in the next ones. Columns are rounded one after the other, and what
each one's error does to the output is moved into those still to come (Frantar et al., "GPTQ", 2023, section 3).
"""

from __future__ import annotations

import torch
from torch import Tensor

DAMPING = 0.1
"""Part of the mean diagonal that is added to the correlation, which a few sentences leave singular."""

STRIP = 128
"""Columns whose corrections are applied one by one; what is right of them gets all at once. Same result, less memory
traffic."""


def round_jointly(weight: Tensor, scale: Tensor, correlation: Tensor, highest: int = 127) -> Tensor:
    """Rounds `weight (O, K)` to levels of `scale (O,)`, given the inputs' `correlation (K, K)`.

    Returns whole numbers from `-highest` to `highest`, INT8, or INT16 where these do not fit.
    """
    levels = torch.zeros_like(weight)
    rest = weight / scale[:, None]
    upper = _inverse_factor(correlation)
    for start in range(0, weight.size(1), STRIP):
        end = min(start + STRIP, weight.size(1))
        strip, factor = rest[:, start:end].clone(), upper[start:end, start:end]
        errors = torch.zeros_like(strip)
        for i in range(end - start):
            levels[:, start + i] = torch.round(strip[:, i]).clamp(-highest, highest)
            errors[:, i] = (strip[:, i] - levels[:, start + i]) / factor[i, i]
            strip[:, i + 1 :] -= errors[:, i : i + 1] * factor[i, i + 1 :]
        rest[:, end:] -= errors @ upper[start:end, end:]
    return levels.to(torch.int8 if highest <= torch.iinfo(torch.int8).max else torch.int16)


def _inverse_factor(correlation: Tensor) -> Tensor:
    """The upper Cholesky factor of the damped correlation's inverse."""
    damped = correlation.double()
    damped.diagonal().add_(DAMPING * damped.diagonal().mean().clamp_min(1e-9))
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(damped))
    return torch.linalg.cholesky(inverse, upper=True).to(correlation.dtype)
