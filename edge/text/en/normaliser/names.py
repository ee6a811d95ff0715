"""Titles, abbreviations, initials, roman numerals: what its neighbours tell how to read."""

from __future__ import annotations

import re

from edge.text.en.normaliser.acronyms import model_number
from edge.text.en.normaliser.words import cardinal, ordinal, spell
from edge.text.rules import Rule

# Nothing but closing marks behind: the full stop of the abbreviation ends the sentence as well.
_LAST = r"(?P<last>(?=[\"')\]]*\Z))?"
# Or a capital letter, for words that seldom stand before a name.
_LAST_OR_CAPITAL = r"(?P<last>(?=[\"')\]]*(?:\Z| [A-Z])))?"

_TITLES = {
    "Mr": "mister", "Mrs": "missus", "Ms": "ms", "Mx": "mix", "Messrs": "messrs", "Dr": "doctor", "Drs": "doctors",
    "Prof": "professor", "Rev": "reverend", "Fr": "father", "Gen": "general", "Col": "colonel", "Capt": "captain",
    "Cpt": "captain", "Cmdr": "commander", "Lt": "lieutenant", "Sgt": "sergeant", "Cpl": "corporal", "Pvt": "private",
    "Maj": "major", "Adm": "admiral", "Sen": "senator", "Rep": "representative", "Gov": "governor", "Pres": "president",
    "Supt": "superintendent", "Hon": "honorable", "St": "saint", "Ste": "saint", "Mt": "mount", "Ft": "fort",
    "Msgr": "monsignor", "Amb": "ambassador",
}  # fmt: skip
_STREETS = {
    "St": "street", "Dr": "drive", "Ave": "avenue", "Av": "avenue", "Blvd": "boulevard", "Rd": "road", "Ln": "lane",
    "Ct": "court", "Pl": "place", "Hwy": "highway", "Pkwy": "parkway", "Sq": "square", "Ter": "terrace",
    "Cir": "circle", "Expy": "expressway", "Mt": "mountain",
}  # fmt: skip
_COMPASS = {
    "N": "north", "S": "south", "E": "east", "W": "west", "NE": "northeast", "NW": "northwest", "SE": "southeast",
    "SW": "southwest",
}  # fmt: skip

# With their full stop; a number or a name may follow, or nothing.
_SHORT = {
    "Jr": "junior", "jr": "junior", "Sr": "senior", "Dr": "doctor", "Esq": "esquire", "Inc": "incorporated",
    "Corp": "corporation", "Ltd": "limited", "Co": "company", "Bros": "brothers", "Assn": "association",
    "Dept": "department", "dept": "department", "Univ": "university", "Inst": "institute", "Govt": "government",
    "govt": "government", "Intl": "international", "Natl": "national", "Mfg": "manufacturing", "etc": "et cetera",
    "Etc": "et cetera", "vs": "versus", "Vs": "versus", "approx": "approximately", "Approx": "approximately",
    "est": "established", "Est": "established", "misc": "miscellaneous", "Misc": "miscellaneous", "avg": "average",
    "Avg": "average", "tel": "telephone", "Tel": "telephone", "ext": "extension", "Ext": "extension",
    "incl": "including", "excl": "excluding", "cont": "continued", "ed": "edition", "eds": "editors", "qty": "quantity",
    "Qty": "quantity", "attn": "attention", "Attn": "attention", "Ave": "avenue", "Blvd": "boulevard", "Rd": "road",
    "Hwy": "highway", "Apt": "apartment", "apt": "apartment", "Bldg": "building", "bldg": "building", "Pkwy": "parkway",
    "al": "al", "viz": "namely", "ca": "circa", "Ca": "circa", "cf": "compare", "Cf": "compare", "pseud": "pseudonym",
    "mgr": "manager", "Mgr": "manager", "asst": "assistant", "Asst": "assistant", "Calif": "california",
    "Conn": "connecticut", "Tenn": "tennessee", "Minn": "minnesota", "Fla": "florida", "Ariz": "arizona",
    "Colo": "colorado", "Okla": "oklahoma",
}  # fmt: skip
# These are words or names at the end of a sentence.
_SHORT_WITHIN = {
    "temp": "temperature", "Temp": "temperature", "max": "maximum", "Max": "maximum", "min": "minimum",
    "Min": "minimum", "ref": "reference", "Ref": "reference",
}  # fmt: skip
# No sentence ends with them before a capital letter.
_GO_ON = frozenset(["vs", "Vs", "Co", "Jr", "Sr", "approx", "Approx", "ca", "Ca", "Tel", "Attn", "Apt", "Bldg", "Bros"])
# Only before a number: without one they are words, or something else.
_BEFORE_NUMBERS = {
    "No": "number", "no": "number", "Nos": "numbers", "nos": "numbers", "Nr": "number", "p": "page", "pp": "pages",
    "pg": "page", "P": "page", "Pp": "pages", "Vol": "volume", "vol": "volume", "Vols": "volumes", "vols": "volumes",
    "Ch": "chapter", "ch": "chapter", "Chap": "chapter", "chap": "chapter", "Fig": "figure", "fig": "figure",
    "Figs": "figures", "figs": "figures", "Sec": "section", "sec": "section", "Sect": "section", "Eq": "equation",
    "eq": "equation", "Art": "article", "art": "article", "c": "circa", "b": "born", "d": "died", "v": "verse",
    "Ver": "version", "ver": "version", "Op": "opus", "op": "opus", "Rm": "room", "rm": "room", "Ste": "suite",
    "Apt": "apartment", "Rte": "route", "rte": "route", "Pg": "page",
}  # fmt: skip
_PLACES = {
    "Hwy": "highway", "Rte": "route", "Rm": "room", "Apt": "apartment", "Ste": "suite", "Bldg": "building",
}  # fmt: skip
_DOTTED = {
    "e.g": "for example", "i.e": "that is", "a.k.a": spell("AKA"), "p.s": spell("PS"), "ph.d": spell("PHD"),
    "ph.ds": spell("PHD") + "'s", "w.r.t": "with respect to", "r.s.v.p": spell("RSVP"), "n.b": "note well",
}  # fmt: skip

