"""Utterances of the FP32 model with everything random written down, for others to repeat."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from edge.model import Synthesizer
from edge.voice import Inputs, Scales

IDENTICAL_DB = 150.0
"""What JSON can say of two signals that do not differ."""


class Reference(NamedTuple):
    """One utterance."""

    inputs: Inputs
    scales: tuple[float, float, float, float]
    """sdp_ratio, noise_scale, noise_scale_w, length_scale."""
    duration_noise: Tensor
    prior_noise: Tensor
    durations: Tensor
    z: Tensor
    g: Tensor
    audio: Tensor

    def encode(self, model: Synthesizer | torch.jit.ScriptModule) -> tuple[Tensor, Tensor, Tensor]:
        """Has another model encode the same, with the same noise and durations."""
        encoded: tuple[Tensor, Tensor, Tensor] = model.encode(
            *self.inputs, *self.scales, self.duration_noise, self.prior_noise, self.durations
        )
        return encoded


def speak_reference(synthesizer: Synthesizer, inputs: Inputs, scales: Scales, seed: int) -> Reference:
    """Runs FP32 on `inputs`, with noise drawn from `seed`."""
    numbers = (scales.sdp_ratio, scales.noise_scale, scales.noise_scale_w, scales.length_scale)
    generator = torch.Generator().manual_seed(seed)
    duration_noise = torch.randn(1, 2, inputs[0].size(1), generator=generator)
    with torch.inference_mode():
        # How long the noise is to be is known from the durations alone. Whoever calibrates sees this pass as well, so
        # that one, too, is the same in each build.
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            z, g, durations = synthesizer.encode(*inputs, *numbers, duration_noise, None, None)
        prior_noise = torch.randn(z.shape, generator=generator)
        z, g, durations = synthesizer.encode(*inputs, *numbers, duration_noise, prior_noise, durations)
        return Reference(inputs, numbers, duration_noise, prior_noise, durations, z, g, synthesizer.decode(z, g))


def with_other_noise(synthesizer: Synthesizer, reference: Reference, seed: int) -> Tensor:
    """The same sentence with the same durations, as FP32 says it another time: `audio (1, 1, samples)`."""
    noise = torch.randn(reference.z.shape, generator=torch.Generator().manual_seed(seed))
    with torch.inference_mode():
        z, g, _ = reference._replace(prior_noise=noise).encode(synthesizer)
        return synthesizer.decode(z, g)


def snr_db(reference: Tensor, signal: Tensor) -> float:
    """Within +-`IDENTICAL_DB`, which JSON can say; what is no number is as far off as can be."""
    noise = (signal - reference).pow(2).sum()
    decibels = 10 * torch.log10(reference.pow(2).sum() / noise)
    return float(decibels.nan_to_num(nan=-IDENTICAL_DB).clamp(-IDENTICAL_DB, IDENTICAL_DB))
