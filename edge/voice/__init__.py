"""What a voice bundle is: its manifest, its files, how it is opened and verified."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from edge.voice.bundle import Bundle, open_bundle
from edge.voice.manifest import (
    FORMAT,
    BertEntry,
    FileEntry,
    LanguageIds,
    Licence,
    Manifest,
    Scales,
    Score,
    SymbolTable,
    Utterance,
)

if TYPE_CHECKING:
    from edge.voice.inputs import Inputs, model_inputs, reader

__all__ = [
    "FORMAT",
    "BertEntry",
    "Bundle",
    "FileEntry",
    "Inputs",
    "LanguageIds",
    "Licence",
    "Manifest",
    "Scales",
    "Score",
    "SymbolTable",
    "Utterance",
    "model_inputs",
    "open_bundle",
    "reader",
]


def __getattr__(name: str) -> object:
    # What needs torch: a bundle can be verified without.
    if name in {"Inputs", "model_inputs", "reader"}:
        return getattr(importlib.import_module("edge.voice.inputs"), name)
    message = f"module 'edge.voice' has no attribute {name!r}"
    raise AttributeError(message)
