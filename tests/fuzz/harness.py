"""One target in one process, under libFuzzer: `python -m tests.fuzz.harness TARGET [what libFuzzer takes]`."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
from collections.abc import Callable, Mapping

import atheris
import torch  # noqa: F401  (before anything is instrumented)

import edge  # noqa: F401  (so that its import hook is there)


def load() -> Mapping[str, Callable[[bytes], None]]:
    """The targets, with what they call instrumented."""
    # atheris names each module on stderr.
    with contextlib.redirect_stderr(io.StringIO()), atheris.instrument_imports(include=["edge"]):
        from tests.fuzz.targets import TARGETS
    return TARGETS


def fuzz(target: Callable[[bytes], None], arguments: list[str]) -> None:
    """Does not return."""
    for variable in [name for name in os.environ if name.startswith("MELO_EDGE_")]:
        del os.environ[variable]
    logging.disable()
    atheris.Setup([sys.argv[0], *arguments], target)
    atheris.Fuzz()


if __name__ == "__main__":
    fuzz(load()[sys.argv[1]], sys.argv[2:])
