from __future__ import annotations

import os
import time

import msgspec

from edge.bench.machine import watching
from tests.bench.reports import MACHINE


def test_the_machine_is_told_and_its_own_work_is_not_others() -> None:
    with watching() as watch:
        begun = time.process_time()
        while time.process_time() - begun < 0.1:
            pass
        machine = watch.machine()
    assert machine.cores == len(os.sched_getaffinity(0))
    assert machine.memory > 1e8
    assert machine.versions["torch"]
    assert 0 <= machine.others <= 1
    assert 0 <= machine.stolen <= 1
    assert any(machine.model in line for line in machine.lines())


def test_what_a_machine_does_not_tell_is_said() -> None:
    quiet = msgspec.structs.replace(
        MACHINE, governor=None, clock_median=None, temperature_start=None, temperature_highest=None, throttled=None
    )
    line = quiet.lines()[2]
    assert line == "clock not told, governor not told; temperature not told; throttling not told"
    assert "1500 MHz (median; 600 at least, 1800 at most)" in MACHINE.lines()[2]
    assert "41 °C at first, 62 °C at most; nothing throttled" in MACHINE.lines()[2]
