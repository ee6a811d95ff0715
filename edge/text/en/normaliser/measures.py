"""Numbers with their units: "5 ft.", "25 °C", "15 km/h", "500MB"."""

from __future__ import annotations

import re

from edge.text.en.normaliser.words import cardinal, is_one, number, ordinal, plural, spell
from edge.text.rules import Rule

# A compound that the dictionary does not have is in two words that it has.
_UNITS = {
    # length, area, volume
    "mm": "millimeter", "cm": "centimeter", "m": "meter", "km": "kilometer", "nm": "nanometer", "µm": "micrometer",
    "μm": "micrometer", "in": "inch", "ft": "foot", "yd": "yard", "yds": "yard", "mi": "mile", "nmi": "nautical mile",
    "ha": "hectare", "ac": "acre", "l": "liter", "L": "liter", "ml": "milliliter", "mL": "milliliter",
    "cl": "centiliter", "dl": "deciliter", "dL": "deciliter", "gal": "gallon", "qt": "quart", "pt": "pint",
    "tsp": "teaspoon", "tbsp": "tablespoon", "Tbsp": "tablespoon", "cc": spell("CC"),
    # weight
    "mg": "milligram", "g": "gram", "kg": "kilogram", "µg": "microgram", "μg": "microgram", "mcg": "microgram",
    "lb": "pound", "lbs": "pound", "oz": "ounce", "KM": "kilometer", "KG": "kilogram", "CM": "centimeter",
    "LB": "pound", "LBS": "pound", "FT": "foot", "OZ": "ounce", "MPH": "mile per hour",
    # speed and time
    "mph": "mile per hour", "kph": "kilometer per hour", "kmh": "kilometer per hour", "fps": "frame per second",
    "rpm": spell("RPM"), "bpm": "beat per minute", "mpg": "mile per gallon", "kn": "knot", "kt": "knot", "kts": "knot",
    "h": "hour", "hr": "hour", "hrs": "hour", "min": "minute", "mins": "minute", "s": "second", "sec": "second",
    "secs": "second", "ms": "millisecond", "µs": "micro second", "μs": "micro second", "ns": "nanosecond", "yr": "year",
    "yrs": "year", "wk": "week", "wks": "week", "bps": "basis point", "pts": "point",
    # data
    "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "PB": "petabyte",
    "KiB": "kilobyte", "MiB": "megabyte", "GiB": "gigabyte", "Mb": "megabit", "Gb": "gig a bit",
    "kbps": "kilobit per second", "Kbps": "kilobit per second", "Mbps": "megabit per second",
    "Gbps": "gig a bit per second", "px": "pixel", "MP": "mega pixel", "dpi": spell("DPI"),
    # electricity and physics
    "Hz": "hertz", "kHz": "kilo hertz", "KHz": "kilo hertz", "MHz": "megahertz", "GHz": "gigahertz", "V": "volt",
    "mV": "millivolt", "kV": "kilo volt", "mA": "milli amp", "mAh": "milli amp hour", "Ah": "amp hour", "W": "watt",
    "mW": "milli watt", "kW": "kilowatt", "KW": "kilowatt", "MW": "megawatt", "GW": "gigawatt", "kWh": "kilowatt hour",
    "MWh": "megawatt hour", "Wh": "watt hour", "Ω": "ohm", "kΩ": "kilo ohm", "hp": "horsepower", "dB": "decibel",
    "J": "joule", "kJ": "kilo joule", "cal": "calorie", "kcal": "kilo calorie", "Pa": "pascal", "hPa": "hecto pascal",
    "kPa": "kilo pascal", "psi": spell("PSI"), "bar": "bar", "mbar": "millibar", "N": "newton", "ppm": spell("PPM"),
}  # fmt: skip
# What has no plural, or another: "five feet", "two R P M", "60 miles per hour".
_SAME = frozenset(["horsepower"])
_POWERS = {"2": "square", "3": "cubic"}
_POWER = r"(?:\^[23]|(?<=m)[23])?"
_AMOUNT = r"(\d{1,3}(?:,\d{3}){1,5}(?!\d)(?:\.\d{1,9})?|\d{1,15}(?:\.\d{1,9})?|\.\d{1,9})"
_NAMES = sorted(_UNITS, key=len, reverse=True)
_NAME = "(?:" + "|".join(_NAMES) + ")"
# Short names that are also words, or letters behind a number ("5 m", "10 in the"), need to touch their number or
# have a full stop.
_UNSAFE = frozenset(["in", "N", "J", "V", "W", "ac", "bar", "kn", "pt", "MP", "cal"])
_SAFE = "(?:" + "|".join(name for name in _NAMES if name not in _UNSAFE) + ")"
_PRIMES = {'"': "inch", "'": "foot"}
_PER = {"mo": "month", "sq ft": "square foot"}
_MARK = r"(?![\w'])"
_SIGN = r"(?:(?<![\w.)])([-+±~]))?"
SIGNS = {"-": "minus ", "+": "plus ", "±": "plus or minus ", "~": "about ", None: "", "": ""}
_DASH = r"(?:\s?[-–—]\s?|\s(?:to|or)\s)"


