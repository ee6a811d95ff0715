"""Every row speaks with the same weights, symbols and scales."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from edge.bench import subjects
from edge.bench.subjects import INT8, MELO, VOICE, Asked, MissingError, SubjectJob
from edge.errors import EdgeError
from edge.speech import Voice
from edge.voice import open_bundle
from edge.voice.manifest import read_manifest
from tests.voices import Checkpoint

pytestmark = pytest.mark.slow


def test_a_voice_is_without_noise_and_itself_unchanged(joe_bundle: Path, tmp_path: Path) -> None:
    before = (joe_bundle / "manifest.json").read_bytes()
    subject = subjects.write(SubjectJob(VOICE, Asked(joe_bundle), tmp_path / VOICE))
    assert (joe_bundle / "manifest.json").read_bytes() == before
    with open_bundle(subject.bundle) as bundle:  # every checksum right
        scales = bundle.manifest.scales
    assert (scales.noise_scale, scales.noise_scale_w) == (0.0, 0.0)
    assert subject.scales == (scales.sdp_ratio, 0.0, 0.0, scales.length_scale)

    sentence = subject.texts.sentences[2]
    [inputs] = subject.inputs([sentence])
    voice = Voice.load(subject.bundle)
    for mine, prepared in zip(inputs, voice.prepare(sentence), strict=True):
        assert torch.equal(mine, prepared)
    # What INT8 says is drawn from nothing, and FP32 has its weights.
    assert voice.synthesize(sentence, seed=1).tolist() == voice.synthesize(sentence, seed=2).tolist()
    assert subject.weights == sum(parameter.numel() for parameter in subject.fp32().parameters())
    assert subject.judged
    heard = subject.texts.judged[0]
    samples = subject.durations(heard, INT8).sum() * voice.model.hop_length
    assert voice.synthesize(heard).size == samples


def test_a_voice_of_unknown_weights_has_no_fp32(melo_bundle: Path, tmp_path: Path) -> None:
    subject = subjects.write(SubjectJob(VOICE, Asked(melo_bundle), tmp_path / VOICE))
    assert subject.weights == 0
    with pytest.raises(MissingError, match="not at hand"):
        subject.fp32()


def test_a_checkpoint_takes_the_random_models_place(
    melo_bundle: Path, small_checkpoint: Checkpoint, tmp_path: Path
) -> None:
    weights, config = small_checkpoint.weights, small_checkpoint.config
    asked = Asked(melo_bundle, weights, config)
    assert subjects.kinds(asked) == (MELO,)
    subject = subjects.write(SubjectJob(MELO, asked, tmp_path / MELO))
    assert subject.trained
    assert subject.texts.sentences[0] not in subjects.texts("en").all()
    [inputs] = subject.inputs([subject.texts.phrases[0]])
    with torch.inference_mode():
        z, g, _ = subject.fp32().encode(*inputs, *subject.scales, None, None, None)
        assert subject.fp32().decode(z, g).isfinite().all()

    other = tmp_path / "other.pth"
    shutil.copy(weights, other)
    with other.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(EdgeError, match="was not built from"):
        subjects.write(SubjectJob(MELO, Asked(melo_bundle, other, config), tmp_path / MELO))
    assert read_manifest(melo_bundle).scales.noise_scale > 0
