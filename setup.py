"""Compiles the INT8 operator; everything else about the package is in pyproject.toml.

The operator must be built with the torch that will load it, so install without build isolation:
`pip install --no-build-isolation .`
"""

import platform
from pathlib import Path

import torch
from setuptools import setup
from torch.utils.cpp_extension import BuildExtension, CppExtension

SOURCES = sorted(str(path) for path in Path("edge/int8/csrc").glob("*.cpp"))

# No -march: each source names the instructions it needs, and the rest must run on any x86-64 or ARMv8.0.
# No contraction to fused multiply-add, or scalar and vector code would round differently.
# OpenMP is compiled in but not linked: the symbols come from the copy that torch brings and whose threads it counts.
COMPILE = ["-O3", "-ffp-contract=off", "-fvisibility=hidden", "-fopenmp", "-g0"]
# Error messages name source files: as the project and torch know them, not where this machine keeps them.
# The last prefix that fits counts, and torch often lies in the project's own folder.
COMPILE += [f"-ffile-prefix-map={Path.cwd()}/=", f"-ffile-prefix-map={Path(torch.__file__).parent}/=torch/"]
if platform.machine() == "aarch64":
    # Their helpers live in a newer libgcc than some devices have.
    COMPILE.append("-mno-outline-atomics")

setup(
    # The wheel carries the compiled file; its sources belong to the source distribution.
    include_package_data=False,
    ext_modules=[
        CppExtension("edge.int8._operator", SOURCES, extra_compile_args=COMPILE, extra_link_args=["-s"]),
    ],
    # Not a Python module: one file name for every Python, loaded by torch.ops.load_library.
    cmdclass={"build_ext": BuildExtension.with_options(no_python_abi_suffix=True)},
)
