"""Loads the compiled INT8 convolution, which TorchScript files of melo-edge refer to by name.

The library registers `torch.ops.edge.*` and `torch.classes.edge.PackedConv` (see `docs/int8.md`). It fits one
release of torch only, so its release is read from the file first: loading the wrong one can end the process.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from edge.errors import EdgeError

LIBRARY = Path(__file__).with_name("_operator.so")

PANEL = 32
"""Outputs side by side in weights for `float_conv1d`: `kFloatPanel` of csrc/path.h."""

_BUILT_FOR = re.compile(rb"melo-edge INT8 operator for torch ([0-9.]+)")
_MEND = "Build it with the torch that is installed: pip install --no-build-isolation --force-reinstall --no-deps ."


class OperatorError(EdgeError):
    """The compiled INT8 operator is missing, damaged or built for another torch."""

    code = "no-operator"


@cache
def load() -> None:
    """Make the operator known to torch; call before `torch.jit.load`. Raises `OperatorError`."""
    _check(LIBRARY, torch.__version__)
    try:
        torch.ops.load_library(str(LIBRARY))
    except (OSError, RuntimeError) as error:
        raise OperatorError(f"The INT8 operator {LIBRARY} cannot be loaded ({error}). {_MEND}") from error


def isas() -> list[str]:
    """Names of the paths that this processor runs, best first; `EDGE_INT8_ISA` forces one when a voice is loaded."""
    load()
    names: list[str] = torch.ops.edge.isas()
    return names


def panels(weight: Tensor) -> Tensor:
    """Weights `(O, C, k)` as `float_conv1d` wants them: `(panels, k, C, 32)`, of their type, padded with zeros."""
    outputs, inputs, kernel = weight.shape
    padded = F.pad(weight.permute(2, 1, 0), [0, -outputs % PANEL])
    return padded.reshape(kernel, inputs, -1, PANEL).permute(2, 0, 1, 3).contiguous()


def _check(library: Path, installed: str) -> None:
    if not library.is_file():
        raise OperatorError(f"The INT8 operator {library} is missing. {_MEND}")
    release = built_for(library)
    # A local part such as "+cpu" names a build of the same release.
    if release != installed.partition("+")[0]:
        raise OperatorError(
            f"The INT8 operator {library} was built for torch {release}, but {installed} is installed. {_MEND}"
        )


def built_for(library: Path) -> str:
    """The one release of torch that a compiled operator fits, such as `2.9.1`."""
    found = _BUILT_FOR.search(library.read_bytes())
    return found[1].decode() if found else "(unknown)"


def is_loadable() -> bool:
    """Whether `load` will find what it needs."""
    try:
        _check(LIBRARY, torch.__version__)
    except OperatorError:
        return False
    return True


# Whoever imports `edge` and torch can read a voice with plain `torch.jit.load`; see `edge/torch_import.py`.
if is_loadable():
    load()
