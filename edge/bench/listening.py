"""What the judges of speech say of the rows: each against what TorchScript FP32 says, sentence by sentence."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import fmean

import msgspec
import numpy as np
import torch

from edge.build.judges import Judge, Sample, Sound, at_judges_rate, installed

JUDGES = ("PESQ-wb", "DistillMOS", "PLCMOS", "WER")


class Recordings(msgspec.Struct, frozen=True):
    """Files of what the rows said, by the number of the row."""

    reference: Path
    sample_rate: int
    sentences: tuple[str, ...]
    rows: dict[str, Path]
    compared: frozenset[str]
    """The rows that mean to say what the reference says. Others are judged without it."""


def listen(recordings: Recordings) -> dict[str, dict[str, float]]:
    """Means by row and judge, where they are numbers; of a judge without a reference, the difference to FP32's."""
    reference = _read(recordings.reference, recordings.sample_rate)
    judges = [judge for judge in installed() if judge.name in JUDGES]
    found: dict[str, dict[str, float]] = {}
    for row, path in recordings.rows.items():
        sounds = _read(path, recordings.sample_rate)
        samples = [Sample(*pair) for pair in zip(recordings.sentences, reference, sounds, strict=False)]
        scores = {
            judge.name: fmean(_score(judge, sample) for sample in samples)
            for judge in judges
            if row in recordings.compared or not judge.compares
        }
        found[row] = {name: score for name, score in scores.items() if not math.isnan(score)}
    return found


def _score(judge: Judge, sample: Sample) -> float:
    score = judge.score(sample)
    return score if judge.compares else score - judge.score(sample._replace(sound=sample.reference))


def _read(path: Path, sample_rate: int) -> list[Sound]:
    with np.load(path) as file:
        return [at_judges_rate(torch.from_numpy(file[str(number)]), sample_rate) for number in range(len(file))]
