"""Symbols to the prior's statistics."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from edge.model.attention import Encoder
from edge.model.config import SynthesizerConfig

BERT_CHANNELS = 1024
JA_BERT_CHANNELS = 768


class SymbolEmbedding(nn.Module):
    """VITS: a symbol is all there is. The other inputs are taken and left unused."""

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        self.emb = nn.Embedding(config.n_symbols, config.hidden_channels)

    def forward(
        self,
        symbols: Tensor,
        tones: Tensor,  # noqa: ARG002  (one signature for both embeddings)
        languages: Tensor,  # noqa: ARG002
        bert: Tensor,  # noqa: ARG002
        ja_bert: Tensor,  # noqa: ARG002
    ) -> Tensor:
        return self.emb(symbols)


class MeloEmbedding(nn.Module):
    """MeloTTS: symbol, tone and language embeddings and two projected BERT features, summed."""

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        hidden = config.hidden_channels
        self.emb = nn.Embedding(config.n_symbols, hidden)
        self.tone_emb = nn.Embedding(config.n_tones, hidden)
        self.language_emb = nn.Embedding(config.n_languages, hidden)
        self.bert_proj = nn.Conv1d(BERT_CHANNELS, hidden, 1)
        self.ja_bert_proj = nn.Conv1d(JA_BERT_CHANNELS, hidden, 1)

    def forward(self, symbols: Tensor, tones: Tensor, languages: Tensor, bert: Tensor, ja_bert: Tensor) -> Tensor:
        ids = self.emb(symbols) + self.tone_emb(tones) + self.language_emb(languages)
        features = self.bert_proj(bert) + self.ja_bert_proj(ja_bert)
        return ids + features.transpose(1, 2)


class TextEncoder(nn.Module):
    """Embeds `L` symbols, encodes them and projects to the prior's mean and log deviation."""

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        hidden = config.hidden_channels
        self.scale = math.sqrt(hidden)
        self.embedding: nn.Module = MeloEmbedding(config) if config.n_tones else SymbolEmbedding(config)
        self.encoder = Encoder(
            hidden,
            config.filter_channels,
            config.n_heads,
            config.n_layers,
            config.kernel_size,
            config.gin_channels if config.speaker_conditioned_encoder else 0,
        )
        self.proj = nn.Conv1d(hidden, 2 * config.inter_channels, 1)

    def forward(
        self, symbols: Tensor, tones: Tensor, languages: Tensor, bert: Tensor, ja_bert: Tensor, g: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Ids `(1, L)`, features `(1, 1024, L)` and `(1, 768, L)`, `g (1, G, 1)`.

        Returns the hidden text `(1, C, L)`, the prior's mean and log deviation, each `(1, H, L)`.
        """
        embedded = self.embedding(symbols, tones, languages, bert, ja_bert) * self.scale
        hidden = self.encoder(embedded.transpose(1, 2), g)
        mean, log_deviation = torch.chunk(self.proj(hidden), 2, dim=1)
        return hidden, mean, log_deviation
