"""Numbers that stand for themselves: telephone numbers, thousands, ordinals, fractions, sums, and plain ones."""

from __future__ import annotations

import re

from edge.text.es.normaliser.letters import spell
from edge.text.es.normaliser.nouns import form_between, is_feminine, is_noun
from edge.text.es.normaliser.numbers import cardinal, digits, figures, fraction, ordinal, spoken
from edge.text.rules import Rule

_VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
}  # fmt: skip
# Beyond ten, few fractions are: other numbers around a slash are a pair, "120/80".
_USUAL_PARTS = frozenset({12, 16, 20, 32, 64, 100, 1000})
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_AFTER = r"(?= ([^\W\d_]+))?"


def _telephone(match: re.Match[str]) -> str:
    """Say a telephone number by its groups: pairs as numbers, longer groups digit by digit."""
    country = f"más {figures(match[1])}, " if match[1] else ""
    return country + ", ".join(_group(group) for group in re.findall(r"\d+", match[2]))


def _group(group: str) -> str:
    # "900", "600": a round hundred is said as one.
    if len(group) == 3 and group.endswith("00"):  # noqa: PLR2004
        return cardinal(int(group))
    return figures(group) if len(group) <= 2 else digits(group)  # noqa: PLR2004


def _unspaced_telephone(match: re.Match[str]) -> str:
    number = match[1]
    return ", ".join(_group(number[start : start + 3]) for start in (0, 3, 6))


def _joined(match: re.Match[str]) -> str:
    return re.sub(r"[. ]", "", match[0])


def _joined_english(match: re.Match[str]) -> str:
    return match[0].replace(",", "").replace(".", ",")


def _ordinal(match: re.Match[str]) -> str:
    number, sign, noun = match[1], match[2] or match[3], match[4] or ""
    feminine = sign in {"ª", "a", "as", "ra", "da", "ta", "ma", "va", "na"}
    said = ordinal(int(number), "a" if feminine else "o")
    shortened = sign == "er" or (not feminine and is_noun(noun) and not is_feminine(noun))
    # "primer premio", "tercer piso", and "vigésimo primer".
    if sign in {"os", "as"}:
        return said + "s"
    return said[:-1] if shortened and said.endswith(("primero", "tercero")) else said


def _fraction(match: re.Match[str]) -> str:
    numerator, denominator, noun = int(match[1]), int(match[2]), match[3] or ""
    if (numerator, denominator) == (1, 2) and is_noun(noun):
        return "media" if is_feminine(noun) else "medio"
    usual = denominator <= 10 or numerator == 1 or denominator in _USUAL_PARTS  # noqa: PLR2004
    if numerator and denominator > 1 and usual and denominator <= 1000:  # noqa: PLR2004
        return fraction(numerator, denominator)
    return f"{match[1]} barra {match[2]}"


def _mixed(match: re.Match[str]) -> str:
    return _whole_and_part(match[1], int(match[2]), int(match[3]), match[4])


def _whole_and_part(whole: str, numerator: int, denominator: int, noun: str | None) -> str:
    """Say "uno y tres cuartos"; a half goes with its noun, "dos y media tazas"."""
    feminine = is_feminine((noun or "").lower())
    if (numerator, denominator) == (1, 2):
        return f"{figures(whole, 'una')} y media" if feminine else f"{figures(whole)} y medio"
    return f"{figures(whole)} y {fraction(numerator, denominator)}"


def _vulgar(match: re.Match[str]) -> str:
    numerator, denominator = _VULGAR[match[2]]
    if match[1]:
        return _whole_and_part(match[1], numerator, denominator, match[3])
    if denominator == 2:  # noqa: PLR2004
        return "media" if is_feminine((match[3] or "").lower()) else "medio"
    return fraction(numerator, denominator)


def _power(match: re.Match[str]) -> str:
    exponent = (match[1] or match[2]).translate(_SUPERSCRIPTS)
    return {"2": " al cuadrado ", "3": " al cubo "}.get(exponent) or f" elevado a {figures(exponent)} "


def _points(match: re.Match[str]) -> str:
    return " punto ".join(figures(part) for part in match[0].split("."))


def _code(match: re.Match[str]) -> str:
    """Say a row of digits in a code: a number while it can be grasped, else digit by digit."""
    return f" {figures(match[1]) if len(match[1]) <= 3 else digits(match[1])} "  # noqa: PLR2004


