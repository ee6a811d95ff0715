"""Japanese as people write it, in what a dictionary of Japanese words can read.

What comes out has kanji, kana, and the marks that the voices know: `, . ! ? …`. Numbers are in kanji, so that they are
read with what they count, and Latin letters in katakana.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from edge.text.east_asian import (
    ADDRESS,
    CLOCK,
    CLOCK_SPAN,
    DATE,
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
from edge.text.jp.counters import KNOWN, counted
from edge.text.jp.numbers import cardinal, decimal, digits
from edge.text.rules import Rule, apply

_Match = re.Match[str]

_CURRENCIES = {"¥": "円", "$": "ドル", "US$": "ドル", "€": "ユーロ", "£": "ポンド", "₩": "ウォン", "元": "元"}
_UNITS = {
    "km/h": "キロメートル毎時", "km": "キロメートル", "m": "メートル", "cm": "センチメートル", "mm": "ミリメートル",
    "kg": "キログラム", "g": "グラム",
    "mg": "ミリグラム", "t": "トン", "L": "リットル", "l": "リットル", "ml": "ミリリットル", "mL": "ミリリットル",
    "m2": "平方メートル",
    "m3": "立方メートル", "km2": "平方キロメートル", "°C": "度", "°F": "カ氏度", "°": "度", "%": "パーセント",
    "‰": "パーミル", "Hz": "ヘルツ",
    "kHz": "キロヘルツ", "MHz": "メガヘルツ", "GHz": "ギガヘルツ", "W": "ワット", "kW": "キロワット",
    "kWh": "キロワット時", "V": "ボルト",
    "KB": "キロバイト", "MB": "メガバイト", "GB": "ギガバイト", "TB": "テラバイト", "px": "ピクセル", "ms": "ミリ秒",
    "h": "時間",
    "min": "分", "s": "秒",
}  # fmt: skip
_SIGNS = {
    "%": "パーセント", "‰": "パーミル", "°": "度", "&": "アンド", "+": "プラス", "=": "イコール", "×": "かける",
    "÷": "わる", "<": "小なり",
    ">": "大なり", "±": "プラスマイナス", "@": "アットマーク", "#": "シャープ", "√": "ルート", "∞": "無限大",
    "♯": "シャープ",
} | {sign: name for sign, name in _CURRENCIES.items() if sign != "元"}  # fmt: skip
_WEB = {".": "ドット", "@": "アットマーク", "/": "スラッシュ", "-": "ハイフン", "_": "アンダーバー", ":": "コロン"}
LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "エー ビー シー ディー イー エフ ジー エイチ アイ ジェー ケー エル エム エヌ オー ピー "
        "キュー アール エス ティー ユー ブイ ダブリュー エックス ワイ ゼット".split(),
        strict=True,
    )
)
"""The names of the Latin letters."""

_MARKS = dict.fromkeys(",，、;；:：・", ",") | dict.fromkeys(".。｡\n", ".") | dict.fromkeys("—–―", ",")
_MARKS |= {"!": "!", "?": "?", "…": "…"}
_READ = re.compile(
    "[\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe\u3005\u3006\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ebef]"
)

# UniDic reads these part by part, as おははさん.
_WORDS = {
    "お母さん": "おかあさん", "お父さん": "おとうさん", "お兄さん": "おにいさん", "お姉さん": "おねえさん",
    "お母様": "おかあさま",
    "お父様": "おとうさま", "一昨日": "おととい", "一昨年": "おととし",
}  # fmt: skip

_UNIT = any_of(_UNITS)
_CURRENCY = any_of(_CURRENCIES)


def normalise(text: str, loan: Callable[[str], str] = str.lower) -> str:
    """`text` as it is read; "" if nothing in it is. `loan` writes an English word in katakana."""
    said = without_latin(apply(RULES, tidy(text).replace("〇", "零")), LETTERS, loan)
    return _finish("".join(_readable(character, loan) for character in said))


def _read(number: str) -> str:
    plain = number.replace(",", "")
    return digits(plain) if re.fullmatch(r"0\d+", plain) else decimal(plain)


def _date(match: _Match) -> str:
    if not is_day(match["month"], match["day"]):
        return match[0]
    return f"{match['year']}年{int(match['month'])}月{int(match['day'])}日"


def _time(match: _Match) -> str:
    said = f"{int(match['hour'])}時"
    for name, unit in (("minutes", "分"), ("seconds", "秒")):
        if match[name] and int(match[name]):
            said += f"{int(match[name])}{unit}"
    return said


def _money(match: _Match) -> str:
    number, currency = match["number"].replace(",", ""), _CURRENCIES[match["currency"]]
    # Yen are counted below, 4円 as ヨエン.
    return f"{number if currency == '円' else _read(number)}{match['many']}{currency}"


def _counted(match: _Match) -> str:
    number, counter = match["number"].replace(",", ""), match["counter"]
    if counter == "日" and number == "1":
        return "イチニチ" if match["month"] is None else "ツイタチ"
    return counted(number, re.sub("[ヶヵカケ箇]月", "か月", counter)) or match[0]


def _kanji(match: _Match) -> str:
    """Kanji numerals below twenty."""
    tens, ones = match["tens"] or "", match["ones"] or ""
    value = 10 * len(tens) + (" 一二三四五六七八九".index(ones) if ones else 0)
    return counted(str(value), match["counter"]) or match[0]


RULES = (
    Rule(
        name="address",
        pattern=ADDRESS,
        speak=lambda match: address_in_words(match[0], _WEB),
        reason="First, while its marks are marks.",
        examples=(("www.nhk.jp", "ダブリューダブリューダブリュードットエヌエイチケードットジェーピー"),),
    ),
    Rule(
        name="date",
        pattern=DATE,
        speak=_date,
        reason="Before numbers and fractions, of which it has three.",
        examples=(
            ("2026-11-23", "ニセンニジュウロクネンジュウイチガツニジュウサンニチ"),
            ("1900/9/1", "センキュウヒャクネンクガツツイタチ"),
        ),
    ),
    Rule(
        name="telephone",
        pattern=re.compile(r"(?<![\d-])0\d{1,4}-\d{1,4}-\d{3,4}(?![\d-])"),
        speak=lambda match: "ノ".join(digits(part) for part in match[0].split("-")),
        reason="Digit by digit, with の for the dash.",
        examples=(("03-1234-5678", "ゼロサンノイチニーサンヨンノゴーロクナナハチ"),),
    ),
    Rule(
        name="span of times",
        pattern=CLOCK_SPAN,
        speak=lambda _: "から",
        reason="Before the times, as a dash between words is none.",
        examples=(("9:00-21:00", "クジからニジュウイチジ"),),
    ),
    Rule(
        name="time",
        pattern=CLOCK,
        speak=_time,
        reason="Before numbers.",
        examples=(("3:45", "サンジヨンジュウゴフン"), ("14:00", "ジュウヨジ")),
    ),
    Rule(
        name="minus",
        pattern=re.compile(r"(?<![A-Za-z0-9)-])-(?=[$€£¥]?\d)"),
        speak=lambda _: "マイナス",
        reason="Before the number loses its digits.",
        examples=(("気温は-5度", "気温はマイナス五度"),),
    ),
    Rule(
        name="range",
        pattern=re.compile(rf"(?<![\d-])({NUMBER}\s?(?:{_UNIT})?)\s?[-–—~〜]\s?(?={NUMBER}(?![\d-]))"),
        speak=lambda match: f"{match[1]}から",
        reason="From one number to another.",
        examples=(("3〜5日", "三からイツカ"), ("5%〜10%", "五パーセントから十パーセント")),
    ),
    Rule(
        name="money",
        pattern=re.compile(rf"(?P<currency>{_CURRENCY})\s?(?P<number>{NUMBER})\s?(?P<many>[千万億兆]*)"),
        speak=_money,
        reason="The sign is said behind its number.",
        examples=(("¥1,500", "センゴヒャクエン"), ("$3.5", "三点五ドル"), ("€20", "二十ユーロ")),
    ),
    Rule(
        name="unit",
        pattern=re.compile(rf"({NUMBER})\s?({_UNIT})(?![A-Za-z0-9])"),
        speak=lambda match: f"{_read(match[1])}{_UNITS[match[2]]}",
        reason="While the unit is beside its number.",
        examples=(("3.5kg", "三点五キログラム"), ("25℃", "二十五度"), ("50%", "五十パーセント")),
    ),
    Rule(
        name="fraction",
        pattern=re.compile(r"(?<![\d/.])(\d{1,9})\s?[/⁄]\s?(\d{1,9})(?![\d.])"),
        speak=lambda match: f"{cardinal(match[2])}分の{cardinal(match[1])}",
        reason="The lower number is said first.",
        examples=(("1/2", "二分の一"), ("¾", "四分の三")),
    ),
    Rule(
        name="counted",
        pattern=re.compile(
            rf"(?P<month>(?<=月))?(?<![\d.,])(?P<number>\d+(?:,\d{{3}})*)\s?"
            rf"(?P<counter>{'|'.join(KNOWN)}|[ヶヵカケ箇]月)(?!本|曜|代|期|計|気|口|生き|野|の\d|当|来|社|答|転|復)"
        ),
        speak=_counted,
        reason="Numbers change with what they count; UniDic knows little of it.",
        examples=(
            ("4時7分", "ヨジナナフン"),
            ("9月1日", "クガツツイタチ"),
            ("3本と1匹", "サンボンとイッピキ"),
            ("6か月", "ロッカゲツ"),
            ("2人で3階へ", "フタリでサンガイへ"),
            ("3日本", "三日本"),
        ),
    ),
    Rule(
        name="kanji counted",
        pattern=re.compile(
            "(?<![一二三四五六七八九十百千万〇数何])(?=[十一二三四五六七八九])"
            "(?P<tens>十)?(?P<ones>[一二三四五六七八九])?"
            "(?P<counter>[時月])(?![代期計曜])"
        ),
        speak=_kanji,
        reason="The hours and months that people write in kanji.",
        examples=(("四時", "ヨジ"), ("九月", "クガツ"), ("十月十日", "ジュウガツ十日"), ("時々", "時々")),
    ),
    Rule(
        name="version",
        pattern=VERSION,
        speak=lambda match: "点".join(map(cardinal, match[0].split("."))),
        reason="More than one point.",
        examples=(("1.2.10", "一点二点十"),),
    ),
    Rule(
        name="number",
        pattern=LEFT_OVER,
        speak=lambda match: _read(match[0]),
        reason="What is left of numbers.",
        examples=(("1,500m", "千五百メートル"), ("10000", "一万"), ("007", "ゼロゼロナナ"), ("3.05", "三点零五")),
    ),
    Rule(
        name="went",
        pattern=re.compile("(?<!を)行っ(?=[たて])"),
        speak=lambda _: "いっ",
        reason="行った is いった, but おこなった behind its object; UniDic takes the second one for likelier.",
        examples=(("二人で行った", "二人でいった"), ("会議を行った", "会議を行った")),
    ),
    Rule(
        name="family",
        pattern=re.compile("|".join(_WORDS)),
        speak=lambda match: _WORDS[match[0]],
        reason="Words that UniDic reads part by part.",
        examples=(("お母さん", "おかあさん"), ("一昨日", "おととい")),
    ),
    Rule(
        name="drawn out",
        pattern=re.compile("(?<=[\u3041-\u3096\u30a1-\u30faー])[~〜]+"),
        speak=lambda _: "ー",
        reason="A wave behind kana draws it out.",
        examples=(("えー〜", "えーー"), ("すご〜い", "すごーい")),
    ),
    Rule(
        name="sign",
        pattern=re.compile(any_of(_SIGNS)),
        speak=lambda match: _SIGNS[match[0]],
        reason="Signs that stand alone.",
        examples=(("何%?", "何パーセント?"), ("何€?", "何ユーロ?"), ("A&B", "エーアンドビー")),
    ),
)
"""Every rule, in the order in which they are applied."""


def _finish(text: str) -> str:
    """Only what is read: one of several marks, and none before the first word."""
    text = re.sub(r"([,.!?…])[\s,.…]*", r"\1", re.sub(r"\s+", " ", text))
    return re.sub(r"^[\s,.!?…]+", "", re.sub(r" (?=[,.!?…])", "", text)).strip()


def _readable(character: str, loan: Callable[[str], str]) -> str:
    """A character as it is read; of other alphabets what it is in ours, and nothing of pictures."""
    if character in _MARKS:
        return _MARKS[character]
    if _READ.match(character):
        return character
    if character.isdecimal():
        return cardinal(str(unicodedata.decimal(character)))
    if not character.isalpha():
        return "" if unicodedata.category(character)[0] in {"M", "S"} else " "
    letters = latin_letters(character)
    return loan(letters) if letters else ""
