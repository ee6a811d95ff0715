"""Words in capitals: spelled by their letters, or read."""

from __future__ import annotations

import re

from edge.text.es.normaliser.letters import VOWELS, is_readable, spell
from edge.text.rules import Rule

# What is not here is spelled if it has two or three letters or nobody could read it (ONG, IRPF), else read (OTAN).
# Spelled all the same:
_SPELLED = frozenset(
    "AC AI AP API CEE EEG IA ID IES IP OCDE OEA OIT TI UAB UAM UB UE UI UIT UK URI".split()
)
# Read although they are short, or have no Spanish shape.
_READ = frozenset(
    "APA AVE BIC BIT BOE BUP CAP CEO CERN CIA CIF COP COU DIM EFE EPA ERE ETA FAO FNAC GEO GIF ICO INE ISO IVA "
    "LAN LED MIR NIF OCU ONU OPA PAU PET PIB PIN PYME RAE RAM RIP ROM SIM TAC TIC TOEFL UCI UME USA UVA UVI VIP "
    "WAN ZIP".split()
)
# Said in a way of their own.
_SAID = {
    "PSOE": "pesoe", "CSIC": "cesic", "JPEG": "jota peg", "IOS": "i o ese", "FNAC": "fenac", "PYME": "pyme",
    "PYMES": "pymes", "OVNI": "ovni", "OVNIS": "ovnis",
}  # fmt: skip
# Short words of every day, which are no acronyms when a text shouts.
_WORDS = frozenset(
    "AHÍ AL ASÍ AÑO AÚN BAR BUS CAE CON DA DAN DAR DE DEL DI DIO DON DOS DÍA EL EN ERA ES ESA ESE ESO FE FIN FUE "
    "FUI GAS GOL HA HAN HAS HAY HE HOY IDA IR LA LAS LE LES LEY LO LOS LUZ MAL MAR ME MES MI MIL MIO MIS MUY MÁS "
    "MÍ MÍO NI NO NOS OJO OS OYE PAN PAZ PIE POR QUE QUÉ RED REY RÍO SAL SAN SE SEA SER SI SIN SOL SON SOY SU SUR "
    "SUS SÉ SÍ TAL TAN TE TEN TU TUS TÉ TÚ UN UNA UNO USO VA VAN VAS VE VEN VER VEZ VI VIA VIO VOY VOZ VÍA YA YO "
    "ÉL".split()
)
_LETTERS_ALONE = "bcdfghjklmnñpqrstvwxz"

_SOUNDS = "pff?|pss?t|hm|hmm|mm|tss?|tsk|brr|grr|zz|ss|rr|ll|ch"
_NEIGHBOURS = 24


def spoken(acronym: str) -> str:
    """Say what is known as an acronym, in capitals; "" for what is not in the tables."""
    if acronym in _SAID:
        return _SAID[acronym]
    if acronym in _READ or acronym in _WORDS:
        return acronym.lower()
    return spell(acronym) if acronym in _SPELLED else ""


def _capitals(match: re.Match[str]) -> str:
    word, plural = match[1], match[2]
    return f" {_spoken_or_guessed(word, match)}{plural} "


def _spoken_or_guessed(word: str, match: re.Match[str]) -> str:
    """Read four letters or more that can be read; of two and three only in a text that shouts."""
    if known := spoken(word):
        return known
    if not is_readable(word):
        return spell(word) if len(word) <= 6 or not VOWELS & set(word.lower()) else word.lower()  # noqa: PLR2004
    return word.lower() if len(word) > 3 or _shouts(match) else spell(word)  # noqa: PLR2004


def _shouts(match: re.Match[str]) -> bool:
    """Tell whether the words on both sides are in capitals as well, or one is and there is no other."""
    text = match.string
    before = re.findall(r"[^\W\d_]+", text[max(0, match.start() - _NEIGHBOURS) : match.start()])[-1:]
    after = re.findall(r"[^\W\d_]+", text[match.end() : match.end() + _NEIGHBOURS])[:1]
    around = before + after
    return bool(around) and all(map(str.isupper, around)) and any(len(word) > 3 for word in around)  # noqa: PLR2004


RULES = (
    Rule(
        "capitals",
        re.compile(r"(?<![^\W\d_])([A-ZÁÉÍÓÚÜÑ]{2,})(s?)(?![^\W\d_])"),
        _capitals,
        "A table says what is read; else short ones and those that nobody could read are spelled.",
        (
            ("el DNI en PDF", "el de ene i en pe de efe"),
            ("La OTAN y la UE", "la otan y la u e"),
            ("NO CORRAS", "no corras"),
            ("una ONG", "una o ene ge"),
            ("los PDFs", "los pe de efes"),
            ("CALLE DEL SOL", "calle del sol"),
        ),
    ),
)

LETTERS = (
    Rule(
        "letter alone",
        re.compile(rf"(?<![\w'])([{_LETTERS_ALONE}])(?![\w'])", re.IGNORECASE),
        lambda match: spell(match[1]),
        "A consonant alone is a letter's name; y is a conjunction and other vowels are their own names.",
        (("el plan B", "el plan be"), ("la x", "la equis"), ("Y tú", "y tú")),
    ),
    Rule(
        "hush",
        re.compile(r"(?<!\w)sh{2,}(?!\w)", re.IGNORECASE),
        lambda _: "chis",
        "As a Spaniard says it; before words without a vowel.",
        (("Shhh, duerme", "chis, duerme"),),
    ),
    Rule(
        "word without a vowel",
        re.compile(
            rf"(?<![\w'])(?!\w{{0,6}}?(\w)\1\1)(?!(?:{_SOUNDS})(?!\w))([bcdfghjklmnñpqrstvwxyz]{{2,6}})(?![\w'])",
            re.IGNORECASE,
        ),
        lambda match: spell(match[2]),
        "Acronyms in lower case; but mmm and zzz are sounds.",
        (("un pdf", "un pe de efe"), ("zzz", "zzz"), ("brrr", "brrr")),
    ),
)
