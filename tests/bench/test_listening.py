"""The judges hear every row beside FP32."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from edge.bench import subjects, wire
from edge.bench.listening import Recording, Recordings, listen
from edge.bench.row import Sound
from edge.bench.rows.int8_whole import Int8Whole
from edge.bench.subjects import FP32, INT8, NAMES, VOICE, Asked, Subject, SubjectJob
from edge.bench.texts import Texts

pytestmark = pytest.mark.slow


@pytest.fixture
def subject(joe_bundle: Path, tmp_path: Path) -> Subject:
    """One sentence of joe, INT8's durations of which are far from FP32's."""
    written = subjects.write(SubjectJob(VOICE, Asked(joe_bundle), tmp_path / VOICE))
    sentence = written.texts.sentences[0]
    [line] = written.lines([sentence])
    durations = written.durations(sentence, FP32)
    named = {**dict(zip(NAMES, line, strict=True)), "durations fp32": durations, "durations int8": durations[:, ::-1]}
    np.savez(written.folder / "lines.npz", **{f"0 {name}": array for name, array in named.items()})
    one = msgspec.structs.replace(written, texts=Texts(phrases=(), sentences=(sentence,)))
    (written.folder / "subject.json").write_bytes(wire.encode(one))
    return subjects.read(written.folder)


def test_a_row_is_heard_beside_fp32_with_the_same_durations(subject: Subject, tmp_path: Path) -> None:
    row = Int8Whole(subject, tmp_path)
    row.start(1)
    sentence = subject.texts.sentences[0]
    [inputs] = subject.inputs([sentence])
    told = row.heard(sentence)
    [own] = row.say(inputs, torch.from_numpy(subject.durations(sentence, INT8).copy()))
    noisy = told + np.random.default_rng(0).normal(0, 0.02, told.size).astype(np.float32)

    def recording(name: str, sound: Sound, durations: str | None) -> Recording:
        np.savez(tmp_path / f"{name}.npz", **{"0": sound})
        return Recording(tmp_path / f"{name}.npz", durations)

    rows = {
        "told": recording("told", told, FP32),
        "own": recording("own", own, INT8),
        "taken for another's": recording("taken", own, FP32),
        "noisy": recording("noisy", noisy, FP32),
        "alone": recording("alone", told, None),
    }
    scores = listen(Recordings(subject.folder, rows))
    assert scores["told"]["PESQ-wb"] > 4
    assert scores["own"]["PESQ-wb"] > scores["taken for another's"]["PESQ-wb"] + 1
    assert scores["noisy"]["PESQ-wb"] < 3.5
    assert "PESQ-wb" not in scores["alone"]
