"""Dates, times, years, decades, as they are said in America: month before day, hours up to twelve with A M and P M."""

from __future__ import annotations

import re

from edge.text.en.normaliser.words import cardinal, ordinal, pairs, plural, spell, year
from edge.text.rules import Rule

_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_MONTH_OF = {month[:3]: month for month in _MONTHS}
_MONTH = (
    r"(?:May|MAY|Mar(?:ch|\.)?|MAR(?:CH|\.)?|(?i:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Apr(?:il|\.)?|June?\.?|July?\.?|"
    r"Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?))"
)
_SHORT_MONTH = r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
_DAYS = {
    "mon": "monday", "tue": "tuesday", "tues": "tuesday", "wed": "wednesday", "weds": "wednesday", "thu": "thursday",
    "thur": "thursday", "thurs": "thursday", "fri": "friday", "sat": "saturday", "sun": "sunday",
}  # fmt: skip
_DAY = r"(?:Mon|Tues?|Weds?|Thu(?:rs?)?|Fri|Sat|Sun)"
_DASH = r"\s?[-–—]\s?"
_DAY_NUMBER = r"(0?[1-9]|[12]\d|3[01])"
_YEAR = r"([12]\d{3})"
# Where a sentence ends: no more text, or a capital letter that is no day and no time zone.
_END = r"(?=[\"')\]]*(?:\Z| (?!Mon|Tue|Wed|Thu|Fri|Sat|Sun|[ECMP][SD]?T|GMT|UTC)[A-Z]))"


def _month(name: str) -> str:
    return _MONTH_OF[name[:3].lower()]


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= len(_MONTHS) and 1 <= day <= 31  # noqa: PLR2004 - days of the longest month


def _full_year(text: str) -> int:
    """A year of four digits, or of two: 1970 to 2069."""
    value = int(text)
    if len(text) > 2:  # noqa: PLR2004
        return value
    return value + (2000 if value < 70 else 1900)  # noqa: PLR2004 - the usual pivot


def _date(month: int, day: int, year_text: str = "") -> str:
    words = f"{_MONTHS[month - 1]} {ordinal(day)}"
    return f"{words}, {year(_full_year(year_text))}" if year_text else words


def _figures(match: re.Match[str]) -> str:
    """Month and day as in America, unless only the other order is a date."""
    month, day = int(match[1]), int(match[3])
    if not _is_day(month, day):
        month, day = day, month
    return _date(month, day, match[4]) if _is_day(month, day) else match.group()


def _iso(match: re.Match[str]) -> str:
    month, day = int(match[2]), int(match[3])
    if not _is_day(month, day):
        return match.group()
    return _date(month, day, match[1]) + (" " if match[4] else "")


def _month_day(match: re.Match[str]) -> str:
    first = ordinal(int(match[2]))
    last = f" to {ordinal(int(match[3]))}" if match[3] else ""
    said_year = f", {year(int(match[4]))}" if match[4] else ""
    return f"{_month(match[1])} {first}{last}{said_year}"


def _day_month(match: re.Match[str]) -> str:
    said_year = f", {year(int(match[3]))}" if match[3] else ""
    the = "" if match.string.endswith(("the ", "The "), 0, match.start()) else "the "
    return f"{the}{ordinal(int(match[1]))} of {_month(match[2])}{said_year}"


def _clock(hour: str, minute: str | None, half: str | None) -> str:
    """A time of day: "three forty-five P M", "ten oh five", "ten o'clock", "fourteen hundred"."""
    hours, minutes = int(hour), int(minute or 0)
    said = cardinal(hours)
    if minutes:
        said += f" {'oh ' if minutes < 10 else ''}{cardinal(minutes)}"  # noqa: PLR2004
    elif minute and not half:
        said += " o'clock" if 0 < hours <= 12 else " hundred"  # noqa: PLR2004 - the clock's hours
    return f"{said} {spell(half + 'm')}" if half else said


def _time(match: re.Match[str]) -> str:
    stop = "." if match.group().endswith(".") and match["end"] is not None else ""
    return _clock(match["hour"], match["minute"], match["half"]) + stop


def _time_range(match: re.Match[str]) -> str:
    stop = "." if match.group().endswith(".") and match["end"] is not None else ""
    first = _clock(match["hour1"], match["minute1"], match["half1"])
    return f"{first} to {_clock(match['hour'], match['minute'], match['half'])}{stop}"


