"""BERT in INT8 against what `transformers` says in FP32."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from edge.checkpoints.bert import load_bert
from edge.int8.bert import BertConverter, Int8Linear, _noise
from edge.int8.weights import StoredLinear
from tests.berts import random_bert, wanted, write_bert


def texts(number: int, seed: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(5, 343, (1, 5 + 3 * i), generator=generator) for i in range(number)]


def with_outliers(model: Any) -> Any:
    """As in trained BERTs: a few channels are far larger than all others."""
    for name, parameter in model.named_parameters():
        if name.endswith("output.LayerNorm.weight"):
            parameter[[3, 50]] *= 15
    return model


def cosines(encoder: torch.nn.Module, model: Any) -> Tensor:
    return torch.cat([F.cosine_similarity(encoder(ids), wanted(model, ids), dim=1) for ids in texts(10, seed=1)])


@pytest.mark.parametrize(("outliers", "at_most_in_float"), [(False, 0), (True, 20)])
def test_each_pieces_features_are_near_those_of_fp32(tmp_path: Path, outliers: bool, at_most_in_float: int) -> None:
    model = random_bert()
    if outliers:
        with_outliers(model)
    encoder = load_bert(write_bert(tmp_path, model))
    converter = BertConverter(encoder, texts(10, seed=0))
    assert (converter.in_int8, converter.in_float) == (40, 0)
    while cosines(encoder, model).min() < 0.999 and converter.relieve():
        pass
    torch.jit.save(torch.jit.script(encoder), str(tmp_path / "bert.ts"))
    near = cosines(torch.jit.load(str(tmp_path / "bert.ts")), model)
    print(f"cosine {near.mean():.6f}, at worst {near.min():.6f}, {converter.in_float} in FP32")  # noqa: T201
    assert near.min() >= 0.999
    assert near.min() < 0.9999999  # it is not FP32 that is compared with itself
    assert converter.in_float <= at_most_in_float


def test_products_go_back_to_fp32_the_noisiest_first_and_help(tmp_path: Path) -> None:
    model = with_outliers(random_bert())
    encoder = load_bert(write_bert(tmp_path, model))
    converter = BertConverter(encoder, texts(10, seed=0))
    noise = dict(converter._noise)
    before = cosines(encoder, model).mean()
    assert converter.relieve()
    relieved = {name for name, module in encoder.named_modules() if isinstance(module, StoredLinear)}
    assert len(relieved) == converter.in_float == 5
    assert min(noise[name] for name in relieved) >= max(noise[name] for name in noise.keys() - relieved)
    while converter.relieve():
        pass
    assert (converter.in_int8, converter.in_float) == (0, 40)
    assert not any(isinstance(module, Int8Linear) for module in encoder.modules())
    assert cosines(encoder, model).mean() > before


def test_the_file_is_a_quarter_of_fp32(tmp_path: Path) -> None:
    encoder = load_bert(write_bert(tmp_path, random_bert(hidden_size=192, intermediate_size=768, vocab_size=3000)))
    weights = sum(parameter.numel() for parameter in encoder.parameters())
    BertConverter(encoder, texts(2, seed=0))
    torch.jit.save(torch.jit.script(encoder), str(tmp_path / "bert.ts"))
    assert (tmp_path / "bert.ts").stat().st_size < 0.3 * 4 * weights


def test_weights_are_rounded_for_the_inputs_that_they_get() -> None:
    torch.manual_seed(0)
    linear = nn.Linear(64, 48).requires_grad_(requires_grad=False)
    mixed = torch.randn(8, 64)
    inputs, others = torch.randn(300, 8) @ mixed, torch.randn(100, 8) @ mixed
    apart = torch.diag(inputs.abs().amax(0))  # the same peaks, but no input goes with another
    jointly, alone = (_noise(linear, Int8Linear(linear, seen), others) for seen in (inputs, apart))
    assert jointly < 0.85 * alone  # what is left is the noise of the inputs' own levels
