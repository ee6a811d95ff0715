"""English text as an American reads it aloud.

What comes out has letters, apostrophes within words, spaces and `. , ! ? -`, and nothing else. Words are in lower
case. A capital letter that stands alone, or before "'s", is a letter by its name: "FBI" is "F B I", "PDFs" is
"P D F's"; so the letter "A" differs from the article "a". A hyphen is always between letters, as in "well-known".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from edge.text.en.normaliser import acronyms, clean, figures, measures, messages, money, names, symbols, times, web
from edge.text.rules import Rule, apply

__all__ = ["RULES", "normalise"]

@dataclass(frozen=True, slots=True)
class _Table:
    """Rules that have nothing to find in a text without `hint`: most sentences need few tables."""

    hint: re.Pattern[str]
    rules: tuple[Rule, ...]


# What is typed as one piece, then what has a name or a unit beside it, then plain letters, plain numbers, and signs.
_TABLES = (
    _Table(re.compile(r"[@#/\\<&]|\w\.\w"), web.ADDRESSES),
    _Table(messages.HINT, messages.RULES),
    _Table(re.compile(r"\d|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun"), times.DATES),
    _Table(re.compile(r"\d|[AaPp]\.\s?[Mm]"), times.TIMES),
    _Table(re.compile(r"\d\s?[ABC]"), times.ERAS),
    _Table(re.compile(r"[IVXLCDM](?![a-z])"), names.ROMANS),
    _Table(
        re.compile(r"[.\d]|[MD]r|Mr?s|[SMFL]t|Capt|Prof|Ln|Rd|Ave|Blvd|wy|[Vv]s|etc|[Ee]g|[Ii]e"), names.ABBREVIATIONS
    ),
    _Table(re.compile(r"[$€£¥₹₩₽₪₺₴₿₫₦₱¢]|\d\s?[A-Z]{3}|[A-Z]{3}\s?\d"), money.MONEY),
    _Table(re.compile(r"\d|, [A-Z]{2}"), (*figures.TELEPHONES, *web.VERSIONS, *times.YEARS)),
    _Table(re.compile(r"°|\.\d\s?[CF]"), measures.DEGREES),
    _Table(re.compile(r"\d|/"), measures.MEASURES),
    _Table(re.compile(r"\d|[%‰^=<>]|[^\x00-\x7f]"), figures.FIGURES),
    _Table(re.compile(r"[\dA-Z]|[+#/]|(?<![A-Za-z])[a-z](?![a-z])|[a-z][A-Z]"), acronyms.ACRONYMS),
    _Table(re.compile(r"\d"), figures.NUMBERS),
    _Table(re.compile(r"[^\w\s.,!?-]|_|[^\x00-\x7f]"), symbols.SYMBOLS),
)
RULES: tuple[Rule, ...] = (*acronyms.LOANS, *(rule for table in _TABLES for rule in table.rules))
"""Every rule, in the order in which they are applied."""


def normalise(text: str) -> str:
    """`text` as it is said; "" if nothing in it is."""
    text = clean.opening(text)
    if not text.isascii():
        text = clean.without_accents(apply(acronyms.LOANS, text))
    for table in _TABLES:
        if table.hint.search(text):
            text = apply(table.rules, text)
    return clean.finish(text)