def _duration(match: re.Match[str]) -> str:
    units = ("hour", "minute", "second")
    counts = [int(count) for count in match.groups()]
    parts = [
        f"{cardinal(count)} {unit if count == 1 else plural(unit)}"
        for count, unit in zip(counts, units, strict=True)
        if count
    ] or ["zero seconds"]
    return " and ".join(filter(None, [" ".join(parts[:-1]), parts[-1]]))


def _decade(match: re.Match[str]) -> str:
    value = int(match[2])
    is_round = value < 100 or value % 1000 == 0  # noqa: PLR2004 - "'90s", "2000s"
    said = plural(cardinal(value) if is_round else year(value))
    return f"{'mid ' if match[1] else ''}{said}"


def _plural(match: re.Match[str]) -> str:
    return {"100": "hundreds", "1000": "thousands"}.get(match[1]) or plural(pairs(int(match[1])))


def _era(match: re.Match[str]) -> str:
    first = f"{year(int(match[1]))} to " if match[1] else ""
    stop = "." if match["end"] is not None and match[3].endswith(".") else ""
    return f"{first}{year(int(match[2]))} {spell(match[3])}{stop}"


def _after(match: re.Match[str]) -> str:
    value = int(match[2])
    return f"{match[1]} {year(value) if value >= 1000 else cardinal(value)}"  # noqa: PLR2004 - the years of four digits


def _years(match: re.Match[str]) -> str:
    last = match[2] if len(match[2]) > 2 else match[1][:2] + match[2]  # noqa: PLR2004
    said = year(int(last)) if len(match[2]) > 2 else cardinal(int(match[2]))  # noqa: PLR2004
    if len(match[2]) <= 2 and match[2][0] == "0":  # noqa: PLR2004
        said = f"oh {said}"
    return f"{year(int(match[1]))} to {said}"


def _days(match: re.Match[str]) -> str:
    first, last = match[1].lower(), match[2].lower()
    return f"{_DAYS[first]} to {_DAYS[last]}"


_TIME = r"(?P<hour{0}>[01]?\d|2[0-4])(?:[:.](?P<minute{0}>[0-5]\d))?"
_HALF_NAMED = r"(?:\s?(?P<half{0}>[AaPp])(?:\.\s?[Mm]\b(?:\.(?!\.))?|[Mm]\b))"

