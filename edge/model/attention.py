"""Transformer encoder with windowed relative positions (Shaw et al., 2018), as VITS uses it."""

from __future__ import annotations

import math
from typing import Optional

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from edge.model.layers import ChannelNorm
from edge.model.stream import Stream, same_padding

WINDOW = 4
"""Relative positions beyond +-4 symbols have no embedding in any MeloTTS or Piper model."""

SPEAKER_LAYER = 2
"""The layer before which the speaker is added (VITS2, section 2.4; upstream's `cond_layer_idx`)."""


class RelativeAttention(nn.Module):
    """Multi-head self-attention whose keys and values know their distance, within `WINDOW`."""

    def __init__(self, channels: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.head_channels = channels // n_heads
        self.window = WINDOW
        self.conv_q = nn.Conv1d(channels, channels, 1)
        self.conv_k = nn.Conv1d(channels, channels, 1)
        self.conv_v = nn.Conv1d(channels, channels, 1)
        self.conv_o = nn.Conv1d(channels, channels, 1)
        self.emb_rel_k = nn.Parameter(torch.zeros(1, 2 * WINDOW + 1, self.head_channels))
        self.emb_rel_v = nn.Parameter(torch.zeros(1, 2 * WINDOW + 1, self.head_channels))

    def forward(self, x: Tensor) -> Tensor:
        """`(1, C, L)` to `(1, C, L)`."""
        q = self._heads(self.conv_q(x)) / math.sqrt(self.head_channels)
        k, v = self._heads(self.conv_k(x)), self._heads(self.conv_v(x))
        by_distance = q @ self.emb_rel_k.transpose(1, 2)
        weights = torch.softmax(q @ k.transpose(1, 2) + self._to_positions(by_distance), dim=-1)
        y = weights @ v + self._to_distances(weights) @ self.emb_rel_v
        return self.conv_o(y.transpose(0, 1).reshape(1, x.size(2), x.size(1)).transpose(1, 2))

    def _heads(self, x: Tensor) -> Tensor:
        """`(1, C, L)` to `(heads, L, C / heads)`."""
        return x.view(self.n_heads, self.head_channels, -1).transpose(1, 2)

    def _to_positions(self, by_distance: Tensor) -> Tensor:
        """`(heads, L, 2W+1)` by distance to `(heads, L, L)` by position, zero outside the window.

        Rows that are one element longer than the row they are read back as shift by one a row: distance
        becomes position without a gather.
        """
        heads, length, width = by_distance.shape
        skewed = F.pad(by_distance, [0, length]).flatten(1)
        row = length + width - 1
        return skewed[:, : length * row].view(heads, length, row)[:, :, self.window : self.window + length]

    def _to_distances(self, by_position: Tensor) -> Tensor:
        """The inverse: `(heads, L, L)` by position to `(heads, L, 2W+1)` by distance."""
        heads, length, _ = by_position.shape
        width = 2 * self.window + 1
        flat = F.pad(F.pad(by_position, [self.window, self.window]).flatten(1), [0, length])
        return flat.view(heads, length, length + width)[:, :, :width]


class FeedForward(nn.Module):
    """Two convolutions with a ReLU between."""

    def __init__(self, channels: int, filter_channels: int, kernel_size: int) -> None:
        super().__init__()
        self.conv_1 = nn.Conv1d(channels, filter_channels, kernel_size, padding=same_padding(kernel_size))
        self.conv_2 = nn.Conv1d(filter_channels, channels, kernel_size, padding=same_padding(kernel_size))

    def forward(self, x: Tensor) -> Tensor:
        return self.conv_2(torch.relu(self.conv_1(x)))


class EncoderLayer(nn.Module):
    """Attention and feed-forward, each with a residual and a normalisation behind."""

    def __init__(self, channels: int, filter_channels: int, n_heads: int, kernel_size: int) -> None:
        super().__init__()
        self.attention = RelativeAttention(channels, n_heads)
        self.norm_1 = ChannelNorm(channels)
        self.feed_forward = FeedForward(channels, filter_channels, kernel_size)
        self.norm_2 = ChannelNorm(channels)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm_1(x + self.attention(x))
        return self.norm_2(x + self.feed_forward(x))


class Encoder(nn.Module):
    """A stack of `EncoderLayer`s; the speaker, if there is one, joins before layer `SPEAKER_LAYER`."""

    def __init__(
        self,
        channels: int,
        filter_channels: int,
        n_heads: int,
        n_layers: int,
        kernel_size: int,
        gin_channels: int,
    ) -> None:
        super().__init__()
        self.speaker_layer = SPEAKER_LAYER
        self.layers = nn.ModuleList(
            EncoderLayer(channels, filter_channels, n_heads, kernel_size) for _ in range(n_layers)
        )
        self.spk_emb_linear = nn.Linear(gin_channels, channels) if gin_channels else None

    def forward(self, x: Tensor, g: Tensor, stream: Optional[Stream] = None) -> Tensor:  # noqa: ARG002, UP045
        """`x (1, C, L)`, `g (1, G, 1)` to `(1, C, L)`; a flow gives the stream to whatever network it has."""
        for i, layer in enumerate(self.layers):
            if self.spk_emb_linear is not None and i == self.speaker_layer:
                x = x + self.spk_emb_linear(g.transpose(1, 2)).transpose(1, 2)
            x = layer(x)
        return x
