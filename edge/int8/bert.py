"""BERT in INT8: the products through the operator, the embedding as levels with a scale for each piece."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor, nn

from edge.int8 import operator
from edge.int8.calibrate import Calibration
from edge.int8.layers import Quantised
from edge.int8.weights import FineWeight, Int8Weight, StoredLinear
from edge.model.bert import BertEncoder

BLOCK = 4
"""Pieces that share one scale and zero point. Alone, each would have all weights read for it: 2.6 times the time, and
nothing gained."""

FINE_BITS = 12
"""Of the weights of products that stay FP32."""


class Int8Linear(nn.Module):
    """Stands in for an `nn.Linear`: `(1, n, C)` to `(1, n, O)`, a convolution with one tap."""

    def __init__(self, linear: nn.Linear, inputs: Tensor) -> None:
        """`inputs (N, C)`: what it usually takes, by which its weight is scaled and rounded (`edge.int8.rounding`)."""
        super().__init__()
        operator.load()
        conv = nn.Conv1d(linear.in_features, linear.out_features, 1, bias=False)
        conv.weight = nn.Parameter(linear.weight.detach().unsqueeze(2), requires_grad=False)
        input_scale = Calibration({"": inputs.abs().amax(0)}).input_scale("")
        quantised = Quantised.of(conv, input_scale, inputs.t() @ inputs)
        self.packed = torch.ops.edge.pack_conv1d(
            quantised.weight, quantised.weight_scale, quantised.input_scale, linear.bias.detach(), 1, 1.0, BLOCK, 0
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.ops.edge.conv1d(x.contiguous(), self.packed)


class Int8Embedding(nn.Module):
    """Stands in for an `nn.Embedding`. In FP32 it would be half of the file."""

    def __init__(self, embedding: nn.Embedding) -> None:
        super().__init__()
        self.weight = Int8Weight(embedding.weight, 0)

    def forward(self, ids: Tensor) -> Tensor:
        """`(1, n)` to `(1, n, C)`."""
        return self.weight.level[ids].to(torch.float32) * self.weight.scale[ids]


class BertConverter:
    """Makes an FP32 encoder, in place, one that computes in INT8; a product that is too noisy goes back to FP32."""

    def __init__(self, encoder: BertEncoder, texts: Iterable[Tensor]) -> None:
        """`texts`: ids `(1, n)`, marks and all, to scale and round weights by."""
        inputs = _inputs(encoder, texts)
        self._encoder = encoder
        self._linears = {name: m for name, m in encoder.named_modules() if isinstance(m, nn.Linear)}
        self._noise: dict[str, float] = {}
        for name, linear in self._linears.items():
            in_int8 = Int8Linear(linear, inputs[name])
            self._noise[name] = _noise(linear, in_int8, inputs[name])
            encoder.set_submodule(name, in_int8)
        embedding = encoder.embedding.pieces
        assert isinstance(embedding, nn.Embedding)  # noqa: S101  (a fresh encoder's is)
        encoder.embedding.pieces = Int8Embedding(embedding)

    def relieve(self) -> bool:
        """Puts the noisiest eighth of the products back to FP32, with fine weights; False: all were there already."""
        noisiest = sorted(self._noise, key=lambda name: self._noise[name], reverse=True)[: -(-len(self._linears) // 8)]
        for name in noisiest:
            del self._noise[name]
            self._encoder.set_submodule(name, StoredLinear(self._linears[name], partial(FineWeight, bits=FINE_BITS)))
        return bool(noisiest)

    @property
    def in_int8(self) -> int:
        """How many products compute in INT8."""
        return len(self._noise)

    @property
    def in_float(self) -> int:
        """How many do not."""
        return len(self._linears) - len(self._noise)


def _inputs(encoder: BertEncoder, texts: Iterable[Tensor]) -> dict[str, Tensor]:
    """What each product of the encoder takes from `texts`, all pieces together `(N, C)`."""
    seen: dict[str, list[Tensor]] = defaultdict(list)

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor]], None]:
        return lambda _, inputs: seen[name].append(inputs[0][0])

    hooks = [m.register_forward_pre_hook(watch(n)) for n, m in encoder.named_modules() if isinstance(m, nn.Linear)]
    with torch.inference_mode():
        for ids in texts:
            encoder(ids)
    for hook in hooks:
        hook.remove()
    return {name: torch.cat(rows).clone() for name, rows in seen.items()}


def _noise(linear: nn.Linear, in_int8: nn.Module, x: Tensor) -> float:
    """The part of noise in what a product gives for `x (N, C)`."""
    with torch.inference_mode():
        wanted = linear(x)
        return float((in_int8(x.unsqueeze(0))[0] - wanted).pow(2).sum() / wanted.pow(2).sum().clamp_min(1e-30))
