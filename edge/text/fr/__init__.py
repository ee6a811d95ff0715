"""The French frontend: what MeloTTS' FR voices were trained on, without its faults in normalising."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from edge.text.fr import upstream
from edge.text.fr.normaliser import normalise
from edge.text.gruut import data
from edge.text.gruut.symbols import MARKS, Spoken, phonemes
from edge.text.phonemes import Phonemes
from edge.text.words import is_punctuation, split

LANGUAGE = "FR"

# A word, or several that an apostrophe or a hyphen joins ("l'air", "qu'est-ce"), or else one mark.
_UNIT = re.compile(r"[^\W_]+(?:['-][^\W_]+)*'?|\S")
_PIECE = re.compile(r"['-]|[^'-]+")
# Upstream says the letter's name, "èl air". Of *lorsqu'*, *puisqu'* and the like the whole word is known.
_ELIDED = {"l": "l", "d": "d", "j": "ʒ", "c": "s", "s": "s", "n": "n", "m": "m", "t": "t", "qu": "k"}


class FrenchFrontend:
    """French text to symbols."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the pronunciations packed in a bundle's frontend `folder`; None: those of the installed package.

        Raises `BundleError` when the folder has none, `MissingFrontendError` when nothing is installed.
        """
        self._pronounce = data.pronunciation("fr", folder)

    def __call__(self, text: str, strict: bool = False) -> Phonemes:  # noqa: FBT001, FBT002 (the protocol's)
        """Read `text`; `strict` as upstream MeloTTS does (see `edge.text.fr.upstream`).

        Raises `TextError` when nothing in the text has a sound.
        """
        if strict:
            cleaned = upstream.clean(text)
            spoken = [Spoken(upstream.speak(word, self._pronounce)) for word in split(cleaned)]
            return phonemes(spoken, LANGUAGE, cleaned)
        normalized = normalise(text)
        spoken = [word for unit in _UNIT.findall(normalized) for word in self._unit(unit)]
        return phonemes(spoken, LANGUAGE, normalized)

    def read(self, word: str) -> Sequence[str]:
        """The symbols of one word or mark."""
        if word in MARKS and word != "-":
            return word
        if is_punctuation(word[0]):
            return ()
        return self._pronounce(self._pronounce.legible(word))

    def _unit(self, unit: str) -> Iterator[Spoken]:
        """Read words that are written as one: as the lexicon has them together, else one after the other."""
        pieces = _PIECE.findall(unit)
        together = self._pronounce.known(unit.lower()) if len(pieces) > 1 and unit[-1] != "'" else None
        if together is not None:
            yield Spoken(together, len(pieces))
        elif len(pieces) == 1:
            yield Spoken(self.read(unit))
        else:
            first, joint, *rest = pieces
            yield Spoken(self._elided(first.lower()) if joint == "'" else self.read(first))
            yield Spoken(())
            if rest:
                yield from self._unit("".join(rest))

    def _elided(self, word: str) -> Sequence[str]:
        """What is heard of a word that has lost its last vowel."""
        if word in _ELIDED:
            return _ELIDED[word]
        return "".join(self.read(word + "e")).rstrip("ə") if word.endswith("qu") else self.read(word)


def pack(folder: Path) -> list[Path]:
    """Write what the frontend needs on a device into a bundle's frontend `folder`; the files that were written."""
    return data.pack("fr", folder)
