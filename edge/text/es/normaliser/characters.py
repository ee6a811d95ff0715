"""The first and the last step: characters that the rules know, and characters that the voice can read."""

from __future__ import annotations

import re
import unicodedata

# Alphabets and signs; the rest of Unicode is found out anew each time, so that no text fills the memory.
_REMEMBERED = 0x3000
# What NFKC would lose and a rule reads.
_KEPT = frozenset("ºª°²³¹⁰⁴⁵⁶⁷⁸⁹½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞…™®©·")
_OWN = {
    "№": "n.º ", "℃": "°C", "℉": "°F", "µ": "μ", "´": "'", "`": "'", "’": "'", "‘": "'", "ʼ": "'",
    # Hyphens and minus signs; the long dashes, – and —, also stand for a pause.
    **dict.fromkeys("\u2010\u2011\u2212\ufe63\uff0d", "-"),
}  # fmt: skip
# Soft hyphens, joiners, marks without a letter of their own: in the middle of words, and not heard.
_SILENT = frozenset({"Cf", "Mn", "Me"})


class _Tidy(dict[int, str]):
    """What a character is for the rules, found out when it is first met (for `str.translate`)."""

    def __missing__(self, code: int) -> str:
        tidied = self._tidied(chr(code))
        if code < _REMEMBERED:
            self[code] = tidied
        return tidied

    @staticmethod
    def _tidied(character: str) -> str:
        category = unicodedata.category(character)
        if character in _OWN:
            return _OWN[character]
        if category == "Nd":
            return str(unicodedata.digit(character))
        if category in _SILENT:
            return ""
        if category[0] in "ZC":
            return " "
        composed = unicodedata.normalize("NFKC", character)
        return character if character in _KEPT or " " in composed else composed


_TIDY = _Tidy()
_SPACE_RUNS = re.compile(r"  +")
# A line's end is a pause; a paragraph's and a list item's is a full stop.
_LINES = re.compile(r"(?<![.,;:?!…\s])[ \t]*(?:\r?\n[ \t]*)+(?=(\S?))")


def tidy(text: str) -> str:
    """Compose letters, and make one of each kind of space, hyphen and digit; control characters go."""
    text = _LINES.sub(_line_end, text)
    return _SPACE_RUNS.sub(" ", unicodedata.normalize("NFC", text).translate(_TIDY))


def _line_end(match: re.Match[str]) -> str:
    ends = "\n" in match[0].replace("\n", "", 1) or not match[1].islower()
    return ". " if ends else " "


# Letters that Spanish does not have, as a Spaniard reads them. What is not here loses its accent (ã, ş).
_LETTERS = {
    "ç": "s", "ß": "ss", "æ": "e", "œ": "e", "ø": "o", "å": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "z", "ı": "i",
    "ä": "e", "ö": "o", "ş": "sh", "š": "sh", "č": "ch", "ć": "ch", "ž": "y", "ż": "y", "ř": "r", "ğ": "g",
    "ý": "i", "ÿ": "i", "à": "a", "è": "e", "ì": "i", "ò": "o", "ù": "u",
}  # fmt: skip
# Cyrillic as Spanish newspapers write it: х is j, not kh.
_CYRILLIC = {
    "ъ": "",
    "ь": "",
    **dict(
        zip(
            "абвгдеёжзийклмнопрстуфхцчшщыэюяіїєґў",
            "a b v g d e io y z i i k l m n o p r s t u f j ts ch sh sch i e iu ia i i ie g u".split(),
            strict=True,
        )
    ),
}
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        "a v g d e z i z i k l m n x o p r s s t i f j ps o".split(),
        strict=True,
    )
)
# A Greek letter on its own is a sign of mathematics, and has a name.
_GREEK_NAMES = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψωΩΔΣΠ",
        "alfa beta gamma delta épsilon zeta eta zeta iota kapa lambda mi ni xi ómicron pi ro sigma tau ípsilon fi ji "
        "psi omega omega delta sigma pi".split(),
        strict=True,
    )
)
_LONE_GREEK = re.compile(r"(?<![^\W\d_])[αβγδεζηθικλμνξοπρστυφχψωΩΔΣΠ](?![^\W\d_])")
_SPANISH = frozenset("abcdefghijklmnñopqrstuvwxyzáéíóúü")
# What MeloTTS's voices learnt: its Spanish cleaner made commas of : and ; and dropped quotes, so that these marks
# stand in its symbols and were never heard. The pause is what matters, and a comma has one.
_MARKS = {
    **{mark: mark for mark in ".,?!¿¡"},
    **dict.fromkeys(";:()[]{}–—|·•…", ","),
    "。": ".", "、": ",", "「": "", "」": "",
    **dict.fromkeys("\"«»“”„'‹›*^™®©", ""),
}


