"""Numbers without a unit: telephone numbers and the like, ordinals, ranges, fractions, sums, and plain ones last."""

from __future__ import annotations

import re

from edge.text.en.normaliser.acronyms import model_number
from edge.text.en.normaliser.measures import SIGNS, mixed
from edge.text.en.normaliser.words import LARGEST, cardinal, digits, number, ordinal, pairs, spell
from edge.text.rules import Rule

_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,6}(?![\d])(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_FREE = r"(?<![\w.,])"
_DASH = r"\s?[-–—]\s?"
_SUPERSCRIPTS = {2: "squared", 3: "cubed"}
_OPERATORS = {
    "+": "plus", "-": "minus", "–": "minus", "×": "times", "*": "times", "x": "times", "·": "times", "÷": "divided by",
    "/": "divided by", "=": "equals", "<": "is less than", ">": "is greater than", "≤": "is at most",
    ">=": "is at least", "<=": "is at most", "≥": "is at least", "≠": "is not", "!=": "is not", "==": "equals",
    "≈": "is about", "±": "plus or minus", "^": "to the power of", "%": "percent",
}  # fmt: skip


def _groups(text: str) -> str:
    """Digits one by one, with a pause where the groups part; "800" as it is said in a free call."""
    groups = re.findall(r"\d+", text)
    return ", ".join("eight hundred" if group == "800" else digits(group, zero="oh") for group in groups)


def _telephone(match: re.Match[str]) -> str:
    plus = "plus " if "+" in match.group() else ""
    return f" {plus}{_groups(match.group())} "


def _number_sign(match: re.Match[str]) -> str:
    figures = match[1]
    if "," in figures:
        return f" number {number(figures)} "
    return f" number {model_number(figures) if len(figures) != 3 else number(figures)} "  # noqa: PLR2004 - "#100"


def _ordinal(match: re.Match[str]) -> str:
    value = int(match[1].replace(",", ""))
    return ordinal(value) if value < LARGEST else digits(match[1])


def _score(match: re.Match[str]) -> str:
    second = "nothing" if match["second"] == "0" else number(match["second"])
    return f"{match['before']}{number(match['first'])} to {second}"


def _from_to(match: re.Match[str]) -> str:
    percent = " percent" if match[3] else ""
    return f" {number(match[1])} to {number(match[2])}{percent} "


def _fraction(match: re.Match[str]) -> str:
    whole, over, under = match[1], match[2], match[3]
    if not whole and under in {"10", "100"} and over != "1" and int(over) <= int(under):
        return f"{cardinal(int(over))} out of {cardinal(int(under))}"
    return mixed(whole, over, under)


def _operation(match: re.Match[str]) -> str:
    return f" {_OPERATORS[match[1]]} "


def _power(match: re.Match[str]) -> str:
    if "." in match[2]:
        return f" to the power of {'minus ' if match[1] else ''}{number(match[2])} "
    exponent = int(match[2])
    if not match[1] and exponent in _SUPERSCRIPTS:
        return f" {_SUPERSCRIPTS[exponent]} "
    return f" to the {'minus ' + cardinal(exponent) if match[1] else ordinal(exponent)} "


def _signed(match: re.Match[str]) -> str:
    return f"{SIGNS[match[1]]}{match[2]}"


_LIMITS = {"<": "less than", ">": "more than", "≤": "at most", "<=": "at most", "≥": "at least", ">=": "at least"}


def _power_of_ten(match: re.Match[str]) -> str:
    minus = "minus " if match[1].endswith("-") else ""
    return f"{number(match[1].rstrip('eE+-'))} times ten to the {minus}{cardinal(int(match[2]))}"


def _with_suffix(words: str, suffix: str) -> str:
    if suffix == "ish":
        return f"{words}-ish"
    return words.removesuffix("e").removesuffix("y") + ("i" if words.endswith("y") else "") + suffix


def _dimension(match: re.Match[str]) -> str:
    sides = re.findall(r"[\d.]+", match.group())
    return " by ".join(model_number(side) if side.isdigit() else number(side) for side in sides)


def _scaled(match: re.Match[str]) -> str:
    scale = {"k": "thousand", "K": "thousand", "M": "million", "B": "billion", "bn": "billion"}[match[2]]
    return f"{number(match[1])} {scale}"


def _place(match: re.Match[str]) -> str:
    second = f" {model_number(match['second'])}" if match["second"] else ""
    return f"{match['before']}{pairs(int(match['figures']))}{second} "


def _state(match: re.Match[str]) -> str:
    return f"{match[1]}{_STATES[match[2]]}, {_groups(match[3])}"


_STATES = dict(
    pair.split("=") for pair in
    "AL=alabama AK=alaska AZ=arizona AR=arkansas CA=california CO=colorado CT=connecticut DE=delaware FL=florida "
    "GA=georgia HI=hawaii "
    "ID=idaho IL=illinois IN=indiana IA=iowa KS=kansas KY=kentucky LA=louisiana ME=maine MD=maryland "
    "MA=massachusetts MI=michigan "
    "MN=minnesota MS=mississippi MO=missouri MT=montana NE=nebraska NV=nevada NH=new_hampshire NJ=new_jersey "
    "NM=new_mexico NY=new_york "
    "NC=north_carolina ND=north_dakota OH=ohio OK=oklahoma OR=oregon PA=pennsylvania RI=rhode_island "
    "SC=south_carolina SD=south_dakota "
    "TN=tennessee TX=texas UT=utah VT=vermont VA=virginia WA=washington WV=west_virginia WI=wisconsin WY=wyoming "
    "DC=D_C".replace("_", "\u00a0").split(" ")
)  # fmt: skip

TELEPHONES = (
    Rule(
        "secret number",
        re.compile(
            r"(?<!\w)((?:[Cc]ode|PIN|pin|[Pp]asscode|[Pp]assword|OTP)(?: is)?:? )"
            r"(\d{3}[ -]\d{3}|\d{4,8})(?!\w|[.,-]\d)"
        ),
        lambda match: match[1] + ", ".join(digits(group) for group in re.findall(r"\d+", match[2])),
        "Typed digit by digit, so said so.",
        (
            ("Your code is 482913.", "your code is four eight two nine one three."),
            ("code: 482-913", "code, four eight two, nine one three"),
        ),
    ),
    Rule(
        "telephone with a word",
        re.compile(r"(?<![\w.,/-])1-(8\d\d)-(?=[A-Z]{4,})"),
        lambda match: f" one, {_groups(match[1])}, ",
        "Its digits are dialled; before ranges.",
        (("Call 1-800-FLOWERS", "call one, eight hundred, flowers"),),
    ),
    Rule(
        "model",
        re.compile(r"(?:(?<=[A-Za-z]\d)|(?<=[A-Z]\d{3}))-(?=\d{2})"),
        lambda _: " ",
        "A hyphen within a name takes nothing away.",
        (("An A380-800, an i7-13700", "an A three eighty eight hundred, an I seven thirteen thousand seven hundred"),),
    ),
    Rule(
        "number in two parts",
        re.compile(r"(?<!\w)#(\d{1,9})-(\d{1,9})(?![\w-])"),
        lambda match: f" number {model_number(match[1])}, {model_number(match[2])}",
        "Of an order or an article; the hyphen takes nothing away.",
        (("Order #12345-67", "order number one two three four five, sixty-seven"),),
    ),
    Rule(
        "telephone",
        re.compile(
            r"(?<![\w.,/-])(?:\+?1[-. ])?(?:\(\d{3}\)\s?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w]|[-.,]\d)"
            r"|(?<![\w.,/-])\d{3}-\d{4}(?![\w]|[-.,]\d)"
            r"|(?<!\w)\+\d{1,3}(?:[- .]?\(?\d{2,5}\)?){2,5}(?![\w]|[-.,]\d)"
        ),
        _telephone,
        "Digit by digit with its groups kept apart, zero as 'oh'; before ranges, which its hyphens look like.",
        (
            ("Call 555-123-4567.", "call five five five, one two three, four five six seven."),
            ("(212) 555-0199", "two one two, five five five, oh one nine nine"),
            ("1-800-555-0199", "one, eight hundred, five five five, oh one nine nine"),
            ("+44 20 7946 0958", "plus four four, two oh, seven nine four six, oh nine five eight"),
            ("555-0123", "five five five, oh one two three"),
        ),
    ),
    Rule(
        "state and ZIP code",
        re.compile(r"(, ?| )(" + "|".join(_STATES) + r"),? (\d{5}(?:-\d{4})?)(?![\w-])"),
        _state,
        "The two letters of a state before five digits; alone, most of them are words or names.",
        (
            ("Reno, NV 89501", "reno, nevada, eight nine five oh one"),
            ("Albany NY 12207-1234", "albany new york, one two two oh seven, one two three four"),
        ),
    ),
    Rule(
        "state behind its city",
        re.compile(r"(?<=[a-z]), (?!(?:OK|HI|OH|OR|IN|ME|ID|PA|MA|AL)\b)(" + "|".join(_STATES) + r")(?=[.,;:!?)]|\Z)"),
        lambda match: f", {_STATES[match[1]]}",
        "Behind a comma, and before another mark; without those that are words or names.",
        (("She lives in St. Louis, MO.", "she lives in saint louis, missouri."), ("Yes, OK.", "yes, okay.")),
    ),
    Rule(
        "numbers in groups",
        re.compile(
            r"(?<![\w.,/-])\d{1,6}(?:-\d{1,8}){2,8}(?![\w/]|[-.,]\d)|(?<![\w.,/-])\d{3,4}(?: \d{3,4}){2,6}(?![\w/]"
            r"|[-.,]\d)"
        ),
        _telephone,
        "Three or more groups are an ISBN, a card, a social security number: never a sum.",
        (
            ("ISBN 978-3-16-148410-0", "I S B N nine seven eight, three, one six, one four eight four one oh, oh"),
            ("4111 1111 1111 1111", "four one one one, one one one one, one one one one, one one one one"),
        ),
    ),
    Rule(
        "emergency",
        re.compile(
            r"\b(?P<before>(?:[Cc]all|[Dd]ial|[Pp]hone|[Tt]ext|code)(?:ed|ing|s)? )(\d{3})(?![\w%°]|[-.,]\d| [a-z])|"
            r"(?<=\bor )911(?!\w)|(?<!\w)911(?= (?:call|operator|center))"
        ),
        lambda match: (match["before"] or "") + digits(match[2] or match[0]),
        "Three digits that are dialled, and nothing that is counted behind them.",
        (
            ("Call 911.", "call nine one one."),
            ("Call 100 people", "call one hundred people"),
            ("the 911 operator", "the nine one one operator"),
        ),
    ),
    Rule(
        "place with a number",
        re.compile(
            r"\b(?P<before>(?:[Rr]oom|[Ff]light|[Rr]oute|[Hh]ighway|[Ii]nterstate|[Ss]uite|[Bb]us|[Bb]oeing"
            r"|[Aa]irbus|[Ee]xtension|[Aa]partment|[Aa]pt\.?) )(?P<figures>[1-9]\d{2,3})(?:-(?P<second>\d{3}))?"
            r"(?![\d%°]|[a-z]|[A-Z]\w|[-.,]\d)"
        ),
        _place,
        "Three and four digits are said in pairs.",
        (
            ("Room 101", "room one oh one"),
            ("A Boeing 747", "a boeing seven forty-seven"),
            ("Route 1200", "route twelve hundred"),
            ("Boeing 737-800", "boeing seven thirty-seven eight hundred"),
        ),
    ),
)

FIGURES = (
    Rule(
        "number sign",
        re.compile(r"(?<![\w#])(?:#|№\s?)(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?![\w])"),
        _number_sign,
        "Before a number it says so; five digits or more are an order or a ticket, said one by one.",
        (
            ("#5", "number five"),
            ("Order #12345", "order number one two three four five"),
            ("We're #1!", "we're number one!"),
        ),
    ),
    Rule(
        "ordinal",
        re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:st|nd|rd|th|ST|ND|RD|TH)\b"),
        _ordinal,
        "Whatever its ending: '2th' is heard as second.",
        (
            ("21st century", "twenty-first century"),
            ("the 3rd and 112th", "the third and one hundred twelfth"),
            ("1,000th", "one thousandth"),
        ),
    ),
    Rule(
        "number with a suffix",
        re.compile(r"(?<![\w.,])(\d{1,4})-?(ers?|ish)\b"),
        lambda match: _with_suffix(cardinal(int(match[1])), match[2]),
        "Teams, and what is about so many.",
        (("The 49ers at 3ish", "the forty-niners at three-ish"),),
    ),
    Rule(
        "age",
        re.compile(r"(?<![\w.,])(\d{1,3})[- ]?y/?o\b"),
        lambda match: f"{number(match[1])} year old",
        "As doctors note it.",
        (("A 45-yo man", "a forty-five year old man"),),
    ),
    Rule(
        "power of ten",
        re.compile(r"(?<![\w.,])(\d{1,15}\.\d{1,15}[eE][-+]?|\d{1,15}[eE][-+])(\d{1,3})(?!\w)"),
        _power_of_ten,
        "As computers write it.",
        (("1e-5 and 1.5E10", "one times ten to the minus five and one point five times ten to the ten"),),
    ),
    Rule(
        "more or less than",
        re.compile(r"(?<![\w)<>=-])(?:(?<!\w )|(?<=[A-Za-z]{2} ))(?!<3(?![\d.%]))([<>]=|[<>≤≥]) ?(?=-?\.?\d)"),
        lambda match: f" {_LIMITS[match[1]]} ",
        "With nothing to compare on its left; '<3' is a heart.",
        (
            (">90% and ≤5", "more than ninety percent and at most five"),
            ("A Q >= 4.5 in <10 days", "a Q is at least four point five in less than ten days"),
        ),
    ),
    Rule(
        "score",
        re.compile(
            r"\b(?P<before>(?i:won|wins?|lost|loses?|led|leads?|leading|beats?|beaten|defeat(?:s|ed)?|final|scored?|tied|drew|draw)"
            r"[^\d.!?]{0,40}? )(?P<first>\d{1,3})-(?P<second>\d{1,3})(?![\w%°]|[-.,]\d)"
        ),
        _score,
        "As a range, but its zero is 'nothing'.",
        (
            ("They won 3-0.", "they won three to nothing."),
            ("We beat them 21-14", "we beat them twenty-one to fourteen"),
        ),
    ),
    Rule(
        "from to",
        re.compile(
            _FREE + r"(?<!-)(" + _NUMBER + r")\s?%?(?:[-–—~]|\s[–—]\s)(" + _NUMBER +
            r")(\s?%)?(?![\w=]|\s?[=]|[-/]\d|[.,]\d)"
        ),
        _from_to,
        "A hyphen between numbers without spaces is 'to'; with spaces, or before '=', it is a minus.",
        (
            ("10-15 people", "ten to fifteen people"),
            ("Pages 3–5", "pages three to five"),
            ("20-30%", "twenty to thirty percent"),
            ("50~60", "fifty to sixty"),
            ("10 - 3 = 7", "ten minus three equals seven"),
        ),
    ),
    Rule(
        "dimensions",
        re.compile(_FREE + r"\d{1,5}(?:\.\d{1,3})?(?:\s?[x×]\s?\d{1,5}(?:\.\d{1,3})?){1,3}(?![\w=]|\s?=|[.,]\d)"),
        _dimension,
        "'By', but in a sum, which has an '='.",
        (
            ("1920x1080", "nineteen twenty by ten eighty"),
            ("a 4x4 and 2 × 3", "a four by four and two by three"),
            ("2 x 3 = 6", "two times three equals six"),
        ),
    ),
    Rule(
        "times",
        re.compile(_FREE + r"(\d{1,6}(?:\.\d{1,3})?)[x×](?!\w|\s?[-+=*/])"),
        lambda match: f"{number(match[1])} times ",
        "How often, how many times as much.",
        (("10x faster", "ten times faster"), ("2x + 1 = 5", "two X plus one equals five")),
    ),
    Rule(
        "fraction",
        re.compile(r"(?<![\w.,/])(?:(\d{1,4})[ -])?(\d{1,3})/(\d{1,4})(?:ths?|rds?|nds?)?(?![\w/=]|\s?=|[.,]\d)"),
        _fraction,
        "With a whole number in front if there is one; of ten or a hundred it is a mark.",
        (
            ("1/2 or 3/4 cup", "one half or three quarters cup"),
            ("½ and 5½", "one half and five and a half"),
            ("1 1/2 cups, 2 3/4 cups", "one and a half cups, two and three quarters cups"),
            ("I give it 8/10.", "i give it eight out of ten."),
            ("2/3", "two thirds"),
        ),
    ),
    Rule(
        "ratio",
        re.compile(r"(?<![\w.,:])(\d{1,3}(?:,\d{3}){1,4}|\d{1,4}):(\d{1,4})(?![\w:]|[.,]\d)"),
        lambda match: f"{number(match[1])} to {number(match[2])}",
        "What a time is not.",
        (
            ("A ratio of 3:1", "a ratio of three to one"),
            ("16:9", "sixteen to nine"),
            ("1,000:1", "one thousand to one"),
        ),
    ),
    Rule(
        "letters with a power",
        re.compile(r"(?<![A-Za-z])([A-Za-z]{1,3})(?=\^)"),
        lambda match: spell(match[1]),
        "A formula: what is raised is no word.",
        (("E=mc²", "E equals M C squared"),),
    ),
    Rule(
        "power",
        re.compile(r"\^(-)?(\d{1,9}(?:\.\d{1,9})?)(?!\w|\.\d)"),
        _power,
        "Also what was raised: 'x²'.",
        (
            ("x² + y³", "X squared plus Y cubed"),
            ("10^6, 10⁻³, 2^0.5", "ten to the sixth, ten to the minus three, two to the power of zero point five"),
        ),
    ),
    Rule(
        "per mille",
        re.compile("‰"),
        lambda _: " per thousand ",
        "No other rule reads it.",
        (("5‰", "five per thousand"),),
    ),
    Rule(
        "sign of a number",
        re.compile(r"(?<![\w.)%'\"])([-+±~])\s?(?=[\d.])(" + _NUMBER + ")"),
        _signed,
        "Where nothing stands in front of it, it belongs to the number.",
        (
            ("-5 degrees", "minus five degrees"),
            ("+3", "plus three"),
            ("±5", "plus or minus five"),
            ("~50 people", "about fifty people"),
        ),
    ),
    Rule(
        "operator between numbers",
        re.compile(
            r"(?<=[\d)])\s?([-+×x*·÷/=<>≤≥≠≈±^]|[<>!=]=)\s?(?=[-+(]?\.?\d)|"
            r"(?:(?<=[\d)])|(?<=\b[A-Za-z]))\s([+=<>≤≥≠≈±×÷]|[<>!=]=)\s(?=[-(]?\.?\d|\(|[A-Za-z]\b)"
        ),
        lambda match: f" {_OPERATORS[match[1] or match[2]]} ",
        "After all that has a meaning of its own between numbers.",
        (
            ("2+2=4", "two plus two equals four"),
            ("5 > 3", "five is greater than three"),
            ("6*7", "six times seven"),
            ("x = 5", "X equals five"),
        ),
    ),
    Rule(
        "thousands by letter",
        re.compile(_FREE + r"(\d{1,6}(?:\.\d{1,3})?)(k|M|bn|(?<=\.\d)B|(?<=\.\d\d)B)\b(?!['-])"),
        _scaled,
        "In the press; 'm' would be meters. 'K' is left a letter: '4K video'.",
        (("5k users, 2.5M views", "five thousand users, two point five million views"), ("4K video", "four K video")),
    ),
)

NUMBERS = (
    Rule(
        "number with a decimal point",
        re.compile(r"(?<![\w.])(?<!\d,)(?:\d{1,3}(?:,\d{3})+|\d+)?\.\d+(?!\.?\d)"),
        lambda match: f" {number(match.group())} ",
        "Its decimals one by one. '.5' is 'point five'.",
        (
            ("3.14", "three point one four"),
            (".5", "point five"),
            ("1,234.05", "one thousand two hundred thirty-four point zero five"),
        ),
    ),
    Rule(
        "number with thousands",
        re.compile(r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)"),
        lambda match: f" {number(match.group())} ",
        "A comma before three digits parts thousands.",
        (
            ("10,000 and 1,200,007", "ten thousand and one million two hundred thousand seven"),
        ),
    ),
    Rule(
        "number",
        re.compile(r"\d+"),
        lambda match: f" {number(match.group())} ",
        "Every digit that is left is read here: none reaches the voice. Codes and very long ones digit by digit.",
        (
            ("12345", "twelve thousand three hundred forty-five"),
            ("100", "one hundred"),
            ("In 12 days", "in twelve days"), ("Agent 007", "agent zero zero seven"),
        ),
    ),
)
