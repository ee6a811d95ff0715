"""English text as MeloTTS itself normalises it, its faults included: for `strict`.

Written anew after MeloTTS 0.1.2 (MIT), melo/text/english_utils. Other than there, a number of 37 digits or more
raises nothing: its digits are read one by one.
"""

from __future__ import annotations

import re

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen".split()
)
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_THOUSANDS = (
    " thousand million billion trillion quadrillion quintillion sextillion septillion octillion nonillion "
    "decillion".split(" ")
)
_MOST_DIGITS = 3 * len(_THOUSANDS)
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}

# In this order, one after the other: "Mr.Co." is "misterco." then.
_ABBREVIATIONS = [
    (re.compile(rf"\b{short}\."), full)
    for short, full in {
        "mrs": "misess",
        "mr": "mister",
        "dr": "doctor",
        "st": "saint",
        "co": "company",
        "jr": "junior",
        "maj": "major",
        "gen": "general",
        "drs": "doctors",
        "rev": "reverend",
        "lt": "lieutenant",
        "hon": "honorable",
        "sgt": "sergeant",
        "capt": "captain",
        "esq": "esquire",
        "ltd": "limited",
        "col": "colonel",
        "ft": "fort",
    }.items()
]

_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")

# The space before "am" is taken even when no "am" follows: "14:30 h" loses it. The original means to find "a.m."
# too, but its pattern asks for a backslash.
_TIME = re.compile(r"\b(0?[0-9]|1[0-9]|2[0-3]):([0-5][0-9])\s*(am|pm)?\b")

_GROUPED = re.compile(r"[0-9][0-9,]+[0-9]")
_MONEY = re.compile(r"([£$¥])([0-9,.]*[0-9]+)")
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_ORDINAL = re.compile(r"([0-9]+)(?:st|nd|rd|th)")
_NUMBER = re.compile(r"(-?)([0-9]+)")

_Names = tuple[dict[int, str], str]
"""What certain amounts of a coin are called, and what all others are."""

# The original divides hundredths by a hundred and then finds the names of 1 and 2: "$0.200" is "200 dollars".
_CURRENCIES: dict[str, tuple[_Names, _Names]] = {
    "$": (({1: "dollar"}, "dollars"), ({1: "cent", 100: "dollar", 200: "dollars"}, "cents")),
    "£": (
        ({1: "pound sterling"}, "pounds sterling"),
        ({1: "penny", 100: "pound sterling", 200: "pounds sterling"}, "pence"),
    ),
    "¥": (({}, "yen"), ({200: "yen"}, "sen")),
}


def normalise(text: str) -> str:
    """Return `text` in lower case, its times, numbers and abbreviations in words."""
    text = _CAMEL_CASE.sub(" ", text).lower()
    text = _TIME.sub(_time, text)
    text = _GROUPED.sub(lambda found: found[0].replace(",", ""), text)
    text = _MONEY.sub(_money, text)
    text = _DECIMAL.sub(lambda found: found[0].replace(".", " point "), text)
    text = _ORDINAL.sub(_ordinal, text)
    text = _NUMBER.sub(_number, text)
    for pattern, full in _ABBREVIATIONS:
        text = pattern.sub(full, text)
    return text


def _time(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    spoken = [_cardinal(hour % 12 or 12)]
    if minute:
        spoken += ["oh"] * (minute in range(1, 10)) + [_cardinal(minute)]
    # Midnight is "p m" in the original.
    half = found[3] or ("am" if hour in range(1, 12) else "pm")
    return " ".join([*spoken, *half])


def _money(found: re.Match[str]) -> str:
    coins, hundredths = _CURRENCIES[found[1]]
    whole, *parts = found[2].replace(",", "").split(".")
    if len(parts) > 1:
        return f"{found[2].replace(',', '')} {coins[1]}"
    amounts = [_amount(whole, coins)] + [_amount(part, hundredths) for part in parts]
    return " ".join(filter(None, amounts)) or f"zero {coins[1]}"


def _amount(digits: str, names: _Names) -> str:
    """Return the digits, read later, and the coin's name; nothing for none."""
    digits = digits.lstrip("0")
    special, usual = names
    return f"{digits} {special.get(int(digits[-_MOST_DIGITS:]), usual)}" if digits else ""


def _ordinal(found: re.Match[str]) -> str:
    digits = found[1].lstrip("0")
    if len(digits) > _MOST_DIGITS:
        return _digits(digits)
    before, last = re.fullmatch(r"(.*?)([a-z]+)", _cardinal(int(digits or "0"), " and ")).groups()  # type: ignore[union-attr]  # (a cardinal ends in letters)
    return before + (_ORDINALS.get(last) or re.sub("y$", "ie", last) + "th")


def _number(found: re.Match[str]) -> str:
    digits = found[2].lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS:
        return _digits(digits)
    number = int(digits)
    if found[1] and number:
        return f"minus {_cardinal(number)}"
    hundreds, rest = divmod(number, 100)
    if number not in range(1001, 3000) or number in range(2000, 2010):
        return _cardinal(number)
    if rest == 0:
        return f"{_cardinal(hundreds)} hundred"
    return f"{_cardinal(hundreds)} {'oh ' * (rest in range(1, 10))}{_cardinal(rest)}"


def _digits(digits: str) -> str:
    return " ".join(_ONES[int(digit)] for digit in digits)


def _cardinal(number: int, joint: str = " ") -> str:
    """Return `number` (below 10^36) in words; `joint` stands before what is left of a hundred."""
    groups: list[str] = []
    last = number % 1000
    for name in _THOUSANDS:
        number, group = divmod(number, 1000)
        if group:
            groups.insert(0, f"{_hundreds(group, joint)} {name}".rstrip())
    if len(groups) > 1 and last in range(1, 100):
        groups[-2:] = [joint.join(groups[-2:])]
    return ", ".join(groups) or _ONES[0]


def _hundreds(number: int, joint: str) -> str:
    hundreds, rest = divmod(number, 100)
    spoken = [f"{_ONES[hundreds]} hundred"] * (hundreds > 0) + [_below_hundred(rest)] * (rest > 0)
    return joint.join(spoken)


def _below_hundred(number: int) -> str:
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
