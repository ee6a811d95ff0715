"""A voice's sentences as its model takes them, and as FP32 says them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from edge.build.describe import Description
from edge.build.sentences import sentences
from edge.errors import MissingFrontendError
from edge.text import Frontend, Phonemes, frontend
from edge.voice import Inputs, model_inputs


class Line(NamedTuple):
    """One sentence."""

    text: str
    inputs: Inputs


class Material(NamedTuple):
    """`calibration` sets the scales of the INT8 layers; `held_out` is what the report is about."""

    calibration: list[Line]
    held_out: list[Line]


def material(description: Description) -> Material:
    """Sentences of the voice's language; without a frontend for it, as many rows of the voice's symbols."""
    texts = sentences(description.language)
    try:
        read: Frontend | _Babble = frontend(description.frontend)
    except MissingFrontendError:
        read = _Babble(description)
    return Material(*(list(_lines(part, read, description)) for part in texts))


def _lines(texts: tuple[str, ...], read: Frontend | _Babble, description: Description) -> Iterator[Line]:
    speakers = sorted(description.speakers.values()) or [0]
    for i, text in enumerate(texts):
        speaker = speakers[i % len(speakers)]
        yield Line(text, model_inputs(read(text), description.symbols, description.languages, speaker))


class _Babble:
    """Reads any text as symbols drawn at random, about as many as it has letters."""

    def __init__(self, description: Description) -> None:
        self._symbols = sorted(description.symbols.ids)
        self._language = next(iter(description.languages), "")

    def __call__(self, text: str) -> Phonemes:
        symbols = random.Random(text).choices(self._symbols, k=len(text))  # noqa: S311  (sounds, no secrets)
        return Phonemes(tuple(symbols), (0,) * len(symbols), (self._language,) * len(symbols), (), text)
