"""What the judges of speech say of the rows: each against what FP32 says with the same durations, by sentence."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import fmean

import msgspec
import numpy as np
import torch

from edge.bench import subjects
from edge.bench.subjects import FP32, INT8, Subject
from edge.build.judges import Judge, Sample, Sound, at_judges_rate, installed

JUDGES = ("PESQ-wb", "DistillMOS", "PLCMOS", "WER")


class Recording(msgspec.Struct, frozen=True):
    """What one row said."""

    path: Path
    durations: str | None
    """Whose they are. None: not those of a model that is at hand; it is judged without a sound beside it."""


class Recordings(msgspec.Struct, frozen=True):
    """Files of what the rows said, by the number of the row."""

    subject: Path
    """The folder of one that is `judged`."""
    rows: dict[str, Recording]


def listen(recordings: Recordings) -> dict[str, dict[str, float]]:
    """Means by row and judge, where they are numbers; of a judge without a reference, the difference to FP32's."""
    subject = subjects.read(recordings.subject)
    references = {whose: _speak(subject, whose) for whose in (FP32, INT8)}
    judges = [judge for judge in installed() if judge.name in JUDGES]
    found: dict[str, dict[str, float]] = {}
    for row, recording in recordings.rows.items():
        sounds = _read(recording.path, subject.sample_rate)
        reference = references[recording.durations or FP32]
        samples = [Sample(*three) for three in zip(subject.texts.judged, reference, sounds, strict=True)]
        scores = {
            judge.name: fmean(_score(judge, sample) for sample in samples)
            for judge in judges
            if recording.durations or not judge.compares
        }
        found[row] = {name: score for name, score in scores.items() if not math.isnan(score)}
    return found


def _score(judge: Judge, sample: Sample) -> float:
    score = judge.score(sample)
    return score if judge.compares else score - judge.score(sample._replace(sound=sample.reference))


def _speak(subject: Subject, whose: str) -> list[Sound]:
    """What FP32 says with the durations of `whose`."""
    model, sentences = subject.fp32(), list(subject.texts.judged)
    spoken = []
    for sentence, inputs in zip(sentences, subject.inputs(sentences), strict=True):
        durations = torch.from_numpy(subject.durations(sentence, whose))
        with torch.inference_mode():
            z, g, _ = model.encode(*inputs, *subject.scales, None, None, durations)
            spoken.append(at_judges_rate(model.decode(z, g).flatten(), subject.sample_rate))
    return spoken


def _read(path: Path, sample_rate: int) -> list[Sound]:
    with np.load(path) as file:
        return [at_judges_rate(torch.from_numpy(file[str(number)]), sample_rate) for number in range(len(file))]
