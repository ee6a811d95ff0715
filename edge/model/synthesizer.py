"""The whole model, cut where streaming wants it: text to latent, latent to sound."""

from __future__ import annotations

from typing import Optional

import torch
from torch import Tensor, nn

from edge.model.config import SynthesizerConfig
from edge.model.durations import DurationPredictor, StochasticDurationPredictor
from edge.model.flow import CouplingFlow
from edge.model.stream import Stream
from edge.model.text_encoder import TextEncoder
from edge.model.vocoder import Vocoder


class Synthesizer(nn.Module):
    """VITS or VITS2 for inference.

    `encode` turns text into the vocoder's latent and `decode` that into sound, a sentence at a time. `latent` does of
    both what needs the whole sentence, and `sound` the rest, which can be heard while it comes.
    """

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        self.hop_length = config.hop_length
        self.n_symbols = config.n_symbols
        self.text_encoder = TextEncoder(config)
        self.stochastic_durations = (
            StochasticDurationPredictor(config.hidden_channels, config.gin_channels)
            if config.durations != "deterministic"
            else None
        )
        self.durations = (
            DurationPredictor(config.hidden_channels, config.gin_channels)
            if config.durations != "stochastic"
            else None
        )
        self.flow = CouplingFlow(config)
        self.vocoder = Vocoder(config, self.flow.late)
        self.speakers = nn.Embedding(config.n_speakers, config.gin_channels) if config.gin_channels else None
        self.run_in(1)

    def run_in(self, grain: int) -> None:
        """Has `sound` compute multiples of `grain` frames, which the layers' blocks may ask for."""
        self.grain = grain
        self.lookahead = self.vocoder.late // (self.hop_length * grain) * grain
        """Frames, a multiple of `grain`: no sound comes before `lookahead + grain` of them have."""

    @torch.jit.export
    def encode(
        self,
        symbols: Tensor,
        tones: Tensor,
        languages: Tensor,
        bert: Tensor,
        ja_bert: Tensor,
        speaker: Tensor,
        sdp_ratio: float,
        noise_scale: float,
        noise_scale_w: float,
        length_scale: float,
        duration_noise: Optional[Tensor],  # noqa: UP045  (TorchScript in torch 2.9 wants Optional in methods)
        prior_noise: Optional[Tensor],  # noqa: UP045
        durations: Optional[Tensor],  # noqa: UP045
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Text to latent: the arguments of `latent`, and what it returns, with `z` after the whole flow."""
        x, g, frames = self.latent(
            symbols,
            tones,
            languages,
            bert,
            ja_bert,
            speaker,
            sdp_ratio,
            noise_scale,
            noise_scale_w,
            length_scale,
            duration_noise,
            prior_noise,
            durations,
        )
        return x if self.flow.attends else self.flow(x, g), g, frames

    @torch.jit.export
    def latent(
        self,
        symbols: Tensor,
        tones: Tensor,
        languages: Tensor,
        bert: Tensor,
        ja_bert: Tensor,
        speaker: Tensor,
        sdp_ratio: float,
        noise_scale: float,
        noise_scale_w: float,
        length_scale: float,
        duration_noise: Optional[Tensor],  # noqa: UP045
        prior_noise: Optional[Tensor],  # noqa: UP045
        durations: Optional[Tensor],  # noqa: UP045
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Text to what `sound` goes on from.

        Args:
            symbols, tones, languages: int64 ids `(1, L)`, blanks interspersed.
            bert, ja_bert: features `(1, 1024, L)` and `(1, 768, L)`; a VITS model ignores them.
            speaker: int64 id `(1,)`.
            sdp_ratio: share of the stochastic predictor where the model has both, 0..1.
            noise_scale: deviation of the prior's noise.
            noise_scale_w: deviation of the stochastic durations' noise.
            length_scale: 1 / speed.
            duration_noise: standard normal `(1, 2, L)`; None: drawn.
            prior_noise: standard normal `(1, H, T)`; None: drawn.
            durations: frames a symbol `(1, L)`; None: predicted.

        Returns:
            `x (1, H, T)`, the sampled prior, after the flow if that attends; the speaker `g (1, G, 1)`; `durations
            (1, L)` int64, whose sum is `T`.
        """
        g = torch.zeros(1, 0, 1)
        if self.speakers is not None:
            g = self.speakers(speaker).unsqueeze(-1)
        hidden, mean, log_deviation = self.text_encoder(symbols, tones, languages, bert, ja_bert, g)
        if durations is None:
            log_durations = self._log_durations(hidden, g, sdp_ratio, noise_scale_w, duration_noise)
            durations = torch.ceil(torch.exp(log_durations) * length_scale).squeeze(1)
        frames = durations.long()
        if int(frames.sum()) == 0:
            frames = frames + 1
        mean = torch.repeat_interleave(mean, frames[0], dim=2)
        deviation = torch.exp(torch.repeat_interleave(log_deviation, frames[0], dim=2))
        noise = torch.randn_like(mean) if prior_noise is None else prior_noise
        x = mean + noise * deviation * noise_scale
        return self.flow(x, g) if self.flow.attends else x, g, frames

    @torch.jit.export
    def sound(self, x: Tensor, g: Tensor, state: list[Tensor], ended: bool) -> tuple[Tensor, list[Tensor]]:  # noqa: FBT001  (a TorchScript method's arguments are positional)
        """The next sound of a sentence, all pieces of which together are what `encode` and `decode` make of it.

        The first sound is `lookahead` frames late, and multiples of `grain` frames are computed at a time: what is
        over waits. So computations are alike, but for the first and the last, when all pieces have the same length.

        Args:
            x: frames `(1, H, n)` of what `latent` returned, in order, at least one.
            g: the speaker, as `latent` returned it.
            state: what the last call returned; empty for a sentence's first.
            ended: these are the sentence's last frames.

        Returns:
            `audio (1, 1, m)` in -1..1, perhaps empty, and the state for the next call.
        """
        waiting = torch.cat([state[0], x], 2) if len(state) > 0 else x
        ready = waiting.size(2) if ended else waiting.size(2) // self.grain * self.grain
        if not ended and (ready == 0 or (len(state) <= 1 and ready <= self.lookahead)):
            return x.new_zeros(1, 1, 0), [waiting] + state[1:]  # noqa: RUF005  (TorchScript does not unpack)
        stream = Stream(state[1:], ended)
        latent = waiting[:, :, :ready]
        z = latent if self.flow.attends else self.flow(latent, g, stream)
        return self.vocoder(z, g, stream), [waiting[:, :, ready:].clone()] + stream.kept  # noqa: RUF005

    @torch.jit.export
    def decode(self, z: Tensor, g: Tensor) -> Tensor:
        """Latent `(1, H, T)` and speaker `(1, G, 1)` to `audio (1, 1, T * hop)` in -1..1."""
        return self.vocoder(z, g)

    def _log_durations(
        self,
        hidden: Tensor,
        g: Tensor,
        sdp_ratio: float,
        noise_scale_w: float,
        noise: Optional[Tensor],  # noqa: UP045
    ) -> Tensor:
        """Log frames a symbol `(1, 1, L)` from whichever predictors the model has."""
        stochastic = torch.zeros(1)
        if self.stochastic_durations is not None:
            drawn = torch.randn(1, 2, hidden.size(2)) if noise is None else noise
            stochastic = self.stochastic_durations(hidden, g, drawn * noise_scale_w)
        if self.durations is None:
            return stochastic
        deterministic = self.durations(hidden, g)
        if self.stochastic_durations is None:
            return deterministic
        return stochastic * sdp_ratio + deterministic * (1.0 - sdp_ratio)
