"""Money, percentages, measures: a number with what it counts."""

from __future__ import annotations

import re
from typing import NamedTuple

from edge.text.es.normaliser.numbers import Form, cardinal, fraction, is_one, spoken
from edge.text.es.normaliser.stops import stop_after
from edge.text.rules import Rule


class _Noun(NamedTuple):
    one: str
    many: str
    form: Form = "un"


def _table(text: str, form: Form) -> dict[str, _Noun]:
    """Read lines of `sign sign: one, many`."""
    table = {}
    for line in text.strip().splitlines():
        signs, _, words = line.strip().rpartition(": ")
        one, _, many = words.partition(", ")
        table.update({sign: _Noun(one, many or one + "s", form) for sign in signs.split()})
    return table


_CURRENCIES = _table(
    """
    € EUR: euro
    $ US$ USD U$S: dólar, dólares
    MXN MX$: peso
    ARS AR$: peso
    CLP: peso
    COP COL$: peso
    UYU: peso
    ¥ JPY: yen, yenes
    CNY: yuan, yuanes
    CHF: franco
    ₽ RUB: rublo
    R$ BRL: real, reales
    S/ S/. PEN: sol, soles
    CAD CA$: dólar canadiense, dólares canadienses
    AUD AU$: dólar australiano, dólares australianos
    ₿ BTC: bitcoin, bitcoins
    ₩ KRW: won, wones
    """,
    "un",
) | _table(
    """
    £ GBP: libra
    ₹ INR: rupia
    SEK NOK DKK: corona
    ₺ TRY: lira
    """,
    "una",
)
_HUNDREDTHS = {"libra": ("penique", "peniques"), "dólar": ("centavo", "centavos"), "peso": ("centavo", "centavos")}

# In everyday words: kilos and not kilogramos, gigas and not gigabytes.
_UNITS = _table(
    """
    km Km KM kms Kms: kilómetro
    m: metro
    dm: decímetro
    cm: centímetro
    mm: milímetro
    nm: nanómetro
    kg Kg KG kgs: kilo
    g gr grs: gramo
    mg: miligramo
    μg mcg: microgramo
    l L lt lts: litro
    dl dL: decilitro
    cl cL: centilitro
    ml mL: mililitro
    hl hL: hectolitro
    min mins: minuto
    s seg: segundo
    ms: milisegundo
    km² km2: kilómetro cuadrado, kilómetros cuadrados
    m² m2: metro cuadrado, metros cuadrados
    cm² cm2: centímetro cuadrado, centímetros cuadrados
    mm² mm2: milímetro cuadrado, milímetros cuadrados
    km³ km3: kilómetro cúbico, kilómetros cúbicos
    m³ m3: metro cúbico, metros cúbicos
    cm³ cm3 cc: centímetro cúbico, centímetros cúbicos
    dm³ dm3: decímetro cúbico, decímetros cúbicos
    s²: segundo al cuadrado, segundos al cuadrado
    °C ºC: grado centígrado, grados centígrados
    °F ºF: grado fárenjait, grados fárenjait
    °: grado
    K: kelvin, kelvin
    kWh KWh kwh: kilovatio hora, kilovatios hora
    Wh: vatio hora, vatios hora
    MWh: megavatio hora, megavatios hora
    GWh: gigavatio hora, gigavatios hora
    W: vatio
    kW KW kw: kilovatio
    MW: megavatio
    GW: gigavatio
    V: voltio
    kV: kilovoltio
    mV: milivoltio
    A: amperio
    mA: miliamperio
    mAh: miliamperio hora, miliamperios hora
    Ah: amperio hora, amperios hora
    Ω: ohmio
    kΩ: kiloohmio
    Hz hz: hercio
    kHz khz KHz: kilohercio
    MHz: megahercio
    GHz: gigahercio
    dB db: decibelio
    bit: bit
    kB KB Kb: kilobáit
    MB: mega
    GB: giga
    TB: tera
    PB: peta
    MiB: mebibáit
    GiB: gibibáit
    kbps: kilobit por segundo, kilobits por segundo
    Mb: megabit
    Mbps Mbit/s Mb/s: megabit por segundo, megabits por segundo
    Gbps Gbit/s Gb/s: gigabit por segundo, gigabits por segundo
    J: julio
    kJ: kilojulio
    N: niutón, niutones
    Pa: pascal, pascales
    hPa: hectopascal, hectopascales
    kPa: kilopascal, kilopascales
    bar: bar, bares
    mbar: milibar, milibares
    lm: lumen, lúmenes
    mol: mol, moles
    CV cv: caballo
    px: píxel, píxeles
    MP Mpx: megapíxel, megapíxeles
    fps: fotograma por segundo, fotogramas por segundo
    ppp dpi: punto por pulgada, puntos por pulgada
    ppm: parte por millón, partes por millón
    pt pts: punto
    """,
    "un",
) | _table(
    """
    t tm Tm: tonelada
    h hs hrs hr: hora
    ha Ha: hectárea
    cal: caloría
    kcal Kcal: kilocaloría
    rpm: revolución por minuto, revoluciones por minuto
    lpm: pulsación por minuto, pulsaciones por minuto
    atm: atmósfera
    lb lbs: libra
    oz: onza
    μm um: micra
    ud uds: unidad, unidades
    """,
    "una",
)

