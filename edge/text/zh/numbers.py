"""Chinese numerals."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_PLACES = ("千", "百", "十", "")
# Names of groups of four digits, from the last one up: 2,0000 is 二万.
_GROUPS = ("", "万", "亿", "万亿")
_MOST_DIGITS = 4 * len(_GROUPS)


def digits(number: str) -> str:
    """Digit by digit, as a year or a code is read: 二零二六."""
    return "".join(_DIGITS[int(digit)] if digit.isdecimal() else "点" for digit in number)


def telephone(number: str) -> str:
    """Digit by digit, with 幺 for one, which is not taken for a seven on the telephone."""
    return digits(number).replace("一", "幺")


def cardinal(number: str) -> str:
    """A whole number: 一千零五; digit by digit from 17 digits on."""
    value = number.lstrip("0")
    if len(value) > _MOST_DIGITS:
        return digits(number)
    padded = value.zfill(_MOST_DIGITS)
    groups = [padded[start : start + 4] for start in range(0, _MOST_DIGITS, 4)]
    said = ""
    gap = False
    for place, group in zip(range(len(groups) - 1, -1, -1), groups, strict=True):
        if int(group) == 0:
            gap = bool(said)
            continue
        zero = "零" if said and (gap or group[0] == "0") else ""
        # 一万亿 and 二千亿 are 一万二千亿.
        said = said.removesuffix("亿") if place == 2 else said  # noqa: PLR2004 (of 亿)
        said += zero + _group(group) + _GROUPS[place]
        gap = False
    return said.removeprefix("一") if said.startswith("一十") else said or "零"


def decimal(number: str) -> str:
    """A number with a point, or without: 三点五."""
    whole, _, fraction = number.partition(".")
    return cardinal(whole) + ("点" + digits(fraction) if fraction else "")


def _group(group: str) -> str:
    """Four digits, of which the first may be zeros: 五十, 零 only within."""
    said = ""
    for digit, place in zip(group, _PLACES, strict=True):
        if digit != "0":
            said += _DIGITS[int(digit)] + place
        elif said and not said.endswith("零"):
            said += "零"
    return said.rstrip("零")
