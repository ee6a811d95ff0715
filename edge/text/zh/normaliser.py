"""Chinese as people write it, with English in it, as it is said.

What comes out has Chinese characters, English words as the English normaliser gives them, and the marks that the
voices know: `, . ! ? … -`, and `'` for quotes and brackets, which were such to them when they were trained.
"""

from __future__ import annotations

import re
import unicodedata

from edge.text.east_asian import (
    ADDRESS,
    CLOCK,
    CLOCK_SPAN,
    DATE,
    LEFT_OVER,
    NUMBER,
    VERSION,
    any_of,
    is_day,
    transliterated,
)
from edge.text.en import normaliser as english
from edge.text.rules import Rule, apply
from edge.text.zh.numbers import cardinal, decimal, digits, telephone

_Match = re.Match[str]

HANZI = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ebef\U00030000-\U000323af"

_CURRENCIES = {
    "¥": "元", "$": "美元", "US$": "美元", "HK$": "港元", "€": "欧元", "£": "英镑", "₩": "韩元", "₽": "卢布",
    "₹": "卢比",
}  # fmt: skip
_UNITS = {
    "km/h": "公里每小时", "m/s": "米每秒", "km": "公里", "cm": "厘米", "mm": "毫米", "m": "米", "km2": "平方公里",
    "m2": "平方米", "m3": "立方米", "kg": "公斤", "g": "克", "mg": "毫克", "t": "吨", "ml": "毫升", "mL": "毫升",
    "L": "升",
    "l": "升", "h": "小时", "min": "分钟", "s": "秒", "ms": "毫秒", "Hz": "赫兹", "kHz": "千赫", "MHz": "兆赫",
    "GHz": "吉赫",
    "W": "瓦", "kW": "千瓦", "kWh": "度", "V": "伏", "A": "安", "°C": "摄氏度", "°F": "华氏度", "°": "度", "px": "像素",
    "KB": "千字节", "MB": "兆字节", "GB": "吉字节", "TB": "太字节",
}  # fmt: skip
_SIGNS = {
    "&": "和", "+": "加", "=": "等于", "×": "乘", "÷": "除以", "<": "小于", ">": "大于", "±": "正负", "%": "百分号",
    "‰": "千分号", "°": "度", "≈": "约等于", "≠": "不等于", "≤": "小于等于", "≥": "大于等于", "√": "根号",
    "∞": "无穷大",
} | _CURRENCIES  # fmt: skip
_QUOTES = '"' + "“”‘’„「」『』《》〈〉【】〔〕()[]{}«»‹›"
_MARKS = dict.fromkeys(",，、;；:：·・", ",") | dict.fromkeys(".。｡", ".") | dict.fromkeys("~—–―-", "-")
_MARKS |= dict.fromkeys(_QUOTES, "'") | {"!": "!", "?": "?", "…": "…", "'": "'", "\n": "."}

_COUNTED = "个位条只本张件次天年岁倍块点周斤米元辆座家名种双杯瓶碗台部封支层间把"
_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")
_UNIT = any_of(_UNITS)
_CURRENCY = any_of(_CURRENCIES)


def normalise(text: str) -> str:
    """`text` as it is said; "" if nothing in it is."""
    return _finish(apply(RULES, _tidy(text)))