# What a unit without a number may be: letters that are no word and no name.
_ALONE = "km/h Km/h m/s km² m² cm² m³ cm³ °C kWh kg km Km cm mm mg ml kW MHz GHz kcal".split()
_SINGULAR_BEFORE = re.compile(r"(?:\b(?:por|el|un|al|del|cada|medio|cuarto de|tercio de)|/) ?\Z", re.IGNORECASE)
_PREFIXES = {
    "k": "mil", "K": "mil", "M": "millones", "MM": "millones", "mill.": "millones", "mil": "mil", "millón": "millón",
    "millones": "millones", "mil millones": "mil millones", "billones": "billones",
}  # fmt: skip


def _any_of(signs: list[str] | dict[str, _Noun]) -> str:
    return "|".join(re.escape(sign) for sign in sorted(signs, key=len, reverse=True))


_NUMBER = r"(?:(?<![\w.,/])|(?<=[(¿¡\"]))(-?\d+(?:[.,]\d+)?)"
_SCALE = r"(?: ?(mil millones|millones|millón|mil|billones|mill\.|MM|M|K|k)(?!\w))?"
_SCALE_BEFORE_SIGN = r"(?: ?(mil millones|millones|millón|mil|billones|mill\.|MM|M|K|k)(?: de)?)?"
_UNIT = _any_of(_UNITS)
_BY = rf"{_UNIT}|[a-záéíóúñ]{{3,12}}"
_SIGN = _any_of(_CURRENCIES)
_SYMBOL = _any_of([sign for sign in _CURRENCIES if not sign.isalpha()])


def _money(number: str, scale: str | None, noun: _Noun) -> str:
    """Say an amount; one decimal or two are a price's hundredths: "tres euros con cincuenta céntimos"."""
    if scale:
        scale = _PREFIXES[scale]
        one = number == "1" and scale in {"mil", "millones", "millón"}
        if scale == "mil":
            return f"{'' if one else spoken(number, noun.form) + ' '}mil {noun.many}"
        return f"{spoken(number, 'un')} {'millón' if one else scale} de {noun.many}"
    whole, _, decimals = number.replace(".", ",").partition(",")
    if 1 <= len(decimals) <= 2:  # noqa: PLR2004
        return _with_hundredths(whole, int(decimals.ljust(2, "0")), noun)
    if decimals:
        return f"{spoken(number)} {noun.many}"
    # "un millón de euros".
    between = " de " if len(whole.lstrip("-")) > 6 and whole.endswith("000000") else " "  # noqa: PLR2004
    return spoken(number, noun.form) + between + (noun.one if is_one(number) else noun.many)


def _with_hundredths(whole: str, hundredths: int, noun: _Noun) -> str:
    if noun.form == "una" and noun.one != "libra":
        return f"{spoken(f'{whole},{hundredths:02}')} {noun.many}"
    cent, cents = _HUNDREDTHS.get(noun.one.split()[0], ("céntimo", "céntimos"))
    rest = f"{cardinal(hundredths, 'un')} {cent if hundredths == 1 else cents}"
    if whole in {"0", "-0"}:
        return ("menos " if whole.startswith("-") else "") + (rest if hundredths else f"cero {noun.many}")
    said = f"{spoken(whole, noun.form)} {noun.one if is_one(whole) else noun.many}"
    return f"{said} con {rest}" if hundredths else said