_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_KINGS = (
    "Louis|Henry|Charles|George|Edward|William|James|John|Paul|Pius|Benedict|Gregory|Leo|Richard|Elizabeth|Philip|"
    "Felipe|Carlos|Juan|Alexander|Napoleon|Nicholas|Ivan|Peter|Catherine|Frederick|Wilhelm|Francis|Innocent|"
    "Clement|Urban|Boniface|Alfonso|Ferdinand|Mary|Robert|Constantine|Ptolemy|Ramesses|Ramses|Rameses|Darius|"
    "Xerxes|Cyrus|Otto|Christian|Gustav|Carl|Haakon|Harald|Baldwin|Sixtus|Celestine|Julius|Adrian|Victor|Umberto|"
    "Emmanuel|Emanuel|Margrethe|Albert|Leopold|Isabella|David|Malcolm|Kenneth|Amenhotep|Thutmose|Seti|Mehmed|Murad|"
    "Selim|Suleiman|Basil|Theodosius|Justinian|Joseph|Maximilian|Rudolf|Rudolph|Sigismund|Ludwig|Manuel|Pedro|"
    "Sancho|Henri|Stephen|Eric|Erik|Olaf|Cleopatra|Antiochus|Seleucus"
)
_NUMBERED = (
    "Chapter|Part|Act|Scene|Volume|Vol\\.|Book|Section|Article|Title|Phase|Type|Class|Level|Stage|Grade|Mark|Mk|"
    "Episode|Season|Appendix|Table|Figure|Fig\\.|Schedule|Annex|War|Bowl|Rocky|Fantasy|Olympiad|Apollo|Saturn|"
    "Titan|Category|Division|Group|Unit|Wars|Quest|Warcraft|Trek|chapter|part|act|scene|volume|book|section|"
    "article|phase|type|class|level|stage|episode|appendix|table|figure|category|division|unit"
)
# A single C, D, L or M names a type or is an initial. So is I, V or X with a full stop before a name; and "I" is the
# speaker, unless a mark or a word of these follows.
_NUMERAL = (
    r"(?!I\b(?! (?:of|was|and|in|died|ruled|reigned|became|had)\b|[,.;:)'\"]|\Z))(?![VIX]\. ?[A-Z])"
    r"([IVX]|[IVXLCDM]{2,12})(?![\w])"
)


def _stop(match: re.Match[str]) -> str:
    return "." if match["last"] is not None else ""