def _plain(match: re.Match[str]) -> str:
    number, end = match[2], match.end()
    whole = number.replace(",", ".").partition(".")[0]
    form = form_between(match.string[max(0, match.start() - 48) : match.start()], whole, match.string[end : end + 48])
    if whole == number:
        said = figures(number, form)
    else:
        # Unlike "3.5 litros", a bare "3.2" is a version or a chapter.
        said = spoken(number, point="punto" if "." in number and form == "uno" else "coma")
    return ("menos " if match[1] else "") + said


def _difference(match: re.Match[str]) -> str:
    first, second = (match[1], match[2]) if match[1] else (match[3], match[4])
    is_span = not match[1] and float(first.replace(",", ".")) < float(second.replace(",", "."))
    return f"{first} {'a' if is_span else 'menos'} {second}"


_MATHS = {
    "+": "más", "-": "menos", "×": "por", "x": "por", "X": "por", "*": "por", "·": "por", "÷": "entre", "/": "entre",
    "=": "igual a", "<": "menor que", ">": "mayor que", "≤": "menor o igual que", "≥": "mayor o igual que",
    "≠": "distinto de", "≈": "aproximadamente", "±": "más menos", "^": "elevado a",
}  # fmt: skip


def _maths(match: re.Match[str]) -> str:
    return f" {_MATHS[match[0].strip()]} "


