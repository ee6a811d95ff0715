"""The Chinese frontend, with English in it: what MeloTTS' ZH voices were trained on, as `ZH_MIX_EN`.

Chinese is cut into words by jieba, read by pypinyin, and its tones changed as in speech; English words are read by
the English frontend. A device needs both packages: jieba's dictionary and pypinyin's are theirs, and in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from edge.errors import TextError
from edge.text.en import Words, wordpieces
from edge.text.en import pack as pack_english
from edge.text.en.phones import Sounds
from edge.text.phonemes import Phonemes
from edge.text.zh import upstream
from edge.text.zh.normaliser import normalise
from edge.text.zh.sandhi import Sandhi
from edge.text.zh.segments import Segmenter
from edge.text.zh.syllables import symbols

LANGUAGE = "ZH_MIX_EN"

_EDGE: Sounds = (("_", 0),)
_MARKS = frozenset("!?…,.'-")
# Where English begins among a MeloTTS voice's tones, which are six of Chinese and one of Japanese before.
_ENGLISH_TONES = 7
# English, or Chinese up to a mark.
_PIECE = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*|[^A-Za-z\s!?…,.'-]*[!?…,.'-]|[^A-Za-z\s!?…,.'-]+")
_STRICT_PIECE = re.compile(r"[A-Za-z\s]+|[^A-Za-z\s!?…,.'-]*[!?…,.'-]|[^A-Za-z\s!?…,.'-]+")


class ChineseFrontend:
    """Chinese text, with English words in it, to symbols."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: a bundle's `frontend/`, with the English in it; None: the packages of the extra `zh`.

        Raises `BundleError` when the folder lacks it, `MissingFrontendError` without the packages.
        """
        self._segmenter = Segmenter()
        self._sandhi = Sandhi(self._segmenter)
        self._words = Words(folder)

    def __call__(self, text: str, strict: bool = False) -> Phonemes:  # noqa: FBT001, FBT002 (the protocol's)
        """Read `text`; `strict` as upstream MeloTTS does (see `edge.text.zh.upstream`).

        Each Chinese character is a word of its own. Raises `TextError` when nothing in the text has a sound, unless
        `strict`: upstream is silent then.
        """
        normalized = upstream.clean(text) if strict else normalise(text)
        pieces = (_STRICT_PIECE if strict else _PIECE).findall(normalized)
        words = [sounds for piece in pieces for sounds in self._read(piece, strict=strict)]
        if not strict and not any(symbol.isalpha() for word in words for symbol, _ in word):
            message = "The text has nothing to speak: it needs at least one Chinese character, letter or digit."
            raise TextError(message)
        framed = [_EDGE, *words, _EDGE]
        said, tones = zip(*(sound for word in framed for sound in word), strict=True)
        return Phonemes(said, tones, (LANGUAGE,) * len(said), tuple(map(len, framed)), normalized)

    def _read(self, piece: str, *, strict: bool) -> Iterator[Sounds]:
        if not re.match(r"[A-Za-z\s]", piece):
            yield from self._chinese(piece)
            return
        for word in wordpieces.words(piece) if strict else [piece]:
            yield tuple((symbol, tone + _ENGLISH_TONES) for symbol, tone in self._words(word, strict))

    def _chinese(self, text: str) -> Iterator[Sounds]:
        for word, kind in self._sandhi.merge(self._segmenter.cut(text)):
            initials, finals = self._segmenter.initials(word), self._segmenter.finals(word)
            if len(finals) == len(word):
                finals = self._sandhi.change((word, kind), finals)
            yield from map(_syllable, initials, finals)


def _syllable(initial: str, final: str) -> Sounds:
    """The two symbols of a character, both with its tone; a mark itself; nothing for what has no reading."""
    if initial == final:
        return ((final, 0),) if final in _MARKS else ()
    name, tone = final[:-1], final[-1:]
    pair = symbols(initial, name) if tone in set("12345") else None
    return () if pair is None else ((pair[0], int(tone)), (pair[1], int(tone)))


def pack(folder: Path) -> list[Path]:
    """Write the English that the frontend needs on a device into a bundle's frontend `folder`; the files written."""
    return pack_english(folder)