def unit(name: str, *, one: bool) -> str:
    """The words of a unit as written, "km/h" or "m^2" included, for one of them or several."""
    top, _, bottom = name.partition("/")
    words = _simple(top.strip(), one=one)
    return f"{words} per {_simple(bottom.strip(), one=True)}" if bottom else words


def _odd_inches(match: re.Match[str]) -> str:
    if match.string.count('"') % 2 == 0:
        return match.group()
    over, slash, under = match[1].partition("/")
    words = fraction(over, under) if slash else number(match[1])
    return f"{words} {'inch' if match[2] or slash or match[1] == '1' else 'inches'}"


def _simple(name: str, *, one: bool) -> str:
    power = name[-1] if name[-1] in _POWERS else ""
    base = name.rstrip("^23")
    words = _UNITS[base]
    if power:
        words = f"{words} squared" if base == "s" else f"{_POWERS[power]} {words}"
    if one or words in _SAME or not words.isascii():
        return words
    head, per, rest = words.partition(" per ")
    return plural(head) + per + rest


def _measure(match: re.Match[str]) -> str:
    words = unit(match["unit"] or match["spaced"], one=is_one(match[2]) or _has_article(match))
    return f" {SIGNS[match[1]]}{number(match[2])} {words}{'.' if match['stop'] and match['end'] is not None else ' '}"


_ARTICLE = re.compile(r"\b[Aa]n? \Z")


def _has_article(match: re.Match[str]) -> bool:
    """Tell whether "a" or "an" is before the number, so that the measure is an adjective: "a 2 liter bottle"."""
    return _ARTICLE.search(match.string, max(0, match.start() - len(" an ")), match.start()) is not None


def _advertised(match: re.Match[str]) -> str:
    power = "square" if match[2] == "sq" else "cubic"
    return f"{number(match[1])} {power} {unit(match[3], one=is_one(match[1]) or _has_article(match))}"


def _adjective(match: re.Match[str]) -> str:
    return f"{number(match[1])} {unit(match[2], one=True)}"


def _from_to(match: re.Match[str]) -> str:
    joint = " or " if " or " in match[2] else " to "
    return f" {number(match[1])}{joint}{number(match[3])} {unit(match[4], one=False)} "


def _degrees(match: re.Match[str]) -> str:
    words = "degree" if is_one(match[2]) else "degrees"
    scale = {"C": " celsius", "F": " fahrenheit", "K": " kelvin", None: ""}[match[3]]
    return f" {SIGNS[match[1]]}{number(match[2])} {words}{scale} "


