"""Where Spanish stresses a word that no lexicon has.

Spelling tells it, always. The guesser of unknown words cannot: it knows a letter and three neighbours on either side,
not where a word ends up. Of the stresses that it guesses, too many, too few or none, nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_MARKS = str.maketrans("", "", "ˈˌ")
_VOWEL = re.compile("[aeiouɛ]")
_ACCENT = re.compile("[áéíóú](?!.*[áéíóú])")
# "Casa", "cantan", "Wendy"; but not "robots": behind another consonant, an s changes nothing.
_LAST_BUT_ONE = re.compile("(?:[aeiouü][ns]?|[^aeiouü]y)$")
# The last syllable of "biblia" is "blia", though it is said with two vowels.
_TWO_VOWELS = re.compile("[iu][aeo][ns]?$")
_ADVERB = re.compile("(?<=[a-záéíóúñü]{3})mente$")


def stressed(word: str, phones: Sequence[str]) -> str:
    """The phones of `word`, stressed as the lexicon's are; `phones` are those that each of its letters gives.

    `word` is in small Spanish letters. The lexicon has ˈ before the vowel that is stressed, and ˌ before every other
    one before and behind it, but none beside it and none at the end: "dˌemokɾˌatiθˈaɾ", "xiɾˈandotˌela".
    """
    plain = [phone.translate(_MARKS) for phone in phones]
    marks = _marks(word, [at for at, phone in enumerate(plain) if _VOWEL.search(phone)])
    return "".join(_VOWEL.sub(marks.get(at, "") + r"\g<0>", phone, count=1) for at, phone in enumerate(plain))


def _marks(word: str, vowels: Sequence[int]) -> Mapping[int, str]:
    """The marks of a word with `vowels` at these places, by the place of theirs."""
    if not vowels:
        return {}
    adverb = _ADVERB.search(word)
    if adverb:
        # "Rápidamente" is stressed as its two words are.
        own = [at for at in vowels if at < adverb.start()]
        return {**_marks(word[: adverb.start()], own), adverb.start() + 1: "ˈ"}
    main = _main(word, vowels)
    before = vowels[: max(0, main - 1) : 2]
    behind = vowels[main + 2 : -1 : 2]
    return {**dict.fromkeys((*before, *behind), "ˌ"), vowels[main]: "ˈ"}


def _main(word: str, vowels: Sequence[int]) -> int:
    """Which of the vowels is stressed."""
    accent = _ACCENT.search(word)
    if accent and accent.start() in vowels:
        return vowels.index(accent.start())
    behind = 1 if _LAST_BUT_ONE.search(word) else 0
    two = _TWO_VOWELS.search(word)
    if two and two.start() in vowels:
        behind += 1
    return max(0, len(vowels) - 1 - behind)
