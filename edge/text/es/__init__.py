"""The Spanish frontend: what MeloTTS' ES voices were trained on, without its faults in normalising."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from edge.text.es import upstream
from edge.text.es.normaliser import normalise
from edge.text.es.stress import stressed
from edge.text.gruut import data
from edge.text.gruut.pronunciation import REMEMBERED_WORDS
from edge.text.gruut.symbols import MARKS, Spoken, phonemes
from edge.text.phonemes import Phonemes
from edge.text.words import is_punctuation, split

LANGUAGE = "ES"


class SpanishFrontend:
    """Spanish text to symbols."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the pronunciations packed in a bundle's frontend `folder`; None: those of the installed package.

        Raises `BundleError` when the folder has none, `MissingFrontendError` when nothing is installed.
        """
        self._pronounce = data.pronunciation("es", folder)
        self._remember = lru_cache(REMEMBERED_WORDS)(self._look_up)

    def __call__(self, text: str, strict: bool = False) -> Phonemes:  # noqa: FBT001, FBT002 (the protocol's)
        """Read `text`; `strict` as upstream MeloTTS does (see `edge.text.es.upstream`).

        Raises `TextError` when nothing in the text has a sound.
        """
        if strict:
            cleaned = upstream.clean(text)
            spoken = [Spoken(upstream.speak(word, self._pronounce)) for word in split(cleaned)]
            return phonemes(spoken, LANGUAGE, cleaned)
        normalized = _ended(normalise(text))
        return phonemes([Spoken(self.read(word)) for word in split(normalized)], LANGUAGE, normalized)

    def read(self, word: str) -> Sequence[str]:
        """The symbols of one word or mark."""
        if word in MARKS:
            return word
        if is_punctuation(word[0]):
            return ()
        return self._remember(self._pronounce.legible(word))

    def _look_up(self, word: str) -> str:
        return self._pronounce.known(word) or stressed(word, self._pronounce.by_letter(word))


def pack(folder: Path) -> list[Path]:
    """Write what the frontend needs on a device into a bundle's frontend `folder`; the files that were written."""
    return data.pack("es", folder)


def _ended(text: str) -> str:
    """With a mark at the end, where upstream always has one."""
    return text if not text or text[-1] in MARKS else text + "."
