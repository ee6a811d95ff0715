"""The judges hear every row beside FP32."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.bench.listening import Recordings, listen
from edge.speech import Voice

SENTENCE = "The kitchen light is on."


def test_what_is_the_same_is_identical_and_noise_is_heard(joe: Voice, tmp_path: Path) -> None:
    sound = joe.synthesize(SENTENCE, seed=0).astype(np.float32) / 32768
    noise = np.random.default_rng(0).normal(0, 0.02, sound.size).astype(np.float32)
    paths = {name: tmp_path / f"{name}.npz" for name in ("5", "7", "10")}
    for path, heard in zip(paths.values(), (sound, sound + noise, sound[::-1]), strict=True):
        np.savez(path, **{"0": heard})
    scores = listen(Recordings(paths["5"], joe.sample_rate, (SENTENCE,), paths, frozenset({"5", "7"})))
    assert scores["5"]["PESQ-wb"] == pytest.approx(4.64, abs=0.01)
    assert 1 < scores["7"]["PESQ-wb"] < 3.5
    assert "PESQ-wb" not in scores["10"]  # it does not mean to say the same
