"""The numbers that give a `Synthesizer` its shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

FlowKind = Literal["transformer", "residual"]
DurationKind = Literal["mixed", "stochastic", "deterministic"]
ResBlockKind = Literal["1", "2"]


@dataclass(frozen=True)
class SynthesizerConfig:
    """Sizes and choices of one VITS or VITS2 model; names follow upstream's `config.json`."""

    n_symbols: int
    n_tones: int
    """0 for VITS: no tone, language or BERT inputs."""
    n_languages: int
    n_speakers: int
    """0 or 1: a single-speaker model, without speaker embedding."""
    inter_channels: int
    hidden_channels: int
    filter_channels: int
    n_heads: int
    n_layers: int
    kernel_size: int
    gin_channels: int
    """Channels of the speaker embedding, `G`; 0 for a single-speaker model."""
    speaker_conditioned_encoder: bool
    flow: FlowKind
    n_flow_layers: int
    """Layers inside each coupling layer of the flow."""
    n_flows: int
    durations: DurationKind
    """`mixed` blends both predictors by `sdp_ratio`, as MeloTTS does; a Piper voice has one of them."""
    resblock: ResBlockKind
    resblock_kernel_sizes: tuple[int, ...]
    resblock_dilation_sizes: tuple[tuple[int, ...], ...]
    upsample_rates: tuple[int, ...]
    upsample_kernel_sizes: tuple[int, ...]
    upsample_initial_channel: int

    @property
    def hop_length(self) -> int:
        """Samples that one latent frame becomes."""
        return math.prod(self.upsample_rates)
