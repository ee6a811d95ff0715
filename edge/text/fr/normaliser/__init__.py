"""French as people write it, in plain words.

A short one: numbers, money, measures, dates, times and what a text has of marks and abbreviations. What comes out
has words, with apostrophes and hyphens, and the marks `, . ! ?` alone, and ends in one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from edge.text.fr.normaliser.characters import marked, tidy
from edge.text.fr.normaliser.numbers import NUMBER, ROMAN, cardinal, decimal, ordinal, parts, plural, roman, zeros
from edge.text.fr.normaliser.tables import (
    ABBREVIATIONS,
    BEFORE_NAMES,
    CURRENCIES,
    FRACTIONS,
    MONTHS,
    SPELLED,
    SYMBOLS,
    UNITS,
)
from edge.text.rules import Rule, apply

_Match = re.Match[str]

_MILLION = "un million deux cent trente-quatre mille cinq cent soixante-sept."


def normalise(text: str) -> str:
    """`text` in words and the marks `, . ! ?`, of which it has one at its end; "" when nothing is left."""
    return marked(apply(RULES, tidy(text)))


def _measure(match: _Match) -> str:
    name, feminine = UNITS[match["unit"]]
    return f"{decimal(match['number'], feminine)} {plural(name, parts(match['number'])[0])}"


def _money(match: _Match) -> str:
    name, feminine = CURRENCIES[match["currency"]]
    whole, fraction = parts(match["number"])
    amount = f"{cardinal(whole, feminine)} {plural(name, whole)}"
    if len(fraction) == 2:  # noqa: PLR2004 (cents)
        return amount if fraction == "00" else f"{amount} {cardinal(fraction)}"
    return f"{decimal(match['number'], feminine)} {plural(name, whole)}"


def _date(match: _Match) -> str:
    day, month = int(match["day"]), int(match["month"])
    if not (1 <= day <= 31 and 1 <= month <= 12):  # noqa: PLR2004 (the calendar's)
        return match[0]
    spoken = "premier" if day == 1 else cardinal(match["day"])
    return f"{spoken} {MONTHS[month - 1]} {cardinal(match['year'])}"


def _time(match: _Match) -> str:
    minutes = match["minutes"]
    hours = f"{cardinal(match['hours'], feminine=True)} {plural('heure', match['hours'])}"
    return hours if minutes in {None, "00"} else f"{hours} {cardinal(minutes, feminine=True)}"


def _roman_cardinal(match: _Match) -> str:
    value = roman(match["roman"])
    return match[0] if value is None else match["before"] + ("premier" if value == 1 else cardinal(str(value)))


def _roman_ordinal(match: _Match) -> str:
    value = roman(match["roman"])
    return match[0] if value is None else ordinal(value, feminine=match["ending"] in {"re", "ère"})


def _address(match: _Match) -> str:
    """The words of a web address, with its marks named; without the protocol, which nobody says."""
    text = re.sub(r"^\w+://", "", match[0]).replace("www.", "trois double v point ")
    named = {".": " point ", "@": " arobase ", "/": " barre ", "-": " tiret ", "_": " tiret bas ", ":": " deux points "}
    return "".join(named.get(letter, letter) for letter in text.rstrip("/"))


def _either(written: Iterable[str]) -> str:
    """A pattern for any of these, the longest first."""
    return "|".join(map(re.escape, sorted(written, key=len, reverse=True)))


def _named(match: _Match, name: str) -> str:
    """`name` as words of its own."""
    return f" {name} " if match else ""


def _digits(match: _Match) -> str:
    """Number by number, as a telephone number is read: "zéro un vingt-trois"."""
    return " ".join(zeros(pair) for pair in re.findall(r"\d\d?", re.sub(r"[ .]", "", match[0])))


def _spoken_number(match: _Match) -> str:
    whole = parts(match[0])[0]
    return f" {zeros(whole) if whole.startswith('0') and len(whole) > 1 else decimal(match[0])} "


def _fraction(match: _Match) -> str:
    above, below = match["above"], match["below"]
    names = {"2": "demi", "3": "tiers", "4": "quart"}
    if below not in names:
        return f"{cardinal(above)} sur {cardinal(below)}"
    name = names[below] + ("s" if above != "1" and below != "3" else "")
    return f"{cardinal(above)} {name}"


RULES = (
    Rule(
        name="address",
        pattern=re.compile(
            r"\b(?:https?://|www\.)[^\s,;<>«»\"]*[\w/]|\b[\w.+-]{1,64}@[\w-]+(?:\.\w+)+|"
            r"\b[\w-]{1,64}\.(?:fr|com|org|net|be|ch|ca)\b"
        ),
        speak=_address,
        reason="First, while its marks are marks and its digits not yet words.",
        examples=(
            ("user@example.com", "user arobase example point com."),
            ("https://www.example.fr/", "trois double v point example point fr."),
        ),
    ),
    Rule(
        name="abbreviation",
        pattern=re.compile(
            rf"(?<![\w.])(?:(?P<name>{_either(BEFORE_NAMES)})(?= ?[A-ZÀ-Ý\d])|"
            rf"(?P<short>{_either(set(ABBREVIATIONS) - BEFORE_NAMES)})(?!\w))"
        ),
        speak=lambda match: ABBREVIATIONS[match["name"] or match["short"]],
        reason="Before anything takes their full stops for the end of a sentence.",
        examples=(
            ("Le Dr Martin et M. Dupont", "Le docteur Martin et monsieur Dupont."),
            ("des pommes, etc., p. ex. ici", "des pommes, et cetera, par exemple ici."),
        ),
    ),
    Rule(
        name="numéro",
        pattern=re.compile(r"\b[nN][°º] ?(?=\d)"),
        speak=lambda _: "numéro ",
        reason="Before ° is a degree.",
        examples=(("n° 5", "numéro cinq."),),
    ),
    Rule(
        name="date",
        pattern=re.compile(r"(?<![\d/.])(?P<day>\d{1,2})([/.-])(?P<month>\d{1,2})\2(?P<year>\d{4})(?!\d|/\d)"),
        speak=_date,
        reason="Before its parts are fractions, ranges or decimals.",
        examples=(
            ("12/10/2026", "douze octobre deux mille vingt-six."),
            ("1.5.2026", "premier mai deux mille vingt-six."),
        ),
    ),
    Rule(
        name="ISO date",
        pattern=re.compile(r"(?<![\d/.-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?![\d/-])"),
        speak=_date,
        reason="Logs and file names have it.",
        examples=(("2026-10-12", "douze octobre deux mille vingt-six."),),
    ),
    Rule(
        name="time",
        pattern=re.compile(r"(?<![\d:,.])(?P<hours>[01]?\d|2[0-4])(?: ?h ?|:)(?P<minutes>[0-5]\d)(?![\d:]|\w)"),
        speak=_time,
        reason="Before `h` is a unit; `20 h` is left to the units.",
        examples=(
            ("Il est 14h30.", "Il est quatorze heures trente."),
            ("à 21:05", "à vingt-et-une heures cinq."),
            ("à 1 h 01", "à une heure une."),
        ),
    ),
    Rule(
        name="telephone",
        pattern=re.compile(r"(?<!\d)0\d(?:[ .]?\d\d){4}(?!\d)"),
        speak=_digits,
        reason="Before its pairs are thousands.",
        examples=(("01 23 45 67 89", "zéro un vingt-trois quarante-cinq soixante-sept quatre-vingt-neuf."),),
    ),
    Rule(
        name="version",
        pattern=re.compile(r"(?<![\d.])\d{1,4}(?:\.\d{1,4}){2,}(?![\d])"),
        speak=lambda match: (
            match[0]
            if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", match[0])
            else " point ".join(map(zeros, match[0].split(".")))
        ),
        reason="Before its first two numbers are a decimal.",
        examples=(("version 3.10.2", "version trois point dix point deux."), ("1.234.567", _MILLION)),
    ),
    Rule(
        name="range",
        pattern=re.compile(r"(?<=\d) ?[-–] ?(?=\d)"),
        speak=lambda _: " à ",
        reason="A hyphen between numbers is no pause; before the second has its unit.",
        examples=(("10-15 minutes", "dix à quinze minutes."), ("10-15 km/h", "dix à quinze kilomètres par heure.")),
    ),
    Rule(
        name="minus",
        pattern=re.compile(r"(?<![\w-])[-–]\s?(?=\d)"),
        speak=lambda _: "moins ",
        reason="Before the number it belongs to is a word, alone or with its unit.",
        examples=(("-5", "moins cinq."), ("-5 °C", "moins cinq degrés Celsius.")),
    ),
    Rule(
        name="money",
        pattern=re.compile(rf"(?P<number>{NUMBER}) ?(?P<currency>{_either(CURRENCIES)})(?!\w)"),
        speak=_money,
        reason="Before the number is read alone, as cents are read without their name.",
        examples=(
            ("25 €", "vingt-cinq euros."),
            ("3,50 €", "trois euros cinquante."),
            ("1 £", "une livre."),
            ("1 500 €", "mille cinq cents euros."),
        ),
    ),
    Rule(
        name="money, English",
        pattern=re.compile(rf"(?P<currency>[€$£¥]) ?(?P<number>{NUMBER})"),
        speak=_money,
        reason="The same, where the sign comes first.",
        examples=(("$100", "cent dollars."),),
    ),
    Rule(
        name="measure",
        pattern=re.compile(rf"(?P<number>{NUMBER}) ?(?P<unit>{_either(UNITS)})(?![\w²³/])"),
        speak=_measure,
        reason="Letters are a unit behind a number only.",
        examples=(
            ("3,5 kg", "trois virgule cinq kilogrammes."),
            ("25 °C", "vingt-cinq degrés Celsius."),
            ("120 km/h", "cent vingt kilomètres par heure."),
            ("1,5 km", "un virgule cinq kilomètre."),
            ("21 h", "vingt-et-une heures."),
            ("5 m²", "cinq mètres carrés."),
        ),
    ),
    Rule(
        name="ordinal",
        pattern=re.compile(r"(?<![\w.,])(?P<number>\d{1,9})(?P<ending>er|re|ère|[eè]me|de|nde|nd|d|e)s?\b"),
        speak=lambda match: ordinal(int(match["number"]), feminine=match["ending"] in {"re", "ère"}),
        reason="Before the number is read alone.",
        examples=(("le 1er mai", "le premier mai."), ("21e", "vingt-et-unième."), ("la 5ème", "la cinquième.")),
    ),
    Rule(
        name="roman ordinal",
        pattern=re.compile(r"\b(?P<roman>[IVX]+)(?P<ending>er|re|ère|ème|e)\b"),
        speak=_roman_ordinal,
        reason="Centuries, and kings who were the first. No L or C: Le and Ce are words.",
        examples=(("au XXe siècle", "au vingtième siècle."), ("François Ier", "François premier.")),
    ),
    Rule(
        name="roman",
        pattern=re.compile(
            rf"(?P<before>\b(?:[A-ZÀ-Ý][a-zà-ÿ]+|chapitre|tome|acte|volume|partie) )(?P<roman>{ROMAN})\b(?!')"
        ),
        speak=_roman_cardinal,
        reason="Behind a name or a part of a book only: MIX, CV and DIX are words.",
        examples=(("Louis XIV", "Louis quatorze."), ("chapitre IV", "chapitre quatre.")),
    ),
    Rule(
        name="fraction",
        pattern=re.compile(r"(?<![\w/.,])(?P<above>\d{1,4})/(?P<below>\d{1,4})(?![\w/])"),
        speak=_fraction,
        reason="Before `/` is named.",
        examples=(("3/4 de tasse", "trois quarts de tasse."), ("9/10", "neuf sur dix.")),
    ),
    Rule(
        name="fraction sign",
        pattern=re.compile(f"[{''.join(FRACTIONS)}]"),
        speak=lambda match: _named(match, FRACTIONS[match[0]]),
        reason="One character, so none of the above.",
        examples=(("½ litre", "un demi litre."),),
    ),
    Rule(
        name="times",
        pattern=re.compile(r"(?<=\d) ?[x×] ?(?=\d)"),
        speak=lambda _: " fois ",
        reason="Between numbers x is a sign.",
        examples=(("3 x 4", "trois fois quatre."),),
    ),
    Rule(
        name="number",
        pattern=re.compile(NUMBER),
        speak=_spoken_number,
        reason="What no rule above has read.",
        examples=(
            ("71", "soixante-et-onze."),
            ("3,14", "trois virgule quatorze."),
            ("1 234 567", _MILLION),
            ("007", "zéro zéro sept."),
            ("v2", "v deux."),
        ),
    ),
    Rule(
        name="symbol",
        pattern=re.compile(f"[{re.escape(''.join(SYMBOLS))}]"),
        speak=lambda match: _named(match, SYMBOLS[match[0]]),
        reason="Once addresses, money and measures have had theirs.",
        examples=(("50 %", "cinquante pour cent."), ("2 + 2 = 4", "deux plus deux égale quatre."), ("€", "euros.")),
    ),
    Rule(
        name="initials",
        pattern=re.compile(rf"\b(?:[B-DF-HJ-NP-TV-XZ]{{2,6}}|{_either(SPELLED)})\b"),
        speak=lambda match: " ".join(match[0]),
        reason="Without a vowel nobody reads it as a word; of those with one, the common ones are listed.",
        examples=(("la SNCF", "la S N C F."), ("une clé USB", "une clé U S B."), ("l'OTAN", "l'OTAN.")),
    ),
)
