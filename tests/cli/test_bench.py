"""`melo-edge bench`: every figure is measured, on the voice that was named."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import torch

from tests.daemons import assert_explained, melo_edge


def test_the_figures_are_there_and_plausible(joe_bundle: Path) -> None:
    done = melo_edge("bench", "--json", "--threads", "1", "--voice", joe_bundle)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["voice"], result["threads"], result["torch"]) == ("joe", 1, torch.__version__)
    on_disk = sum(path.stat().st_size for path in joe_bundle.rglob("*") if path.is_file())
    assert on_disk - 50_000 < result["bundle_bytes"] < on_disk  # less the manifest
    assert result["first_audio_seconds"] > 0
    assert result["load_seconds"] > 0
    assert result["warm_up_seconds"] > 0
    # The sentence has some two to six seconds of sound; the first of it comes before all is made.
    assert 0.1 < result["first_audio_seconds"] / result["real_time_factor"] < 6
    assert 50e6 < result["import_bytes"] < result["resident_bytes"] < 4e9
    assert result["machine"]


def test_a_voice_that_cannot_be_measured_is_explained(joe_bundle: Path, tmp_path: Path) -> None:
    assert_explained(melo_edge("bench", "--json", "--voice", tmp_path / "nothing"), "no voice bundle")
    damaged = tmp_path / "damaged"
    shutil.copytree(joe_bundle, damaged)
    os.truncate(damaged / "voice.ts", 1000)
    assert_explained(melo_edge("bench", "--voice", damaged), "cut short")
    shutil.copy(joe_bundle / "voice.ts", damaged)
    manifest = (damaged / "manifest.json").read_text()
    frontend = json.loads(manifest)["frontend"]
    (damaged / "manifest.json").write_text(manifest.replace(f'"{frontend}"', '"klingon"'))
    assert_explained(melo_edge("bench", "--voice", damaged), "klingon")


def test_what_int8_gains_cannot_be_measured_without_a_voice(tmp_path: Path) -> None:
    assert_explained(melo_edge("bench", "--int8", "--voice", tmp_path / "nothing"), "no voice bundle")
