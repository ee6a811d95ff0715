"""Korean as people write it, in Hangul.

What comes out has syllables, spaces, and the marks that the voices know: `, . ! ? … -`. Sino-Korean numerals stand
before most of what is counted (삼 분), native ones before some (세 시).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from edge.text.east_asian import (
    ADDRESS,
    CLOCK,
    CLOCK_SPAN,
    LEFT_OVER,
    NUMBER,
    VERSION,
    address_in_words,
    any_of,
    is_day,
    latin_letters,
    tidy,
    without_latin,
)
from edge.text.kr.jamo import ONSETS, VOWELS, syllables
from edge.text.kr.numbers import cardinal, decimal, digits, native
from edge.text.kr.upstream import LETTERS
from edge.text.rules import Rule, apply

_Match = re.Match[str]

_CURRENCIES = {"₩": "원", "$": "달러", "US$": "달러", "€": "유로", "£": "파운드", "¥": "엔", "元": "위안"}
_UNITS = {
    "km/h": "킬로미터 퍼 아워", "km": "킬로미터", "m": "미터", "cm": "센티미터", "mm": "밀리미터", "kg": "킬로그램",
    "g": "그램",
    "mg": "밀리그램", "t": "톤", "L": "리터", "l": "리터", "ml": "밀리리터", "mL": "밀리리터", "m2": "제곱미터",
    "m3": "세제곱미터", "km2": "제곱킬로미터", "°C": "도", "°F": "화씨도", "°": "도", "%": "퍼센트", "‰": "퍼밀",
    "Hz": "헤르츠",
    "kHz": "킬로헤르츠", "MHz": "메가헤르츠", "GHz": "기가헤르츠", "W": "와트", "kW": "킬로와트", "kWh": "킬로와트시",
    "V": "볼트",
    "KB": "킬로바이트", "MB": "메가바이트", "GB": "기가바이트", "TB": "테라바이트", "px": "픽셀", "ms": "밀리초",
    "h": "시간",
    "min": "분", "s": "초",
}  # fmt: skip
_SIGNS = {
    "%": "퍼센트", "‰": "퍼밀", "°": "도", "&": " 앤드 ", "+": " 더하기 ", "=": " 는 ", "×": " 곱하기 ",
    "÷": " 나누기 ",
    "<": " 작다 ", ">": " 크다 ", "±": " 플러스 마이너스 ", "@": " 골뱅이 ", "#": " 샵 ", "√": " 루트 ",
    "∞": " 무한대 ",
} | _CURRENCIES  # fmt: skip
_WEB = {".": " 점 ", "@": " 골뱅이 ", "/": " 슬래시 ", "-": " 하이픈 ", "_": " 언더바 ", ":": " 콜론 "}
# Native numerals stand before these.
_COUNTED = (
    "시간|시(?!속)|살|개(?!월)|명|마리|번째|번(?!지|길|호)|장(?!로)|권|대(?!째|로|학)|잔|병(?!동)|그루|송이|켤레|채|벌|척|통|군데|가지|사람|"
    "그릇|자루|모금|곳|달(?!러)|갑|쌍|줄|배(?!럴)"
)
# Beside Hangul they say the same again; upstream drops them, too.
_HANJA = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_MARKS = dict.fromkeys(",，、;；:：", ",") | dict.fromkeys(".。｡\n", ".") | dict.fromkeys("~—–―", ",")
_MARKS |= {"!": "!", "?": "?", "…": "…"}

_UNIT = any_of(_UNITS)
_CURRENCY = any_of(_CURRENCIES)


def normalise(text: str, loan: Callable[[str], str] = str.lower) -> str:
    """`text` in Hangul; "" if nothing in it is read. `loan` writes an English word in Hangul."""
    said = without_latin(apply(RULES, tidy(text)), LETTERS, loan)
    return _finish("".join(_readable(character, loan) for character in said))


def _read(number: str) -> str:
    plain = number.replace(",", "")
    return digits(plain) if re.fullmatch(r"0\d+", plain) else decimal(plain)


def _date(match: _Match) -> str:
    if not is_day(match["month"], match["day"]):
        return match[0]
    return f"{match['year']}년 {int(match['month'])}월 {int(match['day'])}일"


def _time(match: _Match) -> str:
    hour = int(match["hour"])
    said = f"{native(str(hour)) if 1 <= hour <= 12 else cardinal(str(hour))}시"  # noqa: PLR2004 (of the clock)
    for name, unit in (("minutes", "분"), ("seconds", "초")):
        if match[name] and int(match[name]):
            said += f" {cardinal(match[name])}{unit}"
    return said


def _hours(match: _Match) -> str:
    hour = match[1]
    return native(hour) if 1 <= int(hour) <= 12 else cardinal(hour)  # noqa: PLR2004 (of the clock)


RULES = (
    Rule(
        name="address",
        pattern=ADDRESS,
        speak=lambda match: f" {address_in_words(match[0], _WEB)} ",
        reason="First, while its marks are marks.",
        examples=(("www.kbs.kr", "더블유더블유더블유 점 케이비에스 점 케이알"),),
    ),
    Rule(
        name="day of remembrance",
        pattern=re.compile(r"(?<!\d)(3[·.]1(?=\s?(?:절|운동))|6[·.]25|4[·.]19|5[·.]18|8[·.]15)(?!\d)"),
        speak=lambda match: digits(match[1]),
        reason="Days of history are read digit by digit.",
        examples=(("3·1절", "삼일절"), ("6·25 전쟁", "육이오 전쟁"), ("5.18", "오일팔")),
    ),
    Rule(
        name="date",
        pattern=re.compile(
            r"(?<![\d.])(?P<year>\d{4})(?P<joint>[-/.])\s?(?P<month>\d{1,2})(?P=joint)\s?(?P<day>\d{1,2})(?![\d])\.?"
        ),
        speak=_date,
        reason="Before numbers and fractions, of which it has three.",
        examples=(("2026-11-23", "이천이십육년 십일월 이십삼일"), ("2026.6.5.", "이천이십육년 유월 오일")),
    ),
    Rule(
        name="month",
        pattern=re.compile(r"(?<!\d)0?(6|10)월"),
        speak=lambda match: "유월" if match[1] == "6" else "시월",
        reason="June and October lose a sound.",
        examples=(("6월", "유월"), ("10월 3일", "시월 삼일"), ("16월", "십육월")),
    ),
    Rule(
        name="telephone",
        pattern=re.compile(r"(?<![\d-])(?:01\d|0\d{1,2}|1[5-9]\d\d)(?:-\d{3,4}){1,2}(?![\d-])"),
        speak=lambda match: " ".join(digits(part, zero="공") for part in match[0].split("-")),
        reason="Digit by digit, with 공 for zero.",
        examples=(("010-1234-5678", "공일공 일이삼사 오육칠팔"),),
    ),
    Rule(
        name="span of times",
        pattern=CLOCK_SPAN,
        speak=lambda _: "에서 ",
        reason="Before the times, as a dash between words is none.",
        examples=(("9:00-21:00", "아홉시에서 이십일시"),),
    ),
    Rule(
        name="time",
        pattern=CLOCK,
        speak=_time,
        reason="Hours of the clock are native, minutes are not.",
        examples=(("3:45", "세시 사십오분"), ("14:00", "십사시")),
    ),
    Rule(
        name="hours",
        pattern=re.compile(r"(?<![\d.,])(\d{1,2})(?=\s?시(?!간|속|즌|리|도))"),
        speak=_hours,
        reason="Up to twelve, as a clock strikes; 14시 is 십사 시.",
        examples=(("오후 3시 45분", "오후 세시 사십오분"), ("14시", "십사시")),
    ),
    Rule(
        name="minus",
        pattern=re.compile(r"(?<![A-Za-z0-9)-])-(?=[$€£₩]?\d)"),
        speak=lambda _: "마이너스 ",
        reason="Before the number loses its digits.",
        examples=(("-5도", "마이너스 오도"),),
    ),
    Rule(
        name="range",
        pattern=re.compile(rf"(?<![\d-])({NUMBER}\s?(?:{_UNIT})?)\s?[-–—~]\s?(?={NUMBER}(?![\d-]))"),
        speak=lambda match: f"{match[1]}에서 ",
        reason="From one number to another.",
        examples=(("3~5일", "삼에서 오일"), ("3℃~5℃", "삼 도에서 오 도")),
    ),
    Rule(
        name="money",
        pattern=re.compile(rf"(?P<currency>{_CURRENCY})\s?(?P<number>{NUMBER})\s?(?P<many>[천만억조]*)"),
        speak=lambda match: f"{_read(match['number'])}{match['many']} {_CURRENCIES[match['currency']]}",
        reason="The sign is said behind its number.",
        examples=(("₩5,000", "오천 원"), ("$3.5", "삼 점 오 달러"), ("€20", "이십 유로")),
    ),
    Rule(
        name="unit",
        pattern=re.compile(rf"({NUMBER})\s?({_UNIT})(?![A-Za-z0-9])"),
        speak=lambda match: f"{_read(match[1])} {_UNITS[match[2]]}",
        reason="While the unit is beside its number.",
        examples=(("3.5kg", "삼 점 오 킬로그램"), ("25℃", "이십오 도"), ("50%", "오십 퍼센트")),
    ),
    Rule(
        name="fraction",
        pattern=re.compile(r"(?<![\d/.])(\d{1,9})\s?[/⁄]\s?(\d{1,9})(?![\d.])"),
        speak=lambda match: f"{cardinal(match[2])}분의 {cardinal(match[1])}",
        reason="The lower number is said first.",
        examples=(("1/2", "이분의 일"), ("¾", "사분의 삼")),
    ),
    Rule(
        name="plus one",
        pattern=re.compile(r"(?<![\d+])([12])\s?\+\s?1(?![\d+])"),
        speak=lambda match: "원플러스원" if match[1] == "1" else "투플러스원",
        reason="What shops offer.",
        examples=(("1+1 행사", "원플러스원 행사"),),
    ),
    Rule(
        name="first",
        pattern=re.compile(r"(?<![\d.,])1(?=\s?번째)"),
        speak=lambda _: "첫",
        reason="Not 한 번째.",
        examples=(("1번째", "첫번째"), ("11번째", "열한번째")),
    ),
    Rule(
        name="counted",
        pattern=re.compile(rf"(?<![\d.,제])(\d{{1,2}})(?=\s?(?:{_COUNTED}))"),
        speak=lambda match: native(match[1]) if match[1][0] != "0" else digits(match[1]),
        reason="Native numerals before what is counted; upstream knows few such words.",
        examples=(("사과 3개", "사과 세개"), ("20살", "스무살"), ("5명", "다섯명"), ("3개월", "삼개월")),
    ),
    Rule(
        name="version",
        pattern=VERSION,
        speak=lambda match: " 점 ".join(map(cardinal, match[0].split("."))),
        reason="More than one point.",
        examples=(("1.2.10", "일 점 이 점 십"),),
    ),
    Rule(
        name="number",
        pattern=LEFT_OVER,
        speak=lambda match: _read(match[0]),
        reason="What is left of numbers.",
        examples=(("1,500원", "천오백원"), ("10000", "만"), ("007", "영영칠"), ("3.05", "삼 점 영오")),
    ),
    Rule(
        name="sign",
        pattern=re.compile(any_of(_SIGNS)),
        speak=lambda match: _SIGNS[match[0]],
        reason="Signs that stand alone.",
        examples=(("몇 %?", "몇 퍼센트?"), ("몇 €?", "몇 유로?"), ("A&B", "에이 앤드 비")),
    ),
)
"""Every rule, in the order in which they are applied."""


def _finish(text: str) -> str:
    """Only what is read: marks close to the words before them, one of several, and one at the end."""
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" ?([,.!?…])(?:\s*[,.…])*", r"\1 ", text)
    return re.sub(r"^[\s,.!?…-]+", "", " ".join(text.split()))


def _readable(character: str, loan: Callable[[str], str]) -> str:
    """A character as it is read; of other alphabets what it is in ours, and nothing of pictures."""
    if character in _MARKS:
        return _MARKS[character]
    if "가" <= character <= "힣":
        return character
    if character in ONSETS + VOWELS:
        # ㅋㅋ is 크크.
        return syllables(character + ("ᅳ" if character in ONSETS else ""))
    if character.isdecimal():
        return cardinal(str(unicodedata.decimal(character)))
    if not character.isalpha() or _HANJA.match(character):
        return "" if unicodedata.category(character)[0] in {"L", "M", "S"} else " "
    letters = latin_letters(character)
    return loan(letters) if letters else ""
