"""The normalising flow from the prior to the vocoder's latent, inverse direction only."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from edge.model.attention import Encoder
from edge.model.config import SynthesizerConfig
from edge.model.layers import WaveNet

KERNEL_SIZE = 5


class CouplingLayer(nn.Module):
    """An affine coupling with unit scale: half of the channels shifts the other half.

    `enc` is the network between the two projections: a `WaveNet` in VITS, an `Encoder` in VITS2.
    """

    def __init__(self, channels: int, hidden_channels: int, enc: nn.Module) -> None:
        super().__init__()
        self.half_channels = channels // 2
        self.pre = nn.Conv1d(self.half_channels, hidden_channels, 1)
        self.enc = enc
        self.post = nn.Conv1d(hidden_channels, self.half_channels, 1)

    def forward(self, x: Tensor, g: Tensor) -> Tensor:
        """`x (1, H, T)`, `g (1, G, 1)` to `(1, H, T)`."""
        x0, x1 = x[:, : self.half_channels], x[:, self.half_channels :]
        shift = self.post(self.enc(self.pre(x0), g))
        return torch.cat([x0, x1 - shift], dim=1)


class CouplingFlow(nn.Module):
    """Coupling layers with a channel flip before each, in the order that inference runs them."""

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        self.couplings = nn.ModuleList(
            CouplingLayer(config.inter_channels, config.hidden_channels, _network(config))
            for _ in range(config.n_flows)
        )

    def forward(self, z: Tensor, g: Tensor) -> Tensor:
        """`z (1, H, T)`, `g (1, G, 1)` to `(1, H, T)`."""
        for coupling in self.couplings:
            z = coupling(torch.flip(z, [1]), g)
        return z


def _network(config: SynthesizerConfig) -> nn.Module:
    hidden, layers, gin = config.hidden_channels, config.n_flow_layers, config.gin_channels
    if config.flow == "residual":
        return WaveNet(hidden, KERNEL_SIZE, layers, gin)
    return Encoder(hidden, config.filter_channels, config.n_heads, layers, KERNEL_SIZE, gin)
