"""Japanese numerals in kanji, which a dictionary of words reads with what they count."""

from __future__ import annotations

from edge.text.east_asian import below_ten_thousand, by_ten_thousands

_DIGITS = "〇一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "億", "兆", "京")
_MOST_DIGITS = 4 * len(_GROUPS)
_SPOKEN = "ゼロ イチ ニー サン ヨン ゴー ロク ナナ ハチ キュー".split()


def digits(number: str) -> str:
    """Digit by digit in katakana, as on the telephone."""
    return "".join(_SPOKEN[int(digit)] for digit in number if digit.isdecimal())


def cardinal(number: str) -> str:
    """A whole number: 千五百; digit by digit from 21 digits on."""
    value = number.lstrip("0")
    if len(value) > _MOST_DIGITS:
        return digits(number)
    said = ""
    for power, group in by_ten_thousands(value):
        words = below_ten_thousand(group, _DIGITS, _PLACES)
        said += words + _GROUPS[power] if words else ""
    return said or "零"


def decimal(number: str, point: str = "点") -> str:
    """A number with a point, or without: 三点五."""
    whole, _, fraction = number.partition(".")
    return cardinal(whole) + (point + "".join(_fraction(digit) for digit in fraction) if fraction else "")


def _fraction(digit: str) -> str:
    return "零" if digit == "0" else _DIGITS[int(digit)]

