"""Letters by their names, and words that can be read against those that must be spelled."""

from __future__ import annotations

import re
import unicodedata

# As they are said in Spain. In America v is also "ve", w "doble ve" and y "ye".
_NAMES = {
    "a": "a", "b": "be", "c": "ce", "d": "de", "e": "e", "f": "efe", "g": "ge", "h": "hache", "i": "i", "j": "jota",
    "k": "ka", "l": "ele", "m": "eme", "n": "ene", "ñ": "eñe", "o": "o", "p": "pe", "q": "cu", "r": "erre",
    "s": "ese", "t": "te", "u": "u", "v": "uve", "w": "uve doble", "x": "equis", "y": "i griega", "z": "zeta",
}  # fmt: skip

VOWELS = frozenset("aeiouáéíóúü")

# What a Spanish word can begin with, if with two consonants.
_ONSETS = frozenset("bl br ch cl cr dr fl fr gl gr ll pl pr ps tr".split())
_CONSONANTS = re.compile(r"[^aeiouáéíóúü]+")


def spell(word: str) -> str:
    """Say the names of a word's letters; what is no letter of Spanish says nothing."""
    return " ".join(name for letter in word.lower() if (name := _name(letter)))


def _name(letter: str) -> str:
    return _NAMES.get(letter) or _NAMES.get(unicodedata.normalize("NFD", letter)[0], "")


def is_readable(word: str) -> bool:
    """Tell whether a Spaniard could read `word` as a word: OTAN, not IRPF."""
    word = word.lower().replace("qu", "k")
    runs = [(match.start(), match.end()) for match in _CONSONANTS.finditer(word)]
    if runs == [(0, len(word))]:
        return False
    for start, end in runs:
        longest = 1
        if start == 0:
            longest = 2 if word[:2] in _ONSETS else 1
        elif end < len(word):
            # "inst-", "abstr-" are rare in acronyms: three only before an onset, "CENTRO".
            longest = 3 if word[end - 2 : end] in _ONSETS else 2
        if end - start > longest:
            return False
    return True
