"""Makes the INT8 operator known to torch as soon as both are there, without importing torch for it.

A voice's TorchScript refers to the operator by name, so whoever imports `edge` and torch must be able to load one with
plain `torch.jit.load`. A client that never imports torch must not pay for it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


def load_operator() -> None:
    """Loads it now: importing its module does. Where it cannot be loaded, `Bundle.model` says why."""
    importlib.import_module("edge.int8.operator")


def load_operator_with_torch() -> None:
    """Loads it now if torch is imported already, and else right after torch."""
    if "torch" in sys.modules:
        load_operator()
    else:
        sys.meta_path.insert(0, _AfterTorch())


class _AfterTorch(MetaPathFinder):
    """Finds torch as anybody would, once, and has its loader call `load_operator` afterwards."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002  (the protocol's)
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname != "torch":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec("torch")
        if spec is not None and spec.loader is not None:
            spec.loader = _Then(spec.loader)
        return spec


class _Then(Loader):
    """A loader that does one thing more; for everything else it is the one that it wraps."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        load_operator()