DATES = (
    Rule(
        "ISO date",
        re.compile(r"(?<![\w/.-])" + _YEAR + r"[-/.](0[1-9]|1[0-2])[-/.](0[1-9]|[12]\d|3[01])(?![\d/-])(T(?=\d))?"),
        _iso,
        "Year first can only be this; before ranges and differences.",
        (
            ("On 2026-10-12.", "on october twelfth, twenty twenty-six."),
            ("2026-10-12T14:30", "october twelfth, twenty twenty-six fourteen thirty"),
        ),
    ),
    Rule(
        "date in figures",
        re.compile(r"(?<![\w/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|(?<=/)\d\d)(?![\w/]|[-.]\d)"),
        _figures,
        "Month first, as in America, unless the month would be over 12. Before fractions and versions.",
        (
            ("On 10/12/2026 we met.", "on october twelfth, twenty twenty-six we met."),
            ("3/14/26", "march fourteenth, twenty twenty-six"),
            ("25/12/1999", "december twenty-fifth, nineteen ninety-nine"),
            ("It was 7-4-1976.", "it was july fourth, nineteen seventy-six."),
        ),
    ),
    Rule(
        "date in figures without a year",
        re.compile(
            r"\b(?P<before>[Oo]n|[Bb]y|[Uu]ntil|[Tt]ill|[Ss]ince|[Ff]rom|[Dd]ue|[Dd]ated?|[Dd]eadline|"
            r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?)"
            r"(?P<space>:? )(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])(?![\w/]|\.\d)"
        ),
        lambda match: f"{match['before']}{match['space']}{_date(int(match[3]), int(match[4]))}",
        "Alone it would be a fraction, so only behind a word that dates follow.",
        (("Due on 12/25.", "due on december twenty-fifth."), ("Tues. 3/4", "tuesday march fourth")),
    ),
    Rule(
        "nine eleven",
        re.compile(r"(?<![\w/.])(9/11|24/7(?:/365)?|50/50|20/20)(?![\w/]|\.\d)"),
        lambda match: " ".join(cardinal(int(part)) for part in match[1].split("/")),
        "Fixed phrases that would be fractions.",
        (
            ("After 9/11 we are open 24/7.", "after nine eleven we are open twenty-four seven."),
            ("A 50/50 chance", "a fifty fifty chance"),
        ),
    ),
    Rule(
        "days from to",
        re.compile(r"\b(" + _DAY + r")\.?" + _DASH + "(" + _DAY + r")\b(?:\.(?!\Z))?"),
        _days,
        "In a range even 'Sun' and 'Sat' can only be days.",
        (("Mon-Fri", "monday to friday"), ("Open Tues.–Sat.", "open tuesday to saturday.")),
    ),
    Rule(
        "short day",
        re.compile(
            r"\b(?:(Mon|Tues?|Weds?|Thu(?:rs?)?|Fri)\b(?:\.(?!\s*\Z))?(?!['-])|(Sat|Sun)(?:\.(?!\s*\Z)|(?=,? (?:\d|" +
            _MONTH + "))))"
        ),
        lambda match: _DAYS[(match[1] or match[2]).lower()],
        "'Sat' and 'Sun' are words as well: only with a full stop or a date.",
        (
            ("Mon, Jan. 5", "monday, january fifth"),
            ("Sun. or Wed", "sunday or wednesday"),
            ("Sat, 10 May", "saturday, the tenth of may"),
            ("The Sun sat low.", "the sun sat low."),
        ),
    ),
    Rule(
        "month and day",
        re.compile(
            r"\b(" + _MONTH + r")\s" + _DAY_NUMBER + r"(?:st|nd|rd|th)?"
            r"(?:" + _DASH + _DAY_NUMBER + r"(?:st|nd|rd|th)?)?(?![\d:/%]|[.,]\d|\s?[ap]\.?m)"
            r"(?:,?\s" + _YEAR + r"\b(?![-,/]?\d))?"
        ),
        _month_day,
        "The day is an ordinal, whether it is written so or not.",
        (
            ("Oct. 12th, 2026", "october twelfth, twenty twenty-six"),
            ("January 5", "january fifth"),
            ("Jan. 5, 2026, was a Monday.", "january fifth, twenty twenty-six, was a monday."),
            ("May 3-5", "may third to fifth"),
            ("MARCH 5, 2020 and jan. 5", "march fifth, twenty twenty and january fifth"),
            ("They may march 5 miles", "they may march five miles"),
        ),
    ),
    Rule(
        "day and month",
        re.compile(
            r"(?<![\w.,/-])" + _DAY_NUMBER + r"(?:st|nd|rd|th)?\s(?:of\s)?(" + _MONTH + r")(?![a-z])(?:,?\s" + _YEAR
            + r"\b(?![-,/]?\d))?"
        ),
        _day_month,
        "As others write it.",
        (
            ("12 October 2026", "the twelfth of october, twenty twenty-six"),
            ("the 4th of July", "the fourth of july"),
            ("On 1 Jan. 2000", "on the first of january, two thousand"),
        ),
    ),
    Rule(
        "month and year",
        re.compile(r"\b(" + _MONTH + r"),?\s(?:of\s)?([12]\d{3})\b(?![-,/.]?\d)"),
        lambda match: f"{_month(match[1])} {year(int(match[2]))}",
        "A number of four digits behind a month is a year.",
        (("In Sept. 2005 or May 1492", "in september two thousand five or may fourteen ninety-two"),),
    ),
    Rule(
        "months from to",
        re.compile(r"\b(" + _SHORT_MONTH + r")\.?" + _DASH + "(" + _SHORT_MONTH + r"|May)(?![a-z])(?:\.(?!\Z))?"),
        lambda match: f"{_month(match[1])} to {_month(match[2])}",
        "Short months alone are read by the next rule.",
        (("Jan-Mar", "january to march"), ("Oct.–Dec.", "october to december.")),
    ),
    Rule(
        "short month",
        re.compile(r"\b(Jan|Feb|Apr|Aug|Sept?|Oct|Nov|Dec)\b(?:\.(?!\s*\Z)|\b)(?!['-])"),
        lambda match: _month(match[1]),
        "'Mar' and 'Jun' are read only beside a day or year: they are names, too.",
        (("Late Nov. it snows.", "late november it snows."), ("See you in Dec.", "see you in december.")),
    ),
)

