"""Numbers and letters as words, the American way: no "and" within a number, years in pairs of digits.

The library num2words says "one thousand, two hundred and thirty-four": British, with commas that would be heard
as pauses. So these are our own; tests hold them against it, its "and" and commas removed.
"""

from __future__ import annotations

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen".split()
)
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = (("trillion", 10**12), ("billion", 10**9), ("million", 10**6), ("thousand", 10**3))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_IRREGULAR_PLURALS = {"six": "sixes", "foot": "feet", "inch": "inches", "half": "halves"}

LARGEST = 10**15
"""From here on a number is read digit by digit: nobody says it otherwise."""

_PRIVATE = 0xE000
LETTERS = {_PRIVATE + code: chr(code) for code in range(ord("A"), ord("Z") + 1)}
"""For `str.translate`, as the last step: letters that `spell` has set apart, back to capital letters."""


def cardinal(number: int) -> str:
    """`number`, 0 or more, in words: 1234 is "one thousand two hundred thirty-four"."""
    if number >= LARGEST:
        return digits(f"{number:d}")
    words = []
    for name, scale in _SCALES:
        count, number = divmod(number, scale)
        if count:
            words += [_below_thousand(count), name]
    if number or not words:
        words.append(_below_thousand(number))
    return " ".join(words)


def ordinal(number: int) -> str:
    """`number` as an ordinal: 21 is "twenty-first"."""
    head, last = _split_last(cardinal(number))
    if last in _ORDINALS:
        return head + _ORDINALS[last]
    return head + (last[:-1] + "ieth" if last.endswith("y") else last + "th")


def year(number: int) -> str:
    """`number` as a year is said: 1999 in pairs, 2005 as "two thousand five", 1905 as "nineteen oh five"."""
    century, rest = divmod(number, 100)
    if not 9 < century < 100 or (century % 10 == 0 and rest < 10):  # noqa: PLR2004 - the years that are no pairs
        return cardinal(number)
    return pairs(number)


def pairs(number: int) -> str:
    """A number of three or four digits as flights and rooms are said: 101 is "one oh one", 747 "seven forty-seven"."""
    century, rest = divmod(number, 100)
    if not rest:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"  # noqa: PLR2004 - one digit


def digits(text: str, zero: str = "zero") -> str:
    """Each digit of `text` by its name; what is no ASCII digit is left out."""
    return " ".join(zero if digit == "0" else _ONES[int(digit)] for digit in text if digit in "0123456789")


def number(text: str) -> str:
    """A number as it is written, "1,234.50" or ".5" or "007", in words."""
    whole, point, fraction = text.replace(",", "").partition(".")
    if len(whole) > len(str(LARGEST)) or (len(whole) > 1 and whole[0] == "0"):
        words = digits(whole)
    else:
        words = cardinal(int(whole)) if whole else "zero" if not fraction else ""
    return f"{words} point {digits(fraction)}".strip() if point and fraction else words


def is_one(text: str) -> bool:
    """Tell whether `text`, a number as written, takes the singular."""
    return text.strip() == "1"


def plural(words: str) -> str:
    """Give the plural of the last word: "twenty" is "twenties", "six" is "sixes"."""
    head, last = _split_last(words)
    if last.endswith("hertz"):
        return words
    if last in _IRREGULAR_PLURALS:
        return head + _IRREGULAR_PLURALS[last]
    if last.endswith("y") and last[-2:-1] not in "aeiou":
        return head + last[:-1] + "ies"
    return head + last + ("es" if last.endswith(("s", "x", "ch", "sh")) else "s")


def spell(text: str) -> str:
    """The letters of `text` by their names, set apart from words until the end: "A" is not the article "a"."""
    return " ".join(chr(_PRIVATE + ord(letter)) for letter in text.upper() if "A" <= letter <= "Z")


def _below_thousand(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    words = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest >= len(_ONES):
        tens, ones = divmod(rest, 10)
        words.append(_TENS[tens] + (f"-{_ONES[ones]}" if ones else ""))
    elif rest or not hundreds:
        words.append(_ONES[rest])
    return " ".join(words)


def _split_last(words: str) -> tuple[str, str]:
    """Cut before the last word, behind its space or hyphen."""
    cut = max(words.rfind(" "), words.rfind("-")) + 1
    return words[:cut], words[cut:]
