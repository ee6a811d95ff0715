"""Convolutions over a sentence that comes in pieces: each keeps the rows that it needs again, none is computed twice.

A convolution whose output looks `halo` frames ahead gives its output as many frames late. What is added to that output
waits as long. So the pieces that come out, put together, are what the whole sentence gives, whatever the pieces that
went in; a whole sentence is a stream of one piece.

No layer may be given nothing: `Synthesizer.sound` waits for enough frames before it runs the layers for the first time.
"""

from __future__ import annotations

from typing import Optional

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def same_padding(kernel_size: int, dilation: int = 1) -> int:
    """Zeros on each side that keep an odd-kernel convolution's output as long as its input."""
    return (kernel_size - 1) * dilation // 2


class Stream:
    """One piece's way through the layers, which take what they kept of the last piece and keep something for the next.

    They run in the same order for every piece, so a flat list of tensors is all the state.
    """

    def __init__(self, state: list[Tensor], ended: bool) -> None:  # noqa: FBT001  (TorchScript has no keyword-only arguments here)
        """`state`: what the last piece's `kept` was, empty for the first one; `ended`: this is the last."""
        self.state = state
        self.ended = ended
        self.whole = ended and len(state) == 0
        self.taken = 0
        self.kept: list[Tensor] = []

    def take(self, count: int) -> list[Tensor]:
        """The `count` tensors that this layer kept; none for the first piece."""
        taken = self.state[self.taken : self.taken + count]
        self.taken += count
        return taken

    def around(self, x: Tensor, halo: int, dim: int) -> Tensor:
        """`x` and the context that a convolution along `dim` needs.

        In front of it the last `2 * halo` rows, but `halo` zeros at the beginning; behind it `halo` zeros at the end.
        """
        if halo == 0:
            return x
        kept = self.take(1)
        zeros = torch.zeros_like(x.narrow(dim, 0, 1)).expand([halo if d == dim else -1 for d in range(x.dim())])
        rows = [kept[0] if len(kept) > 0 else zeros, x]
        if self.ended:
            rows.append(zeros)
        joined = torch.cat(rows, dim)
        # A copy, or it would hold all of the piece.
        self.kept.append(joined.narrow(dim, joined.size(dim) - 2 * halo, 2 * halo).clone())
        return joined

    def add(self, y: Tensor, early: list[Tensor], dim: int) -> Tensor:
        """The sum; what is `early` waits along `dim` for the `y` that it belongs to."""
        for addend in early:
            if self.whole:
                y = addend + y
                continue
            kept = self.take(1)
            rows = torch.cat([kept[0], addend], dim) if len(kept) > 0 else addend
            ready = y.size(dim)
            self.kept.append(rows.narrow(dim, ready, rows.size(dim) - ready).clone())
            y = rows.narrow(dim, 0, ready) + y
        return y


def whole() -> Stream:
    """The stream of a sentence in one piece."""
    return Stream([], True)  # noqa: FBT003


def conv1d(x: Tensor, weight: Tensor, bias: Optional[Tensor], dilation: int, stream: Stream) -> Tensor:  # noqa: UP045
    """`F.conv1d` with as many frames out as in: `x (1, C, n)`, weight `(O, C, k)` with odd `k`, to `(1, O, m)`."""
    halo = same_padding(weight.size(2), dilation)
    if stream.whole:
        return F.conv1d(x, weight, bias, padding=halo, dilation=dilation)
    return F.conv1d(stream.around(x, halo, 2), weight, bias, dilation=dilation)


def conv_transpose1d(x: Tensor, weight: Tensor, bias: Optional[Tensor], stride: int, stream: Stream) -> Tensor:  # noqa: UP045
    """`F.conv_transpose1d`, `stride` frames out for one: `x (1, C, n)`, weight `(C, O, k)`, to `(1, O, m * stride)`."""
    padding = (weight.size(2) - stride) // 2
    if stream.whole:
        return F.conv_transpose1d(x, weight, bias, stride, padding)
    halo = transposed_halo(weight.size(2), stride)
    return F.conv_transpose1d(stream.around(x, halo, 2), weight, bias, stride, padding + halo * stride)


def transposed_halo(kernel_size: int, stride: int) -> int:
    """Input frames on either side that one input frame's outputs of a transposed convolution depend on."""
    return ((kernel_size + stride) // 2 - 1) // stride


class StreamedConv1d(nn.Conv1d):
    """`nn.Conv1d` with an odd kernel, stride 1 and same padding, over a stream."""

    def __init__(
        self, inputs: int, outputs: int, kernel_size: int, late: int, dilation: int = 1, *, bias: bool = True
    ) -> None:
        """`late`: frames by which the input is late."""
        halo = same_padding(kernel_size, dilation)
        super().__init__(inputs, outputs, kernel_size, dilation=dilation, padding=halo, bias=bias)
        self.late = late + halo
        """Frames by which the output is late."""

    def forward(self, x: Tensor, early: list[Tensor], stream: Stream) -> Tensor:  # type: ignore[override]
        """`x (1, C, n)` to `(1, O, m)`, to which is added what is `early`: no later than the output."""
        return stream.add(conv1d(x, self.weight, self.bias, self.dilation[0], stream), early, 2)


class StreamedConvTranspose1d(nn.ConvTranspose1d):
    """`nn.ConvTranspose1d` that makes `stride` frames of one, over a stream."""

    def __init__(self, inputs: int, outputs: int, kernel_size: int, stride: int, late: int) -> None:
        """`late`: frames by which the input is late."""
        super().__init__(inputs, outputs, kernel_size, stride, padding=(kernel_size - stride) // 2)
        self.late = late + transposed_halo(kernel_size, stride)
        """Input frames by which the output is late."""

    def forward(self, x: Tensor, early: list[Tensor], stream: Stream) -> Tensor:  # type: ignore[override]
        """`x (1, C, n)` to `(1, O, m)`, to which is added what is `early`: no later than the output."""
        return stream.add(conv_transpose1d(x, self.weight, self.bias, self.stride[0], stream), early, 2)
