"""Instructions that a package for arm64 must not have: a Raspberry Pi 4's Cortex-A72, ARMv8.0, would die of them.

Releases of torch have died there (SIGILL): 2.4.0, 2.6.0 and 2.10.0 of the atomics of ARMv8.1, which a compiler strews
everywhere when it is allowed to. Those are looked for here. Dot products, half floats and SVE come in kernels that are
chosen at run time; whether they are, only running it shows: `rehearsal.py`.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from deploy.packages.tools import PackagingError, need, run

_READELF, _NM = "aarch64-linux-gnu-readelf", "aarch64-linux-gnu-nm"

# Masks and values of LD<op> and SWP, CAS, CASP. Source: Arm Architecture Reference Manual, C4.1.94.
_ATOMICS = ((0x3F200C00, 0x38200000), (0x3FA07C00, 0x08A07C00), (0xBFA07C00, 0x08207C00))
# libgcc's helpers jump over the instruction on a processor without it: cbz w16, ...; the instruction; ret.
_SKIP, _RETURN = (0xFF00001F, 0x34000010), 0xD65F03C0
# Arm Compute Library's kernels for half floats, in mangled names: compiled for ARMv8.2, chosen where there are such.
_HALF_FLOAT_KERNEL = re.compile(r"_ZN11arm_compute.*(I.*Dh|fp16_)")


def refuse_atomics(file: Path) -> None:
    """Looks through a library's code.

    Raises:
        PackagingError: it has atomics of ARMv8.1 that no look at the processor guards.
    """
    need({_READELF: "binutils-aarch64-linux-gnu"})
    bare = [address for start, code in _code(file) for address in _bare_atomics(start, code)]
    functions = _functions(file) if bare else []
    for address in bare:
        name = functions[bisect.bisect(functions, (address, "\x7f")) - 1][1] if functions else "a nameless function"
        if not _HALF_FLOAT_KERNEL.match(name):
            message = (
                f"{file} has an atomic instruction of ARMv8.1 at {address:#x}, in {name}, and would die of it on a "
                "Raspberry Pi 4. Another release of that package is needed."
            )
            raise PackagingError(message)


def _code(file: Path) -> Iterator[tuple[int, npt.NDArray[np.uint32]]]:
    """The address and the words of each section with code."""
    said = run(_READELF, "--sections", "--wide", file)
    for found in re.finditer(r"PROGBITS +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) \w+ +AX", said):
        start, offset, size = (int(number, 16) for number in found.groups())
        yield start, np.fromfile(file, dtype="<u4", offset=offset, count=size // 4)


def _bare_atomics(start: int, code: npt.NDArray[np.uint32]) -> list[int]:
    is_atomic = np.zeros(len(code), dtype=bool)
    for mask, value in _ATOMICS:
        is_atomic |= (code & mask) == value
    around = np.pad(code, 1)
    is_guarded = ((around[:-2] & _SKIP[0]) == _SKIP[1]) & (around[2:] == _RETURN)
    return [start + 4 * int(index) for index in np.flatnonzero(is_atomic & ~is_guarded)]


def _functions(file: Path) -> list[tuple[int, str]]:
    """Addresses and names of the functions, by address."""
    named = re.findall(r"^([0-9a-f]+) [TtWwu] (\S+)$", run(_NM, file), re.MULTILINE)
    return sorted((int(address, 16), name) for address, name in named)