TIMES = (
    Rule(
        "time range",
        re.compile(
            r"(?<![\w:.,$/-])" + _TIME.format("1") + _HALF_NAMED.format("1") + "?" + _DASH
            + _TIME.format("") + _HALF_NAMED.format("")
            + f"(?P<end>{_END})?"
        ),
        _time_range,
        "Before numbers from to; the second half tells that the first is a time as well.",
        (
            ("Open 9am-5pm.", "open nine A M to five P M."),
            ("9-11 a.m. daily", "nine to eleven A M daily"),
            ("10:30–11:15 PM", "ten thirty to eleven fifteen P M"),
        ),
    ),
    Rule(
        "time with a.m. or p.m.",
        re.compile(r"(?<![\w:.,$/-])" + _TIME.format("") + _HALF_NAMED.format("") + f"(?P<end>{_END})?"),
        _time,
        "Its last full stop ends the sentence as well, if one ends there.",
        (
            ("At 3:45 p.m. we left.", "at three forty-five P M we left."),
            ("It is 3 p.m.", "it is three P M."),
            ("Meet me at 10:00 am.", "meet me at ten A M."),
            ("7PM, then 12:05 AM", "seven P M, then twelve oh five A M"),
        ),
    ),
    Rule(
        "from noon",
        re.compile(r"\b([Nn]oon|[Mm]idnight)[-–—](?=\d)"),
        lambda match: f"{match[1]} to ",
        "A time as well, but of no figures.",
        (("noon-3pm", "noon to three P M"),),
    ),
    Rule(
        "hours, minutes, seconds",
        re.compile(r"(?<![\w:.,-])(\d{1,2}):([0-5]\d):([0-5]\d)(?![\w:]|\.\d)"),
        _duration,
        "Unlike hours and minutes, mostly how long something took.",
        (("A time of 1:02:03", "a time of one hour two minutes and three seconds"),),
    ),
    Rule(
        "times from to",
        re.compile(r"(?<![\w:.,/-])([01]?\d|2[0-4]):([0-5]\d)" + _DASH + r"([01]?\d|2[0-4]):([0-5]\d)(?![\w:]|\.\d)"),
        lambda match: f"{_clock(match[1], match[2], None)} to {_clock(match[3], match[4], None)}",
        "Before single times, so that its dash is not a minus.",
        (("From 14:30-15:45", "from fourteen thirty to fifteen forty-five"),),
    ),
    Rule(
        "time",
        re.compile(r"(?<![\w:.,-])([01]?\d|2[0-4]):([0-5]\d)(?![\w:]|\.\d)(?: ?(?:h|hrs?|hours)\b)?"),
        lambda match: _clock(match[1], match[2], None),
        "As it is written: 14:30 is not turned into 2:30 P M. A ratio such as 3:1 has no two digits behind.",
        (
            ("The train leaves at 14:30.", "the train leaves at fourteen thirty."),
            ("At 10:00 or 9:05", "at ten o'clock or nine oh five"),
            ("18:00", "eighteen hundred"),
        ),
    ),
    Rule(
        "half of the day",
        re.compile(r"(?<![\w.])([AaPp])\.\s?[Mm]\.(?P<end>" + _END + ")?"),
        lambda match: spell(match[1] + "m") + ("." if match["end"] is not None else ""),
        "Without figures before it: 'ten a.m.'.",
        (("Ten a.m. Then we left.", "ten A M. then we left."), ("At noon, not p.m.", "at noon, not P M.")),
    ),
)

ERAS = (
    Rule(
        "year of an era",
        re.compile(
            r"(?<![\w.,])(?:(\d{1,4})" + _DASH + r")?(\d{1,4})\s?(B\.?C\.?E?\.?|A\.?D\.?|C\.?E\.)(?!\w)"
            "(?P<end>" + _END + ")?"
        ),
        _era,
        "Its letters are spelled.",
        (
            ("In 44 BC", "in forty-four B C"),
            ("1279–1213 BC", "twelve seventy-nine to twelve thirteen B C"),
            ("1066 A.D. was", "ten sixty-six A D was"),
        ),
    ),
)

