"""What a run does, in which order, and how it goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from edge.bench import runner
from edge.bench.report import BASELINES
from edge.bench.runner import Settings
from edge.bench.subjects import MELO, VOICE, Asked

pytestmark = pytest.mark.slow

PATIENCE = 300
# A shell that starts something in the background has it ignore SIGINT.
BENCH = """
import signal, sys
import edge.cli
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(edge.cli.main())
"""


def test_a_quick_run_begins_with_what_is_compared(tmp_path: Path) -> None:
    turns = runner._turns(Settings(asked=Asked(tmp_path), out=tmp_path, quick=True))
    compared = {(number, kind) for kind in (MELO, VOICE) for number in ("11", "12", BASELINES[kind])}
    assert {(turn.row.number, turn.subject) for turn in turns[: len(compared)]} == compared
    assert len(turns) > len(compared)
    assert all(turn.row.quick for turn in turns)


def test_an_interrupted_run_goes_on(melo_bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ["--voice", melo_bundle, "--only", "voice", "--rows", "11", "--laps", "2", "--threads", "1"]
    command = [sys.executable, "-c", BENCH, "bench", *map(str, options), "--out", str(out)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        _await_visit(out / "progress.jsonl", process)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
    first = _visits(out / "progress.jsonl")
    assert not (out / "bench.json").exists()

    done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    [row] = msgspec.json.decode((out / "bench.json").read_bytes())["rows"]
    starts = row["cold_start"]["samples"]
    assert len(starts) == 2
    assert starts[: len(first)] == first  # not measured anew
    assert {path.name for path in out.iterdir()} == {"bench.json", "bench.md", "bench.html"}


def _visits(journal: Path) -> list[float]:
    """The cold starts that are written down."""
    if not journal.exists():
        return []
    lines = journal.read_bytes().splitlines(keepends=True)
    entries = [msgspec.json.decode(line) for line in lines if line.endswith(b"\n")]
    return [entry["result"]["cold_start"] for entry in entries if entry["key"].startswith("visit ")]


def _await_visit(journal: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _visits(journal):
        assert process.poll() is None
        if time.monotonic() > deadline:
            pytest.fail("no visit was written down")
        time.sleep(0.02)
