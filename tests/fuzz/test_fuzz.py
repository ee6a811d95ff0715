"""The targets hold on their seeds, and the fuzzer would find it if they did not."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemons import PATIENCE, quiet
from tests.fuzz.targets import SEEDS, TARGETS, Target

PLANTED = """
import sys
from tests.fuzz import harness
targets = harness.load()
protocol = sys.modules["edge.service.protocol"]
right = protocol._check_length
def planted(name, value, limit):
    if value == 0:
        raise KeyError("planted")
    right(name, value, limit)
protocol._check_length = planted
harness.fuzz(targets[sys.argv[1]], sys.argv[2:])
"""

with_atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed; make fuzz installs it"
)


@pytest.mark.parametrize(
    ("target", "seed"), [(target, seed) for target, seeds in SEEDS.items() for seed in seeds], ids=lambda value: ""
)
def test_every_promise_holds_on_the_seeds(target: Target, seed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MELO_EDGE_CONFIG", raising=False)
    target(seed)


def fuzz(folder: Path, name: str, seconds: int, prelude: str = "") -> subprocess.CompletedProcess[bytes]:
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS[TARGETS[name]]):
        (corpus / str(number)).write_bytes(seed)
    start = ["-c", prelude] if prelude else ["-m", "tests.fuzz.harness"]
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/", "-print_final_stats=1"]
    return subprocess.run(
        [sys.executable, *start, name, *options, corpus],
        capture_output=True,
        env=quiet(),
        timeout=seconds + PATIENCE,
        check=False,
    )


@pytest.mark.slow
@with_atheris
def test_a_second_of_it_finds_nothing(tmp_path: Path) -> None:
    done = fuzz(tmp_path, "connection", 1)
    assert done.returncode == 0, done.stderr.decode()
    assert b"number_of_executed_units" in done.stderr
    assert not list(tmp_path.glob("crash-*"))


@pytest.mark.slow
@with_atheris
def test_a_planted_fault_is_found(tmp_path: Path) -> None:
    done = fuzz(tmp_path, "protocol", 600, PLANTED)  # it ends when it has found it
    assert done.returncode != 0
    assert b"KeyError: 'planted'" in done.stdout
    assert list(tmp_path.glob("crash-*"))
