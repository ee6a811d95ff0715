"""An FP32 `Synthesizer` becomes an INT8 one, in place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

from edge.int8.calibrate import CONVOLUTIONS, Calibration
from edge.int8.layers import FloatFusedConv, Int8Conv, Int8FusedConv
from edge.int8.vocoder import FusedVocoder
from edge.int8.weights import store_weights_as_int8
from edge.model import Synthesizer

PARTS = ("text_encoder.", "flow.", "vocoder.")
"""What runs often enough for its arithmetic to matter. Of the rest only the weights become INT8."""

FEWEST_OUTPUTS = 8
"""The last convolution has one output, the sound itself: a vector unit's worth of work is wasted on it."""


def candidates(synthesizer: Synthesizer, calibration: Calibration) -> list[str]:
    """Names of the convolutions that the operator can compute: calibrated, without groups, with a few outputs."""
    return [
        name
        for name, module in synthesizer.named_modules()
        if name.startswith(PARTS)
        and name in calibration.peaks
        and not name.endswith(".cond")  # the speaker: one frame a sentence
        and isinstance(module, CONVOLUTIONS)
        and module.groups == 1
        and module.out_channels >= FEWEST_OUTPUTS
    ]


@contextmanager
def one_layer_in_int8(synthesizer: Synthesizer, name: str, calibration: Calibration) -> Iterator[None]:
    """Computes the convolution `name` in INT8 inside the context, and everything else as before."""
    conv = synthesizer.get_submodule(name)
    synthesizer.set_submodule(name, Int8Conv(conv, calibration.input_scale(name)))
    try:
        yield
    finally:
        synthesizer.set_submodule(name, conv)


def convert(synthesizer: Synthesizer, chosen: list[str], calibration: Calibration) -> None:
    """Computes the convolutions in `chosen` in INT8; of the others, large weights are stored as INT8."""
    names = {module: name for name, module in synthesizer.named_modules()}

    def fuse(conv: nn.Conv1d | nn.ConvTranspose1d, slope: float, gain: float) -> nn.Module:
        if names[conv] in chosen:
            return Int8FusedConv(conv, calibration.input_scale(names[conv]), slope, gain)
        return FloatFusedConv(conv, slope, gain)

    for name in chosen:
        if not name.startswith("vocoder."):
            conv = synthesizer.get_submodule(name)
            synthesizer.set_submodule(name, Int8Conv(conv, calibration.input_scale(name)))
    synthesizer.vocoder = FusedVocoder(synthesizer.vocoder, fuse)
    store_weights_as_int8(synthesizer)
