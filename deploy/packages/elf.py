"""What compiled files need of the system that they run on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploy.packages.tools import PackagingError, run

DEBIAN_12 = {"GLIBC": (2, 36), "GLIBCXX": (3, 4, 30), "CXXABI": (1, 3, 13), "GCC": (12, 0, 0)}
"""The newest versions of symbols that Debian 12's libc6, libstdc++6 and libgcc-s1 have."""

_LIBC = f"libc6 (>= {'.'.join(map(str, DEBIAN_12['GLIBC']))})"
# Debian 13 and Ubuntu 24.04 call OpenSSL's package otherwise, since their 64-bit times. Here only its name changed.
_OPENSSL = "libssl3t64 | libssl3"
_PACKAGES = {
    "ld-linux-aarch64.so.1": _LIBC,
    "ld-linux-x86-64.so.2": _LIBC,
    "libbz2.so.1.0": "libbz2-1.0",
    "libc.so.6": _LIBC,
    "libcrypto.so.3": _OPENSSL,
    "libdl.so.2": _LIBC,
    "libexpat.so.1": "libexpat1",
    "libffi.so.8": "libffi8",
    "libgcc_s.so.1": "libgcc-s1",
    "libgomp.so.1": "libgomp1",
    "liblzma.so.5": "liblzma5",
    "libm.so.6": _LIBC,
    "libmvec.so.1": _LIBC,
    "libportaudio.so.2": "libportaudio2",
    "libpthread.so.0": _LIBC,
    "librt.so.1": _LIBC,
    "libsqlite3.so.0": "libsqlite3-0",
    "libssl.so.3": _OPENSSL,
    "libstdc++.so.6": "libstdc++6",
    "libsystemd.so.0": "libsystemd0",
    "libutil.so.1": _LIBC,
    "libuuid.so.1": "libuuid1",
    "libz.so.1": "zlib1g",
}

LARGEST_PAGE = 0x10000
"""Bytes: 64 KB, the largest page of memory that a kernel for arm64 may have. A Raspberry Pi 5's has 16 KB."""


class NewerSystemError(PackagingError):
    """What was compiled here needs newer libraries than Debian 12's."""


def compiled(folder: Path) -> list[Path]:
    """Every library and program below a folder."""
    files = sorted({*folder.rglob("*.so*"), *folder.rglob("bin/*")})
    return [path for path in files if path.is_file() and not path.is_symlink() and _is_elf(path)]


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def refuse_small_pages(files: Sequence[Path]) -> None:
    """Looks whether a kernel for arm64 can load `files`, whatever the size of its pages.

    Raises:
        PackagingError: a file's segments are aligned for smaller pages.
    """
    for path in files:
        said = run("readelf", "--program-headers", "--wide", path)
        alignment = min(int(found, 16) for found in re.findall(r"^ +LOAD .* (0x[0-9a-f]+)$", said, re.MULTILINE))
        if alignment < LARGEST_PAGE:
            message = (
                f"{path} is linked for pages of {alignment // 1024} KB, and a kernel with larger ones would not load "
                "it: a Raspberry Pi 5's has 16 KB. Link it with -Wl,-z,max-page-size=65536."
            )
            raise PackagingError(message)


def needed_packages(files: Sequence[Path]) -> list[str]:
    """The packages with the libraries that `files` need and are not among them, as every release calls them.

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
            raise NewerSystemError(message)
