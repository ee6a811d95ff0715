"""Which convolutions would be heard in INT8: each is tried alone, and each part of the model as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch

from edge.build.reference import Reference, snr_db
from edge.int8.calibrate import Calibration
from edge.int8.convert import PARTS, Converter
from edge.model import Synthesizer


class Sensitivity(NamedTuple):
    """Signal-to-noise ratios in dB when only this computes in INT8.

    Of the sound for the vocoder and its layers, of the latent for everything before it.
    """

    layers: dict[str, float]
    parts: dict[str, float]


PART_LIMIT_DB = {"text_encoder.": 35.0, "flow.": 35.0, "vocoder.": 20.0}
"""A part that as a whole is noisier than this stays FP32. joe: text encoder 27, flow 40, vocoder 27 dB. HiFi-GAN's
sound drifts in phase long before anything is heard; a latent at 28 dB is heard in one sentence of twenty."""

LAYER_LIMIT_DB = {"text_encoder.": 40.0, "flow.": 40.0, "vocoder.": 28.0}
"""A single layer that is noisier than this stays FP32, if that is cheap."""

FLOAT_SHARE = 0.02
"""At most this part of the multiplications of the parts that compute in INT8."""

FILE_SHARE = 0.287
"""At most this part of the FP32 weights' size may the stored ones have; scales, embeddings and code take 1 % more."""

BYTES_FP32 = 4
TWO_BITS = 0.25
"""Bytes."""

Track = Callable[[list[list[str]]], Iterable[list[str]]]


def measure(
    synthesizer: Synthesizer, converter: Converter, references: list[Reference], track: Track
) -> Sensitivity:
    """Tries the converter's candidates on `references`, alone and part by part; `track` shows the progress."""
    names = converter.candidates()
    parts = {part: [name for name in names if name.startswith(part)] for part in PARTS}
    trials = [[name] for name in names] + [members for members in parts.values() if members]
    ratios = [_ratio(synthesizer, converter, trial, references) for trial in track(trials)]
    alone = dict(zip(names, ratios, strict=False))
    together = dict(zip((part for part in parts if parts[part]), ratios[len(names) :], strict=True))
    return Sensitivity(alone, together)


def _ratio(
    synthesizer: Synthesizer, converter: Converter, names: list[str], references: list[Reference]
) -> float:
    heard = _decoded if names[0].startswith("vocoder.") else _encoded
    with converter.only_in_int8(names), torch.inference_mode():
        return sum(heard(synthesizer, reference) for reference in references) / len(references)


def _decoded(synthesizer: Synthesizer, reference: Reference) -> float:
    return snr_db(reference.audio, synthesizer.decode(reference.z, reference.g))


def _encoded(synthesizer: Synthesizer, reference: Reference) -> float:
    return snr_db(reference.z, reference.encode(synthesizer)[0])


def part_of(name: str) -> str:
    """The part of the model that a layer belongs to."""
    return next(part for part in PARTS if name.startswith(part))


def choose_int8(sensitivity: Sensitivity, calibration: Calibration) -> list[str]:
    """All layers of the parts that stay inaudible, but for a few noisy ones; most noise for a multiplication first."""
    chosen = [name for name in sensitivity.layers if sensitivity.parts[part_of(name)] >= PART_LIMIT_DB[part_of(name)]]
    allowance = FLOAT_SHARE * sum(calibration.products[name] for name in chosen)
    for name in sorted(chosen, key=lambda name: _relief(name, sensitivity, calibration), reverse=True):
        cost = calibration.products[name]
        if sensitivity.layers[name] < LAYER_LIMIT_DB[part_of(name)] and cost <= allowance:
            chosen.remove(name)
            allowance -= cost
    return chosen


def choose_finely(
    sensitivity: Sensitivity, chosen: list[str], weights: dict[str, int], total_weights: int
) -> dict[str, int]:
    """How many bits the weights of the layers that are not `chosen` for INT8 get, if more than 8.

    10 for all, then 12, the most sensitive first, while they fit.

    Args:
        sensitivity: by layer.
        chosen: the layers that compute in INT8.
        weights: how many weights each layer has.
        total_weights: how many the model has.
    """
    allowance = (BYTES_FP32 * FILE_SHARE - 1) * total_weights
    stored = [name for name in sensitivity.layers if name not in chosen]
    finely: dict[str, int] = {}
    for bits in (10, 12):
        for name in sorted(stored, key=lambda name: sensitivity.layers[name]):
            cost = TWO_BITS * weights[name]
            if finely.get(name, 8) == bits - 2 and cost <= allowance:
                finely[name] = bits
                allowance -= cost
    return finely


def _relief(name: str, sensitivity: Sensitivity, calibration: Calibration) -> float:
    return float(10 ** (-sensitivity.layers[name] / 10) / calibration.products[name])
