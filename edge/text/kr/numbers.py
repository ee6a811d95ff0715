"""Korean numerals: Sino-Korean (일, 이, 삼), and native ones as they stand before what is counted (한, 두, 세)."""

from __future__ import annotations

from edge.text.east_asian import below_ten_thousand, by_ten_thousands

_DIGITS = "영일이삼사오육칠팔구"
_PLACES = ("", "십", "백", "천")
_GROUPS = ("", "만", "억", "조", "경")
_MOST_DIGITS = 4 * len(_GROUPS)
_ONES = " 한 두 세 네 다섯 여섯 일곱 여덟 아홉".split(" ")
_TENS = " 열 스물 서른 마흔 쉰 예순 일흔 여든 아흔".split(" ")
_TWENTY = 20
_MOST_NATIVE = 99


def digits(number: str, *, zero: str = "영") -> str:
    """Digit by digit; `zero`: 공 on the telephone."""
    return "".join(_DIGITS[int(digit)] if digit != "0" else zero for digit in number if digit.isdecimal())


def cardinal(number: str) -> str:
    """A whole number, Sino-Korean: 천오백; digit by digit from 21 digits on."""
    value = number.lstrip("0")
    if len(value) > _MOST_DIGITS:
        return digits(number)
    said = ""
    for power, group in by_ten_thousands(value):
        words = below_ten_thousand(group, _DIGITS, _PLACES)
        # 10000 is 만, not 일만.
        said += "" if not words else ("" if words == "일" and power == 1 and not said else words) + _GROUPS[power]
    return said or "영"


def decimal(number: str) -> str:
    """A number with a point, or without: 삼 점 오."""
    whole, _, fraction = number.partition(".")
    return cardinal(whole) + (f" 점 {digits(fraction)}" if fraction else "")


def native(number: str) -> str:
    """A whole number as it stands before what is counted: 스물한; Sino-Korean from a hundred on."""
    value = int(number) if len(number) <= len(str(_MOST_NATIVE)) else 0
    if not 1 <= value <= _MOST_NATIVE:
        return cardinal(number)
    return "스무" if value == _TWENTY else (_TENS[value // 10] + _ONES[value % 10]).strip()

