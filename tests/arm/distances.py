"""How far this machine's sound is from what `record.py` kept of another's, part by part.

`python tests/arm/distances.py BUNDLE RECORDING` prints them as JSON. It takes melo-edge and nothing else, so that it
runs where only the device's package is installed.
"""

from __future__ import annotations

import json
import sys
from typing import NamedTuple

import torch
from torch import Tensor

from edge.voice import open_bundle


class Distances(NamedTuple):
    """From the other machine's, at most: each part on the same input, then the whole voice's latent and audio."""

    text: float
    flow: float
    """Of several inputs the nearest: a flipped level is chance, a wrong flow is always wrong."""
    vocoder: float
    latent: float
    audio: float
    shaken: float
    """Between the other machine's own recordings."""

    @classmethod
    def measure(cls, bundle: str, recording: str) -> Distances:
        """Speaks with the voice in `bundle` what the recording holds."""
        there = torch.load(recording, weights_only=True)
        with open_bundle(bundle) as opened, torch.inference_mode():
            model = opened.model().eval()
            z, g, _ = model.encode(*there["encode"])
            text = model.text_encoder(*there["encode"][:5], g)
            return cls(
                max(furthest(mine, theirs) for mine, theirs in zip(text, there["text"], strict=True)),
                min(furthest(model.flow(prior, g), theirs) for prior, theirs in there["flows"]),
                furthest(model.decode(there["z"], g), there["audio"]),
                furthest(z, there["z"]),
                furthest(model.decode(z, g), there["audio"]),
                there["shaken"],
            )


def furthest(mine: Tensor, theirs: Tensor) -> float:
    """The greatest difference of two tensors, which must be of one shape."""
    if mine.shape != theirs.shape:
        raise ValueError(f"the shape {tuple(mine.shape)} is another than the recording's {tuple(theirs.shape)}")
    return (mine - theirs).abs().max().item()


if __name__ == "__main__":
    print(json.dumps(Distances.measure(*sys.argv[1:])._asdict()))
