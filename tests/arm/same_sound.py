"""A bundle built on x86 speaks here as it spoke there. `scripts/test_arm.sh` runs this on an emulated ARM.

Text encoder, flow and vocoder, each given the same input, answer the same. One after the other they need not: the flow
computes with activations in 8 bits, what the text encoder's FP32 rounds otherwise flips a level here and there, and a
flipped level is 1e4 times as large as what flipped it. So the whole voice is only as near to x86's as x86 is to itself
when its prior's noise is shaken by as little; see `record.py`.

`EDGE_TEST_BUNDLE` names the bundle, `EDGE_TEST_RECORDING` what `record.py` wrote.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.update import health
from tests.arm.distances import Distances

TOLERANCE = 1e-4
"""Integer sums are equal on every machine; what is left in FP32 rounds in another order."""

pytestmark = pytest.mark.xdist_group("sound")  # one process speaks for all of them


@pytest.fixture(scope="module")
def distances() -> Distances:
    found = Distances.measure(os.environ["EDGE_TEST_BUNDLE"], os.environ["EDGE_TEST_RECORDING"])
    print("\nfrom x86:", ", ".join(f"{name} {value:.1e}" for name, value in found._asdict().items()))
    return found


def test_the_text_encoder_is_x86s(distances: Distances) -> None:
    assert distances.text <= TOLERANCE


def test_the_flow_is_x86s(distances: Distances) -> None:
    assert distances.flow <= TOLERANCE


def test_the_vocoder_is_x86s(distances: Distances) -> None:
    assert distances.vocoder <= TOLERANCE


def test_the_voice_is_as_near_to_x86_as_8_bits_allow(distances: Distances) -> None:
    assert distances.audio <= max(TOLERANCE, distances.shaken)


def test_the_bundle_passes_what_an_update_asks_of_it() -> None:
    """It is loaded as the daemon loads it, and what it says is compared with the sound of when it was built."""
    health.check(Path(os.environ["EDGE_TEST_BUNDLE"]))
