"""The Chinese frontend, with English in it: what MeloTTS' ZH voices were trained on, as `ZH_MIX_EN`.

Chinese is cut into words as jieba does, read as pypinyin does, and its tones changed as in speech; English words are
read by the English frontend. A bundle has what it takes; jieba and pypinyin are needed where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from edge.errors import TextError
from edge.text.en import Words, wordpieces
from edge.text.en import pack as pack_english
from edge.text.en.phones import Sounds
from edge.text.phonemes import Phonemes
from edge.text.zh import resources, upstream
from edge.text.zh.normaliser import normalise
from edge.text.zh.readings import Syllable
from edge.text.zh.sandhi import Sandhi
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
        """Read what `pack` wrote into a bundle's frontend `folder`; None: the packages of the extra `zh`.

        Raises `BundleError` when the folder lacks it, `MissingFrontendError` without the packages.
        """
        self._words = Words(folder)
        self._segmenter, self._readings = resources.load(folder)
        self._sandhi = Sandhi(self._segmenter, self._readings)

    def __call__(self, text: str, strict: bool = False) -> Phonemes:  # noqa: FBT001, FBT002 (the protocol's)
        """Read `text`; `strict` as upstream MeloTTS does (see `edge.text.zh.upstream`).

        Each Chinese character is a word of its own. Raises `TextError` when nothing in the text has a sound, unless
        `strict`: upstream is silent then.
        """
        normalized = upstream.clean(text) if strict else normalise(text)
        pieces = (_STRICT_PIECE if strict else _PIECE).findall(normalized)
        words = [word for piece in pieces for word in self._read(piece, strict=strict)]
        framed = [_EDGE, *(sounds for _, sounds in words), _EDGE]
        if not strict and not any(symbol.isalpha() for sounds in framed for symbol, _ in sounds):
            message = "The text has nothing to speak: it needs at least one Chinese character, letter or digit."
            raise TextError(message)
        said, tones = zip(*(sound for sounds in framed for sound in sounds), strict=True)
        counts, written = tuple(map(len, framed)), tuple(word for word, _ in words)
        return Phonemes(said, tones, (LANGUAGE,) * len(said), counts, normalized, written)

    def _read(self, piece: str, *, strict: bool) -> Iterator[tuple[str, Sounds]]:
        if not re.match(r"[A-Za-z\s]", piece):
            yield from self._chinese(piece)
            return
        for word in wordpieces.words(piece) if strict else [piece]:
            yield word, tuple((symbol, tone + _ENGLISH_TONES) for symbol, tone in self._words(word, strict))

    def _chinese(self, text: str) -> Iterator[tuple[str, Sounds]]:
        for word, kind in self._sandhi.merge(self._segmenter.cut(text)):
            initials, finals = map(list, zip(*self._readings(word), strict=True))
            written: Iterable[str] = finals  # what is no character stays as it is, several of them as one
            if len(finals) == len(word):
                written, finals = word, self._sandhi.change((word, kind), finals)
            yield from zip(written, map(_sounds, zip(initials, finals, strict=True)), strict=True)


def _sounds(syllable: Syllable) -> Sounds:
    """The two symbols of a character, both with its tone; a mark itself; nothing for what has no reading."""
    initial, final = syllable
    if initial == final:
        return ((final, 0),) if final in _MARKS else ()
    name, tone = final[:-1], final[-1:]
    pair = symbols(initial, name) if tone in set("12345") else None
    return () if pair is None else ((pair[0], int(tone)), (pair[1], int(tone)))


def pack(folder: Path) -> list[Path]:
    """Write what the frontend needs on a device into a bundle's frontend `folder`; the files that were written."""
    return [*resources.pack(folder), *pack_english(folder)]
