"""What a voice bundle is: its manifest, its files, how it is opened and verified."""

from edge.voice.bundle import Bundle, open_bundle
from edge.voice.inputs import Inputs, model_inputs, reader
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
)

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
    "model_inputs",
    "open_bundle",
    "reader",
]
