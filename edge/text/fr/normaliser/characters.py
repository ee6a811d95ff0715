"""The first and the last step: characters that the rules know, and characters that the voice can read."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from edge.text.fr.normaliser.numbers import cardinal

_TIDIED = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "−": "-", "‑": "-", "‐": "-", "\u00ad": ""})
_HEARD = str.maketrans(
    dict.fromkeys(";:()[]{}|，、；：", ",") | {"…": ".", "。": ".", "！": "!", "？": "?"}
)
_CLAUSE = re.compile(r"\s+-+\s+|\s*[–—―]+\s*|^-+\s+")
_READ = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZàâäæçéèêëîïôöœùûüÿñÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸÑ'-,.!? ")
# Apostrophes and hyphens that join nothing.
_STRAY = re.compile(r"(?<![^\W_])['-]+|-+(?![^\W_])")
_SPACED_MARK = re.compile(r" ([,.])")
# Of several marks the strongest is heard; each has a space behind it.
_MARKS = re.compile(r"[,.!?](?:\s*[,.!?])+|[,.!?](?=\S)")
_WEIGHT = ",.!?"
_LEADING = re.compile(r"^[\s,.!?]+")


def tidy(text: str) -> str:
    """One kind of space, of apostrophe and of minus sign, and letters in one piece."""
    spaced = re.sub(r"[\s\u200b\ufeff]+", " ", re.sub(r"\n\s*\n", ". ", text))
    return unicodedata.normalize("NFC", spaced).translate(_TIDIED)


def marked(text: str) -> str:
    """Only letters that are read, and marks that the voices know."""
    text = _CLAUSE.sub(", ", text.translate(_HEARD))
    text = "".join(map(_letter, text))
    text = _SPACED_MARK.sub(r"\1", " ".join(_STRAY.sub(" ", text).split()))
    text = _MARKS.sub(lambda match: f"{max(match[0].replace(' ', ''), key=_WEIGHT.index)} ", text)
    text = " ".join(_LEADING.sub("", text).split())
    return text if not text or text[-1] in ".!?" else text.rstrip(",") + "."


@cache
def _letter(character: str) -> str:
    """A letter, a mark or a space; of other alphabets what it is in ours, and nothing of pictures."""
    if character in _READ:
        return character
    if character.isdecimal():
        return cardinal(character)
    if not character.isalnum():
        return "" if unicodedata.category(character)[0] in {"M", "C"} else " "
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", character) if letter in _READ)
    return bare or "".join(letter for letter in _transliterated(character) if letter in _READ)


def _transliterated(character: str) -> str:
    from anyascii import anyascii

    return anyascii(character)
