"""The torch-free kernels under AddressSanitizer and UndefinedBehaviorSanitizer."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
KERNELS = HERE.parents[1] / "edge" / "int8" / "csrc"


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")
def test_no_path_touches_what_is_not_its_own(tmp_path: Path) -> None:
    sources = [HERE / "sanitize.cpp", *(path for path in KERNELS.glob("*.cpp") if path.name != "binding.cpp")]
    program = tmp_path / "sanitize"
    compiler = ["g++", "-O1", "-g", "-std=c++17", "-ffp-contract=off", "-fsanitize=address,undefined"]
    subprocess.run(
        [*compiler, "-fno-sanitize-recover=all", f"-I{KERNELS}", *map(str, sources), "-o", str(program)], check=True
    )
    done = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
