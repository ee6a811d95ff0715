"""melo-edge: offline speech for small Linux computers.

Heavy parts load on first use, so that a client (`edge.Client`, `melo-edge say`) starts without torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from edge.torch_import import load_operator_with_torch

if TYPE_CHECKING:
    from edge import checkpoints
    from edge.async_client import AsyncClient
    from edge.client import Client
    from edge.speech import Voice

__all__ = ["AsyncClient", "Client", "Voice", "checkpoints"]
__version__ = "0.1.0"

load_operator_with_torch()

_HOMES = {"AsyncClient": "edge.async_client", "Client": "edge.client", "Voice": "edge.speech"}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name == "checkpoints":
        return importlib.import_module("edge.checkpoints")
    message = f"module 'edge' has no attribute {name!r}"
    raise AttributeError(message)
