"""The compiled INT8 operator for a device."""

from __future__ import annotations

from pathlib import Path

from deploy.packages.tools import PackagingError


def operator(arch: str) -> Path:
    """The operator's file for an architecture.

    Raises:
        PackagingError: it is not there or cannot be compiled.
    """
    if arch == "amd64":
        return _compiled_here()
    raise PackagingError("arm64 is not there yet")


def _compiled_here() -> Path:
    from edge.int8.operator import LIBRARY, is_loadable

    if not is_loadable():
        raise PackagingError(f"{LIBRARY} is missing or fits another torch. Run `make setup` first.")
    return LIBRARY
