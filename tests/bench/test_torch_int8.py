"""torch's own INT8 stands where it is said to, and says nearly what FP32 says."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from edge.bench.torch_int8 import Adding, Dynamic, Static, choose_engine, dynamic_convolutions, static_vocoder
from tests.model.variants import MELO, random_inputs, random_model

SCALES = (0.2, 0.0, 0.0, 1.0)


def error(y: Tensor, reference: Tensor) -> float:
    return float((y - reference).norm() / reference.norm())


def test_a_convolution_in_int8_is_nearly_that_in_fp32() -> None:
    choose_engine()
    torch.manual_seed(0)
    conv, x = nn.Conv1d(32, 16, 5, padding=4, dilation=2), torch.randn(1, 32, 90)
    with torch.inference_mode():
        reference = conv(x)
        bounds = float(reference.min()), float(reference.max())
        assert 0 < error(Static(conv, (float(x.min()), float(x.max())), bounds)(x), reference) < 0.05
        # Its output has the input's range, which for a convolution may be far from its own.
        assert 0 < error(Dynamic(conv)(x), reference) < 0.2


def test_a_models_convolutions_are_replaced_and_can_be_kept(tmp_path: Path) -> None:
    choose_engine()
    inputs = random_inputs(9)
    # How far dynamic ones are off depends on the weights, and nothing here: that is why the row is there.
    for make, most in ((dynamic_convolutions, 2.0), (lambda model: static_vocoder(model, [inputs], SCALES), 0.3)):
        model = random_model(MELO)
        with torch.inference_mode():
            z, g, _ = model.encode(*inputs, *SCALES, None, None, None)
            reference = model.decode(z, g)
            torch.save(make(model), tmp_path / "model.pth")
            kept = torch.load(tmp_path / "model.pth", weights_only=False)
            spoken = kept.decode(z, g)
        vocoder = kept.get_submodule("vocoder")
        assert sum(isinstance(part, Adding) for part in vocoder.modules()) > 10
        assert not [name for name, part in vocoder.named_modules() if isinstance(part, nn.Conv1d) and name != "cond"]
        assert spoken.shape == reference.shape
        assert 0 < error(spoken, reference) < most
