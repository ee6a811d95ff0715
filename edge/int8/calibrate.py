"""What each convolution sees when the voice speaks: how large its input channels get, and how much it computes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

EXPONENT = 0.5
"""Half of a channel's range moves into the weights, so that neither side of the product is left with all of it
(Xiao et al., "SmoothQuant", 2023, alpha = 0.5)."""

QUIETEST = 1e-3
"""Channels quieter than this part of the loudest count as this loud: dividing by their peak would only scale noise."""

CONVOLUTIONS = (nn.Conv1d, nn.ConvTranspose1d)


@dataclass
class Calibration:
    """By the convolution's name in the model."""

    peaks: dict[str, Tensor] = field(default_factory=dict)
    """Largest magnitude of each input channel, `(C,)`."""
    products: dict[str, int] = field(default_factory=dict)
    """Multiplications so far."""

    def input_scale(self, name: str) -> Tensor:
        """What to divide each input channel by, `(C,)`; the mean is 1."""
        peaks = self.peaks[name]
        loudest = float(peaks.max()) or 1.0
        scales = peaks.clamp_min(QUIETEST * loudest) ** EXPONENT
        return scales / scales.mean()


@contextmanager
def calibrating(model: nn.Module) -> Iterator[Calibration]:
    """Watches whatever `model` computes inside the context."""
    calibration = Calibration()
    hooks = [
        module.register_forward_pre_hook(_watch(calibration, name))
        for name, module in model.named_modules()
        if isinstance(module, CONVOLUTIONS)
    ]
    try:
        yield calibration
    finally:
        for hook in hooks:
            hook.remove()


def _watch(calibration: Calibration, name: str) -> Callable[[nn.Module, tuple[Tensor]], None]:
    def watch(module: nn.Module, inputs: tuple[Tensor]) -> None:
        x = inputs[0].detach()
        peak = x.abs().amax((0, 2))
        known = calibration.peaks.get(name, peak)
        calibration.peaks[name] = torch.maximum(known, peak)
        weight = module.weight
        assert isinstance(weight, Tensor)  # noqa: S101  (CONVOLUTIONS have one)
        # A transposed convolution, too, multiplies each input frame with all of its weight.
        calibration.products[name] = calibration.products.get(name, 0) + weight.numel() * x.size(2)

    return watch
