"""The scheme of `docs/int8.md` in numpy, written from its definition and not from the C++.

Every product and sum is rounded to float32 where the definition rounds, so the operator must give the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

LARGEST = np.float32(2.0**100)
SMALLEST = np.float32(2.0**-100)


@dataclass(frozen=True)
class Layer:
    """A quantised convolution before it is packed."""

    weight: torch.Tensor
    """int8 `(O, C, k)`, or `(C, O, k)` when transposed."""
    weight_scale: torch.Tensor
    input_scale: torch.Tensor
    bias: torch.Tensor | None
    slope: float
    block: int
    late: int = 0
    """Rows that the first block lacks."""
    dilation: int = 1
    stride: int = 1
    transposed: bool = False

    def pack(self) -> torch.ScriptObject:
        """Packed for the path that `EDGE_INT8_ISA` names."""
        front = (self.weight, self.weight_scale, self.input_scale, self.bias)
        if self.transposed:
            return torch.ops.edge.pack_conv_transpose1d(*front, self.stride, self.slope, self.block, self.late)
        return torch.ops.edge.pack_conv1d(*front, self.dilation, self.slope, self.block, self.late)


def random_layer(
    seed: int, inputs: int, outputs: int, kernel: int, *,
    dilation: int = 1, stride: int = 1, transposed: bool = False,
    slope: float = 0.1, block: int = 64, late: int = 0, bias: bool = True,
) -> Layer:
    """Weights over the whole range of int8, scales within a factor of four of each other."""
    source = torch.Generator().manual_seed(seed)
    shape = (inputs, outputs, kernel) if transposed else (outputs, inputs, kernel)
    return Layer(
        weight=torch.randint(-127, 128, shape, generator=source, dtype=torch.int8),
        weight_scale=torch.rand(outputs, generator=source) * 0.003 + 0.001,
        input_scale=torch.rand(inputs, generator=source) * 1.5 + 0.5,
        bias=torch.randn(outputs, generator=source) if bias else None,
        slope=slope, block=block, late=late, dilation=dilation, stride=stride, transposed=transposed,
    )  # fmt: skip


def expected(layer: Layer, x: torch.Tensor, addends: list[torch.Tensor] | None = None) -> torch.Tensor:
    """The operator's output `(1, T * stride, O)` for `x (1, T, C)`."""
    rows = np.clip(np.nan_to_num(x[0].numpy(), nan=0.0, posinf=np.inf, neginf=-np.inf), -LARGEST, LARGEST)
    before, after = _halo(layer)
    padded = np.pad(rows, ((before, after), (0, 0)))
    inverse = np.float32(1) / layer.input_scale.numpy()
    leaky = np.where(padded > 0, padded, padded * np.float32(layer.slope))
    blocks = []
    for border in range(-layer.late, len(rows), layer.block):
        begin, end = max(border, 0), min(border + layer.block, len(rows))
        blocks.append(_block(layer, leaky[begin : end + before + after], inverse))
    out = np.concatenate(blocks)
    for addend in addends or []:
        out = out + addend[0].numpy()
    return torch.from_numpy(np.ascontiguousarray(out))[None]


def _halo(layer: Layer) -> tuple[int, int]:
    """Rows before and after; for a transposed convolution, one of each covers every phase."""
    kernel = layer.weight.shape[2]
    if not layer.transposed:
        return (kernel - 1) // 2 * layer.dilation, (kernel - 1) // 2 * layer.dilation
    padding = (kernel - layer.stride) // 2
    return (kernel - 1 - padding) // layer.stride, -(-padding // layer.stride)


def _block(layer: Layer, leaky: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    values = leaky * inverse
    lowest, highest = min(np.float32(0), values.min()), max(np.float32(0), values.max())
    span = np.float32(highest) - np.float32(lowest)
    bias = np.float32(0) if layer.bias is None else layer.bias.numpy()
    if span < SMALLEST:
        centred, scale = np.zeros(leaky.shape, np.int64), np.float32(0)
    else:
        per_unit, scale = np.float32(255) / span, span / np.float32(255)
        zero = min(255, int(np.rint(-lowest * per_unit)))
        levels = np.clip(np.rint(leaky * (inverse * per_unit)).astype(np.int64) + zero, 0, 255)
        centred = levels - zero
    sums = _sums(layer, centred)
    return sums.astype(np.float32) * (layer.weight_scale.numpy() * scale) + bias


def _sums(layer: Layer, centred: np.ndarray) -> np.ndarray:
    """Exact integer convolution, by torch in float64 (integers below 2**53)."""
    x = torch.from_numpy(centred.astype(np.float64)).T[None]
    weight = layer.weight.double()
    if not layer.transposed:
        return torch.nn.functional.conv1d(x, weight, dilation=layer.dilation)[0].T.numpy()
    before, after = _halo(layer)
    kernel, stride = weight.shape[2], layer.stride
    full = torch.nn.functional.conv_transpose1d(x, weight, stride=stride, padding=(kernel - stride) // 2)
    rows = centred.shape[0]
    return full[0, :, before * stride : (rows - after) * stride].T.numpy()
