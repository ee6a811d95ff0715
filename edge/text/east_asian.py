"""What Chinese, Japanese and Korean normalisers share: how numbers and signs are written, whatever they are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

NUMBER = r"(?<!\d)\d+(?:,\d{3})*(?:\.\d+)?"
"""With thousands and decimals: the source of a pattern, to be part of others."""

ADDRESS = re.compile(
    r"(?:https?://|www\.)[!-~]+|(?<![!-~])[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,64}(?:\.[A-Za-z0-9-]{1,64})+"
)
DATE = re.compile(r"(?<![\d.])(?P<year>\d{4})(?P<joint>[-/.])(?P<month>\d{1,2})(?P=joint)(?P<day>\d{1,2})(?![\d.])")
CLOCK = re.compile(r"(?<![\d:])(?P<hour>[01]?\d|2[0-4]):(?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d))?(?![\d:])")
CLOCK_SPAN = re.compile(r"(?<=\d:[0-5]\d)\s?[-–—~〜～]\s?(?=\d{1,2}:[0-5]\d(?![\d:]))")
"""Between two times, which are no numbers yet."""
VERSION = re.compile(r"\d+(?:\.\d+){2,}")
LEFT_OVER = re.compile(rf"{NUMBER}|\d")
"""A number that no other rule has read."""

_ACRONYM = re.compile("[A-Z]{2,3}")
_VOWEL = re.compile("[aeiouyAEIOUY]")


def any_of(names: Iterable[str]) -> str:
    """A pattern's source that finds one of `names`, the longest that is there."""
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))


def by_ten_thousands(number: str) -> Iterator[tuple[int, str]]:
    """The groups of four digits that a number is read in: which power of ten thousand each is, and its digits."""
    for power in range((len(number) - 1) // 4, -1, -1):
        yield power, number[max(0, len(number) - 4 * power - 4) : len(number) - 4 * power]


def below_ten_thousand(number: str, ones: str, places: Sequence[str]) -> str:
    """Up to four digits in words; no "one" is said before ten, a hundred and a thousand.

    `ones`: the numerals, from zero's place on; `places`: what is behind one that stands for ones, tens, ….
    """
    said = ""
    for digit, place in zip(number, reversed(places[: len(number)]), strict=True):
        if digit != "0":
            said += ("" if digit == "1" and place else ones[int(digit)]) + place
    return said


def is_day(month: str, day: str) -> bool:
    """Tell whether a calendar may have it."""
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31  # noqa: PLR2004 (the calendar's)


def tidy(text: str) -> str:
    """Letters of one width, "…" for any row of dots, no characters without a form."""
    wide = unicodedata.normalize("NFKC", text).replace("−", "-")
    seen = (c if c not in "\r\t" else " " for c in wide if c in "\n\r\t" or unicodedata.category(c)[0] != "C")
    return re.sub(r"\.{2,}|。{2,}|…+", "…", "".join(seen))


def without_latin(text: str, letters: Mapping[str, str], loan: Callable[[str], str]) -> str:
    """Latin words as `loan` writes them; by the names of their `letters` what is an abbreviation or cannot be said."""

    def said(match: re.Match[str]) -> str:
        word = match[0]
        if _ACRONYM.fullmatch(word) or not _VOWEL.search(word) or len(word) == 1:
            return "".join(letters[letter] for letter in word.upper())
        return loan(word)

    return re.sub("[A-Za-z]+", said, text)


def transliterated(character: str) -> str:
    """Another alphabet's character in ASCII, as good as that goes."""
    from anyascii import anyascii

    return anyascii(character)


def latin_letters(character: str) -> str:
    """The letters of `transliterated`."""
    return "".join(letter for letter in transliterated(character) if letter.isascii() and letter.isalpha())


def address_in_words(address: str, marks: Mapping[str, str]) -> str:
    """An address without its scheme, its `marks` by name."""
    return "".join(marks.get(character, character) for character in re.sub(r"^\w+://", "", address).rstrip("./"))
