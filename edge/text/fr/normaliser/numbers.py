"""Numbers as French words, gender and plural included."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edge.text.fr.normaliser.tables import INVARIABLE

_SPACE = "[ \u00a0\u202f\u2009]"
INTEGER = rf"\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)|\d{{1,3}}(?:\.\d{{3}})+(?![\d])|\d+"
NUMBER = rf"(?:{INTEGER})(?:,\d+|\.\d+)?"
ROMAN = r"[IVXLC]+"
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}

_ONES = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf".split()
)
_TENS = "- - vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt".split()
_LARGE = "- mille million milliard billion billiard trillion trilliard quadrillion quadrilliard".split()
_MILLION = _LARGE.index("million")


def cardinal(digits: str, feminine: bool = False) -> str:  # noqa: FBT001, FBT002 (read beside the noun it counts)
    """A whole number, thousands set apart or not, in words."""
    number = re.sub(r"\D", "", digits)
    # Longer ones have names that nobody knows.
    words = _whole(int(number)) if len(number) <= 3 * len(_LARGE) else " ".join(_ONES[int(digit)] for digit in number)
    return re.sub(r"\bun$", "une", words) if feminine else words


def _whole(number: int) -> str:
    return " ".join(_groups(number)) or _ONES[0]


def _groups(number: int) -> Iterator[str]:
    """The words of each three digits with those of what they count."""
    for power in range(len(_LARGE) - 1, -1, -1):
        group = number // 1000**power % 1000
        if not group:
            continue
        # "Deux cents millions" but "deux cent mille": mille is a number, too. And it is never "un mille".
        counted = _below_thousand(group, ends=power != 1)
        if power == 0:
            yield counted
        elif power < _MILLION:
            yield "mille" if group == 1 else f"{counted} mille"
        else:
            yield f"{counted} {_LARGE[power]}{'s' if group > 1 else ''}"


def _below_thousand(number: int, *, ends: bool) -> str:
    """`ends`: no other number follows, so that cent and vingt have their plural's s."""
    hundreds, rest = divmod(number, 100)
    many = "s" if ends and not rest else ""
    before = [] if not hundreds else ["cent"] if hundreds == 1 else [f"{_ONES[hundreds]} cent{many}"]
    return " ".join([*before, *([_below_hundred(rest, ends=ends)] if rest else [])])


def _below_hundred(number: int, *, ends: bool) -> str:
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    if tens in {7, 9}:  # soixante-dix, quatre-vingt-dix: the tens of the one before
        ones += 10
    if not ones:
        return _TENS[tens] + ("s" if ends and _TENS[tens].endswith("-vingt") else "")
    # As one word, as the spelling of 1990 has it, the lexicon knows how it is linked: "vin-té-un".
    joint = "-et-" if ones in {1, 11} and not _TENS[tens].endswith("-vingt") else "-"
    return f"{_TENS[tens]}{joint}{_ONES[ones]}"


def decimal(number: str, feminine: bool = False) -> str:  # noqa: FBT001, FBT002 (read beside the noun it counts)
    """`1 500,05` in words; decimals as one number, after their zeros."""
    whole, fraction = parts(number)
    if not fraction:
        return cardinal(whole, feminine)
    if len(fraction) > 3:  # noqa: PLR2004 (three digits are still heard as one number)
        decimals = " ".join(cardinal(digit) for digit in fraction)
    else:
        zeros = len(fraction) - len(fraction.lstrip("0"))
        rest = fraction[zeros:]
        decimals = " ".join(["zéro"] * zeros + ([cardinal(rest)] if rest else []))
    return f"{cardinal(whole)} virgule {decimals}"


def parts(number: str) -> tuple[str, str]:
    """The digits before and behind the decimal mark, if there is one: a full stop before three digits is none."""
    found = re.fullmatch(rf"({INTEGER})(?:[,.](\d+))?", number)
    return (found[1], found[2] or "") if found else (number, "")


def ordinal(number: int, feminine: bool) -> str:  # noqa: FBT001 (read beside the noun it counts)
    if number == 1:
        return "première" if feminine else "premier"
    words = cardinal(str(number)).split()
    last = words[-1].removesuffix("s") if words[-1] in {"cents", "vingts", "millions"} else words[-1]
    irregular = {"cinq": "cinqu", "neuf": "neuv"}
    return " ".join([*words[:-1], irregular.get(last, last.removesuffix("e")) + "ième"])


def plural(name: str, whole: str) -> str:
    """French counts from two on: "1,5 kilomètre", "2 kilomètres"."""
    if int(re.sub(r"\D", "", whole)) < 2 or name in INVARIABLE:  # noqa: PLR2004
        return name
    noun, *rest = name.split()
    if rest[:1] == ["par"] or noun.endswith("s"):
        return " ".join([noun + "s", *rest])
    return " ".join(word if word[0].isupper() else word + "s" for word in name.split())


def zeros(digits: str) -> str:
    """A number with the zeros before it named."""
    rest = digits.lstrip("0")
    return " ".join(["zéro"] * (len(digits) - len(rest)) + ([cardinal(rest)] if rest else []))


def roman(numeral: str) -> int | None:
    """The value of a roman numeral, None when it is not written as one."""
    value = before = 0
    for letter in reversed(numeral):
        value += _ROMAN_VALUES[letter] if _ROMAN_VALUES[letter] >= before else -_ROMAN_VALUES[letter]
        before = max(before, _ROMAN_VALUES[letter])
    return value if numeral == _roman_of(value) else None


def _roman_of(value: int) -> str:
    steps = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    written = ""
    for step, letters in steps:
        written += letters * (value // step)
        value %= step
    return written
