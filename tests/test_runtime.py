"""What a process that synthesises does with its memory, measured by the pages that the kernel gives it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

TENSORS = """
import resource, sys
import numpy as np
from edge import runtime
from edge.process import resident_bytes

if sys.argv[1] == "prepared":
    runtime.prepare()
    runtime.keep_memory()

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for size in (4, 8, 16, 8, 4):
        np.ones(size << 20, np.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

first, again = faults(), faults()
kept = resident_bytes()
runtime.give_back_memory()
print(first, again, kept - resident_bytes())
"""


def measured(how: str) -> list[int]:
    done = subprocess.run([sys.executable, "-c", TENSORS, how], capture_output=True, check=True)
    return [int(figure) for figure in done.stdout.split()]


def test_memory_is_not_cleared_again_for_each_tensor_and_goes_back_when_told() -> None:
    first, again, given_back = measured("prepared")
    _, by_default, _ = measured("as glibc does")
    assert first > 1000
    assert again < by_default / 10, "or there is nothing to set"
    assert given_back > 8 << 20


BUILD = """
import os, runpy, sys
sys.argv = ["build_torchscript.py", "--help"]
try:
    runpy.run_path("scripts/build_torchscript.py", run_name="__main__")
except SystemExit:
    print("\\n" + os.environ.get("GOMP_SPINCOUNT", "not set"))
"""


def test_a_build_beside_other_programs_does_not_spin() -> None:
    done = subprocess.run([sys.executable, "-c", BUILD], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "10000"
