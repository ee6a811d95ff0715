"""Single words to phones."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from edge.text.gruut.guesser import Guesser
from edge.text.gruut.lexicon import Lexicon

_NO_WORD = re.compile(r"\W")
# Looked up once and then remembered: a few hundred words make up most of what anybody says.
REMEMBERED_WORDS = 4096


class Pronunciation:
    """The phones of a word, as a string of symbols of one character each."""

    def __init__(self, lexicon: Lexicon, guesser: Guesser) -> None:
        self._lexicon = lexicon
        self._guesser = guesser
        self._remember = lru_cache(REMEMBERED_WORDS)(self._look_up)

    def __call__(self, word: str) -> str:
        """The phones of `word`, looked up or else guessed; "" for a word without a sound."""
        return self._remember(word)

    def known(self, word: str) -> str | None:
        """The phones that the lexicon has for `word`, which is in lower case."""
        return self._lexicon.get(word)

    def by_letter(self, word: str) -> list[str]:
        """The phones that each letter of `word`, which is in lower case, is guessed to give."""
        return self._guesser.by_letter(word)

    def legible(self, word: str) -> str:
        """`word` in lower case, in the letters that the language has: *façade* for a Spaniard is *facade*.

        The guesser would make up one and the same sound for all that it has not learned. What no accent explains
        is left out.
        """
        return "".join(map(self._legible, unicodedata.normalize("NFC", word.lower())))

    def _legible(self, letter: str) -> str:
        if self._guesser.knows(letter):
            return letter
        return "".join(filter(self._guesser.knows, unicodedata.normalize("NFKD", letter)))

    def _look_up(self, word: str) -> str:
        """By the word as it is, in lower case, by its letters and digits alone, and then guessed: gruut's order."""
        lower = word.lower()
        for spelling in dict.fromkeys((word, lower, _NO_WORD.sub("", word), _NO_WORD.sub("", lower))):
            phones = self._lexicon.get(spelling) if spelling else None
            if phones:
                return phones
        return self._guesser(lower)