EARLY = (
    Rule(
        "enumeration",
        re.compile(r"(?<=\d),(?=\d+,\d{1,2}(?!\d))|(?<=\d,\d),(?=\d)|(?<=\d,\d\d),(?=\d)"),
        lambda _: ", ",
        "Commas without spaces that are neither decimals nor thousands.",
        (("1,2,3", "uno, dos, tres"), ("el 6,49", "el seis coma cuarenta y nueve")),
    ),
    Rule(
        "hours side by side",
        re.compile(r"(?<![\w/.,])(24|48|72)/(7|48|72|96)(?![\w/])"),
        lambda match: f"{match[1]} {match[2]}",
        "No fractions; before units, as hours follow.",
        (("abierto 24/7", "abierto veinticuatro siete"), ("en 24/48 h", "en veinticuatro cuarenta y ocho horas")),
    ),
    Rule(
        "more than, less than",
        re.compile(r"(?:(?<=\A)|(?<=[(])|(?<=[^\W\d_:,] )|(?<=[^\W\d_][:,] ))([<>]) ?(?=\d)"),
        lambda match: f"{'más' if match[1] == '>' else 'menos'} de ",
        "Before a number alone: between two the signs compare.",
        (("rachas >90 km/h", "rachas más de noventa kilómetros por hora"), ("<5 años", "menos de cinco años")),
    ),
    Rule(
        "mark",
        re.compile(r"(?<=\d,\d)/(?=(?:10|5|100)(?!\w))|(?<=\d,\d\d)/(?=(?:10|5|100)(?!\w))"),
        lambda _: " sobre ",
        "A decimal over the best mark is no fraction.",
        (("un 9,5/10", "un nueve coma cinco sobre diez"),),
    ),
    Rule(
        "mark, a whole number",
        re.compile(
            r"(?<!\w)((?:[Uu]n|[Nn]otas?|[Pp]untuación|[Vv]aloración|[Dd]ificultad):? )"
            r"(\d{1,2})/(10|5|100)(?![\w/]|[.,]\d)"
        ),
        lambda match: f"{match[1]}{match[2]} sobre {match[3]}",
        "The same, where a word says that it is one.",
        (("le doy un 10/10", "le doy un diez sobre diez"), ("Nota: 7/10", "nota, siete sobre diez")),
    ),
    Rule(
        "secret number",
        re.compile(
            r"(?<!\w)((?:código|clave|contraseña|PIN|OTP)(?: de [^\W\d]{3,16})?(?: es)?:? )"
            r"(\d{3}[ -]?\d{3}|\d{4,8})(?!\w|[.,]\d)",
            re.IGNORECASE,
        ),
        lambda match: match[1] + ", ".join(digits(group) for group in re.findall(r"\d{1,4}", match[2])),
        "Typed digit by digit, so said so; before thousands with spaces.",
        (
            ("Tu código es 482 913.", "tu código es cuatro ocho dos, nueve uno tres."),
            ("PIN: 0423", "pin, cero cuatro dos tres"),
        ),
    ),
    Rule(
        "telephone",
        re.compile(
            r"(?<![\w.,/-])(?:(?:\+|00)(\d{1,3})[ -]?)?"
            r"(\(?(?:[6-9]\d{2}\)?([ -])\d{3}\3\d{3}|[6-9]\d{2}\)?([ -])\d{2}\4\d{2}\4\d{2}|"
            r"[89]\d\)?([ -])\d{3}\5\d{2}\5\d{2}))(?![\d/]|[.,-]\d)(?! ?[€$£%])"
        ),
        _telephone,
        "Nine digits in the groups of Spain; before thousands, which also have spaces between groups of three.",
        (
            ("912 345 678", "nueve uno dos, tres cuatro cinco, seis siete ocho"),
            ("91 234 56 78", "noventa y uno, dos tres cuatro, cincuenta y seis, setenta y ocho"),
            ("Llama al 900 123 456.", "llama al novecientos, uno dos tres, cuatro cinco seis."),
            ("+34 912 345 678", "más treinta y cuatro, nueve uno dos, tres cuatro cinco, seis siete ocho"),
        ),
    ),
    Rule(
        "telephone of another country",
        re.compile(r"(?<!\w)\+(\d{1,3})[ -](\(?\d{1,4}\)?(?:[ -]\d{2,4}){1,5})(?![\w/]|[.,-]\d)"),
        _telephone,
        "A plus, a country's number and groups; in any country's grouping.",
        (("+1 555 123 4567", "más uno, cinco cinco cinco, uno dos tres, cuatro cinco seis siete"),),
    ),
    Rule(
        "telephone in one",
        re.compile(r"(?<![\w.,/+-])([679]\d{8})(?![\w/]|[.,-]\d)(?! ?[€$£%])"),
        _unspaced_telephone,
        "Nine digits without a full stop between are a telephone number, not hundreds of millions.",
        (("Mi móvil es 612345678.", "mi móvil es seis uno dos, tres cuatro cinco, seis siete ocho."),),
    ),
    Rule(
        "telephone with its country in one",
        re.compile(r"(?<!\w)\+34 ?([6-9]\d{8})(?!\w)"),
        lambda match: "más treinta y cuatro, " + _unspaced_telephone(match),
        "The same behind the country's number.",
        (("+34612345678", "más treinta y cuatro, seis uno dos, tres cuatro cinco, seis siete ocho"),),
    ),
    Rule(
        "telephone of America",
        re.compile(r"(?<![\w.,/-])(\d{2,4})-(\d{3,4})-(\d{4})(?![\w/-]|[.,]\d)"),
        lambda match: ", ".join(map(digits, match.groups())),
        "Three groups with hyphens, the last of four.",
        (("el 11-4567-8901", "el uno uno, cuatro cinco seis siete, ocho nueve cero uno"),),
    ),
    Rule(
        "house of a street that has a number",
        re.compile(r"(?<=\d) ?# ?(\d{1,3}) ?- ?(\d{1,3})(?!\w)"),
        lambda match: f" número {match[1]}, {match[2]}",
        "Colombia's addresses: the next crossing, and the steps from there.",
        (("Calle 72 # 10-34", "calle setenta y dos número diez, treinta y cuatro"),),
    ),
    Rule(
        "model",
        re.compile(r"(?:(?<=[A-Za-z]\d)|(?<=Boeing \d{3}))-(?=\d{2})"),
        lambda _: ", ",
        "A hyphen within a name, before it is a difference or a span.",
        (
            ("el Boeing 737-800", "el boeing setecientos treinta y siete, ochocientos"),
            ("el i7-13700", "el i siete, trece mil setecientos"),
        ),
    ),
    Rule(
        "card number",
        re.compile(r"(?<![\w.,/-])\d{4}(?:([ -])\d{4})(?:\1\d{4}){1,5}(?:\1\d{1,3})?(?![\w/]|[.,-]\d)"),
        lambda match: ", ".join(digits(group) for group in re.findall(r"\d+", match[0])),
        "Three groups of four or more are a card or an account.",
        (("1234 5678 9012", "uno dos tres cuatro, cinco seis siete ocho, nueve cero uno dos"),),
    ),
    Rule(
        "long number",
        re.compile(r"(?<![\w.,])(?!\d*0{6}(?!\d))\d{10,}(?![\w]|[.,]\d)"),
        lambda match: ", ".join(digits(match[0][start : start + 3]) for start in range(0, len(match[0]), 3)),
        "Ten digits and more without a full stop name something, and count nothing.",
        (("pedido 1234567890", "pedido uno dos tres, cuatro cinco seis, siete ocho nueve, cero"),),
    ),
    Rule(
        "number plate",
        re.compile(r"(?<!\w)(\d{4})[ -]?([BCDFGHJKLMNPRSTVWXYZ]{3}|(?<=atrícula \d{4} )[A-Z]{3})(?!\w)"),
        lambda match: f"{digits(match[1])}, {spell(match[2])}",
        "Spanish plates have four digits and three consonants.",
        (("el coche 4821 KTR", "el coche cuatro ocho dos uno, ka te erre"),),
    ),
    Rule(
        "identity card",
        re.compile(r"(?<!\w)(\d{8})-?([A-Z])(?!\w)"),
        lambda match: f"{digits(match[1])} {spell(match[2])}",
        "A DNI's eight digits and letter.",
        (("12345678Z", "uno dos tres cuatro cinco seis siete ocho zeta"),),
    ),
    Rule(
        "address of a computer, version",
        re.compile(r"(?<![\w.,])\d{1,4}(?:\.\d{1,4}){2,4}(?![\w]|[.,]\d)(?<!\.\d{3}\.\d{3})"),
        _points,
        "More than one full stop, not before groups of three: numbers with points between.",
        (("versión 2.0.1", "versión dos punto cero punto uno"),
         ("192.168.1.20", "ciento noventa y dos punto ciento sesenta y ocho punto uno punto veinte")),
    ),
    Rule(
        "version behind its letter",
        re.compile(r"(?<!\w)[vV]\.? ?(\d+(?:\.\d+)*)(?!\w)"),
        lambda match: "versión " + " punto ".join(figures(part) for part in match[1].split(".")),
        "v2.0 is said in full.",
        (("v2.0", "versión dos punto cero"),),
    ),
    Rule(
        "thousands with full stops",
        re.compile(r"(?:(?<![\w.,])-?|(?<=[-$€£]))[1-9]\d{0,2}(?:\.\d{3}(?!\d))+(?:,\d+)?(?!\.?\d)"),
        _joined,
        "Spain's notation; in America a full stop can be the decimal mark, but hardly before exactly three digits.",
        (
            ("1.500", "mil quinientos"),
            ("1.234,56", "mil doscientos treinta y cuatro coma cincuenta y seis"),
            ("1.000.000", "un millón"),
        ),
    ),
    Rule(
        "thousands with spaces",
        re.compile(r"(?<![\w.,])(?<!\d )-?[1-9]\d{0,2}(?: \d{3})+(?:,\d+)?(?![\w.]*\d| \d)"),
        _joined,
        "The Academy's notation.",
        (("10 000 habitantes", "diez mil habitantes"),),
    ),
    Rule(
        "thousands with commas",
        re.compile(
            r"(?<![\w.,])-?[1-9]\d{0,2}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})(?![\w,]*\d)|"
            r"(?<=[$£])[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?(?!\d)|(?<=[$£] )[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?(?!\d)|"
            r"(?<![\w.,])[1-9]\d{0,2}(?:,\d{3})+(?= ?(?:\$|£|US\$|USD|MXN|dólares|pesos))"
        ),
        _joined_english,
        "Mexico's and English notation, where it cannot be a decimal: two commas, a decimal point, dollars.",
        (
            ("1,500.50", "mil quinientos coma cincuenta"),
            ("$1,500", "mil quinientos dólares"),
            ("2,500,000", "dos millones quinientos mil"),
            ("1,500", "uno coma quinientos"),
        ),
    ),
    Rule(
        "decimals behind an apostrophe",
        re.compile(r"(?<![\w.,'])(\d+)'(\d{1,2})(?![\w'])"),
        lambda match: f"{match[1]},{match[2]}",
        "An old way to write decimals in Spain.",
        (("10'5", "diez coma cinco"),),
    ),
    Rule(
        "times",
        re.compile(r"(?:(?<=\d)|(?<=\d m)|(?<=\d cm)|(?<=\d mm)) ?([x×X*÷·]) ?(?=\d)|(?<!\w)([x×])(?=\d)"),
        _maths,
        "x between numbers, in sums and sizes; before spans and units.",
        (
            ("2 x 3 = 6", "dos por tres igual a seis"),
            ("10x15 cm", "diez por quince centímetros"),
            ("2 m x 3 m", "dos metros por tres metros"),
            ("ofertas x2", "ofertas por dos"),
        ),
    ),
    Rule(
        "span of signed quantities",
        re.compile(r"(?<=\d)( ?(?:[%€$£]|[°º]C?|km|kg|cm|m|h)) ?[-–—] ?(?=\d)"),
        lambda match: f"{match[1]} a ",
        'Between quantities with their signs a dash is "a".',
        (
            ("del 10 %-15 %", "del diez por ciento a quince por ciento"),
            ("200º-220º", "doscientos grados a doscientos veinte grados"),
        ),
    ),
    Rule(
        "difference",
        re.compile(
            r"(?<![\w.,-])(\d+(?:,\d+)?) ?[-–] ?(\d+(?:,\d+)?)(?= ?=)|"
            r"(?<![\w.,-])(\d+(?:,\d+)?) - (\d+(?:,\d+)?)(?![\w-])"
        ),
        _difference,
        "Before = a hyphen is a minus; so is one with spaces before a smaller number.",
        (("10-4=6", "diez menos cuatro igual a seis"), ("8 - 3", "ocho menos tres"), ("10 - 15", "diez a quince")),
    ),
    Rule(
        "span",
        re.compile(
            r"(?<![\w.,:/])(?<!\d[-–])(?!0\d)(\d+(?:[.,]\d+)?)(?:[-–—~]| [–—~] )"
            r"(?!0\d)(?=\d+(?:[.,]\d+)?(?!\d|[-–/:]\d))"
        ),
        lambda match: f"{match[1]} a ",
        'From one to the other: "diez a quince". Scores and years are said so too.',
        (
            ("10-15", "diez a quince"),
            ("1990–2000", "mil novecientos noventa a dos mil"),
            ("10-15 km", "diez a quince kilómetros"),
            ("50~60", "cincuenta a sesenta"),
            ("ganó 3-1", "ganó tres a uno"),
        ),
    ),
    Rule(
        "scale",
        re.compile(r"(?<![\w.,:])(\d{1,3}):(?=(?:\d|[1-9]\d{2,})(?![\d:])|\d+(?:[.]\d{3})+(?!\d))"),
        lambda match: f"{match[1]} a ",
        "Two numbers around a colon that are no time of day: a scale or a proportion.",
        (("escala 1:50.000", "escala uno a cincuenta mil"),),
    ),
)


