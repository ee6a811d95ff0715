"""JSON between the processes of a run, paths and all."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def encode(value: Any) -> bytes:  # noqa: ANN401  (what msgspec knows, and paths)
    return msgspec.json.encode(value, enc_hook=str)


def decode(content: bytes, kind: type[T]) -> T:
    return msgspec.json.decode(content, type=kind, dec_hook=_decode)


def _decode(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError
