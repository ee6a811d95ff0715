"""Building blocks shared by the encoder, the duration predictors and the flow."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from edge.model.stream import Stream, StreamedConv1d, same_padding


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels of `(1, C, L)`."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        normal = F.layer_norm(x.transpose(1, 2), (self.channels,), self.gamma, self.beta, 1e-5)
        return normal.transpose(1, 2)


class DepthSeparableConv(nn.Module):
    """Dilated depth-separable convolutions with residuals (DDSConv in VITS, appendix B)."""

    def __init__(self, channels: int, kernel_size: int, n_layers: int) -> None:
        super().__init__()
        dilations = [kernel_size**i for i in range(n_layers)]
        self.convs_sep = nn.ModuleList(
            nn.Conv1d(
                channels, channels, kernel_size, dilation=d, padding=same_padding(kernel_size, d), groups=channels
            )
            for d in dilations
        )
        self.convs_1x1 = nn.ModuleList(nn.Conv1d(channels, channels, 1) for _ in dilations)
        self.norms_1 = nn.ModuleList(ChannelNorm(channels) for _ in dilations)
        self.norms_2 = nn.ModuleList(ChannelNorm(channels) for _ in dilations)

    def forward(self, x: Tensor) -> Tensor:
        for sep, norm_1, point, norm_2 in zip(self.convs_sep, self.norms_1, self.convs_1x1, self.norms_2):
            y = F.gelu(norm_1(sep(x)))
            x = x + F.gelu(norm_2(point(y)))
        return x


class WaveNet(nn.Module):
    """The non-causal WaveNet of VITS's residual coupling layers: gated convolutions with skip sums."""

    def __init__(self, channels: int, kernel_size: int, n_layers: int, gin_channels: int, late: int) -> None:
        """`late`: frames by which the input is late in a stream."""
        super().__init__()
        self.channels = channels
        lates = [late + i * same_padding(kernel_size) for i in range(n_layers + 1)]
        self.in_layers = nn.ModuleList(
            StreamedConv1d(channels, 2 * channels, kernel_size, before) for before in lates[:-1]
        )
        # The last layer has no next one to feed: it gives the skip half only.
        self.res_skip_layers = nn.ModuleList(
            StreamedConv1d(channels, channels if i == n_layers - 1 else 2 * channels, 1, lates[i + 1])
            for i in range(n_layers)
        )
        self.late = lates[-1]
        self.cond_layer = nn.Conv1d(gin_channels, 2 * channels * n_layers, 1) if gin_channels else None

    def forward(self, x: Tensor, g: Tensor, stream: Stream) -> Tensor:
        """`x (1, C, n)`, `g (1, G, 1)` to `(1, C, m)`."""
        condition = torch.zeros(1, 0, 1)
        if self.cond_layer is not None:
            condition = self.cond_layer(g)
        both = torch.cat([x, torch.zeros_like(x)], 1)  # what goes on to the next layer, and the sum of the skips
        for i, (in_layer, res_skip_layer) in enumerate(zip(self.in_layers, self.res_skip_layers)):
            gated = in_layer(both.narrow(1, 0, self.channels), [], stream)
            if self.cond_layer is not None:
                gated = gated + condition.narrow(1, 2 * self.channels * i, 2 * self.channels)
            filtered, gate = gated.chunk(2, 1)
            acts = torch.tanh(filtered) * torch.sigmoid(gate)
            is_last = i == len(self.in_layers) - 1
            both = res_skip_layer(acts, [both.narrow(1, self.channels, self.channels) if is_last else both], stream)
        return both
