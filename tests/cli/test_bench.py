"""`melo-edge bench`: every figure is measured, on the voice that was named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import torch

from edge.bench import output
from tests.bench import reports
from tests.daemons import assert_explained, melo_edge, quiet

SMALL = ("bench", "--only", "voice", "--threads", "1", "--laps", "1")


def test_the_figures_are_there_and_plausible(joe_bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bench"
    options = [*SMALL, "--rows", "9,11,12", "--voice", joe_bundle, "--out", folder, "--json"]
    done = subprocess.run([sys.executable, "-m", "edge.cli", *options], env=quiet(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    report = output.read(folder / output.JSON)
    assert json.loads(done.stdout) == json.loads((folder / output.JSON).read_bytes())
    assert (report.threads, report.machine.versions["torch"]) == ((1,), torch.__version__)
    assert [(row.number, row.status, row.reason) for row in report.rows] == [
        ("9", "works", ""), ("11", "works", ""), ("12", "works", ""),
    ]  # fmt: skip
    for row in report.rows:
        speed = row.speed("sentence", 1)
        assert speed is not None
        assert 0 < speed.first.median <= speed.total.median
        # A sentence has some two to six seconds of sound.
        assert 2 < speed.total.median / speed.real_time_factor.median < 6
        assert row.cold_start is not None
        assert 0.1 < row.cold_start.median < 120
        assert row.steady is not None
        assert row.peak is not None
        assert 50e6 < row.steady <= row.peak < 4e9
    original, whole, streamed = report.rows
    assert original.times_faster == 1.0
    assert whole.disk == streamed.disk
    assert 15e6 < (whole.disk or 0) < 30e6
    assert whole.speed("sentence", 1).stages.keys() == {"text to latent", "latent to sound"}  # type: ignore[union-attr]
    assert {path.name for path in folder.iterdir()} == {output.JSON, output.MARKDOWN, output.PAGE}


def test_a_voice_that_cannot_be_measured_is_explained(joe_bundle: Path, tmp_path: Path) -> None:
    def bench(voice: Path) -> tuple[str | Path, ...]:
        return (*SMALL, "--rows", "11", "--out", tmp_path / "bench", "--voice", voice)

    assert_explained(melo_edge(*bench(tmp_path / "nothing")), "no voice bundle")
    damaged = tmp_path / "damaged"
    shutil.copytree(joe_bundle, damaged)
    os.truncate(damaged / "voice.ts", 1000)
    assert_explained(melo_edge(*bench(damaged)), "cut short")
    shutil.copy(joe_bundle / "voice.ts", damaged)
    manifest = (damaged / "manifest.json").read_text()
    frontend = json.loads(manifest)["frontend"]
    (damaged / "manifest.json").write_text(manifest.replace(f'"{frontend}"', '"klingon"'))
    assert_explained(melo_edge(*bench(damaged)), "klingon")


def test_what_cannot_be_asked_for_is_explained(joe_bundle: Path, tmp_path: Path) -> None:
    assert_explained(melo_edge(*SMALL, "--rows", "11,77", "--voice", joe_bundle, "--out", tmp_path), "no row 77")
    assert_explained(melo_edge(*SMALL, "--rows", "2", "--voice", joe_bundle, "--out", tmp_path), "None of the rows")
    assert_explained(melo_edge("bench", "--checkpoint", "a", "--out", tmp_path), "belong together")


def test_two_reports_are_compared(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for name, factor in (("a", 0.2), ("b", 0.4)):
        output.write(reports.report(reports.row("11", "voice", factor, factor)), tmp_path / name)
    paths = [tmp_path / name / output.JSON for name in ("a", "b")]
    same = melo_edge("bench", "compare", paths[0], paths[0])
    assert same.returncode == 0, same.stderr.decode()
    assert b" 0 worse, 0 better" in same.stdout
    slower = melo_edge("bench", "compare", *paths)
    assert slower.returncode == 1
    assert b"worse" in slower.stdout
    assert b"2.00" in slower.stdout
    assert_explained(melo_edge("bench", "compare", paths[0], tmp_path / "c.json"), "cannot be read")