def _tidy(text: str) -> str:
    """Letters of one width, "…" for any row of dots, no characters without a form."""
    wide = unicodedata.normalize("NFKC", re.sub(r"\n\s*", "\n", text)).replace("〇", "零").replace("−", "-")
    seen = (c for c in wide if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return re.sub(r"\.{2,}|。{2,}|…+", "…", "".join(seen))


def _plain(number: str) -> str:
    return number.replace(",", "")


def _read(number: str) -> str:
    """A number as a quantity; digit by digit when it begins with a zero, as a code does."""
    plain = _plain(number)
    return digits(plain) if re.match(r"0\d", plain) else decimal(plain)


def _english(text: str) -> str:
    """English as it is said, without marks: a pause in it would be the sentence's."""
    return " ".join(_WORD.findall(english.normalise(text)))


def _date(match: _Match) -> str:
    if not is_day(match["month"], match["day"]):
        return match[0]
    return f"{digits(match['year'])}年{cardinal(match['month'])}月{cardinal(match['day'])}日"


def _time(match: _Match) -> str:
    hour = "两" if int(match["hour"]) == 2 else cardinal(match["hour"])  # noqa: PLR2004 (the numeral that is counted)
    minutes, seconds = match["minutes"], match["seconds"]
    said = f"{hour}点"
    if minutes != "00" or seconds:
        said += ("零" if minutes[0] == "0" and minutes != "00" else "") + cardinal(minutes) + "分"
    return said + (f"{cardinal(seconds)}秒" if seconds else "")


def _money(match: _Match) -> str:
    currency = _CURRENCIES[match["before"] or match["behind"]]
    return f"{_read(match['number_before'] or match['number_behind'])}{match['many'] or ''}{currency}"


RULES = (
    Rule(
        name="address",
        pattern=ADDRESS,
        speak=lambda match: f" {_english(match[0])} ",
        reason="First, while its marks are marks; addresses are said in English.",
        examples=(("请看www.example.com。", "请看W W W dot example dot com."),),
    ),
    Rule(
        name="date",
        pattern=DATE,
        speak=_date,
        reason="Before numbers and fractions, of which it has three.",
        examples=(("2026-11-23", "二零二六年十一月二十三日"), ("2026.6.5", "二零二六年六月五日")),
    ),
    Rule(
        name="year",
        pattern=re.compile(r"(?<![\d.,])(?!1000)(?:1\d|20)\d\d(?=\s?年)"),
        speak=lambda match: digits(match[0]),
        reason="A year is read digit by digit; upstream counts to it.",
        examples=(("2026年", "二零二六年"), ("90年代", "九十年代"), ("1000年", "一千年")),
    ),
    Rule(
        name="telephone",
        pattern=re.compile(
            r"(?<![\d.-])(?:\+86[ -]?)?(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-\d{7,8}|400-\d{3}-\d{4})(?![\d.])"
        ),
        speak=lambda match: telephone(re.sub(r"\D", "", match[0])),
        reason="Nobody counts to a telephone number.",
        examples=(("电话13812345678", "电话幺三八幺二三四五六七八"), ("010-12345678", "零幺零幺二三四五六七八")),
    ),
    Rule(
        name="span of times",
        pattern=CLOCK_SPAN,
        speak=lambda _: "到",
        reason="Before the times, as a dash between words is none.",
        examples=(("9:00-21:00", "九点到二十一点"),),
    ),
    Rule(
        name="time",
        pattern=CLOCK,
        speak=_time,
        reason="Before numbers.",
        examples=(("14:30", "十四点三十分"), ("2:05", "两点零五分"), ("8:00", "八点")),
    ),
    Rule(
        name="score",
        pattern=re.compile(r"(?<![\d:])(\d{1,3}):(\d{1,3})(?![\d:])"),
        speak=lambda match: f"{match[1]}比{match[2]}",
        reason="What is left of times: a score, or a proportion.",
        examples=(("3:1", "三比一"), ("16:9", "十六比九")),
    ),
    Rule(
        name="minus",
        pattern=re.compile(r"(?<![A-Za-z0-9)-])-(?=[$€£¥]?\d)"),
        speak=lambda _: "负",
        reason="Before the number loses its digits.",
        examples=(("-5度", "负五度"), ("气温-5℃", "气温负五摄氏度")),
    ),
    Rule(
        name="range",
        pattern=re.compile(rf"(?<![\d-])({NUMBER}\s?(?:%|{_UNIT})?)\s?[-–—~]\s?(?={NUMBER}(?![\d-]))"),
        speak=lambda match: f"{match[1]}到",
        reason="A dash between two numbers is 到; before one it is 负.",
        examples=(("3-5天", "三到五天"), ("5%~10%", "百分之五到百分之十"), ("-5℃~3℃", "负五摄氏度到三摄氏度")),
    ),
    Rule(
        name="percent",
        pattern=re.compile(rf"({NUMBER})\s?([%‰])"),
        speak=lambda match: f"{'百' if match[2] == '%' else '千'}分之{_read(match[1])}",
        reason="The sign is said before its number.",
        examples=(("50%", "百分之五十"), ("3.5‰", "千分之三点五")),
    ),
    Rule(
        name="money",
        pattern=re.compile(
            rf"(?P<before>{_CURRENCY})\s?(?P<number_before>{NUMBER})\s?(?P<many>[十百千万亿]*)元?|"
            rf"(?P<number_behind>{NUMBER})\s?(?P<behind>{_CURRENCY})"
        ),
        speak=_money,
        reason="The sign is said behind its number.",
        examples=(
            ("¥500", "五百元"),
            ("¥50元", "五十元"),
            ("$3.5万", "三点五万美元"),
            ("1,500€", "一千五百欧元"),
            ("HK$20", "二十港元"),
        ),
    ),
    Rule(
        name="unit",
        pattern=re.compile(rf"({NUMBER})\s?({_UNIT})(?![A-Za-z0-9])"),
        speak=lambda match: f"{_read(match[1])}{_UNITS[match[2]]}",
        reason="While the unit is beside its number.",
        examples=(("3.5kg", "三点五公斤"), ("25℃", "二十五摄氏度"), ("8km/h", "八公里每小时"), ("30㎡", "三十平方米")),
    ),
    Rule(
        name="fraction",
        pattern=re.compile(r"(?<![\d/.])(\d{1,9})\s?[/⁄]\s?(\d{1,9})(?![\d./])"),
        speak=lambda match: f"{cardinal(match[2])}分之{cardinal(match[1])}",
        reason="The lower number is said first.",
        examples=(("1/2", "二分之一"), ("¾", "四分之三")),
    ),
    Rule(
        name="two",
        pattern=re.compile(rf"(?<![\d.,第])2(?=\s?(?:[{_COUNTED}]|小时|分钟|公[斤里]))"),
        speak=lambda _: "两",
        reason="Two of something is 两.",
        examples=(("2个人", "两个人"), ("第2个", "第二个"), ("12个", "十二个"), ("2月", "二月")),
    ),
    Rule(
        name="version",
        pattern=VERSION,
        speak=lambda match: digits(match[0]),
        reason="More than one point: no number to count to.",
        examples=(("1.2.10", "一点二点一零"),),
    ),
    Rule(
        name="number",
        pattern=LEFT_OVER,
        speak=lambda match: _read(match[0]),
        reason="What is left of numbers.",
        examples=(("3.5公斤", "三点五公斤"), ("1,500", "一千五百"), ("007", "零零七"), ("iPad 2贵", "I pad二贵")),
    ),
    Rule(
        name="english",
        pattern=re.compile(r"C\+\+|[CF]#|[A-Za-z]+(?:['’ -]?[A-Za-z]+)*"),
        speak=lambda match: f" {_english(match[0])} ",
        reason="English words and abbreviations as English has them.",
        examples=(("AI和CPU", "A I和C P U"), ("C++", "C plus plus"), ("I don't know不知道", "i don't know不知道")),
    ),
    Rule(
        name="sign",
        pattern=re.compile(any_of(_SIGNS)),
        speak=lambda match: _SIGNS[match[0]],
        reason="Signs that stand alone.",
        examples=(("1+1=2", "一加一等于二"), ("多少€?", "多少欧元?"), ("A&B", "A和B")),
    ),
)
"""Every rule, in the order in which they are applied."""


def _finish(text: str) -> str:
    """Only what is read: one of several equal marks, and no space but between words."""
    text = "".join(map(_readable, text))
    text = re.sub(r"([!?…,.'-])(?:\s*\1)+", r"\1", re.sub(r"\s+", " ", text))
    return re.sub(r"(?<![A-Za-z]) | (?![A-Za-z])", "", text).strip()


def _readable(character: str) -> str:
    """A character as it is read; of other alphabets what it is in ours, and nothing of pictures."""
    if character in _MARKS:
        return _MARKS[character]
    if character.isascii():
        return character if character.isalpha() else " "
    if re.match(f"[{HANZI}]", character):
        return character
    if character.isdecimal():
        return cardinal(character)
    return " ".join(_WORD.findall(transliterated(character))) if character.isalpha() else ""
