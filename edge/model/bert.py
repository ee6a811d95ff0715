"""BERT's encoder, as far as MeloTTS looks into it (Devlin et al., "BERT", 2018).

MeloTTS takes `hidden_states[-3]` for features: what comes out before the last two layers, which therefore are not here.
One sentence at a time and no masks; what is read is always the first segment.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

UNUSED_LAYERS = 2


@dataclass(frozen=True)
class BertConfig:
    """The sizes of one BERT."""

    vocabulary: int
    """Pieces that have an embedding."""
    channels: int
    filter_channels: int
    n_heads: int
    n_layers: int
    """Those that are used."""
    longest: int
    """Pieces that can be read at once, the marks at both ends included."""
    norm_epsilon: float


class BertEmbedding(nn.Module):
    """Pieces of words and where they stand."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.pieces: nn.Module = nn.Embedding(config.vocabulary, config.channels)
        self.positions = nn.Parameter(torch.zeros(config.longest, config.channels))
        """The embedding of the first segment is in them."""
        self.norm = nn.LayerNorm(config.channels, config.norm_epsilon)

    def forward(self, ids: Tensor) -> Tensor:
        """`(1, n)` to `(1, n, C)`."""
        return self.norm(self.pieces(ids) + self.positions[: ids.size(1)])


class BertLayer(nn.Module):
    """Attention and a feed-forward network, each with its input added and then normalised."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        channels = config.channels
        self.n_heads = config.n_heads
        self.query_key_value = nn.Linear(channels, 3 * channels)
        self.attended = nn.Linear(channels, channels)
        self.norm_1 = nn.LayerNorm(channels, config.norm_epsilon)
        self.widen = nn.Linear(channels, config.filter_channels)
        self.narrow = nn.Linear(config.filter_channels, channels)
        self.norm_2 = nn.LayerNorm(channels, config.norm_epsilon)

    def forward(self, x: Tensor) -> Tensor:
        """`(1, n, C)` to `(1, n, C)`."""
        n = x.size(1)
        heads = self.query_key_value(x).view(n, 3, self.n_heads, -1).permute(1, 2, 0, 3)
        seen = F.scaled_dot_product_attention(heads[0], heads[1], heads[2])
        x = self.norm_1(x + self.attended(seen.transpose(0, 1).reshape(1, n, -1)))
        return self.norm_2(x + self.narrow(F.gelu(self.widen(x))))


class BertEncoder(nn.Module):
    """Features of pieces of words."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.channels, self.vocabulary, self.longest = config.channels, config.vocabulary, config.longest
        self.embedding = BertEmbedding(config)
        self.layers = nn.ModuleList(BertLayer(config) for _ in range(config.n_layers))

    def forward(self, ids: Tensor) -> Tensor:
        """Ids `(1, n)` of at most `longest` pieces, the marks at both ends included, to `(n, C)`."""
        x = self.embedding(ids)
        for layer in self.layers:
            x = layer(x)
        return x[0]
