"""Spanish text as people write it, made into words as people in Spain say them.

Tables of rules, each with its reason and examples that are tests; every table sees what the one before has left.
What is spoken is in lower case from then on, so that capitals are always the writer's. Where America differs, the
rule says so.
"""

from __future__ import annotations

import re

from edge.text.emoji import PICTURES
from edge.text.es.normaliser import acronyms, clock, counting, loans, names, quantities, symbols, web
from edge.text.es.normaliser.characters import finish, tidy
from edge.text.rules import apply

# Most sentences have no numbers: half of the rules need not look at them.
_COUNTABLE = re.compile(r"[\d½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⁰¹²³⁴⁵⁶⁷⁸⁹+=<>≤≥≠≈±€$£¥%°‰]")
_ADDRESSED = re.compile(r"[@#/\\]|\.\w")

# In order, with whether only texts with something countable need them.
_TABLES = (
    (symbols.FACES + clock.DAYS + loans.COMPOUNDS, False),
    (clock.RULES + counting.EARLY + quantities.RULES, True),
    (quantities.ALONE + names.ABBREVIATIONS, False),
    (counting.LATE, True),
    (names.ROMAN + acronyms.RULES, False),
    (counting.PLAIN, True),
    (symbols.RULES + acronyms.LETTERS + loans.RULES, False),
)
RULES = web.RULES + tuple(rule for table, _ in _TABLES for rule in table)
"""Every rule, in order."""


def normalise(text: str) -> str:
    """Return `text` as lower-case words and the marks `. , ? ! ¿ ¡`; "" if nothing in it has a sound."""
    text = tidy(PICTURES.sub(" ", text))
    if _ADDRESSED.search(text):
        text = apply(web.RULES, text)
    countable = _COUNTABLE.search(text) is not None
    for table, of_numbers in _TABLES:
        if countable or not of_numbers:
            text = apply(table, text)
    return finish(text)
