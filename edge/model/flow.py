"""The normalising flow from the prior to the vocoder's latent, inverse direction only."""

from __future__ import annotations

from typing import Optional

import torch
from torch import Tensor, nn

from edge.model.attention import Encoder
from edge.model.config import SynthesizerConfig
from edge.model.layers import WaveNet
from edge.model.stream import Stream, StreamedConv1d, whole

KERNEL_SIZE = 5


class CouplingLayer(nn.Module):
    """An affine coupling with unit scale: half of the channels shifts the other half.

    `enc` is the network between the two projections: a `WaveNet` in VITS, an `Encoder` in VITS2.
    """

    def __init__(self, config: SynthesizerConfig, late: int) -> None:
        """`late`: frames by which the input is late in a stream."""
        super().__init__()
        hidden, layers, gin = config.hidden_channels, config.n_flow_layers, config.gin_channels
        self.half_channels = config.inter_channels // 2
        self.pre = StreamedConv1d(self.half_channels, hidden, 1, late)
        self.enc = (
            WaveNet(hidden, KERNEL_SIZE, layers, gin, late)
            if config.flow == "residual"
            else Encoder(hidden, config.filter_channels, config.n_heads, layers, KERNEL_SIZE, gin)
        )
        self.late = self.enc.late if isinstance(self.enc, WaveNet) else late
        self.post = StreamedConv1d(hidden, self.half_channels, 1, self.late)

    def forward(self, x: Tensor, g: Tensor, stream: Stream) -> Tensor:
        """`x (1, H, n)`, `g (1, G, 1)` to `(1, H, m)`."""
        shift = self.post(self.enc(self.pre(x[:, : self.half_channels], [], stream), g, stream), [], stream)
        return stream.add(torch.cat([torch.zeros_like(shift), -shift], 1), [x], 2)


class CouplingFlow(nn.Module):
    """Coupling layers with a channel flip before each, in the order that inference runs them."""

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        self.attends = config.flow == "transformer"
        """Attention needs the whole sentence; convolutions do not."""
        couplings: list[CouplingLayer] = []
        self.late = 0
        """Frames by which the output is late in a stream."""
        for _ in range(config.n_flows):
            couplings.append(CouplingLayer(config, self.late))
            self.late = couplings[-1].late
        self.couplings = nn.ModuleList(couplings)

    def forward(self, z: Tensor, g: Tensor, stream: Optional[Stream] = None) -> Tensor:  # noqa: UP045  (see `Synthesizer`)
        """`z (1, H, n)`, `g (1, G, 1)` to `(1, H, m)`; without a stream, `m` is `n`."""
        if stream is None:
            stream = whole()
        for coupling in self.couplings:
            z = coupling(torch.flip(z, [1]), g, stream)
        return z
