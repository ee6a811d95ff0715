"""The Korean frontend: what MeloTTS' KR voices were trained on, without its faults in normalising.

Words are marked by mecab-ko, written as they sound by the rules of the Standard Pronunciation, and given letter by
letter. A device needs mecab-ko and its dictionary; English words, read by the English dictionary, come in the bundle.
"""

from __future__ import annotations

import re
from pathlib import Path

from edge.errors import TextError
from edge.text.en import pack as pack_english
from edge.text.en import resources
from edge.text.kr import jamo, loans, sounds, upstream
from edge.text.kr.normaliser import normalise
from edge.text.kr.tagger import Tagger
from edge.text.kr.words import SAID
from edge.text.phonemes import Phonemes
from edge.text.words import split

LANGUAGE = "KR"

MARKS = frozenset("!?…,.'-")
_ENGLISH = re.compile("[A-Za-z']+")
_HEARD = frozenset(jamo.ONSETS + jamo.VOWELS + "ᆫᆼᆯᆷᆮᆨᆸ")
# Upstream says what it cannot read as it is written, when its voices have a symbol of that name.
_STRICT_HEARD = _HEARD | MARKS | frozenset("abcdefghijklmnopqrstuvwxyz()~\\[]/^:*¿¡" + '"')


class KoreanFrontend:
    """Korean text to symbols."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: a bundle's `frontend/`, with the English in it; None: the packages of the extra `kr`.

        Raises `BundleError` when the folder lacks it, `MissingFrontendError` without the packages.
        """
        self._tagger = Tagger()
        self._lexicon, self._spelling = resources.load(folder)

    def __call__(self, text: str, strict: bool = False) -> Phonemes:  # noqa: FBT001, FBT002 (the protocol's)
        """Read `text`; `strict` as upstream MeloTTS does (see `edge.text.kr.upstream`).

        Raises `TextError` when nothing in the text has a sound.
        """
        normalized = upstream.clean(text) if strict else normalise(text, self._loan)
        words = [("_",), *(self._strict(word) if strict else self._read(word) for word in split(normalized)), ("_",)]
        symbols = tuple(symbol for word in words for symbol in word)
        if not any(symbol.isalpha() for symbol in symbols):
            message = "The text has nothing to speak: it needs at least one letter or digit that Korean can read."
            raise TextError(message)
        size = len(symbols)
        return Phonemes(symbols, (0,) * size, (LANGUAGE,) * size, tuple(map(len, words)), normalized)

    def _read(self, word: str) -> tuple[str, ...]:
        if word in MARKS:
            return (word,)
        letters = jamo.letters(self._tagger.annotate(_respelled(word)))
        return tuple(letter for letter in jamo.whole(sounds.spoken(letters)) if letter in _HEARD)

    def _strict(self, word: str) -> tuple[str, ...]:
        if word in MARKS:
            return (word,)
        written = _ENGLISH.sub(lambda match: self._known(match[0]) or match[0], _respelled(word))
        letters = jamo.letters(upstream.say_numbers(self._tagger.annotate(written)))
        return tuple(letter for letter in jamo.whole(sounds.spoken(letters, strict=True)) if letter in _STRICT_HEARD)

    def _known(self, word: str) -> str:
        """An English word of the dictionary in Hangul, else ""."""
        phones = self._lexicon.find(word.lower(), strict=True)
        return loans.hangul(phones) if phones else ""

    def _loan(self, word: str) -> str:
        """Any English word in Hangul: as the dictionary has it, else as it is spelled."""
        phones = self._lexicon.find(word.lower()) or self._spelling.pronounce(word.lower())
        return loans.hangul(phones)


def _respelled(word: str) -> str:
    for written, said in SAID.items():
        if written in word:
            word = word.replace(written, said)
    return word


def pack(folder: Path) -> list[Path]:
    """Write the English that the frontend needs on a device into a bundle's frontend `folder`; the files written."""
    return pack_english(folder)
