"""What each convolution sees when the voice speaks.

How large its input channels get, how its inputs go together, and how much it computes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

EXPONENT = 0.5
"""Half of a channel's range moves into the weights, so that neither side of the product is left with all of it
(Xiao et al., "SmoothQuant", 2023, alpha = 0.5)."""

QUIETEST = 1e-3
"""Channels quieter than this part of the loudest count as this loud: dividing by their peak would only scale noise."""

POSITIONS = 512
"""Time steps of one sentence that a correlation is taken over: spread evenly, all of them where there are fewer."""

CONVOLUTIONS = (nn.Conv1d, nn.ConvTranspose1d)


@dataclass
class Calibration:
    """By the convolution's name in the model."""

    peaks: dict[str, Tensor] = field(default_factory=dict)
    """Largest magnitude of each input channel, `(C,)`."""
    correlations: dict[str, Tensor] = field(default_factory=dict)
    """Of the `C * k` inputs that one output is a sum over, in the weight's order, `(C * k, C * k)`; only for plain
    convolutions without groups."""
    products: dict[str, int] = field(default_factory=dict)
    """Multiplications so far."""

    def input_scale(self, name: str) -> Tensor:
        """What to divide each input channel by, `(C,)`; the mean is 1."""
        peaks = self.peaks[name]
        loudest = float(peaks.max()) or 1.0
        scales = peaks.clamp_min(QUIETEST * loudest) ** EXPONENT
        return scales / scales.mean()

    def _see(self, name: str, conv: nn.Conv1d | nn.ConvTranspose1d, x: Tensor) -> None:
        peak = x.abs().amax((0, 2))
        self.peaks[name] = torch.maximum(self.peaks.get(name, peak), peak)
        # A transposed convolution, too, multiplies each input frame with all of its weight.
        self.products[name] = self.products.get(name, 0) + conv.weight.numel() * x.size(2)
        if isinstance(conv, nn.Conv1d) and conv.groups == 1:
            inputs = _inputs(conv, x)
            before = self.correlations.get(name, torch.zeros(()))
            self.correlations[name] = before + inputs @ inputs.T


def _inputs(conv: nn.Conv1d, x: Tensor) -> Tensor:
    """What up to `POSITIONS` outputs are sums over, `(C * k, positions)`."""
    kernel, dilation, padding = conv.kernel_size[0], conv.dilation[0], int(conv.padding[0])
    step = max(1, x.size(2) // POSITIONS)
    padded = F.pad(x[0], [padding, padding])
    taps = [padded[:, tap * dilation : tap * dilation + x.size(2) : step] for tap in range(kernel)]
    return torch.stack(taps, 1).flatten(0, 1)


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
        assert isinstance(module, CONVOLUTIONS)  # noqa: S101  (nothing else is hooked)
        calibration._see(name, module, inputs[0].detach())  # noqa: SLF001  (the other half of one thing)

    return watch
