"""Can INT8 be told from FP32? The verdict of every judge on the held-out sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import fmean

import msgspec
import numpy as np
import torch
from torch import Tensor

from edge.build.judges import Judge, Sample, Sound, at_judges_rate, installed
from edge.build.reference import IDENTICAL_DB, Reference
from edge.errors import BundleError
from edge.voice import Score

WHITE_NOISE_DB = 40.0


class Threshold(msgspec.Struct, frozen=True):
    """What a judge must say for INT8 to count as inaudible."""

    mean: float
    worst: float = -np.inf


THRESHOLDS = {
    "PESQ-wb": Threshold(mean=4.5, worst=4.3),
    "DistillMOS": Threshold(mean=-0.08),
    "PLCMOS": Threshold(mean=-0.10),
}

Quality = dict[str, Score]


def judge(
    references: list[Reference],
    texts: list[str],
    spoken: list[Tensor],
    otherwise: list[Tensor],
    sample_rate: int,
    track: Callable[[list[Judge]], Iterable[Judge]],
) -> Quality:
    """Has every installed judge compare what INT8 `spoken` with the FP32 `references`.

    `otherwise` is what FP32 says with other noise, of the first few; `track` shows the progress.
    """
    generator = torch.Generator().manual_seed(0)
    noisy = [_noisy(reference.audio, generator) for reference in references[: len(otherwise)]]
    sounds = {"int8": spoken, "other": otherwise, "white": noisy}
    samples = {kind: _samples(texts, references, some, sample_rate) for kind, some in sounds.items()}
    return {judge.name: _score(judge, samples) for judge in track(installed())}


def missed(quality: Quality) -> list[str]:
    """A sentence for each threshold that is not reached."""
    complaints = []
    for name, threshold in THRESHOLDS.items():
        score = quality.get(name)
        if score is not None and not (score.mean >= threshold.mean and score.worst >= threshold.worst):
            wanted = f"{threshold.mean:g}" + ("" if threshold.worst == -np.inf else f" (worst {threshold.worst:g})")
            complaints.append(f"{name} is {score.mean:.3f} (worst {score.worst:.3f}) and must reach {wanted}")
    return complaints


def refuse_loss(quality: Quality) -> None:
    """Stops a build whose INT8 can be heard.

    Raises:
        BundleError: a threshold is missed; the message says which, and how to build all the same.
    """
    complaints = missed(quality)
    if complaints:
        message = f"INT8 would be heard: {'; '.join(complaints)}. Build with --allow-quality-loss to keep it."
        raise BundleError(message)


def _score(judge: Judge, samples: dict[str, list[Sample]]) -> Score:
    values = {kind: [_value(judge, sample) for sample in some] for kind, some in samples.items()}
    worst = max if judge.less_is_better else min
    return Score(
        mean=round(fmean(values["int8"]), 4),
        worst=round(worst(values["int8"]), 4),
        other_noise=round(fmean(values["other"]), 4),
        white_noise=round(fmean(values["white"]), 4),
    )


def _value(judge: Judge, sample: Sample) -> float:
    value = judge.score(sample)
    if not judge.compares:
        value -= judge.score(sample._replace(sound=sample.reference))
    # JSON knows neither NaN nor infinity: what is no number is as bad as can be.
    bad = IDENTICAL_DB if judge.less_is_better else -IDENTICAL_DB
    return float(np.clip(bad if np.isnan(value) else value, -IDENTICAL_DB, IDENTICAL_DB))


def _samples(texts: list[str], references: list[Reference], sounds: list[Tensor], rate: int) -> list[Sample]:
    def heard(audio: Tensor) -> Sound:
        return at_judges_rate(audio, rate)

    return [
        Sample(text, heard(reference.audio), heard(sound))
        for text, reference, sound in zip(texts, references, sounds, strict=False)
    ]


def _noisy(audio: Tensor, generator: torch.Generator) -> Tensor:
    noise = torch.randn(audio.shape, generator=generator)
    return audio + noise * audio.square().mean().sqrt() * 10 ** (-WHITE_NOISE_DB / 20)
