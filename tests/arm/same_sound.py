"""A bundle built on x86 speaks here as it spoke there. `scripts/test_arm.sh` runs this on an emulated ARM.

`EDGE_TEST_BUNDLE` names the bundle, `EDGE_TEST_RECORDING` what `record.py` wrote.
"""

from __future__ import annotations

import os

import torch

from edge.voice import open_bundle

TOLERANCE = 1e-4
"""Integer sums are equal on every machine; what is left in FP32 rounds in another order."""


def test_a_bundle_built_on_x86_speaks_the_same_here() -> None:
    recording = torch.load(os.environ["EDGE_TEST_RECORDING"], weights_only=True)
    with open_bundle(os.environ["EDGE_TEST_BUNDLE"]) as bundle, torch.inference_mode():
        model = bundle.model().eval()
        z, g, _ = model.encode(*recording["encode"])
        decoded = model.decode(recording["z"], g)
        audio = model.decode(z, g)
    latent = (z - recording["z"]).abs().max().item()
    vocoder = (decoded - recording["audio"]).abs().max().item()
    whole = (audio - recording["audio"]).abs().max().item()
    rms = (audio - recording["audio"]).square().mean().sqrt().item()
    print(f"\nfrom x86: latent {latent:.1e}, vocoder {vocoder:.1e}, audio {whole:.1e} (rms {rms:.1e})")
    assert whole <= TOLERANCE
