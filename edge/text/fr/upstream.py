"""French as upstream MeloTTS reads it, its faults included: what `strict=True` says.

Facts of myshell-ai/MeloTTS 2091453, `melo/text/french.py` and `melo/text/fr_phonemizer/`. Where upstream depends on
what it has said before, or fails, this does not follow:
- gruut appends a liaison's consonant to the word in its cache, so that once it has read "21", each *vingt* ends in t,
  and after the next "21" in two. Here each *vingt* has one, as upstream has it after its first "21";
- a number of 10 or 13 digits is a time since 1970 to its date parser, and one that num2words has no name for (from
  10^600 on) is an error; both are numbers here;
- an amount written as one word, `£20`, has its currency's name there, and is a word to be guessed here;
- words count as whole: upstream's vocabulary, dbmdz/bert-base-french-europeana-cased, could not be had to tell which
  characters are its `[UNK]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import zip_longest

from edge.text.gruut import numbers

# Before a full stop, whatever the case; the stop goes, too.
_ABBREVIATIONS = {
    "M": "monsieur",
    "Mlle": "mademoiselle",
    "Mlles": "mesdemoiselles",
    "Mme": "Madame",
    "Mmes": "Mesdames",
    "N.B": "nota bene",
    "p.c.q": "parce que",
    "Pr": "professeur",
    "qqch": "quelque chose",
    "rdv": "rendez-vous",
    "max": "maximum",
    "min": "minimum",
    "no": "numéro",
    "adr": "adresse",
    "dr": "docteur",
    "st": "saint",
    "co": "companie",
    "jr": "junior",
    "sgt": "sergent",
    "capt": "capitain",
    "col": "colonel",
    "av": "avenue",
    "apr. J.-C": "après Jésus-Christ",
    "art": "article",
    "boul": "boulevard",
    "c.-à-d": "c'est-à-dire",
    "etc": "et cetera",
    "ex": "exemple",
    "excl": "exclusivement",
}
# Without a full stop, the beginnings of words included.
_TITLES = {"Mlles": "mademoiselles", "Mlle": "mademoiselle", "Mmes": "Madames", "Mme": "Madame"}
_REPLACED = str.maketrans(
    dict.fromkeys(";:：；，·、", ",")
    | dict.fromkeys("。…$\n", ".")
    | dict.fromkeys("-～~", " ")
    | dict.fromkeys('—"“”‘’（）()《》【】[]「」<>«»¿¡', "")
    | {"！": "!", "？": "?", "&": " et "}
)
_LEADING = re.compile(r"^[,.!?]+")
_ENDED = frozenset(".,!?-…")

# Its wrapper of gruut gives a text of these alone back as it is.
_MARKS = frozenset(";:,.!?¡¿—…")
_MANY_TS = re.compile("t{3,}")

# The words of numbers that gruut links to a vowel, and the consonant that then is heard.
_LINKED = {"deux": "z", "trois": "z", "six": "z", "dix": "z", "cent": "t"}
_ALWAYS_LINKED = {"vingt": "t"}
_VOWELS = tuple("iyueøoəɛœɔaɑ")


def clean(text: str) -> str:
    """The text that upstream reads, and gives to BERT."""
    for short, long in _ABBREVIATIONS.items():
        text = re.sub(rf"\b{short}\.", long, text, flags=re.IGNORECASE)
    for short, long in _TITLES.items():
        text = re.sub(rf"\b{short}", long, text)
    replaced = text.replace("...", ".").translate(_REPLACED)
    cleaned = " ".join(_LEADING.sub("", replaced).split())
    return cleaned if not cleaned or cleaned[-1] in _ENDED else cleaned + "."


def speak(word: str, pronounce: Callable[[str], str]) -> Sequence[str]:
    """The symbols of one of the words or marks that `edge.text.words` finds in the cleaned text."""
    if _MARKS.issuperset(word):
        return word
    phones = _number(word, pronounce) if word.isdecimal() else pronounce(word) + _ALWAYS_LINKED.get(word, "")
    return _MANY_TS.sub("", phones)


def _number(digits: str, pronounce: Callable[[str], str]) -> str:
    spoken = " ".join(numbers.words(digits, "fr")).replace("-", " ").split()
    phones = map(pronounce, spoken)
    links = [_link(word, following, pronounce) for word, following in zip_longest(spoken, spoken[1:], fillvalue="")]
    return "".join(map("".join, zip(phones, links, strict=True)))


def _link(word: str, following: str, pronounce: Callable[[str], str]) -> str:
    """The consonant between a number's word and the one that follows it, if any."""
    if word in _LINKED and following != "onze" and pronounce(following).lstrip("ˈˌ").startswith(_VOWELS):
        return _LINKED[word]
    return _ALWAYS_LINKED.get(word, "")
