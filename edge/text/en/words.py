"""One English word to sounds: the part that other languages' frontends share."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from edge.text.en import resources
from edge.text.en.phones import Pronunciation, Sounds, sounds

# The dictionary's "a" is the article; its other letters are their names.
_LETTER_A: Pronunciation = ("EY1",)

# g2p_en has "JH" at its end.
_PREFIXES: Pronunciation = tuple("P R IY1 F IH0 K S IH0 Z".split())

# What may follow any word. "s" depends on the sound before it.
_ENDINGS: dict[str, Pronunciation] = {
    "s": (),
    "ll": ("AH0", "L"),
    "re": ("ER0",),
    "ve": ("AH0", "V"),
    "d": ("D",),
    "m": ("M",),
}
_HISSING = frozenset("S Z SH ZH CH JH".split())
_VOICELESS = frozenset("P T K F TH".split())
_NO_LETTER = re.compile("[^a-z]")


class Words:
    """Says how words are pronounced: by the dictionary, else by a guess from the spelling."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: a bundle's `frontend/`, None: the installed packages. Raises as `resources.load`."""
        self._lexicon, self._spelling = resources.load(folder)
        # A guess takes a millisecond or more, a hundred times what the dictionary does; names come again and again.
        self._guess = lru_cache(maxsize=1024)(self._spelling.pronounce)

    def __call__(self, word: str, strict: bool = False) -> Sounds:  # noqa: FBT001, FBT002 (as in Frontend)
        """Return the sounds of `word`, letters a to z with apostrophes in it; none if it has no letter.

        In lower case, but a capital letter alone or before "'s" is called by its name. `strict`: as MeloTTS, for a
        word as `wordpieces.words` gives it; other characters than a to z are silent then.
        """
        return self._strict(word) if strict else sounds(self._pronunciation(word))

    def _strict(self, word: str) -> Sounds:
        # MeloTTS looks up capital letters, so that "groß" is "gross".
        phones = self._lexicon.find(word.upper().lower(), strict=True)
        if phones is None:
            letters = _NO_LETTER.sub("", word.lower())
            phones = self._lexicon.find(letters, strict=True) or (self._guess(letters) if letters else ())
        return sounds(phones)

    def _pronunciation(self, word: str) -> Pronunciation:
        if word == "A":
            return _LETTER_A
        if word == "prefixes":
            return _PREFIXES
        return self._lexicon.find(word.lower()) or self._inflected(word)

    def _inflected(self, word: str) -> Pronunciation:
        """Take an ending off that the dictionary does not have with the word: "Kubernetes'll"."""
        stem, _, ending = word.lower().rpartition("'")
        if ending not in _ENDINGS or not stem.strip("'"):
            return self._unknown(word.lower())
        phones = self._lexicon.find(stem) or self._unknown(stem)
        return phones + (_possessive(phones[-1]) if ending == "s" else _ENDINGS[ending])

    def _unknown(self, word: str) -> Pronunciation:
        letters = word.replace("'", "")
        return self._lexicon.find(letters) or (self._guess(letters) if letters else ())


def _possessive(last: str) -> Pronunciation:
    if last in _HISSING:
        return ("IH0", "Z")
    return ("S",) if last in _VOICELESS else ("Z",)
