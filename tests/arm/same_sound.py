"""A bundle built on x86 speaks here as it spoke there. `scripts/test_arm.sh` runs this on an emulated ARM.

Text encoder, flow and vocoder, each given the same input, answer the same. One after the other they need not: the flow
computes with activations in 8 bits, what the text encoder's FP32 rounds otherwise flips a level here and there, and a
flipped level is 1e4 times as large as what flipped it. So the whole voice is only as near to x86's as x86 is to itself
when its prior's noise is shaken by as little; see `record.py`.

`EDGE_TEST_BUNDLE` names the bundle, `EDGE_TEST_RECORDING` what `record.py` wrote.
"""

from __future__ import annotations

import os
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from edge.voice import open_bundle

TOLERANCE = 1e-4
"""Integer sums are equal on every machine; what is left in FP32 rounds in another order."""


class Distances(NamedTuple):
    """From x86's, at most: each part on x86's input, then the whole voice's latent and audio."""

    text: float
    flow: float
    """Of several inputs the nearest: a flipped level is chance, a wrong flow is always wrong."""
    vocoder: float
    latent: float
    audio: float
    shaken: float
    """Between x86's own recordings."""


@pytest.fixture(scope="module")
def distances() -> Distances:
    there = torch.load(os.environ["EDGE_TEST_RECORDING"], weights_only=True)
    with open_bundle(os.environ["EDGE_TEST_BUNDLE"]) as bundle, torch.inference_mode():
        model = bundle.model().eval()
        z, g, _ = model.encode(*there["encode"])
        text = model.text_encoder(*there["encode"][:5], g)
        found = Distances(
            max(furthest(mine, theirs) for mine, theirs in zip(text, there["text"], strict=True)),
            min(furthest(model.flow(prior, g), theirs) for prior, theirs in there["flows"]),
            furthest(model.decode(there["z"], g), there["audio"]),
            furthest(z, there["z"]),
            furthest(model.decode(z, g), there["audio"]),
            there["shaken"],
        )
    print("\nfrom x86:", ", ".join(f"{name} {value:.1e}" for name, value in found._asdict().items()))
    return found


def furthest(mine: Tensor, theirs: Tensor) -> float:
    assert mine.shape == theirs.shape
    return (mine - theirs).abs().max().item()


def test_the_text_encoder_is_x86s(distances: Distances) -> None:
    assert distances.text <= TOLERANCE


def test_the_flow_is_x86s(distances: Distances) -> None:
    assert distances.flow <= TOLERANCE


def test_the_vocoder_is_x86s(distances: Distances) -> None:
    assert distances.vocoder <= TOLERANCE


def test_the_voice_is_as_near_to_x86_as_8_bits_allow(distances: Distances) -> None:
    assert distances.audio <= max(TOLERANCE, distances.shaken)
