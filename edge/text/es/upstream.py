"""Spanish as upstream MeloTTS reads it, its faults included: what `strict=True` says.

Facts of myshell-ai/MeloTTS 2091453, `melo/text/spanish.py` and `melo/text/es_phonemizer/cleaner.py`. Where it fails
or depends on the day, this does not follow:
- a number of 10 or 13 digits is a time since 1970 to its date parser, and one that num2words has no name for (from
  10^30 on) is an error; both are numbers here;
- words like `14h30` and `3D` are dates to its date parser, with this year's number in them, and words here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from edge.text.gruut import numbers
from edge.text.gruut.symbols import UNKNOWN

_REPLACED = str.maketrans(
    dict.fromkeys(";:：；，·、", ",")
    | dict.fromkeys("。…$\n", ".")
    | dict.fromkeys("～~", "-")
    | dict.fromkeys("—'\"“”‘’（）()《》【】[]「」<>«»", "")
    | {"！": "!", "？": "?", "-": " ", "&": "y"}
)
_LEADING = re.compile(r"^[,.!?]+")
_ENDED = frozenset(".,!?-…")

# Its wrapper of gruut gives a text of these alone back as it is.
_MARKS = frozenset(";:,.!?¡¿—…")

# Characters of the words in BETO's vocabulary, dccuchile/bert-base-spanish-wwm-uncased. A word with another one is its
# `[UNK]`, and so is one of more than 100 characters.
_KNOWN = frozenset("abcdefghijklmnñopqrstuvwxyzáéíóú0123456789.,:;!?¿¡-_")
_LONGEST = 100


def clean(text: str) -> str:
    """The text that upstream reads, and gives to BERT."""
    replaced = text.lower().replace("...", ".").translate(_REPLACED)
    cleaned = " ".join(_LEADING.sub("", replaced).split())
    return cleaned if not cleaned or cleaned[-1] in _ENDED else cleaned + "."


def speak(word: str, pronounce: Callable[[str], str]) -> Sequence[str]:
    """The symbols of one of the words or marks that `edge.text.words` finds in the cleaned text."""
    if len(word) > _LONGEST or not _KNOWN.issuperset(word):
        return (UNKNOWN,)
    if _MARKS.issuperset(word):
        return word
    if word.isdecimal():
        return "".join(map(pronounce, numbers.words(word, "es")))
    return pronounce(word)