def _degrees_from_to(match: re.Match[str]) -> str:
    minus = "minus " if match[1] else ""
    scale = {"C": " celsius", "F": " fahrenheit", None: ""}[match[4]]
    return f" {minus}{number(match[2])} to {number(match[3])} degrees{scale} "


def _counted(amount: str, name: str) -> str:
    return f"{number(amount)} {unit(name, one=is_one(amount))}"


def _time_by_letters(match: re.Match[str]) -> str:
    counts = zip(match.groups(), ("day", "hour", "minute", "second"), strict=True)
    return " ".join(f"{number(count)} {name if is_one(count) else plural(name)}" for count, name in counts if count)


def _feet(match: re.Match[str]) -> str:
    return f"{cardinal(int(match[1]))} foot {number(match[2])} "


def fraction(over: str, under: str) -> str:
    """A fraction in words: "one half", "three quarters", "twenty-two over seventy-one"."""
    above, below = int(over), int(under)
    if below == 2:  # noqa: PLR2004
        return f"{cardinal(above)} {'half' if above == 1 else 'halves'}"
    if below == 4:  # noqa: PLR2004
        return f"{cardinal(above)} quarter{'' if above == 1 else 's'}"
    if not 2 < below <= 20 and below not in {25, 32, 50, 64, 100, 1000}:  # noqa: PLR2004
        return f"{cardinal(above)} over {cardinal(below)}"
    return f"{cardinal(above)} {ordinal(below)}{'' if above == 1 else 's'}"


def mixed(whole: str | None, over: str, under: str) -> str:
    """A mixed number in words: "one and a half", "two and three quarters"."""
    if not whole:
        return fraction(over, under)
    part = fraction(over, under)
    return f"{cardinal(int(whole))} and {'a ' + part.removeprefix('one ') if part.startswith('one ') else part}"


def _mixed_measure(match: re.Match[str]) -> str:
    words = mixed(match[1], match[2], match[3])
    return f"{words} {unit(match[5], one=not match[1] or match[4] == '-')} "


_COMPOUND = "(?P<unit>" + _SAFE + _POWER + r"(?:\s?/\s?" + _NAME + _POWER + ")?)(?P<spaced>)"
_STOP = r"(?P<stop>\.(?![\d.]))?(?P<end>(?=[\"')\]]*\Z))?"

DEGREES = (
    Rule(
        "degrees from to",
        re.compile(
            r"(?:(?<![\w.])(-))?(?<![\w.,])(\d{1,4}(?:\.\d{1,3})?)\s?°?" + _DASH +
            r"(\d{1,4}(?:\.\d{1,3})?)\s?°\s?(?:([CF])\b)?"
        ),
        _degrees_from_to,
        "The unit is said once, at the end.",
        (("20-25 °C", "twenty to twenty-five degrees celsius"), ("60°–70°F", "sixty to seventy degrees fahrenheit")),
    ),
    Rule(
        "degrees",
        re.compile(_SIGN + r"(?<![\w.,])" + _AMOUNT + r"\s?°\s?(?:([CFK])\b)?"),
        _degrees,
        "With its scale if it has one; the sign belongs to the number.",
        (
            ("It is 25 °C, or 77°F.", "it is twenty-five degrees celsius, or seventy-seven degrees fahrenheit."),
            ("-5° outside", "minus five degrees outside"),
            ("1 °C more", "one degree celsius more"),
        ),
    ),
    Rule(
        "degrees without their sign",
        re.compile(r"(?<![\w.,])(\d{1,4}\.\d)\s?([CF])\b"),
        lambda match: f"{number(match[1])} degrees {'celsius' if match[2] == 'C' else 'fahrenheit'}",
        "Behind a decimal the letter can be nothing else.",
        (("A fever of 38.5C", "a fever of thirty-eight point five degrees celsius"),),
    ),
)