def value(numeral: str) -> int:
    """The value of a roman numeral as it is properly written; 0 for anything else."""
    if not numeral or not _ROMAN.fullmatch(numeral):
        return 0
    values = [_VALUES[letter] for letter in numeral]
    return sum(-one if one < following else one for one, following in zip(values, [*values[1:], 0], strict=True))


def _numeral(match: re.Match[str]) -> str:
    number = value(match[2])
    return f"{match[1]} {cardinal(number)}" if number else match.group()


def _king(match: re.Match[str]) -> str:
    number = value(match[2])
    return f"{match[1]} the {ordinal(number)}" if number else match.group()


def _alone(match: re.Match[str]) -> str:
    number = value(match[1])
    return cardinal(number) if number else match.group()


def _century(match: re.Match[str]) -> str:
    number = value(match[1])
    return f"{ordinal(number)} {match[2]}" if number else match.group()


def _table(words: dict[str, str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _dotted(written: str) -> str:
    bare = written.replace(" ", "").lower()
    return {"eg": _DOTTED["e.g"], "ie": _DOTTED["i.e"]}.get(bare) or _DOTTED[bare]


def _abbreviation(match: re.Match[str]) -> str:
    ends = match["last"] is not None and (match[1] not in _GO_ON or match.end() == len(match.string))
    return _SHORT[match[1]] + ("." if ends else "")


def _letters(match: re.Match[str]) -> str:
    genitive = "'s" if match.group().endswith("'s") else ""
    return spell(match[1]) + genitive + (_stop(match) if match.group().endswith(".") else "")


def _address(match: re.Match[str]) -> str:
    compass = f"{_COMPASS[match['compass']]} " if match["compass"] else ""
    stop = _stop(match) if match["dot"] else ""
    return f"{model_number(match['house'])} {compass}{match['street']} {_STREETS[match['kind']]}{stop}"


ROMANS = (
    Rule(
        "monarch",
        re.compile(
            rf"\b(?!Malcolm X\b)({_KINGS}) {_NUMERAL}"
        ),
        _king,
        "An ordinal with 'the'. 'I' is the first only where it cannot be the speaker.",
        (
            ("Louis XIV and Henry VIII", "louis the fourteenth and henry the eighth"),
            ("Elizabeth I was queen.", "elizabeth the first was queen."),
            ("Did Charles I saw go?", "did charles i saw go?"),
            ("John D. Lee, David V. Hill", "john D lee, david V hill"),
            ("Pope John Paul II", "pope john paul the second"),
        ),
    ),
    Rule(
        "numbered thing",
        re.compile(rf"\b({_NUMBERED}) {_NUMERAL}"),
        _numeral,
        "A cardinal behind what is numbered.",
        (
            ("Chapter IV", "chapter four"),
            ("World War II", "world war two"),
            ("Rocky III and Super Bowl LVII", "rocky three and super bowl fifty-seven"),
            ("Part I, Type C", "part one, type C"),
            ("In class I learned", "in class i learned"),
        ),
    ),
    Rule(
        "someone's third",
        re.compile(r"\b([A-Z][a-z]+ [A-Z][a-z]+),? (II|III|IV)(?![\w-])"),
        _king,
        "Behind two names: father, son, grandson. Games and films are mostly in the rule before.",
        (("Thurston Howell III", "thurston howell the third"),),
    ),
    Rule(
        "century in roman",
        re.compile(r"\b([IVX]{1,5})(?:th)? ([Cc]entur(?:y|ies))\b"),
        _century,
        "As others count centuries.",
        (("The XIX century", "the nineteenth century"),),
    ),
    Rule(
        "world wars",
        re.compile(r"\bWW(II?)\b"),
        lambda match: f"world war {cardinal(len(match[1]))}",
        "Otherwise four capitals that nobody spells.",
        (("After WWII", "after world war two"),),
    ),
    Rule(
        "numeral alone",
        re.compile(r"(?<![\w'.&/-])(?!XXX?\b|IV\b|VI\b|XI\b)([IVX]{2,6})(?![\w'&/])(?!\.\w)"),
        _alone,
        "Only of I, V and X; what is also an abbreviation (IV, XX) is left to that.",
        (("Sections II and VII", "sections two and seven"), ("Final Fantasy XIII-2", "final fantasy thirteen two")),
    ),
)

ABBREVIATIONS = (
    Rule(
        "dotted phrase",
        re.compile(
            r"(?<![\w.-])((?i:" + _table(_DOTTED).replace("\\.", r"\. ?") + r")|[Ee]g|[Ii]e)(?![\w-])(?P<dot>\.(?!\.))?"
            + _LAST
        ),
        lambda match: _dotted(match[1]) + (_stop(match) if match["dot"] else ""),
        "Said as what they stand for; before letters with full stops, which are spelled.",
        (
            ("Fruit, e.g. apples, i.e. food", "fruit, for example apples, that is food"),
            ("Bob, a.k.a. Rob", "bob, A K A rob"),
            ("She has a Ph.D.", "she has a P H D."),
        ),
    ),
    Rule(
        "wind",
        re.compile(r"\b([Ww]inds?(?: from the)? )([NS][EW]?|[EW])(?![\w.'])"),
        lambda match: match[1] + _COMPASS[match[2]],
        "In addresses and elsewhere the letters are said.",
        (("Winds NW 10 mph", "winds northwest ten miles per hour"),),
    ),
    Rule(
        "number of a place",
        re.compile(r"(?<![\w.'-])(Hwy|Rte|Rm|Apt|Ste|Bldg) (?=\d)"),
        lambda match: f"{_PLACES[match[1]]} ",
        "Without its full stop, the number tells what it is.",
        (("Hwy 101 and Rte 66", "highway one oh one and route sixty-six"),),
    ),
    Rule(
        "floor",
        re.compile(r"(?<=\d(?:st|nd|rd|th) )[Ff]l\.?(?!\w)(?=,| [a-z])"),
        lambda _: "floor",
        "Behind its ordinal; in the end of a sentence it may be Florida.",
        (("on the 2nd fl., left", "on the second floor, left"),),
    ),
    Rule(
        "estimated",
        re.compile(r"(?<=\d )est\.(?=,| [a-z]|\Z)"),
        lambda match: "estimated" + ("." if match.end() == len(match.string) else ""),
        "Behind a number; before one it is established.",
        (("$1.98 est.", "one dollar and ninety-eight cents estimated."),),
    ),
    Rule(
        "defeated",
        re.compile(r"(?<=[a-z] )def\. (?=[A-Z])"),
        lambda _: "defeated ",
        "Between names, in results.",
        (("Nadal def. Federer 6-4", "nadal defeated federer six to four"),),
    ),
    Rule(
        "before a number",
        re.compile(r"(?<![\w.'&/-])(" + _table(_BEFORE_NUMBERS) + r")\.\s?(?=\d)"),
        lambda match: _BEFORE_NUMBERS[match[1]] + " ",
        "'No.' without a number is the word.",
        (
            ("No. 5", "number five"),
            ("See pp. 3-5, vol. 2, fig. 7.", "see pages three to five, volume two, figure seven."),
            ("He said no. Then yes.", "he said no. then yes."),
            ("c. 1900", "circa nineteen hundred"),
        ),
    ),
    Rule(
        "address",
        re.compile(
            r"\b(?P<house>\d{1,6}) (?:(?P<compass>[NSEW]|[NS][EW])\.? )?"
            r"(?P<street>(?:[A-Z][a-z]{1,20}|\d{1,3}(?:st|nd|rd|th))(?: [A-Z][a-z]{1,20}){0,2}) "
            r"(?P<kind>" + _table(_STREETS) + r")\b(?P<dot>\.?)" + _LAST
        ),
        _address,
        "Behind a house number the last short word is a street, even before a name.",
        (
            ("123 N. Main St. Springfield", "one twenty-three north main street springfield"),
            ("He lives at 45 Oak Dr.", "he lives at forty-five oak drive."),
        ),
    ),
    Rule(
        "street",
        re.compile(
            r"\b(?P<street>(?!(?:The|And|My|His|Her|Our|With|To|Ask|Call|See) )[A-Z][A-Za-z']{1,20}) (?P<kind>"
            + _table(_STREETS) + r")\.(?=[,;:)\"']| [a-z]|\Z)" + _LAST
        ),
        lambda match: f"{match['street']} {_STREETS[match['kind']]}{_stop(match)}",
        "Behind a name and before no name: 'Main St. is' but 'St. John' and 'the Dr. said'.",
        (
            ("St. John's Ave. is closed.", "saint john's avenue is closed."),
            ("Dr. Smith lives on Main Dr.", "doctor smith lives on main drive."),
            ("The Dr. said so to Dr. and Mrs. Lee", "the doctor said so to doctor and missus lee"),
        ),
    ),
    Rule(
        "numbered street",
        re.compile(r"(?<=\d(?:st|nd|rd|th) )(?P<kind>" + _table(_STREETS) + r")\b(?P<dot>\.?)" + _LAST),
        lambda match: _STREETS[match["kind"]] + (_stop(match) if match["dot"] else ""),
        "'5th St.' is no saint.",
        (("On 5th St. and 42nd Ave", "on fifth street and forty-second avenue"),),
    ),
    Rule(
        "street without a full stop",
        re.compile(r"(?<=[a-z] )(?P<kind>St|Ave|Blvd|Rd|Pkwy|Hwy|Ln)\b(?![.\w'-])(?! [A-Z][a-z])"),
        lambda match: _STREETS[match["kind"]],
        "As on maps.",
        (("Meet at Market St, please", "meet at market street, please"),),
    ),
    Rule(
        "title",
        re.compile(
            r"(?<![\w.'&/-])(?:(" + _table(_TITLES) + r")\. ?(?=[A-Za-z&])|"
            r"(Mr|Mrs|Ms|Dr|St|Mt|Ft|Prof|Sgt|Lt|Capt) (?=[A-Z]))"
        ),
        lambda match: f"{_TITLES[match[1] or match[2]]} ",
        "Before a name; without a full stop only those that are nothing else: not 'Gen Z'.",
        (
            ("Mr. and Mrs. Jones met Ms. Brown", "mister and missus jones met ms brown"),
            ("Prof. Lee, Sgt. Pepper, St. Paul", "professor lee, sergeant pepper, saint paul"),
            ("Mt. Everest, Ft. Worth, Mr Bean", "mount everest, fort worth, mister bean"),
        ),
    ),
    Rule(
        "versus at court",
        re.compile(r"(?<=[a-z] )v\. (?=[A-Z])"),
        lambda _: "versus ",
        "Between names.",
        (("Roe v. Wade", "roe versus wade"),),
    ),
    Rule(
        "abbreviation",
        re.compile(r"(?<![\w.'&/-])(" + _table(_SHORT) + r")\.(?![\w])" + _LAST_OR_CAPITAL),
        _abbreviation,
        "With its full stop. That ends the sentence as well where nothing or, for most, a capital follows.",
        (
            ("Martin Luther King Jr. spoke.", "martin luther king junior spoke."),
            ("Apple Inc. and Smith Bros.", "apple incorporated and smith brothers."),
            ("Bread, milk, etc. and so on, etc.", "bread, milk, et cetera and so on, et cetera."),
            ("Cats vs. Dogs", "cats versus dogs"),
            ("approx. 5 min. left", "approximately five minutes left"),
        ),
    ),
    Rule(
        "abbreviation within its sentence",
        re.compile(r"(?<![\w.'&/-])(?<!\d )(" + _table(_SHORT_WITHIN) + r")\.(?= [a-z\d])"),
        lambda match: _SHORT_WITHIN[match[1]],
        "Not where the full stop can be the sentence's.",
        (("The max. temp. is 5.", "the maximum temperature is five."), ("I met Max.", "i met max.")),
    ),
    Rule(
        "versus, et cetera",
        re.compile(r"(?<![\w.'])(?:[Vv]s|(etc))(?![\w.'])"),
        lambda match: "et cetera" if match[1] else "versus",
        "Without its full stop.",
        (("Man vs machine, etc", "man versus machine, et cetera"),),
    ),
    Rule(
        "letters with full stops",
        re.compile(r"(?<![\w.])((?:[A-Za-z]\.){1,12}[A-Za-z]\b\.?)(?:'s\b)?" + _LAST),
        _letters,
        "Spelled; the last full stop ends the sentence only where the text ends.",
        (
            ("The U.S. and the U.K.", "the U S and the U K."),
            ("J.R.R. Tolkien", "J R R tolkien"),
            ("An S.O.S call", "an S O S call"),
        ),
    ),
    Rule(
        "initial",
        re.compile(r"(?<![\w.'])([A-Z])\.(?= ?[A-Z]|,| (?:and|et|&) )"),
        lambda match: spell(match[1]),
        "One letter with a full stop before a name.",
        (
            ("George W. Bush", "george W bush"),
            ("J. R. R. Tolkien", "J R R tolkien"),
            ("Smith, J. and Lee, K.", "smith, J and lee, K."),
        ),
    ),
)
