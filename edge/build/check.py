"""Is the bundle's model what the FP32 model is? Asked in a fresh process, of the file as a device will read it.

Durations and noise are injected, so that both say the same thing. The latent `z` and the decoder's sound are
compared each on its own: sound decoded from two latents that differ by a hair drifts in phase, which nobody hears
and every waveform measure punishes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import msgspec
import torch
from torch import Tensor

from edge.errors import BundleError
from edge.model import Synthesizer
from edge.voice import Inputs
from edge.voice.bundle import MODEL
from edge.voice.manifest import Scales

MIN_SNR_DB = 15.0
"""Below this something is broken. The joe voice measures 21.7 dB in `z` and 27.0 dB in the sound at worst, on a
one-word sentence, and about 30 dB in both on the others."""


IDENTICAL_DB = 200.0
"""Stands for infinity: more than FP32 can tell apart."""


class Reference(NamedTuple):
    """One utterance of the FP32 model, with everything random written down."""

    inputs: Inputs
    scales: tuple[float, float, float, float]
    duration_noise: Tensor
    prior_noise: Tensor
    durations: Tensor
    z: Tensor
    g: Tensor
    audio: Tensor


class Fidelity(msgspec.Struct, frozen=True):
    """Signal-to-noise ratio against FP32, in dB, the worst of all references."""

    z_snr_db: float
    audio_snr_db: float


def speak_reference(synthesizer: Synthesizer, inputs: Inputs, scales: Scales, seed: int) -> Reference:
    """Runs FP32 on `inputs`, as `Voice.prepare` gives them, with noise drawn from `seed`."""
    numbers = (scales.sdp_ratio, scales.noise_scale, scales.noise_scale_w, scales.length_scale)
    generator = torch.Generator().manual_seed(seed)
    duration_noise = torch.randn(1, 2, inputs[0].size(1), generator=generator)
    with torch.inference_mode():
        z, g, durations = synthesizer.encode(*inputs, *numbers, duration_noise, None, None)
        prior_noise = torch.randn(z.shape, generator=generator)
        z, g, durations = synthesizer.encode(*inputs, *numbers, duration_noise, prior_noise, durations)
        audio = synthesizer.decode(z, g)
    return Reference(inputs, numbers, duration_noise, prior_noise, durations, z, g, audio)


def fidelity(folder: Path, references: list[Reference]) -> Fidelity:
    """Compares `folder`'s model with `references` in a process that has loaded nothing but torch and `edge`.

    Raises:
        BundleError: the file does not load or run there, or is further from FP32 than `MIN_SNR_DB`.
    """
    recording = folder / "references.pt"
    torch.save([tuple(reference) for reference in references], recording)
    command = [sys.executable, "-m", "edge.build.check", str(folder / MODEL), str(recording)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        recording.unlink()
    if done.returncode:
        message = f"The built model does not run in a fresh process:\n{done.stderr.strip()}"
        raise BundleError(message)
    result = msgspec.json.decode(done.stdout, type=Fidelity)
    if not min(result.z_snr_db, result.audio_snr_db) >= MIN_SNR_DB:
        message = (
            f"The built model is too far from FP32: {result.z_snr_db:.1f} dB in the latent and "
            f"{result.audio_snr_db:.1f} dB in the sound; both must reach {MIN_SNR_DB:g} dB."
        )
        raise BundleError(message)
    return result


def _measure(model_path: str, recording: str) -> Fidelity:
    model = torch.jit.load(model_path).eval()
    worst = Fidelity(float("inf"), float("inf"))
    for fields in torch.load(recording, weights_only=True):
        reference = Reference(*fields)
        with torch.inference_mode():
            z, _, _ = model.encode(
                *reference.inputs,
                *reference.scales,
                reference.duration_noise,
                reference.prior_noise,
                reference.durations,
            )
            audio = model.decode(reference.z, reference.g)
        worst = Fidelity(
            min(worst.z_snr_db, _snr_db(reference.z, z)), min(worst.audio_snr_db, _snr_db(reference.audio, audio))
        )
    return worst


def _snr_db(reference: Tensor, signal: Tensor) -> float:
    """Within +-`IDENTICAL_DB`, which JSON can say; what is no number is as far off as can be."""
    noise = (signal - reference).pow(2).sum()
    decibels = 10 * torch.log10(reference.pow(2).sum() / noise)
    return float(decibels.nan_to_num(nan=-IDENTICAL_DB).clamp(-IDENTICAL_DB, IDENTICAL_DB))


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(_measure(*sys.argv[1:])))
