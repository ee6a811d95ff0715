"""The compiled INT8 operator for a device.

`python -m deploy.packages.operator_file arm64` prints where it is.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.packages import python_tree
from deploy.packages.tools import CACHE, PROJECT, PackagingError, need, run
from edge.int8.operator import LIBRARY, is_loadable

SOURCES = PROJECT / "edge" / "int8" / "csrc"

_COMPILER = "aarch64-linux-gnu-g++"
# As setup.py compiles it, and for ARMv8.0 whatever the compiler's usual is. Outline atomics would need a newer libgcc
# than some devices have.
_COMPILE = (
    *("-O3", "-std=c++17", "-fPIC", "-fvisibility=hidden", "-ffp-contract=off", "-fopenmp", "-w"),
    *("-march=armv8-a", "-mno-outline-atomics", f"-ffile-prefix-map={PROJECT}/="),
)
# It uses none of Python's interface, so torch's libraries are all it needs. OpenMP's symbols come from torch's copy.
_LINK = ("-nodefaultlibs", "-lstdc++", "-lm", "-lgcc_s", "-lc", "-Wl,--unresolved-symbols=ignore-all", "-s")


def operator(arch: str) -> Path:
    """The operator's file for an architecture: amd64's as set-up compiled it, arm64's compiled by the cross-compiler.

    Raises:
        PackagingError: it is not there or cannot be compiled.
    """
    if arch == "arm64":
        return _cross_compiled()
    if not is_loadable():
        raise PackagingError(f"{LIBRARY} is missing, or fits another torch. Run `make setup` first.")
    return LIBRARY


def _cross_compiled() -> Path:
    need({_COMPILER: "g++-aarch64-linux-gnu"})
    site, headers = python_tree.dependencies("arm64"), python_tree.headers("arm64")
    sources = sorted(SOURCES.glob("*.cpp"))
    what = (Path(__file__), *sorted(SOURCES.iterdir()))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in what) + str(site).encode()).hexdigest()[:12]
    file = CACHE / f"operator-arm64-{digest}.so"
    if file.exists():
        return file
    with tempfile.TemporaryDirectory(prefix="melo-edge-operator-") as folder:
        objects = [Path(folder) / f"{source.stem}.o" for source in sources]
        includes = ("-isystem", headers, "-isystem", headers / "torch/csrc/api/include")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            commands = [(_COMPILER, *_COMPILE, *includes, "-c", *pair) for pair in zip(sources, objects, strict=True)]
            list(pool.map(lambda command: run(*command[:-1], "-o", command[-1]), commands))
        libraries = (f"-L{site / 'torch/lib'}", "-ltorch_cpu", "-lc10")
        part = file.with_name(f"{file.name}.{os.getpid()}")
        run(_COMPILER, "-shared", *objects, "-o", part, *libraries, *_LINK)
        part.rename(file)
    return file


if __name__ == "__main__":
    sys.stdout.write(f"{operator(sys.argv[1])}\n")
