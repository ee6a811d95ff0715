"""The Python packages that a device needs, as one folder: pinned, checked, without what no device uses.

Everything in it comes from wheels, but for torch on amd64: PyPI's is a CUDA build of gigabytes, so it is the CPU build
that `scripts/setup.sh` found and that the INT8 operator is compiled for, each file checked against its own record.

`python -m deploy.packages.python_tree arm64` prints where it is.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import shutil
import sys
from importlib import metadata
from pathlib import Path

from deploy.packages.interpreter import SITE, compile_all
from deploy.packages.tools import CACHE, PackagingError, made_once, need, run

WHEELS = {"amd64": Path(__file__).with_name("wheels.txt"), "arm64": Path(__file__).with_name("wheels-arm64.txt")}
STRIP = {"amd64": "x86_64-linux-gnu-strip", "arm64": "aarch64-linux-gnu-strip"}
STRIP_COMES_WITH = {"amd64": "binutils-x86-64-linux-gnu", "arm64": "binutils-aarch64-linux-gnu"}
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}

_KEPT = 3

_TORCH_FOR_AMD64 = "2.13.0+cpu"

_NEVER_USED = (
    # To compile and to test torch, and to compile models, for which a device has no compiler.
    "torch/bin/*",
    "torch/testing/_internal/*",
    "torch/share",
    "torch/test",
    "torch/_inductor",
    "torch/lib/libaoti_custom_ops.so",
    "torch/lib/libbackend_with_compiler.so",
    "torch/lib/libjitbackend_test.so",
    "torch/lib/libtorchbind_test.so",
    # To compile against numpy, and its tests.
    "numpy/core/include",
    "numpy/core/lib",
    "numpy/random/lib",
    "numpy/distutils",
    "numpy/f2py",
    "numpy/**/tests",
    # Programs of the packages.
    "bin",
    # For type checkers and compilers.
    "**/*.pyi",
    "**/*.pxd",
    "**/*.h",
    "**/*.cpp",
    "**/*.a",
    # Of an installation that pip could change.
    "*.dist-info/RECORD",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/direct_url.json",
    "**/__pycache__",
)
_IMPORTED_BY_TORCH = {
    "torch/bin/torch_shm_manager",
    *(f"torch/testing/_internal/{name}.py" for name in ("__init__", "common_dtype", "logging_tensor")),
}


def dependencies(arch: str) -> Path:
    """The folder of Python packages for an architecture, compiled, made once for each set of pins.

    Raises:
        PackagingError: a package cannot be had, or is not the one that was pinned.
    """
    folder = CACHE / f"packages-{arch}-{_digest(arch)}"
    with made_once(folder) as part:
        if part:
            need({STRIP[arch]: STRIP_COMES_WITH[arch]})
            _install(arch, part / "site")
            (part / "site" / "torch" / "include").rename(part / "include")
            _prune(part / "site")
            _strip(arch, part / "site")
            compile_all(part / "site", SITE)
            _forget_oldest(arch)
    return folder / "site"


def _forget_oldest(arch: str) -> None:
    """Earlier pins' packages, most of a gigabyte each, but for the newest: another checkout may still use those."""
    folders = sorted(CACHE.glob(f"packages-{arch}-*"), key=lambda folder: folder.stat().st_mtime)
    for folder in folders[:-_KEPT]:
        shutil.rmtree(folder)


def headers(arch: str) -> Path:
    """The C++ headers of torch, which no device needs but the INT8 operator is compiled with."""
    return dependencies(arch).with_name("include")


def _digest(arch: str) -> str:
    what = [Path(__file__).read_bytes(), *(path.read_bytes() for path in WHEELS.values())]
    if arch == "amd64":
        what.append(_record(_torch_installed()).encode())
    return hashlib.sha256(b"".join(what)).hexdigest()[:12]


def _install(arch: str, folder: Path) -> None:
    machine = _MACHINES[arch]
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(28, 16, -1)] + [f"manylinux2014_{machine}"]
    run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--quiet", "--no-deps", "--no-compile"),
        *("--require-hashes", "--only-binary=:all:", "--python-version", "3.11", "--target", folder),
        *(f"--platform={platform}" for platform in platforms),
        *("--requirement", WHEELS[arch]),
    )
    if arch == "amd64":
        _copy_torch(folder)


# --- torch for amd64 ---------------------------------------------------------------------------------


def _torch_installed() -> metadata.Distribution:
    if sys.version_info[:2] != (3, 11):
        found = ".".join(map(str, sys.version_info[:2]))
        message = (
            f"This is Python {found}, and the package for amd64 holds the torch of the .venv that builds it, which has "
            "to be Python 3.11's. (The one for arm64 can be built here.)"
        )
        raise PackagingError(message)
    try:
        torch = metadata.distribution("torch")
    except metadata.PackageNotFoundError:
        raise PackagingError("torch is not installed here. Run `make setup` first.") from None
    if torch.version != _TORCH_FOR_AMD64:
        message = (
            f"torch {torch.version} is installed here, and the package for amd64 holds {_TORCH_FOR_AMD64}. Run "
            "`make setup` on an x86-64 machine in a fresh .venv, with TORCH_INDEX_URL or TORCH_WHEEL for a CPU build."
        )
        raise PackagingError(message)
    return torch


def _record(torch: metadata.Distribution) -> str:
    """What the wheel's own record says of its files, without what installing it added."""
    return torch.read_text("RECORD") or ""


def _copy_torch(folder: Path) -> None:
    torch = _torch_installed()
    root = Path(str(torch.locate_file("")))
    for name, digest, _ in csv.reader(_record(torch).splitlines()):
        source, target = root / name, folder / name
        if name.startswith("../") or not digest or not source.exists():  # a program, or compiled or removed later
            continue
        content = source.read_bytes()
        if digest != "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode():
            raise PackagingError(f"{source} is not what torch's record says: install torch again (rm -r .venv).")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


# --- Less of it --------------------------------------------------------------------------------------


def _prune(folder: Path) -> None:
    for pattern in _NEVER_USED:
        for path in list(folder.glob(pattern)):
            if str(path.relative_to(folder)) in _IMPORTED_BY_TORCH:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _strip(arch: str, folder: Path) -> None:
    """Only torch's: of 434 MB of libtorch_cpu.so for amd64, 89 MB are names of functions that nobody can call."""
    run(STRIP[arch], "--strip-unneeded", *sorted((folder / "torch" / "lib").glob("*.so")))


def add_project(site: Path) -> None:
    """Adds `edge` to a folder of Python packages, as its wheel would have it but for the compiled operator."""
    run(sys.executable, "setup.py", "--quiet", "build_py", "--build-lib", site, "dist_info", "--output-dir", site)


if __name__ == "__main__":
    sys.stdout.write(f"{dependencies(sys.argv[1])}\n")
