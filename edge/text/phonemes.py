"""What every text frontend gives and every voice takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phonemes:
    """One text as a voice's text encoder wants it, before ids, tone offsets and blanks.

    L symbols, W words. Blanks are not interspersed here: whether a voice wants them is in its configuration.
    """

    symbols: tuple[str, ...]
    """(L,) phonemes and punctuation by name; the voice maps them to its ids."""

    tones: tuple[int, ...]
    """(L,) tone or stress of each symbol, counted from 0 within its language."""

    languages: tuple[str, ...]
    """(L,) name of the language that each symbol belongs to."""

    word2ph: tuple[int, ...]
    """(W,) number of symbols of each word, sum L; empty where the frontend does not know words."""

    normalized: str
    """The text that was read aloud, after everything the frontend replaced or dropped."""

    words: tuple[str, ...] = ()
    """(W - 2,) what `word2ph` counts the symbols of, between the two pads; empty where these are the words of
    `normalized` as `edge.text.words` splits it."""
