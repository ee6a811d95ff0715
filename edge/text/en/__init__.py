"""English for MeloTTS voices: the CMU Pronouncing Dictionary, and a guess for the words that it does not have.

MeloTTS cuts text at every apostrophe and reads "don't" as "don", "t"; here a word is a word. It knows one
pronunciation a word; here the words around decide between two. It leaves out what it has no symbol for; here the
normaliser says it or makes a pause of it. `strict` does as MeloTTS does.
"""

from __future__ import annotations

import re
from pathlib import Path

from edge.errors import TextError
from edge.text.en import homographs, upstream, wordpieces
from edge.text.en.phones import Sounds, sounds
from edge.text.en.resources import pack
from edge.text.en.words import Words
from edge.text.phonemes import Phonemes

__all__ = ["EnglishFrontend", "Words", "pack"]

_LANGUAGE = "EN"
_EDGE: Sounds = (("_", 0),)

# What the normaliser gives: words, and marks each of which is a symbol of its own.
_TOKEN = re.compile(r"[A-Za-z']+|[.,!?-]")
_MARKS = frozenset(".,!?-")
_STRICT_MARKS = _MARKS | {"'"}


class EnglishFrontend:
    """Reads American English."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: a bundle's `frontend/`, None: the packages of the extra `en`. Raises as `resources.load`."""
        from edge.text.en.normaliser import normalise

        self._normalise = normalise
        self._words = Words(folder)

    def __call__(self, text: str, strict: bool = False) -> Phonemes:  # noqa: FBT001, FBT002 (as in Frontend)
        """Read `text`. Raises `TextError` when nothing in it has a sound."""
        if strict:
            normalized = upstream.normalise(text)
            tokens = wordpieces.words(normalized)
            words = [self._strict_sounds(token.rstrip(wordpieces.CONTINUED)) for token in tokens]
        else:
            normalized = self._normalise(text)
            tokens = _TOKEN.findall(normalized)
            words = [self._sounds(tokens, place) for place in range(len(tokens))]
        return _phonemes(words, normalized, tuple(tokens))

    def _sounds(self, tokens: list[str], place: int) -> Sounds:
        token = tokens[place]
        if token in _MARKS:
            return ((token, 0),)
        spoken = homographs.pronunciation(tokens, place)
        return sounds(spoken) if spoken is not None else self._words(token)

    def _strict_sounds(self, token: str) -> Sounds:
        return ((token, 0),) if token in _STRICT_MARKS else self._words(token, strict=True)


def _phonemes(words: list[Sounds], normalized: str, tokens: tuple[str, ...]) -> Phonemes:
    """Join what is spoken of each word and mark, between the two "_" of MeloTTS."""
    if not any(symbol.isalpha() for word in words for symbol, _ in word):
        message = "The text has nothing to speak: it needs at least one letter or digit that English can read."
        raise TextError(message)
    framed = [_EDGE, *words, _EDGE]
    symbols, tones = zip(*(sound for word in framed for sound in word), strict=True)
    return Phonemes(symbols, tones, (_LANGUAGE,) * len(symbols), tuple(map(len, framed)), normalized, tokens)
