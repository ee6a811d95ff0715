"""Speaks a sentence on the machine that built a bundle, and keeps what `same_sound.py` needs to speak it on another.

`python tests/arm/record.py BUNDLE RECORDING`
"""

from __future__ import annotations

import sys

import torch

from edge.speech import Voice
from edge.voice import open_bundle

TEXT = "Hello."


def main(path: str, recording: str) -> None:
    """Durations and noise are drawn here, so that the other machine is asked for the same sound."""
    inputs = Voice.load(path).prepare(TEXT)
    torch.manual_seed(0)
    with open_bundle(path) as bundle, torch.inference_mode():
        model, scales = bundle.model().eval(), bundle.manifest.scales
        settings = (scales.sdp_ratio, scales.noise_scale, scales.noise_scale_w, scales.length_scale)
        drawn, _, durations = model.encode(*inputs, *settings, None, None, None)
        injected = (None, torch.randn_like(drawn), durations)
        z, g, _ = model.encode(*inputs, *settings, *injected)
        audio = model.decode(z, g)
    print(f"{TEXT!r}: {audio.numel() / bundle.manifest.sample_rate:.2f} s, loudest {audio.abs().max():.2f}")
    # `clone`: out of inference mode, which torch.save takes for views of more than they show.
    torch.save({"encode": (*inputs, *settings, *injected), "z": z.clone(), "audio": audio.clone()}, recording)


if __name__ == "__main__":
    main(*sys.argv[1:])
