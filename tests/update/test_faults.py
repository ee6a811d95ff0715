"""Whatever strikes while `melo-edge bundle` changes a store: a daemon that starts next has the old voice or the new.

Killed at every call that changes something in the store; the power cut behind each of them; no room on the disk from
each of them on. With `FAULTS=build/faults.json` every scenario is struck, and the file says what came of it; without,
some.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.daemons import quiet

FOLDER = Path(__file__).parent / "faults"
SOME = ("install", "use", "rollback", "remove the default")
REPORT = os.environ.get("FAULTS")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("faults") / "faults.so"
    compiler = ["gcc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, FOLDER / "faults.c", "-ldl"]
    subprocess.run(compiler, check=True)
    return library


@pytest.fixture(scope="module")
def report() -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    yield rows
    if REPORT:
        Path(REPORT).parent.mkdir(parents=True, exist_ok=True)
        Path(REPORT).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


@pytest.mark.parametrize(("fault", "points"), [("kill", 50), ("power", 50), ("full", 20)])
def test_there_is_always_a_voice(
    melo_bundle: Path, library: Path, report: list[dict[str, Any]], tmp_path: Path, fault: str, points: int
) -> None:
    command = [sys.executable, "-m", "tests.update.faults.driver", fault, melo_bundle, tmp_path]
    environment = quiet() | {"LD_PRELOAD": str(library)}
    scenarios = () if REPORT else SOME
    done = subprocess.run([*command, *scenarios], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert {outcome["scenario"] for outcome in outcomes} >= set(SOME)
    assert sum(outcome["points"] for outcome in outcomes) >= points
    assert all(outcome["old"] + outcome["new"] == outcome["states"] for outcome in outcomes)
    report.extend(outcomes)
