"""How many frames each symbol lasts: the stochastic and the deterministic predictor."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from edge.model.layers import ChannelNorm, DepthSeparableConv
from edge.model.spline import InverseSpline
from edge.model.stream import same_padding

# Sizes that no upstream config varies (MeloTTS models.py, Piper vits/models.py).
SPLINE_BINS = 10
KERNEL_SIZE = 3
FILTER_CHANNELS = 256


class ConvFlow(nn.Module):
    """One spline coupling of the stochastic predictor, inverse direction only."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.pre = nn.Conv1d(1, channels, 1)
        self.convs = DepthSeparableConv(channels, KERNEL_SIZE, n_layers=3)
        self.proj = nn.Conv1d(channels, 3 * SPLINE_BINS - 1, 1)
        self.spline = InverseSpline(SPLINE_BINS)
        # Upstream divides the logits of widths and heights, but not the slopes, by sqrt(C).
        logit_scale = torch.ones(3 * SPLINE_BINS - 1)
        logit_scale[: 2 * SPLINE_BINS] /= math.sqrt(channels)
        self.register_buffer("logit_scale", logit_scale, persistent=False)

    def forward(self, z: Tensor, condition: Tensor) -> Tensor:
        """`z (1, 2, L)`, `condition (1, C, L)` to `(1, 2, L)`."""
        z0, z1 = z[:, :1], z[:, 1:]
        parameters = self.proj(self.convs(self.pre(z0) + condition)).transpose(1, 2) * self.logit_scale
        return torch.cat([z0, self.spline(z1.squeeze(1), parameters).unsqueeze(1)], dim=1)


class StochasticDurationPredictor(nn.Module):
    """Samples log durations by running a flow backwards from noise (VITS, section 2.2.2)."""

    def __init__(self, channels: int, gin_channels: int) -> None:
        super().__init__()
        self.pre = nn.Conv1d(channels, channels, 1)
        self.proj = nn.Conv1d(channels, channels, 1)
        self.convs = DepthSeparableConv(channels, KERNEL_SIZE, n_layers=3)
        self.cond = nn.Conv1d(gin_channels, channels, 1) if gin_channels else None
        # In the order that inference runs them. Training has a fourth, which inference leaves out.
        self.flows = nn.ModuleList(ConvFlow(channels) for _ in range(3))
        self.affine_mean = nn.Parameter(torch.zeros(2, 1))
        self.affine_log_scale = nn.Parameter(torch.zeros(2, 1))

    def forward(self, hidden: Tensor, g: Tensor, noise: Tensor) -> Tensor:
        """`hidden (1, C, L)`, `g (1, G, 1)`, `noise (1, 2, L)` to log durations `(1, 1, L)`."""
        x = self.pre(hidden)
        if self.cond is not None:
            x = x + self.cond(g)
        condition = self.proj(self.convs(x))
        z = noise
        for flow in self.flows:
            z = flow(torch.flip(z, [1]), condition)
        z = (torch.flip(z, [1]) - self.affine_mean) * torch.exp(-self.affine_log_scale)
        return z[:, :1]


class DurationPredictor(nn.Module):
    """Regresses log durations with two convolutions (FastSpeech's predictor)."""

    def __init__(self, channels: int, gin_channels: int) -> None:
        super().__init__()
        padding = same_padding(KERNEL_SIZE)
        self.conv_1 = nn.Conv1d(channels, FILTER_CHANNELS, KERNEL_SIZE, padding=padding)
        self.norm_1 = ChannelNorm(FILTER_CHANNELS)
        self.conv_2 = nn.Conv1d(FILTER_CHANNELS, FILTER_CHANNELS, KERNEL_SIZE, padding=padding)
        self.norm_2 = ChannelNorm(FILTER_CHANNELS)
        self.proj = nn.Conv1d(FILTER_CHANNELS, 1, 1)
        self.cond = nn.Conv1d(gin_channels, channels, 1) if gin_channels else None

    def forward(self, hidden: Tensor, g: Tensor) -> Tensor:
        """`hidden (1, C, L)`, `g (1, G, 1)` to log durations `(1, 1, L)`."""
        x = hidden
        if self.cond is not None:
            x = x + self.cond(g)
        x = self.norm_1(torch.relu(self.conv_1(x)))
        x = self.norm_2(torch.relu(self.conv_2(x)))
        return self.proj(x)
