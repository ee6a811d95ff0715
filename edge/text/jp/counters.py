"""Numbers with what they count, in katakana: 3本 is サンボン, 4時 ヨジ, 20日 ハツカ.

UniDic reads most of these as if nothing were counted, 四時 as ヨンジ.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_ONES = "レイ イチ ニ サン ヨン ゴ ロク ナナ ハチ キュウ".split()
_HUNDREDS = {3: "サンビャク", 6: "ロッピャク", 8: "ハッピャク"}
_THOUSANDS = {3: "サンゼン", 8: "ハッセン"}
_GROUPS = ("", "マン", "オク", "チョウ")
_MOST_DIGITS = 4 * len(_GROUPS)

# A number's end before a consonant that doubles.
_DOUBLED = {"イチ": "イッ", "ハチ": "ハッ", "ジュウ": "ジュッ"}
_DOUBLED_KH = _DOUBLED | {"ロク": "ロッ", "ヒャク": "ヒャッ", "ビャク": "ビャッ", "ピャク": "ピャッ"}
_VOICED = dict(zip("ハヒフホ", "バビブボ", strict=True))
_POPPED = dict(zip("ハヒフホ", "パピプポ", strict=True))


@dataclass(frozen=True)
class _Counter:
    kana: str
    doubled: dict[str, str] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    """Numerals that are others than usual, by the number's last digit."""
    whole: dict[str, str] = field(default_factory=dict)
    """What has a name of its own, by the number."""


_SOFT = {"4": "ヨ", "7": "シチ", "9": "ク"}
_DAYS = {
    "2": "フツカ", "3": "ミッカ", "4": "ヨッカ", "5": "イツカ", "6": "ムイカ", "7": "ナノカ", "8": "ヨウカ",
    "9": "ココノカ", "10": "トオカ", "14": "ジュウヨッカ", "20": "ハツカ", "24": "ニジュウヨッカ",
}  # fmt: skip
_THINGS = "ヒトツ フタツ ミッツ ヨッツ イツツ ムッツ ナナツ ヤッツ ココノツ".split()
_COUNTERS = {
    "時": _Counter("ジ", last=_SOFT),
    "月": _Counter("ガツ", last={"4": "シ", "7": "シチ", "9": "ク"}),
    "年": _Counter("ネン", last={"4": "ヨ"}),
    "円": _Counter("エン", last={"4": "ヨ"}),
    "人": _Counter("ニン", last={"4": "ヨ"}, whole={"1": "ヒトリ", "2": "フタリ"}),
    "日": _Counter("ニチ", last={"7": "シチ", "9": "ク"}, whole=_DAYS),
    "分": _Counter("フン", doubled=_DOUBLED_KH),
    "本": _Counter("ホン", doubled=_DOUBLED_KH),
    "匹": _Counter("ヒキ", doubled=_DOUBLED_KH),
    "杯": _Counter("ハイ", doubled=_DOUBLED_KH),
    "回": _Counter("カイ", doubled=_DOUBLED_KH),
    "階": _Counter("カイ", doubled=_DOUBLED_KH, whole={"3": "サンガイ"}),
    "個": _Counter("コ", doubled=_DOUBLED_KH),
    "か月": _Counter("カゲツ", doubled=_DOUBLED_KH),
    "歳": _Counter("サイ", doubled=_DOUBLED, whole={"20": "ハタチ"}),
    "才": _Counter("サイ", doubled=_DOUBLED, whole={"20": "ハタチ"}),
    "冊": _Counter("サツ", doubled=_DOUBLED),
    "週": _Counter("シュウ", doubled=_DOUBLED),
    "頭": _Counter("トウ", doubled=_DOUBLED),
    "つ": _Counter("", whole=dict(zip("123456789", _THINGS, strict=True))),
}
KNOWN = tuple(_COUNTERS)
"""What is counted otherwise than a number and a word."""


def reading(number: str) -> str:
    """A whole number of up to 16 digits: ニセンニジュウロク."""
    value = number.lstrip("0").zfill(_MOST_DIGITS)
    said = ""
    for place, start in zip(range(len(_GROUPS) - 1, -1, -1), range(0, _MOST_DIGITS, 4), strict=True):
        group = _group(value[start : start + 4])
        said += group + _GROUPS[place] if group else ""
    return said or _ONES[0]


def counted(number: str, counter: str) -> str | None:
    """`number` of what `counter` counts; None where that is not known."""
    value = number.lstrip("0") or "0"
    rule = _COUNTERS[counter]
    if value in rule.whole:
        return rule.whole[value]
    if len(value) > _MOST_DIGITS or not rule.kana:
        return None
    said = reading(value)
    if value[-1] in rule.last:
        return said.removesuffix(_ONES[int(value[-1])]) + rule.last[value[-1]] + rule.kana
    return _joined(said, rule)


def _joined(said: str, rule: _Counter) -> str:
    """The number and the counter as each changes the other: イッポン, サンボン, ニホン."""
    first, rest = rule.kana[0], rule.kana[1:]
    for plain, doubled in rule.doubled.items():
        if said.endswith(plain):
            return said.removesuffix(plain) + doubled + _POPPED.get(first, first) + rest
    if rule.kana == "フン":
        return said + ("プン" if said.endswith("ン") else "フン")
    if said.endswith(("サン", "セン", "ゼン", "マン")):
        return said + _VOICED.get(first, first) + rest
    return said + rule.kana


def _group(group: str) -> str:
    thousands, hundreds, tens, ones = map(int, group)
    return (
        _times(thousands, "セン", _THOUSANDS)
        + _times(hundreds, "ヒャク", _HUNDREDS)
        + _times(tens, "ジュウ", {})
        + (_ONES[ones] if ones else "")
    )


def _times(digit: int, name: str, irregular: dict[int, str]) -> str:
    if digit == 0:
        return ""
    return irregular.get(digit, (_ONES[digit] if digit > 1 else "") + name)
