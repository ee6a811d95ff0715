"""Speaks a sentence on the machine that built a bundle, and keeps what `same_sound.py` needs to speak it on another.

`python tests/arm/record.py BUNDLE RECORDING`
"""

from __future__ import annotations

import sys

import torch

from edge.speech import Voice
from edge.voice import open_bundle

TEXT = "Hello."
SHAKE, SHAKES = 4e-6, 8
"""What another machine's FP32 adds to the prior by rounding otherwise: its text encoder was 4e-6 off, of 9."""

PRIORS = 4


def main(path: str, recording: str) -> None:
    """Durations and noise are drawn here, so that the other machine is asked for the same sound."""
    inputs = Voice.load(path).prepare(TEXT)
    torch.manual_seed(0)
    with open_bundle(path) as bundle, torch.inference_mode():
        model, scales = bundle.model().eval(), bundle.manifest.scales
        settings = (scales.sdp_ratio, scales.noise_scale, scales.noise_scale_w, scales.length_scale)
        drawn, _, durations = model.encode(*inputs, *settings, None, None, None)
        noise = torch.randn_like(drawn)
        z, g, _ = model.encode(*inputs, *settings, None, noise, durations)
        audio = model.decode(z, g)
        shaken = 0.0
        for _ in range(SHAKES):
            nearly = noise + SHAKE * torch.randn_like(noise)
            again = model.decode(model.encode(*inputs, *settings, None, nearly, durations)[0], g)
            shaken = max(shaken, (again - audio).abs().max().item())
        # What the flow takes is of the same shape and about as large as what it gives.
        priors = [torch.randn_like(z) * z.std() for _ in range(PRIORS)]
        flows = [(prior, model.flow(prior, g)) for prior in priors]
        heard = {"flows": flows, "text": model.text_encoder(*inputs[:5], g), "z": z, "audio": audio, "shaken": shaken}
    print(
        f"{TEXT!r}: {audio.numel() / bundle.manifest.sample_rate:.2f} s, loudest {audio.abs().max():.2f}; "
        f"spoken here with noise {SHAKE:g} off: audio {shaken:.1e}"
    )
    torch.save({"encode": (*inputs, *settings, None, noise, durations), **heard}, recording)


if __name__ == "__main__":
    main(*sys.argv[1:])