LATE = (
    Rule(
        "ordinal",
        re.compile(
            r"(?<![\w.,/])(\d{1,4})(?:\.? ?([ºª°])|"
            r"\.?(er|ro|do|to|mo|vo|no|ra|da|ta|ma|va|na|a|o|os|as)(?!\w)(?:\.(?= [a-z]))?)(?!\d)"
            + _AFTER
        ),
        _ordinal,
        "Of the sign's gender; primero and tercero are shortened before a noun.",
        (
            ("1.º", "primero"),
            ("la 2.ª planta", "la segunda planta"),
            ("3er piso", "tercer piso"),
            ("los 1.os", "los primeros"),
            ("1º premio", "primer premio"),
            ("25.ª edición", "vigésima quinta edición"),
            ("1.º de mayo", "primero de mayo"),
        ),
    ),
    Rule(
        "number and fraction",
        re.compile(r"(?<![\w/.,])(\d{1,4}) (\d)/([2-9]|10)(?![\w/]|[.,]\d)" + _AFTER),
        _mixed,
        "Before fractions.",
        (("2 1/2", "dos y medio"), ("1 3/4", "uno y tres cuartos")),
    ),
    Rule(
        "division",
        re.compile(r"(?<=\d) ?/ ?(?=\d+(?:,\d+)? ?=)|(?<=\d) / (?=\d)"),
        lambda _: " entre ",
        "Before = or with spaces, a slash divides.",
        (("10/2=5", "diez entre dos igual a cinco"), ("9 / 3", "nueve entre tres")),
    ),
    Rule(
        "fraction",
        re.compile(r"(?<![\w/.,])(\d{1,4})/(\d{1,4})(?![\w/]|[.,]\d)" + _AFTER),
        _fraction,
        "Proper ones and those of small parts; the rest are numbers beside a slash.",
        (
            ("1/2", "un medio"),
            ("3/4 de taza", "tres cuartos de taza"),
            ("1/2 hora", "media hora"),
            ("1/12", "un doceavo"),
            ("120/80", "ciento veinte barra ochenta"),
        ),
    ),
    Rule(
        "fraction in one character",
        re.compile(rf"(?<!\d)(\d*) ?([{''.join(_VULGAR)}]){_AFTER}"),
        _vulgar,
        "A half alone goes with its noun: media taza.",
        (
            ("½ taza", "media taza"),
            ("1½", "uno y medio"),
            ("1½ tazas", "una y media tazas"),
            ("¼ de hora", "un cuarto de hora"),
        ),
    ),
    Rule(
        "power",
        re.compile(r"(?<=[\w)])(?:([⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\^(\d+))"),
        _power,
        "After units, which have their own squares.",
        (("x²", "equis al cuadrado"), ("10⁶", "diez elevado a seis"), ("2^3", "dos al cubo")),
    ),
    Rule(
        "comparison",
        re.compile(r" ?([<>≤≥≠≈]) ?(?=-?\d)|(?<=\w) ([<>≤≥≠≈]) (?=\w)"),
        _maths,
        "Before numbers; elsewhere these are brackets or faces.",
        (("5 > 3", "cinco mayor que tres"), ("x > z", "equis mayor que zeta"), ("≥18", "mayor o igual que dieciocho")),
    ),
    Rule(
        "about",
        re.compile(r"(?<![\w~])~ ?(?=\d)"),
        lambda _: "aproximadamente ",
        "A tilde before a number.",
        (("~50", "aproximadamente cincuenta"),),
    ),
    Rule(
        "sum",
        re.compile(r"(?<=[\w)]) ?([+=±]) ?(?=[-\w(])"),
        _maths,
        "Between what it joins, and before signs.",
        (("2+2=4", "dos más dos igual a cuatro"), ("3-8=-5", "tres menos ocho igual a menos cinco")),
    ),
    Rule(
        "oxide of nitrogen",
        re.compile(r"(?<!\w)NO(?=[2₂x](?!\w))"),
        lambda _: "N O ",
        "NO is a word elsewhere.",
        (("el NO2", "el ene o dos"),),
    ),
    Rule(
        "decimal behind letters",
        re.compile(r"(?<=[A-Z])(\d{1,2})[.,](\d)(?!\w|[.,]\d)"),
        lambda match: f" {figures(match[1])} punto {figures(match[2])} ",
        "Before its digits are those of a code.",
        (("las PM2.5", "las pe eme dos punto cinco"),),
    ),
    Rule(
        "letters and digits",
        re.compile(r"(?<=[^\W\d_])-?(\d+)(?:-(?=[^\W\d_]))?"),
        _code,
        "Codes: A6, MP3, COVID-19, and IB3456 digit by digit.",
        (
            ("la A6", "la a seis"),
            ("COVID-19", "covid diecinueve"),
            ("R2-D2", "erre dos de dos"),
            ("IB3456", "i be tres cuatro cinco seis"),
        ),
    ),
)


PLAIN = (
    Rule(
        "plain number",
        re.compile(r"(?:(?:(?<=\s)|(?<=\A)|(?<=[(¿¡\"]))(-))?(?<!\w)(\d+(?:[.,]\d+)?)(?!\w)(?![.,]\d)"),
        _plain,
        "Last of the numbers. A noun behind it says un or una; a decimal comma is said, a point as well.",
        (
            ("-5", "menos cinco"),
            ("3,14", "tres coma catorce"),
            ("3,05", "tres coma cero cinco"),
            ("21 años", "veintiún años"),
            ("1 casa", "una casa"),
            ("500 personas", "quinientas personas"),
            ("a las 21", "a las veintiuna"),
            ("1 de mayo", "uno de mayo"),
            ("007", "cero cero siete"),
            ("versión 3.2", "versión tres punto dos"),
            ("1.5 millones", "uno coma cinco millones"),
        ),
    ),
    Rule(
        "digits left over",
        re.compile(r"\d+"),
        lambda match: f" {figures(match[0])} ",
        "Whatever they stood in, they are said.",
        (("el 5G", "el cinco ge"), ("3D", "tres de"), ("el 23-F", "el veintitrés efe")),
    ),
)
