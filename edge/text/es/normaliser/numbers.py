"""Spanish numbers as words, and the forms that they take before a noun.

Written here rather than taken from num2words 0.5.14, which says "veintiuno mil" for 21,000, "décimoprimero" for
the eleventh, "punto" for the comma, and knows no "doscientas"; where it is right, tests/text/test_es_normaliser.py
holds these against it.
"""

from __future__ import annotations

from typing import Literal

Form = Literal["uno", "un", "una"]
"""How a number that ends in one is said: on its own, before a masculine noun, before a feminine one."""

_BELOW_THIRTY = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve"
).split()
_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_HUNDREDS = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
).split()
# The long scale, as all Spanish-speaking countries have it: a billón is 10^12.
_MILLIONS = (("trillón", 18), ("billón", 12), ("millón", 6))
_LONGEST = 24

_ORDINAL_ONES = "primero segundo tercero cuarto quinto sexto séptimo octavo noveno".split()
_ORDINAL_TEENS = (
    "décimo undécimo duodécimo decimotercero decimocuarto decimoquinto decimosexto decimoséptimo decimoctavo "
    "decimonoveno"
).split()
_ORDINAL_TENS = (
    "vigésimo trigésimo cuadragésimo quincuagésimo sexagésimo septuagésimo octogésimo nonagésimo"
).split()
_ORDINAL_HUNDREDS = (
    "centésimo ducentésimo tricentésimo cuadringentésimo quingentésimo sexcentésimo septingentésimo octingentésimo "
    "noningentésimo"
).split()

_PARTS = {2: "medio", 3: "tercio", 4: "cuarto", 5: "quinto", 6: "sexto", 7: "séptimo", 8: "octavo", 9: "noveno"}
_ROUND_PARTS = {10: "décimo", 100: "centésimo", 1000: "milésimo"}

# Up to three decimals are said as one number, "coma ciento veinticinco"; more are said one by one.
_DECIMALS_IN_ONE = 3


def cardinal(number: int, form: Form = "uno") -> str:
    """Say a number from 0 on; `form` where it ends in one, and of its hundreds (doscientas)."""
    if number >= 10**_LONGEST:
        return digits(str(number))
    said = []
    for name, power in _MILLIONS:
        count, number = divmod(number, 10**power)
        if count:
            said += [_below_million(count, "un"), name if count == 1 else name.replace("ón", "ones")]
    if number or not said:
        said.append(_below_million(number, form))
    return " ".join(said)


def _below_million(number: int, form: Form) -> str:
    thousands, rest = divmod(number, 1000)
    said = []
    if thousands:
        # "veintiún mil casas", but "doscientas mil casas".
        said += [_below_thousand(thousands, "una" if form == "una" else "un")] if thousands > 1 else []
        said.append("mil")
    if rest or not said:
        said.append(_below_thousand(rest, form))
    return " ".join(said)


def _below_thousand(number: int, form: Form) -> str:
    hundreds, rest = divmod(number, 100)
    if hundreds == 0:
        return _below_hundred(rest, form)
    if hundreds == 1 and rest == 0:
        return "cien"
    said = _HUNDREDS[hundreds - 1]
    if form == "una":
        said = said.replace("ientos", "ientas")
    return f"{said} {_below_hundred(rest, form)}" if rest else said


def _below_hundred(number: int, form: Form) -> str:
    if number % 10 == 1 and number != 11:  # noqa: PLR2004 (once has no forms)
        one: str = "ún" if form == "un" and number == 21 else form  # noqa: PLR2004 (veintiún, with its accent)
    else:
        one = _BELOW_THIRTY[number % 10]
    if number < 30:  # noqa: PLR2004 (as long as the table)
        said = _BELOW_THIRTY[number]
        return said.removesuffix("uno") + one if said.endswith("uno") else said
    tens = _TENS[number // 10 - 3]
    return f"{tens} y {one}" if number % 10 else tens


def ordinal(number: int, gender: Literal["o", "a"] = "o") -> str:
    """Say "the first", with the names that the Academy gives; from 1000 on, and for 0, as a cardinal."""
    hundreds, rest = divmod(number, 100)
    if not 0 < number < 1000:  # noqa: PLR2004 (beyond, nobody says them)
        return "milésim" + gender if number == 1000 else cardinal(number)  # noqa: PLR2004
    said = [_ORDINAL_HUNDREDS[hundreds - 1]] if hundreds else []
    if 10 <= rest < 20:  # noqa: PLR2004 (one word)
        said.append(_ORDINAL_TEENS[rest - 10])
    else:
        said += [_ORDINAL_TENS[rest // 10 - 2]] if rest >= 20 else []  # noqa: PLR2004
        said += [_ORDINAL_ONES[rest % 10 - 1]] if rest % 10 else []
    return " ".join(word[:-1] + gender for word in said)


def fraction(numerator: int, denominator: int) -> str:
    """Say a fraction whose denominator is 2 or more: "tres cuartos", "un doceavo"."""
    part = _PARTS.get(denominator) or _ROUND_PARTS.get(denominator) or _part(denominator)
    return f"{cardinal(numerator, 'un')} {part}" + ("" if numerator == 1 else "s")


def _part(denominator: int) -> str:
    """Say "doceavo", "treintaidosavo": the cardinal in one word, without the vowel that would meet -avo."""
    words = cardinal(denominator).replace(" y ", "i").replace(" ", "")
    accents = str.maketrans("éíóú", "eiou")
    return words.translate(accents).removesuffix("a").removesuffix("o") + "avo"


def digits(number: str) -> str:
    """Say digits one by one."""
    return " ".join(_BELOW_THIRTY[int(digit)] for digit in number)


def figures(number: str, form: Form = "uno") -> str:
    """Say a row of digits: as a number, but a leading zero is said, and what no-one can grasp is spelled."""
    rest = number.lstrip("0")
    zeros = len(number) - len(rest)
    if not rest or (zeros and len(rest) > 2) or len(number) > 15:  # noqa: PLR2004 (08001: cero ocho cero cero uno)
        return digits(number)
    return " ".join(["cero"] * zeros + [cardinal(int(rest), form)])


def spoken(number: str, form: Form = "uno", point: str = "coma") -> str:
    """Say "3", "-3", "3,05" or "3.05"; `point` is the word for the decimal mark."""
    sign, number = ("menos ", number[1:]) if number.startswith("-") else ("", number)
    whole, _, decimals = number.replace(".", ",").partition(",")
    if not decimals:
        return sign + figures(whole, form)
    # What stands before a decimal mark is no count of things: "uno coma cinco litros", "uno coma dos toneladas".
    said = figures(decimals) if len(decimals) <= _DECIMALS_IN_ONE else digits(decimals)
    return f"{sign}{figures(whole)} {point} {said}"


def is_one(number: str) -> bool:
    """Tell whether a noun after `number` is singular: "1 kilo", "-1 grado", but "1,5 kilos"."""
    return number.removeprefix("-") == "1"
