"""An FP32 `Synthesizer` becomes an INT8 one, in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from torch import nn

from edge.int8.calibrate import CONVOLUTIONS, Calibration
from edge.int8.layers import Conv, DepthwiseConv, FloatFusedConv, Int8FusedConv, Quantised, block_after, grain, stand_in
from edge.int8.vocoder import FusedVocoder
from edge.int8.weights import COARSE, store_weights
from edge.model import Synthesizer

PARTS = ("text_encoder.", "flow.", "vocoder.")
"""What runs often enough for its arithmetic to matter. Of the rest only the weights are quantised."""

FEWEST_OUTPUTS = 8
"""The last convolution has one output, the sound itself: a vector unit's worth of work is wasted on it."""


class Converter:
    """Quantises the convolutions of one calibrated model, rounding each weight once, however often it is needed."""

    def __init__(self, synthesizer: Synthesizer, calibration: Calibration) -> None:
        self._synthesizer = synthesizer
        self._calibration = calibration
        self._quantised: dict[str, Quantised] = {}

    def candidates(self) -> list[str]:
        """Names of the convolutions that the operator can compute: calibrated, without groups, with a few outputs."""
        return [
            name
            for name, module in self._synthesizer.named_modules()
            if name.startswith(PARTS)
            and name in self._calibration.peaks
            and not name.endswith(".cond")  # the speaker: one frame a sentence
            and isinstance(module, CONVOLUTIONS)
            and module.groups == 1
            and module.out_channels >= FEWEST_OUTPUTS
        ]

    def weights(self, name: str) -> int:
        """How many weights a candidate has."""
        return self._conv(name).weight.numel()

    @contextmanager
    def only_in_int8(self, names: list[str]) -> Iterator[None]:
        """Computes the convolutions `names` in INT8 inside the context, and everything else as before."""
        convs = {name: self._conv(name) for name in names}
        try:
            for name, conv in convs.items():
                in_int8 = stand_in(conv, self._quantise(name, conv), block_after(_stages_before(name)))
                self._synthesizer.set_submodule(name, in_int8)
            yield
        finally:
            for name, conv in convs.items():
                self._synthesizer.set_submodule(name, conv)

    def convert(self, chosen: list[str], finely: Mapping[str, int] = COARSE) -> None:
        """Computes the convolutions in `chosen` in INT8; stores the others' large weights, 8 bits or as `finely` says.

        The model is another one afterwards: nothing more can be asked of this converter.
        """
        synthesizer = self._synthesizer
        names = {module: name for name, module in synthesizer.named_modules()}
        fine = {self._conv(name): bits for name, bits in finely.items()}  # the vocoder's get other names

        def fuse(conv: Conv, slope: float, gain: float, stage: int) -> nn.Module:
            if names[conv] in chosen:
                return Int8FusedConv(conv, self._quantise(names[conv], conv), slope, gain, block_after(stage))
            return FloatFusedConv(conv, slope, gain)

        for name in chosen:
            if not name.startswith("vocoder."):
                conv = self._conv(name)
                synthesizer.set_submodule(name, stand_in(conv, self._quantise(name, conv)))
        rates = [cast("nn.ConvTranspose1d", up).stride[0] for up in synthesizer.vocoder.ups]
        synthesizer.set_submodule("vocoder", FusedVocoder(synthesizer.vocoder, fuse))
        synthesizer.run_in(grain(rates))
        finely_now = {name: fine[module] for name, module in synthesizer.named_modules() if module in fine}
        store_weights(synthesizer, finely_now, self._calibration.correlations)
        for name, module in list(synthesizer.named_modules()):
            if isinstance(module, nn.Conv1d) and module.groups == module.in_channels > 1:
                synthesizer.set_submodule(name, DepthwiseConv(module))

    def _conv(self, name: str) -> Conv:
        conv = self._synthesizer.get_submodule(name)
        assert isinstance(conv, CONVOLUTIONS)  # noqa: S101  (candidates are)
        return conv

    def _quantise(self, name: str, conv: Conv) -> Quantised:
        if name not in self._quantised:
            calibration = self._calibration
            self._quantised[name] = Quantised.of(
                conv, calibration.input_scale(name), calibration.correlations.get(name)
            )
        return self._quantised[name]


def _stages_before(name: str) -> int:
    """How many upsampling stages come before a convolution."""
    stage = re.match(r"vocoder\.(?:ups|fields)\.(\d+)", name)
    return 0 if stage is None else int(stage[1]) + (".fields." in name)