class _Spoken(dict[int, str]):
    """What a character is for the voice: letters of Spanish, a mark, a space, or nothing."""

    def __missing__(self, code: int) -> str:
        reduced = self._reduced(chr(code))
        if code < _REMEMBERED:
            self[code] = reduced
        return reduced

    @staticmethod
    def _reduced(character: str) -> str:
        if unicodedata.category(character)[0] == "M":
            return ""
        found = _found(character)
        if found is None:
            parts = map(_found, unicodedata.normalize("NFKD", character).lower())
            found = "".join(part for part in parts if part)
        return found or (found if character in _MARKS else " ")


def _found(character: str) -> str | None:
    for table in (_MARKS, _LETTERS, _CYRILLIC, _GREEK):
        if character in table:
            return table[character]
    return character if character in _SPANISH else None


_SPOKEN = _Spoken({ord(letter): letter for letter in _SPANISH})

_ELLIPSIS = re.compile(r"\.{2,}|…")
_ELLIPSIS_ENDS = re.compile(r"[.…]*\s*(?:\Z|[\"»”)\]]*\s*\Z|[¿¡\"«“—]*[A-ZÁÉÍÓÚÑ¿¡])")
_RUN = re.compile(r" ?[,.?!](?: ?[,.?!])*")
_OPENING = re.compile(r"[¿¡][¿¡ ,.]*")
# In Spanish, only of güe and güi.
_STRAY_DIAERESIS = re.compile("(?<!g)ü|ü(?![eéií])")
_START = re.compile(r"\A[ ,.?!]+")
_LONE_OPENING = re.compile(r"[¿¡]+(?=[ ,.?!]|\Z)")


def finish(text: str) -> str:
    """Return lower-case Spanish words and marks: what other rules left is read by its letters or dropped.

    The empty text if nothing has a sound.
    """
    text = _ELLIPSIS.sub(_ellipsis, text)
    text = _LONE_GREEK.sub(lambda match: f" {_GREEK_NAMES[match[0]]} ", text)
    text = text.lower().translate(_SPOKEN)
    text = _SPACE_RUNS.sub(" ", text)
    text = _STRAY_DIAERESIS.sub("u", text)
    text = _OPENING.sub(_opened, text)
    text = _SPACE_RUNS.sub(" ", _LONE_OPENING.sub(" ", text))
    text = _RUN.sub(_settle, text)
    text = _START.sub("", text).rstrip(" ,")
    return _SPACE_RUNS.sub(" ", text).strip()


def _ellipsis(match: re.Match[str]) -> str:
    """A hesitation within a sentence is a comma, at its end a full stop."""
    return ". " if _ELLIPSIS_ENDS.match(match.string[match.end() : match.end() + 16]) else ", "


def _opened(match: re.Match[str]) -> str:
    """Open a question and a shout once each, apart from the word before."""
    return " " + "".join(dict.fromkeys(mark for mark in match[0] if mark in "¿¡"))


def _settle(match: re.Match[str]) -> str:
    """Make one of several marks: the strongest, with a question and a shout together as they are."""
    marks = match[0].replace(" ", "")
    loud = "".join(dict.fromkeys(mark for mark in marks if mark in "?!"))
    return (loud or ("." if "." in marks else ",")) + " "
