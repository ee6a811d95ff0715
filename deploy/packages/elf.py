"""What compiled files need of the system that they run on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from deploy.packages.tools import PackagingError, run

DEBIAN_12 = {"GLIBC": (2, 36), "GLIBCXX": (3, 4, 30), "CXXABI": (1, 3, 13), "GCC": (12, 0, 0)}
"""The newest versions of symbols that Debian 12's libc6, libstdc++6 and libgcc-s1 have."""

_PACKAGES = {
    "ld-linux-aarch64.so.1": "libc6",
    "ld-linux-x86-64.so.2": "libc6",
    "libc.so.6": "libc6",
    "libdl.so.2": "libc6",
    "libgcc_s.so.1": "libgcc-s1",
    "libgomp.so.1": "libgomp1",
    "libm.so.6": "libc6",
    "libmvec.so.1": "libc6",
    "libpthread.so.0": "libc6",
    "librt.so.1": "libc6",
    "libstdc++.so.6": "libstdc++6",
    "libutil.so.1": "libc6",
    "libz.so.1": "zlib1g",
}


def libraries(folder: Path) -> list[Path]:
    """Every compiled file below a folder."""
    return [path for path in sorted(folder.rglob("*.so*")) if path.is_file() and path.open("rb").read(4) == b"\x7fELF"]


def needed_packages(files: list[Path]) -> list[str]:
    """The Debian packages with the libraries that `files` need and are not among them.

    Raises:
        PackagingError: Debian 12 has none that is new enough, or none at all that is known here.
    """
    brought = {path.name for path in files}
    packages = set()
    for path in files:
        said = run("readelf", "--dynamic", "--version-info", "--wide", path)
        _check_versions(path, said)
        for library in _needed(said):
            if library in brought:
                continue
            if library not in _PACKAGES:
                raise PackagingError(f"{path} needs {library}, and elf.py does not know which Debian package has it.")
            packages.add(_PACKAGES[library])
    return sorted(packages)


def _needed(said: str) -> Iterator[str]:
    return (found[1] for found in re.finditer(r"\(NEEDED\).*\[(.+)\]", said))


def _check_versions(path: Path, said: str) -> None:
    needs = said.partition("Version needs section")[2]
    for found in re.finditer(r"Name: (GLIBC|GLIBCXX|CXXABI|GCC)_([\d.]+)", needs):
        if tuple(map(int, found[2].split("."))) > DEBIAN_12[found[1]]:
            message = (
                f"{path} needs {found[1]} {found[2]}, and Debian 12 has {'.'.join(map(str, DEBIAN_12[found[1]]))}: "
                "it was compiled on a newer system. Build the packages on Debian 12."
            )
            raise PackagingError(message)
