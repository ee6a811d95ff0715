"""A voice's sentences as its model takes them, and as FP32 says them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from edge.build.describe import Description
from edge.build.sentences import sentences
from edge.errors import CheckpointError
from edge.text import Frontend, Phonemes, frontend
from edge.text.bert import Bert
from edge.voice import Inputs, model_inputs

FOREIGN = 0.1
"""So much of what is said may be sounds that the voice does not have: a language gains a few from loan words."""


class Line(NamedTuple):
    """One sentence."""

    text: str
    inputs: Inputs


class Material(NamedTuple):
    """`calibration` sets the scales of the INT8 layers; `held_out` is what the report is about."""

    calibration: list[Line]
    held_out: list[Line]


def material(description: Description, bert: Bert | None = None, data: Path | None = None) -> Material:
    """Sentences of the voice's language, with the features that `bert` gives them; `data` is its frontend's.

    Raises:
        MissingFrontendError: what reads the voice's language is not installed.
        CheckpointError: the voice has other symbols than that language.
    """
    texts = sentences(description.language)
    read = frontend(description.frontend, data)
    _refuse_foreign([read(text) for part in texts for text in part], description)
    return Material(*(list(_lines(part, read, description, bert)) for part in texts))


def _refuse_foreign(spoken: list[Phonemes], description: Description) -> None:
    wanted = [symbol for phonemes in spoken for symbol in phonemes.symbols]
    unknown = [symbol for symbol in wanted if symbol not in description.symbols.ids]
    if len(unknown) > FOREIGN * len(wanted):
        most = ", ".join(repr(symbol) for symbol, _ in Counter(unknown).most_common(5))
        message = (
            f"The configuration lacks {len(set(unknown))} of the {len(set(wanted))} symbols of {description.language}, "
            f"such as {most}. Give the --language that the checkpoint was trained for."
        )
        raise CheckpointError(message)


def _lines(texts: tuple[str, ...], read: Frontend, description: Description, bert: Bert | None) -> Iterator[Line]:
    speakers = sorted(description.speakers.values()) or [0]
    for i, text in enumerate(texts):
        speaker = speakers[i % len(speakers)]
        phonemes = read(text)
        features = None if bert is None else bert(phonemes)
        yield Line(text, model_inputs(phonemes, description.symbols, description.languages, speaker, features))
