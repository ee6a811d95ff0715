"""Which convolutions would be heard in INT8: each is tried alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch

from edge.build.reference import Reference, snr_db
from edge.int8.calibrate import Calibration
from edge.int8.convert import one_layer_in_int8
from edge.model import Synthesizer

Sensitivity = dict[str, float]
"""Signal-to-noise ratio in dB by the name of the one convolution that computes in INT8: of the sound for the
vocoder's, of the latent for the others'."""

SOUND_LIMIT_DB = 32.0
LATENT_LIMIT_DB = 45.0
"""A layer that alone is noisier than this stays FP32, if that is cheap. On the joe voice these limits part the few
layers near the latent, and most of the text encoder, from the rest."""

FLOAT_SHARE = 0.06
"""At most this part of all multiplications stays FP32."""

Track = Callable[[list[str]], Iterable[str]]


def measure(
    synthesizer: Synthesizer, names: list[str], calibration: Calibration, references: list[Reference], track: Track
) -> Sensitivity:
    """Tries each of `names` on `references`; `track` shows the progress."""
    found = {}
    for name in track(names):
        with one_layer_in_int8(synthesizer, name, calibration), torch.inference_mode():
            heard = _decoded if name.startswith("vocoder.") else _encoded
            ratios = [heard(synthesizer, reference) for reference in references]
        found[name] = sum(ratios) / len(ratios)
    return found


def _decoded(synthesizer: Synthesizer, reference: Reference) -> float:
    return snr_db(reference.audio, synthesizer.decode(reference.z, reference.g))


def _encoded(synthesizer: Synthesizer, reference: Reference) -> float:
    return snr_db(reference.z, reference.encode(synthesizer)[0])


def choose_int8(sensitivity: Sensitivity, calibration: Calibration) -> list[str]:
    """All but the layers over the limits, as long as they are cheap; the most noise for a multiplication first."""
    allowance = FLOAT_SHARE * sum(calibration.products[name] for name in sensitivity)
    kept = set()
    for name in sorted(sensitivity, key=lambda name: _relief(name, sensitivity, calibration), reverse=True):
        limit = SOUND_LIMIT_DB if name.startswith("vocoder.") else LATENT_LIMIT_DB
        cost = calibration.products[name]
        if sensitivity[name] < limit and cost <= allowance:
            kept.add(name)
            allowance -= cost
    return [name for name in sensitivity if name not in kept]


def _relief(name: str, sensitivity: Sensitivity, calibration: Calibration) -> float:
    return float(10 ** (-sensitivity[name] / 10) / calibration.products[name])