def _sign_first(match: re.Match[str]) -> str:
    minus = match[1]
    return _money(minus + match[3], match[4], _CURRENCIES[match[2]]) + " "


def _sign_last(match: re.Match[str]) -> str:
    return _money(match[1], match[2], _CURRENCIES[match[3]]) + _per(match[4])


def _per(unit: str | None) -> str:
    """Say what a rate is by, a unit or a word: "por kilo", "por mes"."""
    if not unit:
        return ""
    return f" por {_UNITS[unit].one if unit in _UNITS else unit}"


def _measure(match: re.Match[str]) -> str:
    number, unit = match[1], _UNITS[match[2]]
    noun = unit.one if is_one(number) else unit.many
    return f"{spoken(number, unit.form)} {noun}{_per(match[3])}{stop_after(match)}"


def _part_of_unit(match: re.Match[str]) -> str:
    whole, numerator, denominator, half = match[1], match[2], match[3], match[4]
    unit = _UNITS[match[5]]
    gendered = "media" if unit.form == "una" else "medio"
    if whole:
        part = gendered if half or denominator == "2" else fraction(int(numerator), int(denominator))
        return f"{spoken(whole, unit.form)} {unit.one if whole == '1' else unit.many} y {part}"
    if half or (numerator, denominator) == ("1", "2"):
        return f"{gendered} {unit.one}"
    return f"{fraction(int(numerator), int(denominator))} de {unit.one}"


def _alone(match: re.Match[str]) -> str:
    unit, _, per = match[1].partition("/")
    before = match.string[max(0, match.start() - 12) : match.start()]
    noun = _UNITS[unit]
    is_label = match.string[match.end() : match.end() + 2].lstrip().isdigit()
    said = noun.one if is_label or (_SINGULAR_BEFORE.search(before) and not per) else noun.many
    return f"{said} por {_UNITS[per].one}" if per else said


def _alone_per(match: re.Match[str]) -> str:
    return f"{_CURRENCIES[match[1]].many} por {_UNITS[match[2]].one}"


def _inches(match: re.Match[str]) -> str:
    is_closing = match.string[max(0, match.start() - 80) : match.start()].count('"') % 2
    return match[0] if is_closing else f"{spoken(match[1], 'una')} {'pulgada' if is_one(match[1]) else 'pulgadas'}"


def _percent(match: re.Match[str]) -> str:
    if match[2] == "‰":
        return f"{spoken(match[1])} por mil"
    return "cien por cien" if match[1] == "100" else f"{spoken(match[1])} por ciento"


