from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from edge.build.reference import snr_db
from edge.int8.layers import FloatFusedConv, Int8FusedConv, Quantised, block_after
from edge.int8.vocoder import FusedVocoder
from edge.model.vocoder import Vocoder
from tests.model.variants import MELO, VARIANTS, random_model

KINDS = {
    f"resblock {VARIANTS[name].resblock}, {VARIANTS[name].n_speakers} speakers": VARIANTS[name]
    for name in (
        "transformer-mixed-1-many-melo",
        "transformer-deterministic-2-many-vits",
        "residual-deterministic-1-one-melo",
        "residual-stochastic-2-one-vits",
    )
}

SPEAK = """
import sys, torch
from edge.int8 import operator
operator.load()
inputs = torch.load(sys.argv[2])
with torch.inference_mode():
    torch.save(torch.jit.load(sys.argv[1])(*inputs), sys.argv[3])
"""


def in_float(conv: nn.Module, slope: float, gain: float, stage: int) -> nn.Module:
    return FloatFusedConv(conv, slope, gain)


def in_int8(conv: nn.Module, slope: float, gain: float, stage: int) -> nn.Module:
    return Int8FusedConv(conv, Quantised.of(conv, torch.ones(conv.in_channels)), slope, gain, block_after(stage))


@pytest.fixture(params=KINDS)
def vocoder(request: pytest.FixtureRequest) -> Vocoder:
    return random_model(KINDS[request.param]).vocoder


@pytest.fixture
def inputs(vocoder: Vocoder) -> tuple[Tensor, Tensor]:
    torch.manual_seed(4)
    return torch.randn(1, MELO.inter_channels, 33), torch.randn(1, 0 if vocoder.cond is None else MELO.gin_channels, 1)


def test_in_float_it_is_the_plain_vocoder(vocoder: Vocoder, inputs: tuple[Tensor, Tensor]) -> None:
    torch.testing.assert_close(FusedVocoder(vocoder, in_float)(*inputs), vocoder(*inputs), atol=1e-5, rtol=0)


def test_in_int8_it_is_near(vocoder: Vocoder, inputs: tuple[Tensor, Tensor]) -> None:
    expected = vocoder(*inputs)
    found = FusedVocoder(vocoder, in_int8)(*inputs)
    assert found.shape == expected.shape
    assert 30 < snr_db(expected, found) < 100


def test_every_layer_is_told_what_comes_before_it(vocoder: Vocoder) -> None:
    told: list[tuple[nn.Module, float, float, int]] = []

    def note(conv: nn.Module, slope: float, gain: float, stage: int) -> nn.Module:
        told.append((conv, slope, gain, stage))
        return FloatFusedConv(conv, slope, gain)

    FusedVocoder(vocoder, note)
    known = {conv: rest for conv, *rest in told}
    convs = [module for module in vocoder.modules() if isinstance(module, nn.Conv1d | nn.ConvTranspose1d)]
    assert set(known) == set(convs) - {vocoder.cond, vocoder.conv_post}
    assert known[vocoder.conv_pre] == [1.0, 1.0, 0]
    assert [known[up] for up in vocoder.ups] == [[0.1, 1.0, 0], [0.1, 0.5, 1]]
    for stage, field in enumerate(vocoder.fields, 1):
        inside = [module for module in field.modules() if isinstance(module, nn.Conv1d)]
        assert all(known[conv] == [0.1, 1.0, stage] for conv in inside)


def test_a_file_says_the_same_bits_in_a_fresh_process(
    vocoder: Vocoder, inputs: tuple[Tensor, Tensor], tmp_path: Path
) -> None:
    scripted = torch.jit.script(FusedVocoder(vocoder, in_int8).eval())
    torch.jit.save(scripted, str(tmp_path / "vocoder.ts"))
    torch.save(inputs, tmp_path / "inputs")
    files = [str(tmp_path / name) for name in ("vocoder.ts", "inputs", "audio")]
    subprocess.run([sys.executable, "-c", SPEAK, *files], check=True)
    assert torch.equal(torch.load(tmp_path / "audio"), scripted(*inputs))
