"""`scripts/demo.py`, the part of `make demo` that speaks: it leaves a sound file and prints what it measured."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.daemons import quiet
from tests.sound_card import SoundCard

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("has_card", [True, False], ids=["with a card", "without a card"])
def test_leaves_demo_wav_and_prints_the_figures(
    joe_bundle: Path, tmp_path: Path, sound_card: SoundCard, has_card: bool
) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "joe").symlink_to(joe_bundle)
    if not has_card:
        sound_card.pull_out()
    # The package is found from any folder, installed or not.
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    demo = [sys.executable, ROOT / "scripts" / "demo.py"]
    environment = quiet() | sound_card.environment | {"PYTHONPATH": path}
    done = subprocess.run(demo, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    pcm, rate = soundfile.read(tmp_path / "demo.wav", dtype="int16")
    assert rate == 22050
    assert 3 * rate < pcm.size < 20 * rate
    assert np.abs(pcm).max() > 3000
    if has_card:
        assert np.count_nonzero(sound_card.recording()[1]) > 2 * rate
    for figure in (
        r"load +\d+\.\d+ s",
        r"first audio +\d+ ms",
        r"real-time factor +\d+\.\d+",
        r"memory +\d+ MB",
        r"\d+\.\d MB on disk",
    ):
        assert re.search(figure, done.stdout), figure
