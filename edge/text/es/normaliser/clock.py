"""Dates and times of day."""

from __future__ import annotations

import re

from edge.text.es.normaliser.numbers import cardinal, figures, spoken
from edge.text.es.normaliser.stops import stop_after
from edge.text.rules import Rule

_MONTHS = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
).split()
_SHORT_MONTHS = {month[:3]: month for month in _MONTHS} | {"sept": "septiembre", "set": "septiembre"}
_SHORT_DAYS = {
    "lun": "lunes", "mar": "martes", "mié": "miércoles", "mie": "miércoles", "jue": "jueves", "vie": "viernes",
    "sáb": "sábado", "sab": "sábado", "dom": "domingo",
}  # fmt: skip
_DAYS = {
    "L": "lunes", "M": "martes", "X": "miércoles", "J": "jueves", "V": "viernes", "S": "sábado", "D": "domingo",
}  # fmt: skip
_OPENING = re.compile(r"(?<!\d)'")
_MONTH_LENGTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Laws and files are numbered within a year: "Ley 8/2020".
_NUMBERED_BY_YEAR = re.compile(
    r"(?:ley|decreto|RD|RDL|orden|sentencia|directiva|reglamento|resolución|expediente|acta|recurso|número|n\.º|nº) \Z",
    re.IGNORECASE,
)


def _date(day: int, month: int, year: str) -> str | None:
    """Say a date; None if there is no such day. A month that cannot be one is a day, as in the United States."""
    if month > len(_MONTHS) and day <= len(_MONTHS):
        day, month = month, day
    if not (1 <= month <= len(_MONTHS) and 1 <= day <= _MONTH_LENGTH[month - 1]):
        return None
    return f"{cardinal(day)} de {_MONTHS[month - 1]}" + (f" de {_year(year)}" if year else "")


def _year(year: str) -> str:
    """Say a year; of two digits, the one within 50 years of 2000."""
    if len(year) > 2:  # noqa: PLR2004
        return cardinal(int(year))
    return cardinal(int(year) + (2000 if int(year) < 50 else 1900))  # noqa: PLR2004


def _day_first(match: re.Match[str]) -> str:
    return _date(int(match[1]), int(match[3]), match[4]) or match[0]


def _year_first(match: re.Match[str]) -> str:
    return _date(int(match[4]), int(match[3]), match[1]) or match[0]


def _day_of_month(match: re.Match[str]) -> str:
    return _date(int(match[2]), int(match[3]), "") or match[0]


def _month_and_year(match: re.Match[str]) -> str:
    if _NUMBERED_BY_YEAR.search(match.string[max(0, match.start() - 16) : match.start()]):
        return f"{match[1]} barra {match[2]}"
    return f"{_MONTHS[int(match[1]) - 1]} de {_year(match[2])}"


def _hour(hour: int, minute: int) -> str:
    """Say hours and minutes, without an article: "nueve y cuarto", "catorce treinta", "catorce horas"."""
    said = cardinal(hour, "una")
    half_day = 1 <= hour <= 12  # noqa: PLR2004
    if minute == 0:
        return said if half_day else said + (" hora" if hour == 1 else " horas")
    if half_day and minute in {15, 30}:
        return said + (" y cuarto" if minute == 15 else " y media")  # noqa: PLR2004
    if minute == 1:
        return f"{said}{'' if half_day else ' horas'} y un minuto"
    if minute < 10:  # noqa: PLR2004
        return f"{said} y {cardinal(minute)}"
    return f"{said} {cardinal(minute)}"


def _part_of_day(hour: int, half: str) -> str:
    """Say a.m. or p.m. as in Spain; in America the evening, "de la noche", begins at 7."""
    if half.lower() == "a":
        if hour == 12:  # noqa: PLR2004
            return "de la noche"
        return "de la madrugada" if hour < 6 else "de la mañana"  # noqa: PLR2004
    if hour == 12:  # noqa: PLR2004
        return "del mediodía"
    return "de la tarde" if hour < 9 else "de la noche"  # noqa: PLR2004


