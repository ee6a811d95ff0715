"""The Japanese frontend: what MeloTTS' JP voices were trained on, without its faults.

MeloTTS drops all marks and all Latin letters, and the length of ー; it reads kanji one word at a time. Here MeCab reads
them by what stands beside them, particles as they are said, and a pause stays one. `strict` does as MeloTTS does. A
device needs MeCab and its dictionary; English words, read by the English dictionary, come in the bundle.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from edge.errors import TextError
from edge.text.en import pack as pack_english
from edge.text.en import resources
from edge.text.jp import kana, loans, upstream
from edge.text.jp.normaliser import normalise
from edge.text.jp.words import Word, Words
from edge.text.phonemes import Phonemes

LANGUAGE = "JP"

# UniDic knows these.
_WIDE = str.maketrans(",.!?", "、。！？")
_KATAKANA = re.compile("[ァ-ヺー]+")
_EDGE = ("_",)


class JapaneseFrontend:
    """Japanese text to symbols."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: a bundle's `frontend/`, with the English in it; None: the packages of the extra `jp`.

        Raises `BundleError` when the folder lacks it, `MissingFrontendError` without the packages.
        """
        self._words = Words()
        self._lexicon, self._spelling = resources.load(folder)
        self._to_katakana: Callable[[str], str] | None = None

    def __call__(self, text: str, strict: bool = False) -> Phonemes:  # noqa: FBT001, FBT002 (the protocol's)
        """Read `text`; `strict` as upstream MeloTTS does (see `edge.text.jp.upstream`), which needs pykakasi.

        Raises `TextError` when nothing in the text has a sound, unless `strict`: upstream is silent then.
        """
        if strict:
            return self._strict(text)
        normalized = normalise(text, self._loan)
        words = self._words(normalized.translate(_WIDE))
        return _phonemes(_read(words), normalized, words)

    def _strict(self, text: str) -> Phonemes:
        if self._to_katakana is None:
            self._to_katakana = upstream.converter()
        normalized = self._to_katakana(upstream.clean(text))
        words = self._words(normalized)
        return _phonemes((kana.symbols(word.written) for word in words), normalized, words, may_be_silent=True)

    def _loan(self, word: str) -> str:
        """An English word in katakana: as the dictionary has it, else as it is spelled."""
        return loans.katakana(self._lexicon.find(word.lower()) or self._spelling.pronounce(word.lower()))


def _read(words: Iterable[Word]) -> Iterator[tuple[str, ...]]:
    before = ""
    for word in words:
        if word.written == "…":
            before = ""
            yield ("…",)
            continue
        is_kana = _KATAKANA.fullmatch(word.written)
        before = kana.drawn_out(kana.katakana(word.written if is_kana else word.kana or word.written), before)
        yield kana.symbols(before)


def _phonemes(
    sounds: Iterable[tuple[str, ...]], normalized: str, words: Iterable[Word], *, may_be_silent: bool = False
) -> Phonemes:
    framed = [_EDGE, *sounds, _EDGE]
    symbols = tuple(symbol for word in framed for symbol in word)
    if not may_be_silent and not any(symbol[0].isalpha() for symbol in symbols):
        message = "The text has nothing to speak: it needs at least one letter or digit that Japanese can read."
        raise TextError(message)
    size = len(symbols)
    counts, written = tuple(map(len, framed)), tuple(word.written for word in words)
    return Phonemes(symbols, (0,) * size, (LANGUAGE,) * size, counts, normalized, written)


def pack(folder: Path) -> list[Path]:
    """Write the English that the frontend needs on a device into a bundle's frontend `folder`; the files written."""
    return pack_english(folder)