MEASURES = (
    Rule(
        "feet and inches",
        re.compile(r"(?<![\w.,'])(\d{1,2})'\s?(\d{1,2}(?:\.5)?)(?:\"|'')?(?![\w'])"),
        _feet,
        "A person's height is 'six foot two'.",
        (("He is 6'2\".", "he is six foot two."),),
    ),
    Rule(
        "sides with their marks",
        re.compile(r"(?<![\w.,'])(\d{1,4}(?:\.\d{1,3})?)([\"'])\s?[x×]\s?(\d{1,4}(?:\.\d{1,3})?)\2"),
        lambda match: f"{number(match[1])} by {number(match[3])} {plural(_PRIMES[match[2]])}",
        "Between two of them the sign can be no quotation.",
        (("A 5'x7' rug, 6\" x 4\"", "a five by seven feet rug, six by four inches"),),
    ),
    Rule(
        "feet or inches",
        re.compile(
            r"(?<![\w.,'\"])(\d{1,4}(?:\.\d{1,3})?)([\"'])(?=[ -](?:by |\w*(?:screen|display|monitor|TV|pipe|wide"
            r"|tall|long|deep|thick|tablet|laptop|rim|wheel)))"
        ),
        lambda match: f"{number(match[1])} {_PRIMES[match[2]]}",
        "A quotation mark behind a number is more often the end of a quotation: only before what has inches.",
        (
            ('A 15.6" screen', "a fifteen point six inch screen"),
            ("She is 5' tall", "she is five foot tall"),
            ('He said "I am 5"', "he said i am five"),
        ),
    ),
    Rule(
        "inches by an odd mark",
        re.compile(r"(?<![\w.,'\"/])(\d{1,4}(?:\.\d{1,3})?|\d{1,2}/\d{1,2})\"(?![\w'\"])(?=( [A-Za-z\d])?)"),
        _odd_inches,
        "Quotation marks come in pairs: the one that is left over behind a number is no quotation's.",
        (
            ('Cut into 2" cubes', "cut into two inch cubes"),
            ('It is 27"', "it is twenty-seven inches"),
            ('A 3/8" drill bit', "a three eighths inch drill bit"),
            ('"Take 5"', "take five"),
        ),
    ),
    Rule(
        "feet and inches in words",
        re.compile(r"(?<![\w.,])(\d{1,4})\s?ft\.?,?\s(\d{1,2})\s?in(?:\b(?!\.)|\.)(?! the\b)"),
        lambda match: f"{_counted(match[1], 'ft')} {_counted(match[2], 'in')}",
        "Here 'in' can only be inches.",
        (("6 ft 2 in", "six feet two inches"),),
    ),
    Rule(
        "square and cubic",
        re.compile(r"(?<![\w.,])" + _AMOUNT + r"\s?(sq|cu)\.?\s?(ft|in|yd|mi|m|km|cm)\b(?:\.(?!\Z))?"),
        _advertised,
        "As flats are advertised.",
        (("A 1,200 sq. ft. home", "a one thousand two hundred square foot home"), ("5 sq mi", "five square miles")),
    ),
    Rule(
        "fraction of a unit",
        re.compile(
            r"(?<![\w.,/])(?:(\d{1,4})[ -])?(\d{1,3})/(\d{1,4})([ -]?)(" + _SAFE + "|in)" +
            r"(?![\w'])(?:\.(?!\Z))?(?! the\b)"
        ),
        _mixed_measure,
        "Before whole numbers of a unit, of which its last figure would be one.",
        (
            ("1/2 tsp salt", "one half teaspoon salt"),
            ("2 1/2 lbs", "two and a half pounds"),
            ("¾ in", "three quarters inch"),
            ("A 3 1/2-in board", "a three and a half inch board"),
        ),
    ),
    Rule(
        "measure as an adjective",
        re.compile(r"(?<![\w.,])" + _AMOUNT + r"-(" + _NAME + r")\b(?!['/^])(?:\.(?= ?[a-z]))?"),
        _adjective,
        "With a hyphen the unit is in the singular.",
        (("A 5-ft wall and a 10-km run", "a five foot wall and a ten kilometer run"),),
    ),
    Rule(
        "side with its unit",
        re.compile(r"(?<![\w.,^])" + _AMOUNT + r"\s?(" + _SAFE + r"|in)\.?\s?[x×]\s?(?=\d)"),
        lambda match: f"{_counted(match[1], match[2])} by ",
        "The last side is a measure of its own.",
        (("10 ft x 12 ft", "ten feet by twelve feet"),),
    ),
    Rule(
        "time by letters",
        re.compile(r"(?<![\w.,])(?:(\d{1,4})\s?d\s)?(\d{1,4})\s?h\s?(\d{1,2})\s?m(?:in)?(?:\s?(\d{1,2})\s?s)?\b"),
        _time_by_letters,
        "Behind hours an 'm' is minutes.",
        (("2h 15m left", "two hours fifteen minutes left"), ("3d 4h 5m", "three days four hours five minutes")),
    ),
    Rule(
        "measures from to",
        re.compile(
            r"(?<![\w.,/^-])" + _AMOUNT + r"(" + _DASH + ")" + _AMOUNT + r"\s?(" + _SAFE + _POWER + "(?:/" + _NAME +
            _POWER + r")?)(?![\w'/])(?:\.(?!\Z))?"
        ),
        _from_to,
        "The unit is said once, at the end.",
        (("10-15 km", "ten to fifteen kilometers"), ("5 to 6 ft. tall", "five to six feet tall")),
    ),
    Rule(
        "measure",
        re.compile(_SIGN + r"(?<![\w.,])" + _AMOUNT + r"(?:\s?" + _COMPOUND + _MARK + ")" + _STOP),
        _measure,
        "A full stop behind the unit is the abbreviation's, unless the text ends with it.",
        (
            ("3.5 kg", "three point five kilograms"),
            ("Winds of 15 km/h.", "winds of fifteen kilometers per hour."),
            ("It is 5 ft. long and 1 ft. wide", "it is five feet long and one foot wide"),
            ("At 60 mph", "at sixty miles per hour"),
            ("500MB of 16 GB", "five hundred megabytes of sixteen gigabytes"),
            ("50 m², 5 m3 or 10 m/s²", "fifty square meters, five cubic meters or ten meters per second squared"),
            ("1 km", "one kilometer"),
        ),
    ),
    Rule(
        "measure by a letter or word",
        re.compile(
            r"()(?<![\w.,])" + _AMOUNT + r"(?:(?P<unit>[NJVW]|bar|cal|pt|MP|in(?=\.))" +
            r"(?![\w'])|\s(?P<spaced>in(?=\.(?:\Z| ?[a-z,]))|[VW]\b))" + _STOP
        ),
        _measure,
        "Units that are also words or initials have to touch their number or have their full stop.",
        (
            ("At 5V and 60W", "at five volts and sixty watts"),
            ("Cut 5 in. off", "cut five inches off"),
            ("In 5 in the morning", "in five in the morning"),
        ),
    ),
    Rule(
        "per unit",
        re.compile(
            r"(?<=[A-Za-z \d])/(h|hr|hour|day|week|month|mo|year|yr|person|kg|lb|gal|min|sec|s|mi|km|night|share|wk"
            r"|piece|item|user|ticket|serving|word|head|page|call|GB|TB|ft|sq ft|oz)\b(?![/\w])(?:\.(?=,| [a-z]))?"
        ),
        lambda match: f" per {_PER.get(match[1]) or _UNITS.get(match[1], match[1])}",
        "A price or a rate: behind money, too, which is in words by now.",
        (
            ("$20/hour", "twenty dollars per hour"),
            ("5 €/kg", "five euros per kilogram"),
            ("$5/mo", "five dollars per month"),
            ("$45/share", "forty-five dollars per share"),
        ),
    ),
)
