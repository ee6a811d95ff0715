"""The two ends of the normaliser: characters before the rules, and what may leave it after them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from edge.text.en.normaliser.words import LETTERS

# One way to write what has several. Quotation marks and dashes: the rules know one of each. A full-width or
# ligature form ("Ａ", "ﬁ", "㎏") is NFKC's business, but not these, which NFKC would join to their neighbours.
_SAME = str.maketrans(
    {
        "‘": "'", "’": "'", "‛": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'", "＇": "'", "“": '"', "”": '"', "„": '"',
        "‟": '"', "«": '"', "»": '"', "″": '"', "‹": '"', "›": '"', "‐": "-", "‑": "-", "−": "-", "﹣": "-", "－": "-",
        "–": "–", "‒": "–", "—": "—", "―": "—", "⁄": "/", "∕": "/", "…": "...", "‥": "..", "º": "°", "˚": "°",
        "℃": "°C", "℉": "°F", "™": "", "®": "", "℠": "", "\u00ad": "",
    }
)  # fmt: skip

# Spelled as a person would type them, apart from the number before them: "5½" is "5 1/2".
_SPELLED_FRACTIONS = str.maketrans(
    {one: " " + unicodedata.normalize("NFKC", one).replace("⁄", "/") for one in "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞↉"}
)
# Raised digits are powers or notes, not digits of the number before them: "m²" becomes "m^2", "1ˢᵗ" "1st".
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]{1,9}")

_NO_TEXT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
# What has no width joins: what it joins stays together.
_NO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff\ufe0e\ufe0f]")
_NOT_LATIN = re.compile(r"[^\x00-\x7f]+")

# Latin letters that are no letter with a mark, so that Unicode does not take them apart.
_LATIN = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
        "ŋ": "ng", "Æ": "Ae", "Œ": "Oe", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "Th", "Ħ": "H", "Ŋ": "Ng",
        "ẞ": "SS",
    }
)  # fmt: skip


def opening(text: str) -> str:
    """`text` with one way to write each mark, and nothing that is no text; emoji and other letters stay."""
    if text.isascii() and text.isprintable():
        return " ".join(text.replace("`", "'").split())
    text = _NO_WIDTH.sub("", text).translate(_SAME).translate(_SPELLED_FRACTIONS)
    text = _RAISED.sub(lambda match: "^" + unicodedata.normalize("NFKC", match.group()).replace("−", "-"), text)
    text = unicodedata.normalize("NFKC", text)
    return " ".join("".join(map(_text, text)).split())


def without_accents(text: str) -> str:
    """`text` with Latin letters as ASCII has them, "cafe" and "Lodz"; other alphabets stay."""
    if text.isascii():
        return text
    return "".join(map(_bare, text.translate(_LATIN)))


@cache
def _bare(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character)
    return decomposed[0] if decomposed[0].isascii() else character


def latin(text: str) -> str:
    """`text` with other alphabets in ASCII, "Москва" as "Moskva"; the letters that `spell` set apart stay."""
    if text.isascii():
        return text
    return _NOT_LATIN.sub(_transliterated, text)


# "5,,," and "?!?!": one mark says it. The dots of an ellipsis are three, which upstream's voices have learned.
_MARKS = (
    (re.compile(r"[^a-z\uE041-\uE05A'.,!?-]+"), " "),
    (re.compile(r"(?<![a-z\uE041-\uE05A])-|-(?![a-z\uE041-\uE05A])"), " "),
    # An apostrophe is one between letters, or in front of a word that is known for it.
    (re.compile(r"(?<![a-z\uE041-\uE05A])'(?!(?:em|til|tis|twas|cause|bout|n)\b)|'(?![a-z])"), " "),
    (re.compile(r"(?<=[\uE041-\uE05A])(?=[a-z\uE041-\uE05A])|(?<=[a-z])(?=[\uE041-\uE05A])"), " "),
    (re.compile(r" {2,}"), " "),
    (re.compile(r" (?=[.,!?])"), ""),
    (re.compile(r"\.{3,}"), "\uE000"),
    (re.compile(r"[.,!?\uE000]{2,}"), lambda match: _one_mark(match.group())),
    (re.compile(r"\uE000"), "..."),
    (re.compile(r"(?<=[.,!?])(?=[a-z\uE041-\uE05A'])"), " "),
)  # fmt: skip
# What parts a sentence, each as the pause that the voice knows.
_BREAK = re.compile(r"[;:()\[\]{}<>|–—]|(?<= )-(?= )|--+")


def finish(text: str) -> str:
    """`text` in lower case, with nothing but words and marks that the voice knows."""
    text = latin(_BREAK.sub(", ", text)).lower()
    for pattern, replacement in _MARKS:
        text = pattern.sub(replacement, text)
    return text.lstrip(" .,!?-").rstrip(" ,-").translate(LETTERS)


def _text(character: str) -> str:
    """The character; a space for what is no text; and a digit of any script as ours."""
    if character.isascii():
        return character if character.isprintable() else " "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return " " if unicodedata.category(character) in _NO_TEXT else character


def _one_mark(run: str) -> str:
    """What a run of marks comes to: the strongest, and for "?!" both."""
    if "?" in run:
        return "?!" if "!" in run else "?"
    return next(mark for mark in "!\uE000.," if mark in run)


def _transliterated(match: re.Match[str]) -> str:
    """Letters of another alphabet in ASCII; a syllable that anyascii begins with a capital is a word."""
    from anyascii import anyascii

    kept = "".join(one if ord(one) in LETTERS else anyascii(one) for one in match.group())
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kept)
