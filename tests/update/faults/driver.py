"""Has `melo-edge bundle` change a store while a fault strikes, at every call that changes something in the store.

    python -m tests.update.faults.driver FAULT BUNDLE FOLDER [SCENARIO...]

started with faults.so: FAULT is `kill`, `full` or `power`. Each try is a process of its own, forked from this one, in
which everything is imported: it runs the whole command. What the command's own check of a bundle does in one more
process is done in the same one. Prints a JSON list of what came of it.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import signal
import sys
from pathlib import Path
from typing import TypedDict

import edge.cli.bundle
import edge.speech  # with torch: once here, and not in every process
from edge.cli import main
from edge.update.health import check
from tests.update.faults import Scenario, Stage, recover, survey
from tests.update.faults.power import Disk, Shape, build, read_calls

MAX_POINTS = 500


class Outcome(TypedDict):
    """What came of one scenario under one fault."""

    fault: str
    scenario: str
    points: int
    """Calls at which it struck."""
    states: int
    """What a disk might look like afterwards: one for each point, or as many as a power cut may leave."""
    old: int
    new: int
    """With how many of them a daemon speaks with the old voice, and with the new one if there is a new one."""


def kill(stage: Stage, scenario: Scenario) -> Outcome:
    """Kills the command at each call."""
    outcome = _outcome("kill", scenario)
    for point in range(1, MAX_POINTS):
        store, status = _run(stage, scenario, point)
        if os.WIFEXITED(status):
            return _ended(outcome, scenario, store, status)
        assert os.WTERMSIG(status) == signal.SIGKILL
        _count(outcome, store, scenario)
    raise _endless(scenario)


def full(stage: Stage, scenario: Scenario) -> Outcome:
    """Lets each call that needs room on the disk fail, and all after it."""
    outcome = _outcome("full disk", scenario)
    for point in range(1, MAX_POINTS):
        store, status = _run(stage, scenario, point, errno.ENOSPC)
        if os.waitstatus_to_exitcode(status) != 1:
            return _ended(outcome, scenario, store, status)
        assert not list(store.glob(".part-*")), f"{scenario.name}, {point}: something was left"
        _count(outcome, store, scenario)
    raise _endless(scenario)


def power(stage: Stage, scenario: Scenario) -> Outcome:
    """Lets the power fail after each call, which may leave more than one state of the disk."""
    outcome = _outcome("power cut", scenario)
    log = stage.folder / "calls"
    log.unlink(missing_ok=True)
    store, status = _run(stage, scenario, 0, log=log)
    assert os.waitstatus_to_exitcode(status) == 0
    disk = Disk(store, stage.template, scenario.source)
    seen: set[Shape] = set()
    calls = read_calls(log)
    for call in calls:
        disk.act(call)
        for shape in set(disk.shapes()) - seen:
            seen.add(shape)
            build(shape, store)
            _count(outcome, store, scenario)
    outcome["points"] = len(calls)
    for shape in disk.shapes():
        build(shape, store)
        assert survey(store, scenario) == scenario.new, f"{scenario.name} was done, and a power cut undoes it"
    return outcome


def _outcome(fault: str, scenario: Scenario) -> Outcome:
    return Outcome(fault=fault, scenario=scenario.name, points=0, states=0, old=0, new=0)


def _count(outcome: Outcome, store: Path, scenario: Scenario) -> None:
    outcome["old" if survey(store, scenario) == scenario.old else "new"] += 1
    outcome["points"] += 1
    outcome["states"] += 1
    recover(store)


def _ended(outcome: Outcome, scenario: Scenario, store: Path, status: int) -> Outcome:
    """The last point was behind the last call: the command did what it should."""
    assert os.waitstatus_to_exitcode(status) == 0, f"{scenario.name}: {status}"
    assert survey(store, scenario) == scenario.new
    return outcome


def _endless(scenario: Scenario) -> AssertionError:
    return AssertionError(f"{scenario.name} has no end")


def _run(
    stage: Stage, scenario: Scenario, point: int, error: int = 0, log: Path | None = None
) -> tuple[Path, int]:
    """The command on a fresh store, in a process of its own; returns the store, and how that ended: wait(2)."""
    store = stage.fresh(stage.folder / "store")
    child = os.fork()
    if child == 0:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        ctypes.CDLL(None).fault_arm(os.fsencode(store), point, error, os.fsencode(log or ""))
        action, *rest = scenario.arguments
        os._exit(main(["bundle", action, "--store", str(store), *rest]))
    return store, os.waitpid(child, 0)[1]


def _main(fault: str, bundle: str, folder: str, *names: str) -> None:
    edge.cli.bundle.check_apart = lambda folder, **_: check(folder)
    stage = Stage(Path(folder), Path(bundle))
    strike = {"kill": kill, "full": full, "power": power}[fault]
    scenarios = [scenario for scenario in stage.scenarios() if not names or scenario.name in names]
    json.dump([strike(stage, scenario) for scenario in scenarios], sys.stdout)


if __name__ == "__main__":
    _main(*sys.argv[1:])