RULES = (
    Rule(
        "degrees by the ordinal's sign",
        re.compile(r"(?<=\d)( ?)º(?= ?[CF](?!\w))( ?)"),
        lambda _: " °",
        "Keyboards in Spain have º and no degree sign.",
        (("25 ºC", "veinticinco grados centígrados"), ("25º C", "veinticinco grados centígrados")),
    ),
    Rule(
        "degrees without a scale by the ordinal's sign",
        re.compile(
            r"(?<![\w.,])(-?(?:1[3-9]|[2-9]\d|[1-9]\d\d|\d{1,3},\d)|-\d+)º(?<!el \d\dº)(?<!la \d\dº)(?! ?\d)"
            r"(?! (?!(?:y|o|a|en|durante|con|bajo|sobre|hasta|por)\b)\w)"
        ),
        lambda match: f"{match[1]}°",
        "25º before no noun is a temperature; the first twelve are ordinals, which are written so.",
        (
            ("Hoy hace 25º.", "hoy hace veinticinco grados."),
            ("a 180º durante una hora", "a ciento ochenta grados durante una hora"),
            ("Hornea a 200º.", "hornea a doscientos grados."),
            ("Fiebre de 38,5º", "fiebre de treinta y ocho coma cinco grados"),
            ("el 25º", "el vigésimo quinto"),
        ),
    ),
    Rule(
        "two temperatures",
        re.compile(r"(?<=°)( ?[CF]?) ?/ ?(?=-?\d+ ?[°º])"),
        lambda match: f"{match[1]}, ",
        "The most and the least of a day, or an oven's two; before what a rate is by.",
        (("34ºC/19ºC", "treinta y cuatro grados centígrados, diecinueve grados centígrados"),),
    ),
    Rule(
        "spaced degree",
        re.compile(r"(?<=\d) ?° ?(?=[CF](?!\w))"),
        lambda _: " °",
        "One way to write it for the table of units.",
        (("25° C", "veinticinco grados centígrados"), ("37,5°C", "treinta y siete coma cinco grados centígrados")),
    ),
    Rule(
        "sign and name of the same money",
        re.compile(
            rf"(?<![\w$€£])\$ ?(?=\d+(?:[.,]\d+)?(?:{_SCALE_BEFORE_SIGN}) ?"
            r"(?:MXN|COP|CLP|ARS|UYU|USD|CAD|AUD|(?:de )?(?:pesos|dólares|soles))(?!\w))"
        ),
        lambda _: "",
        "Said once, by the name, which tells whose it is.",
        (("$1,299.00 MXN", "mil doscientos noventa y nueve pesos"), ("$ 15.000 pesos", "quince mil pesos")),
    ),
    Rule(
        "money with the sign first",
        re.compile(rf"(?<![\w$€£])(-?)({_SYMBOL}|(?:USD|EUR|GBP)(?= ?\d)) ?(\d+(?:[.,]\d+)?)(?!\w){_SCALE}(?!\w)"),
        _sign_first,
        "As in America and in English; the sign is said behind the number.",
        (
            ("$100", "cien dólares"),
            ("US$ 2,50", "dos dólares con cincuenta centavos"),
            ("£20", "veinte libras"),
            ("€ 5 millones", "cinco millones de euros"),
        ),
    ),
    Rule(
        "money with the sign last",
        re.compile(rf"{_NUMBER}{_SCALE_BEFORE_SIGN} ?({_SIGN})(?![\w$])(?: ?/ ?({_BY})(?![\w²³]))?"),
        _sign_last,
        "The sign last is the Academy's order. Decimals are céntimos (American dollars and pesos: centavos).",
        (
            ("1.500 €", "mil quinientos euros"),
            ("3,50 €", "tres euros con cincuenta céntimos"),
            ("0,99 €", "noventa y nueve céntimos"),
            ("1 €", "un euro"),
            ("21 £", "veintiuna libras"),
            ("2,5 M€", "dos coma cinco millones de euros"),
            ("3 €/kg", "tres euros por kilo"),
            ("850 €/mes", "ochocientos cincuenta euros por mes"),
            ("1.000.000 €", "un millón de euros"),
        ),
    ),
    Rule(
        "currency by a unit",
        re.compile(rf"(?<!\w)({_SYMBOL}) ?/ ?({_UNIT})(?![\w²³])"),
        _alone_per,
        "A price's unit at the head of a column.",
        (("en €/kWh", "en euros por kilovatio hora"),),
    ),
    Rule(
        "percent",
        re.compile(rf"{_NUMBER} ?([%‰])"),
        _percent,
        "One is not shortened before por ciento (the Academy: veintiuno por ciento); a hundred is cien por cien.",
        (
            ("50 %", "cincuenta por ciento"),
            ("un 1 %", "un uno por ciento"),
            ("12,5%", "doce coma cinco por ciento"),
            ("al 100 %", "al cien por cien"),
            ("un 3.5 %", "un tres coma cinco por ciento"),
        ),
    ),
    Rule(
        "inches",
        re.compile(r"(?<![\w.,])(\d+(?:,\d+)?) ?(?:″|''|\")(?!\w)"),
        _inches,
        "A quotation mark behind a number, where none is open.",
        (('una tele de 55"', "una tele de cincuenta y cinco pulgadas"), ('"Somos 21", dijo', "somos veintiuno, dijo")),
    ),
    Rule(
        "thousands and millions by a letter",
        re.compile(
            r"(?<=\d) ?(k(?= [^\W\d_]{3})|M(?= de\b)|"
            r"K(?= (?:seguidor|suscriptor|usuari|visita|reproduccion|like|persona|euro|dólar|peso)))"
        ),
        lambda match: " millones" if match[1] == "M" else " mil",
        "Before what they count; before other words 4K is a screen's size.",
        (
            ("10k seguidores", "diez mil seguidores"),
            ("10K seguidores", "diez mil seguidores"),
            ("5 M de euros", "cinco millones de euros"),
        ),
    ),
    Rule(
        "thousands of points",
        re.compile(r"(?<=\d)K(?!\w)"),
        lambda _: " ka ",
        "4K is a screen's size; kelvin stand apart from their number.",
        (("4K", "cuatro ka"), ("300 K", "trescientos quélvin")),
    ),
    Rule(
        "floor and door",
        re.compile(r"(?<=\d, )(\d{1,2}) ?([A-H])(?!\w)"),
        lambda match: f"{cardinal(int(match[1]))} {match[2]}",
        "Behind a street's number, A is a door and no ampere.",
        (("c/ Mayor, 5, 3 A", "calle mayor, cinco, tres a"),),
    ),
    Rule(
        "hours and minutes",
        re.compile(r"(?<![\w.,])(\d{1,3}) ?h ?(\d{1,2}) ?(?:min|m)(?!\w)\.?"),
        lambda match: f"{spoken(match[1], 'una')} {'hora' if is_one(match[1]) else 'horas'} y {spoken(match[2], 'un')} "
        f"{'minuto' if is_one(match[2]) else 'minutos'}{stop_after(match)}",
        "A duration: there m is minutes.",
        (("1 h 30 min", "una hora y treinta minutos"), ("2h 5m", "dos horas y cinco minutos")),
    ),
    Rule(
        "litres by a hundred kilometres",
        re.compile(r"(?<=\d) ?l ?/ ?100 ?km(?!\w)"),
        lambda _: " l cada 100 km",
        "Before l is by a word.",
        (("5,6 l/100 km", "cinco coma seis litros cada cien kilómetros"),),
    ),
    Rule(
        "part of a unit",
        re.compile(rf"(?<![\w.,/])(?:(\d+)(?: (?=\d+/)|(?=½)))?(?:([1-9])/([2-9]|10)|(½)) ?({_UNIT})(?![\w²³/])"),
        _part_of_unit,
        "Medio kilo, and not un medio kilos; before fractions and units alone.",
        (
            ("½ kg", "medio kilo"),
            ("1/2 h", "media hora"),
            ("3/4 l", "tres cuartos de litro"),
            ("1 1/2 kg", "un kilo y medio"),
        ),
    ),
    Rule(
        "measure",
        re.compile(rf"{_NUMBER} ?({_UNIT})(?: ?/ ?({_BY}))?(?![\w²³°/$€])\.?"),
        _measure,
        "A unit is plural but after 1, and has a gender.",
        (
            ("3,5 kg", "tres coma cinco kilos"),
            ("25 °C", "veinticinco grados centígrados"),
            ("-5 °C", "menos cinco grados centígrados"),
            ("120 km/h", "ciento veinte kilómetros por hora"),
            ("5 m²", "cinco metros cuadrados"),
            ("21 h", "veintiuna horas"),
            ("200 t", "doscientas toneladas"),
            ("1 g", "un gramo"),
            ("16 GB", "dieciséis gigas"),
        ),
    ),
    Rule(
        "degrees left over",
        re.compile(r" ?°"),
        lambda _: " grados ",
        "A degree that no unit took.",
        (("los ° del termómetro", "los grados del termómetro"),),
    ),
)

ALONE = (
    Rule(
        "unit alone",
        re.compile(rf"(?<![\w./-])({_any_of(_ALONE)})(?![\w²³/-])(?:\.(?= ?\d))?"),
        _alone,
        "In words too, singular after por, el and the like, and before a number.",
        (
            ("km. 5", "kilómetro cinco"),
            ("el precio por m²", "el precio por metro cuadrado"),
            ("en km/h", "en kilómetros por hora"),
        ),
    ),
)
