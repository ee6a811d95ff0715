"""The monotonic rational-quadratic spline of the stochastic duration predictor, inverted."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class InverseSpline(nn.Module):
    """Inverts the spline of Durkan et al., "Neural Spline Flows", 2019, equations 6-8.

    Identity outside `[-tail, tail]`. Sizes and minima are those of every VITS.
    """

    def __init__(self, bins: int, tail: float = 5.0, min_bin: float = 1e-3, min_slope: float = 1e-3) -> None:
        super().__init__()
        self.bins = bins
        self.tail = tail
        self.min_bin = min_bin
        self.min_slope = min_slope
        # softplus of this plus `min_slope` is 1, the slope of the identity outside.
        self.tail_logit = math.log(math.exp(1 - min_slope) - 1)

    def forward(self, y: Tensor, parameters: Tensor) -> Tensor:
        """`y (1, L)`, `parameters (1, L, 3 * bins - 1)`: widths, heights and inner slopes before normalisation."""
        x_knots = self._knots(parameters[..., : self.bins])
        y_knots = self._knots(parameters[..., self.bins : 2 * self.bins])
        inner = parameters[..., 2 * self.bins :]
        slopes = self.min_slope + F.softplus(F.pad(inner, [1, 1], value=self.tail_logit))

        inside = y.clamp(-self.tail, self.tail)
        k = torch.sum(inside.unsqueeze(-1) >= y_knots[..., :-1], dim=-1, keepdim=True) - 1
        x_low, x_high = self._bin(x_knots, k)
        y_low, y_high = self._bin(y_knots, k)
        slope_low, slope_high = self._bin(slopes, k)

        height = y_high - y_low
        mean_slope = height / (x_high - x_low)
        rise = inside - y_low
        bend = rise * (slope_low + slope_high - 2 * mean_slope)
        a = bend + height * (mean_slope - slope_low)
        b = height * slope_low - bend
        c = -mean_slope * rise
        # Rounding may leave a discriminant a hair below zero.
        root = 2 * c / (-b - torch.sqrt((b * b - 4 * a * c).clamp_min(0.0)))
        return torch.where(y.abs() <= self.tail, root * (x_high - x_low) + x_low, y)

    def _knots(self, logits: Tensor) -> Tensor:
        """`(1, L, bins)` to the `bins + 1` borders of a partition of `[-tail, tail]`."""
        sizes = self.min_bin + (1 - self.min_bin * self.bins) * torch.softmax(logits, dim=-1)
        inner = torch.cumsum(sizes, dim=-1)[..., :-1]
        return 2 * self.tail * F.pad(F.pad(inner, [1, 0]), [0, 1], value=1.0) - self.tail

    def _bin(self, knots: Tensor, k: Tensor) -> tuple[Tensor, Tensor]:
        """The values at both ends of bin `k (1, L, 1)`, each `(1, L)`."""
        return knots.gather(-1, k).squeeze(-1), knots.gather(-1, k + 1).squeeze(-1)