def _time(match: re.Match[str]) -> str:
    hour, minute, second, half = int(match[1]), int(match[2]), match[3], match[4]
    if second:
        minutes = f"{cardinal(minute, 'un')} minuto" + ("" if minute == 1 else "s")
        seconds = f"{cardinal(int(second), 'un')} segundo" + ("" if int(second) == 1 else "s")
        return f"{cardinal(hour, 'una')} hora{'' if hour == 1 else 's'}, {minutes} y {seconds}"
    if half and hour:
        said = cardinal(hour, "una") if minute == 0 else _hour(hour, minute)
        part = f" {_part_of_day(hour, half)}" if hour <= 12 else ""  # noqa: PLR2004 (14:00 p. m. is a slip)
        return said + part + stop_after(match)
    if match["hours"] and minute == 0:
        return f"{cardinal(hour, 'una')} hora{'' if hour == 1 else 's'}{stop_after(match)}"
    return _hour(hour, minute) + stop_after(match)


def _duration(match: re.Match[str]) -> str:
    """Say hours, minutes and seconds as a length of time; what it has of them."""
    parts = [
        f"{cardinal(int(number), 'una' if noun == 'hora' else 'un')} {noun}{'' if int(number) == 1 else 's'}"
        for number, noun in zip(match.groups(), ("hora", "minuto", "segundo"), strict=True)
        if number
    ]
    return " y ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _lap(match: re.Match[str]) -> str:
    minutes = f"{cardinal(int(match[1]), 'un')} minuto" + ("" if match[1] == "1" else "s")
    return f"{minutes} y {spoken(f'{int(match[2])},{match[3]}')} segundos"


def _minutes(match: re.Match[str]) -> str:
    """An apostrophe behind a number, unless it closes a quotation."""
    if len(_OPENING.findall(match.string[max(0, match.start() - 80) : match.start()])) % 2:
        return match[0]
    if match[1]:  # "el 23'": which of them
        return f"{match[1]}minuto {match[2]}"
    return f"{cardinal(int(match[2]), 'un')} minuto{'' if match[2] == '1' else 's'}"


def _days(match: re.Match[str]) -> str:
    first, last = _DAYS[match[1]], _DAYS[match[2]]
    is_told = match.string[max(0, match.start() - 3) : match.start()] == "de "
    return f"{'' if is_told else 'de '}{first} a {last}"


def _whole_hour(match: re.Match[str]) -> str:
    return f"{cardinal(int(match[1]), 'una')} {_part_of_day(int(match[1]), match[2])}{stop_after(match)}"


def _decade(match: re.Match[str]) -> str:
    return figures(match[1])


_HALF = r"([aApP])\.? ?[mM]\b\.?"
_HOURS = r"(?P<hours> ?(?:h|hs|hrs|horas?)\b\.?)?"
_SHORT_MONTH = "|".join(_SHORT_MONTHS)

DAYS = (
    Rule(
        "days by their letters",
        re.compile(r"(?<![\w-])([LMXJVSD])(?: ?[-–] ?| a )(?!\1)([JVSD])(?![\w-])"),
        _days,
        "In opening hours, where X is Wednesday, as M is Tuesday; before hyphens within words.",
        (
            ("L-V de 9 a 14 h", "de lunes a viernes de nueve a catorce horas"),
            ("de L a D, a las 8", "de lunes a domingo, a las ocho"),
        ),
    ),
)

