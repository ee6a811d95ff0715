"""Amounts of money, by symbol or by code, with their cents and their millions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edge.text.en.normaliser.words import cardinal, number, spell
from edge.text.rules import Rule


@dataclass(frozen=True, slots=True)
class _Currency:
    one: str
    many: str
    cent: str = ""
    cents: str = ""


_DOLLAR = _Currency("dollar", "dollars", "cent", "cents")
_POUND = _Currency("pound", "pounds", "penny", "pence")
_EURO = _Currency("euro", "euros", "cent", "cents")
_YEN = _Currency("yen", "yen")
_RUPEE = _Currency("rupee", "rupees", "paisa", "paise")


def _of(adjective: str, currency: _Currency) -> _Currency:
    return _Currency(f"{adjective} {currency.one}", f"{adjective} {currency.many}", currency.cent, currency.cents)


_CURRENCIES = {
    "$": _DOLLAR, "US$": _of(spell("US"), _DOLLAR), "C$": _of("canadian", _DOLLAR), "CA$": _of("canadian", _DOLLAR),
    "A$": _of("australian", _DOLLAR), "AU$": _of("australian", _DOLLAR), "NZ$": _of("new zealand", _DOLLAR),
    "HK$": _of("hong kong", _DOLLAR), "S$": _of("singapore", _DOLLAR), "R$": _Currency("real", "reals"), "€": _EURO,
    "£": _POUND, "¥": _YEN, "₹": _RUPEE, "₩": _Currency("won", "won"), "₽": _Currency("ruble", "rubles"),
    "₪": _Currency("shekel", "shekels"), "₺": _Currency("lira", "lira"), "₴": _Currency("hryvnia", "hryvnias"),
    "₿": _Currency("bitcoin", "bitcoins"), "₫": _Currency("dong", "dong"), "₦": _Currency("naira", "naira"),
    "₱": _Currency("peso", "pesos"), "USD": _DOLLAR, "EUR": _EURO, "GBP": _POUND, "JPY": _YEN,
    "CAD": _of("canadian", _DOLLAR), "AUD": _of("australian", _DOLLAR), "CHF": _Currency("swiss franc", "swiss francs"),
    "CNY": _Currency("yuan", "yuan"), "RMB": _Currency("yuan", "yuan"), "INR": _RUPEE,
    "MXN": _Currency("mexican peso", "mexican pesos"), "BRL": _Currency("real", "reals"),
    "BTC": _Currency("bitcoin", "bitcoins"), "SEK": _Currency("swedish krona", "swedish kronor"),
}  # fmt: skip
_SCALES = {
    "k": "thousand", "thousand": "thousand", "m": "million", "mm": "million", "mn": "million", "mil": "million",
    "million": "million", "b": "billion", "bn": "billion", "billion": "billion", "t": "trillion", "tn": "trillion",
    "trillion": "trillion",
}  # fmt: skip
_SIGN = r"(?:(?:US|CA|C|AU|A|NZ|HK|S|R)?\$|[€£¥₹₩₽₪₺₴₿₫₦₱])"
_CODE = r"(?:USD|EUR|GBP|JPY|CAD|AUD|CHF|CNY|RMB|INR|MXN|BRL|BTC|SEK)"
_AMOUNT = r"(\d{1,3}(?:,\d{3}){1,5}(?!\d)(?:\.\d{1,8})?|\d{1,15}(?:\.\d{1,8})?|\.\d{1,8})"
_SCALE = (
    r"(?:(?:[\s-]?(?=thou|[mbt]\w{2,3}lion)|\s?)"
    r"(thousand|million|billion|trillion|bn|mn|mm|mil|tn|[kKmMbBtT])(?![A-Za-z0-9]))?"
)
_DASH = r"\s?[-–—]\s?"
# What an amount is the adjective of, and then in the singular: "a five dollar bill".
_THINGS = (
    r"(?=[ -](?:bills?|coins?|notes?|gift|fees?|fines?|checks?|cheques?|vouchers?|coupons?|discounts?|deposits?"
    r"|tickets?|deals?)\b)"
)
_ARTICLE = re.compile(r"\b[Aa]n? \Z")
_WORD = re.compile(" [A-Za-z]")


def _amount(text: str, currency: _Currency, scale: str | None, *, adjective: bool = False) -> str:
    """`text`, a number as written, with its unit: "five million dollars", "one dollar and fifty cents"."""
    if scale:
        return f"{number(text)} {_SCALES[scale.lower()]} {currency.one if adjective else currency.many}"
    whole, _, fraction = text.replace(",", "").partition(".")
    if len(fraction) == 1 and fraction != "0" and currency.cent:
        fraction += "0"
    if len(fraction) > 2 or (fraction.strip("0") and not currency.cent):  # noqa: PLR2004 - not cents
        return f"{number(text)} {currency.many}"
    units, cents = int(whole or 0), int(fraction or 0)
    words = []
    if units or not cents:
        words.append(f"{number(str(units))} {currency.one if units == 1 or adjective else currency.many}")
    if cents:
        words.append(f"{cardinal(cents)} {currency.cent if cents == 1 else currency.cents}")
    return " and ".join(words)


def _signed(match: re.Match[str]) -> str:
    minus = "minus " if match[1] and match[1] != "+" else "plus " if match[1] else ""
    currency = _CURRENCIES[match[2]]
    return f" {minus}{_amount(match[3], currency, match[4], adjective=match[5] is not None or _has_article(match))} "


def _has_article(match: re.Match[str]) -> bool:
    """Tell whether the amount is an adjective, "a $5 million deal": behind "a", and a word follows."""
    before = _ARTICLE.search(match.string, max(0, match.start() - len(" an ")), match.start())
    return before is not None and _WORD.match(match.string, match.end()) is not None


def _from_to(match: re.Match[str]) -> str:
    currency = _CURRENCIES[match[1]]
    if (match[3] and match[3] != match[5]) or ("." in match[2] and not match[5]):
        first = _amount(match[2], currency, match[3])
    else:
        first = number(match[2])
    return f" {first} to {_amount(match[4], currency, match[5])} "


def _behind(match: re.Match[str]) -> str:
    return f"{_amount(match[1], _CURRENCIES[match[3]], match[2])} "


MONEY = (
    Rule(
        "amounts from to",
        re.compile(
            "(" + _SIGN + r")\s?" + _AMOUNT + _SCALE + _DASH + r"(?:" + _SIGN + r"\s?)?" + _AMOUNT + _SCALE +
            r"(?![\w-]|[.,]\d)"
        ),
        _from_to,
        "The currency is said once, at the end.",
        (
            ("$5-10 or £20–£30", "five to ten dollars or twenty to thirty pounds"),
            ("$1.5-2 million", "one point five to two million dollars"),
        ),
    ),
    Rule(
        "euros with a comma",
        re.compile(r"€\s?(\d{1,9}),(\d\d)(?![\w,]|\.\d)|(?<![\w.,])(\d{1,9}),(\d\d)\s?€"),
        lambda match: f" {_amount(f'{match[1] or match[3]}.{match[2] or match[4]}', _EURO, None)} ",
        "As most of those who pay with them write it.",
        (("€3,50 or 20,00 €", "three euros and fifty cents or twenty euros"),),
    ),
    Rule(
        "amount behind its sign",
        re.compile(r"(?:(?<![\w.])([-+]))?(?<![A-Za-z])(" + _SIGN + r")\s?" + _AMOUNT + _SCALE + "(" + _THINGS + ")?"),
        _signed,
        "Before all other numbers. A letter for millions belongs to it; two figures behind the point are cents.",
        (
            ("It costs $1,234.56.", "it costs one thousand two hundred thirty-four dollars and fifty-six cents."),
            ("£3.5m and $5 million", "three point five million pounds and five million dollars"),
            ("$1, $0.99 and €1.50", "one dollar, ninety-nine cents and one euro and fifty cents"),
            ("A $5 bill", "a five dollar bill"),
            ("a $3-million deal", "a three million dollar deal"),
            ("-$20", "minus twenty dollars"),
            ("¥500 or US$100", "five hundred yen or one hundred U S dollars"),
        ),
    ),
    Rule(
        "amount before its sign",
        re.compile(r"(?<![\w.,])" + _AMOUNT + _SCALE + r"\s?(" + _SIGN + "|" + _CODE + r")(?![\w$])"),
        _behind,
        "As in Europe, and with the codes of banks.",
        (("20 €", "twenty euros"), ("100 USD", "one hundred dollars"), ("1.50€ each", "one euro and fifty cents each")),
    ),
    Rule(
        "amount behind its code",
        re.compile(r"(?<![\w])(" + _CODE + r")\s?" + _AMOUNT + _SCALE),
        lambda match: f"{_amount(match[2], _CURRENCIES[match[1]], match[3])} ",
        "A code may stand in front as well.",
        (("EUR 50", "fifty euros"),),
    ),
    Rule(
        "cents",
        re.compile(r"(?<![\w.,])" + _AMOUNT + r"\s?¢"),
        lambda match: f"{number(match[1])} {'cent' if match[1] == '1' else 'cents'} ",
        "The cent has a sign of its own.",
        (("Only 50¢!", "only fifty cents!"),),
    ),
    Rule(
        "sign alone",
        re.compile("(" + _SIGN + ")(?![A-Za-z_{(])"),
        lambda match: f" {_CURRENCIES[match[1]].many} ",
        "Without an amount, by its name: '$' is no gap. '$name' is a program's.",
        (("Paid in € or £", "paid in euros or pounds"),),
    ),
)