YEARS = (
    Rule(
        "decades from to",
        re.compile(r"(?<=\d0s)" + _DASH + r"(?='?\d{2,4}s\b)"),
        lambda _: " to ",
        "While both are figures.",
        (("1980s–1990s", "nineteen eighties to nineteen nineties"),),
    ),
    Rule(
        "year behind a prefix",
        re.compile(r"(?<![A-Za-z-])([Pp]re|[Pp]ost|[Mm]id|[Ee]arly|[Ll]ate)-([12]\d{3})(?!\w|[-,.]\d)"),
        lambda match: f"{match[1]} {year(int(match[2]))}",
        "Its hyphen is no minus.",
        (("pre-1950 cars", "pre nineteen fifty cars"),),
    ),
    Rule(
        "decade",
        re.compile(r"(?<![\w.,$£€/])(?:([Mm]id)-)?(?<!\d-)'?((?!1000)[1-9]\d{2}0|[1-9]0)'?s\b"),
        _decade,
        "A plural of a year or of its last two digits, with and without an apostrophe.",
        (
            ("In the 1980s and '90s.", "in the nineteen eighties and nineties."),
            ("the mid-60s", "the mid sixties"),
            ("The 1900s and 2000s", "the nineteen hundreds and two thousands"),
            ("She is in her 30s.", "she is in her thirties."),
        ),
    ),
    Rule(
        "plural of a number",
        re.compile(r"(?<![\w.,])(\d{3}|1000)'?s\b"),
        _plural,
        "Planes and the like, before seconds.",
        (("Two 747s", "two seven forty-sevens"), ("1000s of people", "thousands of people")),
    ),
    Rule(
        "year without its century",
        re.compile(r"(?<![\w'])'(\d\d)(?![\w'])"),
        lambda match: cardinal(int(match[1])) if match[1][0] != "0" else f"oh {cardinal(int(match[1]))}",
        "An apostrophe stands for the century.",
        (("The class of '99", "the class of ninety-nine"), ("Back in '05", "back in oh five")),
    ),
    Rule(
        "years from to",
        re.compile(r"(?<![\w.,$£€/-])(1[1-9]\d\d|20\d\d)" + _DASH + r"(1[1-9]\d\d|20\d\d|\d\d)(?![\w/%]|[-.,]\d)"),
        _years,
        "Before other numbers from to, which are no years.",
        (
            ("1990–2000", "nineteen ninety to two thousand"),
            ("In 1914-18", "in nineteen fourteen to eighteen"),
            ("2001-02", "two thousand one to oh two"),
        ),
    ),
    Rule(
        "year of our time",
        re.compile(r"(?<![\w.,$£€/#-])(?<!\b\d )(?<!\d\d )(1[89]\d\d|20[0-4]\d)(?![\w/%°]|[-.,]\d| \d)"),
        lambda match: year(int(match[1])),
        "Four digits without a comma from 1800 to 2049 are nearly always a year; money and measures came before.",
        (
            ("In 1999, 2005 and 2010.", "in nineteen ninety-nine, two thousand five and twenty ten."),
            ("A 1905 film", "a nineteen oh five film"),
        ),
    ),
    Rule(
        "year behind a word for time",
        re.compile(r"(?<![A-Za-z])((?i:year|circa|since|born|died)) ([1-9]\d{2,3})(?![\w/%°:]|[-.,]\d)"),
        _after,
        "Further back than the years that need no such word.",
        (("Born circa 1475 in Rome", "born circa fourteen seventy-five in rome"),),
    ),
    Rule(
        "year behind another word",
        re.compile(
            r"(?<![A-Za-z])((?i:in|until|before|after|by|ad|from|to|of)) ([1-9]\d{2,3})"
            r"(?![\w/%°:]|[-.,]\d| [a-z\d])"
        ),
        _after,
        "Only before no noun: 'in 1492' but 'in 1492 cases'.",
        (
            ("In 1492, he sailed.", "in fourteen ninety-two, he sailed."),
            ("In 1234 cases", "in one thousand two hundred thirty-four cases"),
        ),
    ),
    Rule(
        "hundreds",
        re.compile(r"(?<![\w.,$£€/#-])(1[1-9]00)(?![\w/%°]|[-.,]\d| \d)"),
        lambda match: pairs(int(match[1])),
        "From eleven hundred to nineteen hundred: years and counts alike.",
        (("1500 people", "fifteen hundred people"),),
    ),
)