RULES = (
    Rule(
        "date and time of a computer",
        re.compile(r"(?<=\d\d-\d\d)T(?=\d\d:\d\d)(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"),
        lambda match: f" a las {match[1][:5]}",
        "ISO 8601; before the date, whose end it marks.",
        (("2026-10-12T14:30:00Z", "doce de octubre de dos mil veintiséis a las catorce treinta"),),
    ),
    Rule(
        "year, month, day",
        re.compile(r"(?<![\d/.-])(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?![\d/]|[.-]\d)"),
        _year_first,
        "ISO 8601 dates.",
        (("2026-10-12", "doce de octubre de dos mil veintiséis"),),
    ),
    Rule(
        "day, month, year",
        re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?![\d/]|[.-]\d)"),
        _day_first,
        "The day first, as everywhere in Spanish; the first of a month is uno, in America primero.",
        (
            ("12/10/2026", "doce de octubre de dos mil veintiséis"),
            ("El 1/1/2026", "el uno de enero de dos mil veintiséis"),
            ("45/10/2026", "cuarenta y cinco, diez, dos mil veintiséis"),
        ),
    ),
    Rule(
        "day, month, two digits of the year",
        re.compile(r"(?<![\d/.-])(\d{1,2})(/)(\d{1,2})/(\d{2})(?![\d/]|[.-]\d)"),
        _day_first,
        "Only with slashes: other triples are versions and scores.",
        (
            ("12/10/26", "doce de octubre de dos mil veintiséis"),
            ("3/4/98", "tres de abril de mil novecientos noventa y ocho"),
        ),
    ),
    Rule(
        "day and month",
        re.compile(
            r"(?<!\w)((?:el|del|al|día|lunes|martes|miércoles|jueves|viernes|sábado|domingo),?) "
            r"(\d{1,2})/(\d{1,2})(?![\w/]|[.,]\d)",
            re.IGNORECASE,
        ),
        lambda match: f"{match[1]} {_day_of_month(match)}" if _date(int(match[2]), int(match[3]), "") else match[0],
        "Two numbers alone are a fraction, unless an article or a weekday says that they are a day.",
        (("el 12/10", "el doce de octubre"), ("lunes 5/3", "lunes cinco de marzo"), ("el 3/4", "el tres de abril")),
    ),
    Rule(
        "month and year",
        re.compile(r"(?<![\d/.,-])(0?[1-9]|1[0-2])/((?:19|20)\d{2})(?![\d/]|[.,-]\d)"),
        _month_and_year,
        "A denominator from 1900 to 2099 is a year; of a law, its number is before it.",
        (
            ("Caduca 05/2027", "caduca mayo de dos mil veintisiete"),
            ("el Decreto-ley 8/2020", "el decreto ley ocho barra dos mil veinte"),
        ),
    ),
    Rule(
        "month in short",
        re.compile(
            rf"(?<!\w)(\d{{1,2}})[ /-](?:de )?({_SHORT_MONTH})\b\.?(?:[ /-](?:de )?(\d{{4}})(?!\w))?", re.IGNORECASE
        ),
        lambda match: f"{int(match[1])} de {_SHORT_MONTHS[match[2].lower()]}" + (f" de {match[3]}" if match[3] else ""),
        'Behind a day, where "mar" is no sea.',
        (
            ("12 oct. 2026", "doce de octubre de dos mil veintiséis"),
            ("03-ene-2025", "tres de enero de dos mil veinticinco"),
            ("5 de mar.", "cinco de marzo"),
        ),
    ),
    Rule(
        "weekday in short",
        re.compile(rf"(?<!\w)({'|'.join(_SHORT_DAYS)})\.(?=,? ?\d)", re.IGNORECASE),
        lambda match: _SHORT_DAYS[match[1].lower()],
        "Before a day's number: there mar. is Tuesday.",
        (("mar. 5", "martes cinco"), ("Lun., 3 de mayo", "lunes, tres de mayo")),
    ),
    Rule(
        "decade",
        re.compile(r"(?<!\w)(\d0|\d\d\d0)'?s(?!\w)"),
        _decade,
        "An English habit; Spanish numbers have no plural.",
        (("los 80's", "los ochenta"), ("Los 1990s", "los mil novecientos noventa")),
    ),
    Rule(
        "two years",
        re.compile(r"(?<![\w/.,-])((?:19|20)\d\d)/((?:19|20)?\d\d)(?![\w/]|[.,]\d)"),
        lambda match: f"{match[1]} {match[2]}",
        "A school year or a season, no fraction.",
        (("el curso 2025/26", "el curso dos mil veinticinco veintiséis"),),
    ),
    Rule(
        "quarter of a year",
        re.compile(r"(?<=\b[Ee]l )([1-4])T(?!\w)"),
        lambda match: f"{('primer', 'segundo', 'tercer', 'cuarto')[int(match[1]) - 1]} trimestre",
        "As companies count; elsewhere 3T is a code.",
        (("en el 3T de 2025", "en el tercer trimestre de dos mil veinticinco"),),
    ),
    Rule(
        "minutes and seconds by their marks",
        re.compile(r"(?<![\w.,'])(?:(\d{1,2}) ?h ?)?(\d{1,3}) ?'(?!') ?([0-5]?\d) ?(?:\"|''|″)(?!\w)"),
        _duration,
        "Before times, inches and decimals, which have some of these marks.",
        (
            ("en 2h 01' 09\"", "en dos horas, un minuto y nueve segundos"),
            ("tardó 3' 20''", "tardó tres minutos y veinte segundos"),
        ),
    ),
    Rule(
        "lap",
        re.compile(r"(?<![\w:.,/])(\d{1,2}):([0-5]\d)[.,](?!0+(?!\d))(\d{1,3})(?![\d:])"),
        _lap,
        "Minutes and seconds, as there are no parts of a minute; before times and scales.",
        (("la pole en 1:23.456", "la pole en un minuto y veintitrés coma cuatrocientos cincuenta y seis segundos"),),
    ),
    Rule(
        "minutes by their mark",
        re.compile(r"(?<![\w.,'])(\b[Ee]l )?(\d{1,3})(?:\+\d)?'(?!['\w\"])(?! ?\d)"),
        _minutes,
        "Before quotation marks go.",
        (
            ("Llego en 10'.", "llego en diez minutos."),
            ("gol en el 23'", "gol en el minuto veintitrés"),
            ("el 23' y el 36'", "el minuto veintitrés y el minuto treinta y seis"),
            ("los '80'", "los ochenta"),
        ),
    ),
    Rule(
        "length in hours and minutes",
        re.compile(
            r"(?<!\w)((?:dur(?:a|an|ó|aron|ará|aba|ante)|tard\w{1,6}|quedan|faltan|unas) )(\d{1,2})h([0-5]\d)(?!\w)",
            re.IGNORECASE,
        ),
        lambda match: f"{match[1]}{match[2]} h {int(match[3])} min",
        "Before times of day, which are written so as well.",
        (("dura 2h15", "dura dos horas y quince minutos"),),
    ),
    Rule(
        "time span",
        re.compile(r"(?<![\d:])(\d{1,2}:\d\d)(?: ?h)? ?[-–—] ?(?=\d{1,2}:\d\d)"),
        lambda match: f"{match[1]} a ",
        'Before the times themselves: between them the dash is "a".',
        (("de lunes a viernes, 9:00-14:00", "de lunes a viernes, nueve a catorce horas"),),
    ),
    Rule(
        "time",
        re.compile(
            r"(?<![\w:.,/])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:[.,]\d{1,3})?)?(?![\d:]|[/.]\d)"
            rf"(?: ?{_HALF})?{_HOURS}"
        ),
        _time,
        "On the hour, the 24-hour clock says horas. Quarters and halves as they are said by the 12-hour clock.",
        (
            ("14:30", "catorce treinta"),
            ("a las 9:05 h", "a las nueve y cinco"),
            ("A las 9:30", "a las nueve y media"),
            ("A las 20:00", "a las veinte horas"),
            ("a la 1:15", "a la una y cuarto"),
            ("10:00 a.m.", "diez de la mañana."),
            ("00:05:30", "cero horas, cinco minutos y treinta segundos"),
        ),
    ),
    Rule(
        "time with a full stop",
        re.compile(
            r"(?<![\w:.,/])([01]?\d|2[0-4])[.h]([0-5]\d)(?: ?(?:h|hs|hrs|horas)\b\.?|(?<=h\d\d)(?!\w))", re.IGNORECASE
        ),
        lambda match: _hour(int(match[1]), int(match[2])) + stop_after(match),
        'As the Academy and newspapers write; "horas" tells it from a decimal.',
        (("a las 14.30 h", "a las catorce treinta"), ("20h30", "veinte treinta")),
    ),
    Rule(
        "time behind its article",
        re.compile(r"(?<=\b[Ll]as )([01]?\d|2[0-4])\.([0-5]\d)(?!\w|[.,]\d| ?[€$%])"),
        lambda match: _hour(int(match[1]), int(match[2])),
        "Without its h, the article tells it from a decimal.",
        (("a las 9.15", "a las nueve y cuarto"),),
    ),
    Rule(
        "whole hour",
        re.compile(rf"(?<![\w:.,/])(1[0-2]|0?[1-9]) ?{_HALF}"),
        _whole_hour,
        "8 p. m.; the night begins at nine in Spain, in America at seven.",
        (("a las 8 p. m.", "a las ocho de la tarde."), ("11pm", "once de la noche"), ("3 AM", "tres de la madrugada")),
    ),
)
