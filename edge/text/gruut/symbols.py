"""Words and marks that have been read, put together as MeloTTS's text encoder takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from edge.errors import TextError
from edge.text.phonemes import Phonemes
from edge.text.words import share

PAD = "_"
UNKNOWN = "UNK"
MARKS = frozenset(".,!?¿¡-…")


class Spoken(NamedTuple):
    """One word or mark, read."""

    symbols: Sequence[str]
    pieces: int = 1
    """How many of `edge.text.words`' words it was written as: three for *l'air*."""


def phonemes(spoken: Sequence[Spoken], language: str, normalized: str) -> Phonemes:
    """What was read, between two pads; tones are 0, as neither Spanish nor French has any.

    `word2ph` has a number for each pad and for each word of `normalized` as `edge.text.words` splits it.
    Raises `TextError` when nothing has a sound.
    """
    symbols = [symbol for word in spoken for symbol in word.symbols]
    if all(symbol in MARKS for symbol in symbols):
        raise TextError("The text has nothing to speak: it needs at least one letter or digit that the voice can read.")
    symbols = [PAD, *symbols, PAD]
    shares = [part for word in spoken for part in share(len(word.symbols), word.pieces)]
    return Phonemes(
        symbols=tuple(symbols),
        tones=(0,) * len(symbols),
        languages=(language,) * len(symbols),
        word2ph=(1, *shares, 1),
        normalized=normalized,
    )
