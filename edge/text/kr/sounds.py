"""How written Korean sounds: the rules of the Standard Pronunciation (표준 발음법), by the numbers of its articles.

They work on letters (see `edge.text.kr.jamo`), in the order of g2pK (Apache-2.0), which MeloTTS' voices were trained
on. A `/P` stands behind the stem of a verb, `/E` behind an ending in ᆯ, `/J` behind the particle 의.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from edge.text.kr import jamo
from edge.text.kr.jamo import CODAS, ONSETS

_Replacements = tuple[tuple[re.Pattern[str], str], ...]


def _table(*rows: tuple[str, str]) -> _Replacements:
    return tuple((re.compile(jamo.letters(pattern)), jamo.letters(replacement)) for pattern, replacement in rows)


_PLAIN = "ᄀᄃᄇᄉᄌ"
_TENSE = str.maketrans(_PLAIN, "ᄁᄄᄈᄊᄍ")
_ASPIRATED = str.maketrans("ᄀᄃᄌᄉ", "ᄏᄐᄎᄊ")

# What a coda sounds like before a pause and before most consonants (articles 8 to 11).
_CLOSED = dict(zip("ᆨᆩᆪᆰᆿ", "ᆨ" * 5, strict=True)) | dict(zip("ᆮᆺᆻᆽᆾᇀᇂ", "ᆮ" * 7, strict=True))
_CLOSED |= dict(zip("ᆸᆹᆵᇁ", "ᆸ" * 4, strict=True)) | dict(zip("ᆯᆲᆳᆴᆶ", "ᆯ" * 5, strict=True))
_CLOSED |= dict(zip("ᆫᆬᆭ", "ᆫ" * 3, strict=True)) | {"ᆷ": "ᆷ", "ᆱ": "ᆷ", "ᆼ": "ᆼ"}
_NASAL = {"ᆨ": "ᆼ", "ᆮ": "ᆫ", "ᆸ": "ᆷ"}
# What ᄒ makes of a coda (article 12): what is left of it, and the onset.
_BEFORE_H = dict.fromkeys("ᆨᆩᆪᆿ", ("", "ᄏ")) | dict.fromkeys("ᆮᆺᆻᆾᇀ", ("", "ᄐ")) | dict.fromkeys("ᆸᇁ", ("", "ᄑ"))
_BEFORE_H |= {"ᆰ": ("ᆯ", "ᄏ"), "ᆽ": ("", "ᄎ"), "ᆬ": ("ᆫ", "ᄎ"), "ᆲ": ("ᆯ", "ᄑ"), "ᆵ": ("ᆸ", "ᄑ"), "ᆹ": ("ᆸ", "ᄑ")}
_AFTER_H = {"ᇂ": "", "ᆭ": "ᆫ", "ᆶ": "ᆯ"}
# Codas that make a plain onset tense (article 23) beside those that sound ᆨ, ᆮ or ᆸ.
_TENSING = frozenset("ᆲᆳ")

# A coda goes over to a syllable that begins with a vowel (articles 12.4, 13, 14).
_LINKED = dict(zip("ᆨᆩᆫᆮᆯᆷᆸᆺᆻᆽᆾᆿᇀᇁ", "ᄀᄁᄂᄃᄅᄆᄇᄉᄊᄌᄎᄏᄐᄑ", strict=True))
_LINKED |= {"ᆪ": "ᆨᄊ", "ᆬ": "ᆫᄌ", "ᆰ": "ᆯᄀ", "ᆱ": "ᆯᄆ", "ᆲ": "ᆯᄇ", "ᆳ": "ᆯᄊ", "ᆴ": "ᆯᄐ", "ᆵ": "ᆯᄑ", "ᆹ": "ᆸᄊ"}
_LINKED |= {"ᇂ": "ᄋ", "ᆭ": "ᄂ", "ᆶ": "ᄅ"}
_LINK = re.compile(f"([{''.join(_LINKED)}])ᄋ")

_VOWELS = _table(
    ("([ᄌᄍᄎ])ᅧ", r"\1ᅥ"),  # 5.1
    ("([ᄀᄁᄂᄃᄄᄅᄆᄇᄈᄉᄊᄌᄍᄎᄏᄐᄑᄒ])ᅴ", r"\1ᅵ"),  # 5.3
    ("/J", ""),
)
# The names of the letters (article 16): 디귿이 is 디그시.
_NAMES = _table(
    ("디귿ᄋ", "디그ᄉ"),
    ("((?:지으|치으|티으|히으))[ᆽᆾᇀᇂ]ᄋ", r"\1ᄉ"),
    ("키읔ᄋ", "키으ᄀ"),
    ("피읖ᄋ", "피으ᄇ"),
)
# g2pK takes any syllable with ᅳ for a letter's name: 끝에 is 끄세 to it.
_STRICT_NAMES = _table(
    ("([그])ᆮᄋ", r"\1ᄉ"),
    ("([으])[ᆽᆾᇀᇂ]ᄋ", r"\1ᄉ"),
    ("([으])ᆿᄋ", r"\1ᄀ"),
    ("([으])ᇁᄋ", r"\1ᄇ"),
)
_STEMS = _table(
    ("ᆰ/P[ᄀᄁ]", "ᆯᄁ"),  # 11.1
    *((f"([ᆲᆴᆫᆷ])/P{plain}", rf"\1{plain.translate(_TENSE)}") for plain in "ᄀᄃᄉᄌ"),  # 24, 25
    *((f"ᆬ/P{plain}", f"ᆫ{plain.translate(_TENSE)}") for plain in "ᄀᄃᄉᄌ"),
    *((f"ᆱ/P{plain}", f"ᆷ{plain.translate(_TENSE)}") for plain in "ᄀᄃᄉᄌ"),
    ("(바)ᆲ(?=$|[^ᄋᄒ])", r"\1ᆸ"),  # 10.1
    ("(너)ᆲ(?=[ᄌᄍᄃᄄ]ᅮ)", r"\1ᆸ"),
    ("ᆮᄋ(?=[ᅵᅧ])", "ᄌ"),  # 17
    ("ᇀᄋ(?=[ᅵᅧ])", "ᄎ"),
    ("ᆴᄋ(?=[ᅵᅧ])", "ᆯᄎ"),
    ("ᆮᄒ(?=ᅵ)", "ᄎ"),
    ("ᆯ걸", "ᆯ껄"),  # 27
    ("ᆯ밖에", "ᆯ빠께"),
    *((f"ᆯ{plain}{rest}", f"ᆯ{plain.translate(_TENSE)}{rest}") for plain, rest in (
        ("ᄉ", "ᅦ라"), ("ᄉ", "ᅮ록"), ("ᄌ", "ᅵ라도"), ("ᄌ", "ᅵ언정"), ("ᄌ", "ᅵᆫ대"),
    )),
    ("/[PJEB]", ""),
)  # fmt: skip
_CODA = re.compile(f"([{CODAS}])([{ONSETS}]?)")


def spoken(letters: str, *, strict: bool = False) -> str:
    """The letters that are heard; `strict` as g2pK hears the names of letters."""
    letters = _apply(_VOWELS, letters)
    letters = _apply(_STRICT_NAMES if strict else _NAMES, letters)
    letters = _apply(_STEMS, letters)
    return _LINK.sub(lambda match: _LINKED[match[1]], _CODA.sub(_meet, letters))


def _apply(table: Iterable[tuple[re.Pattern[str], str]], letters: str) -> str:
    for pattern, replacement in table:
        letters = pattern.sub(replacement, letters)
    return letters


def _meet(match: re.Match[str]) -> str:
    """A coda and the onset behind it as each makes the other sound; before a vowel it waits to be linked."""
    coda, onset = match[1], match[2]
    if onset == "ᄋ":
        return match[0]
    if not onset:
        return _CLOSED[coda]
    if coda in _AFTER_H:
        return _after_h(coda, onset)
    if onset == "ᄒ" and coda in _BEFORE_H:
        return "".join(_BEFORE_H[coda])
    return _assimilated(coda, _CLOSED[coda], onset)


def _after_h(coda: str, onset: str) -> str:
    left = _AFTER_H[coda]
    if onset == "ᄂ":
        return "ᆯᄅ" if left == "ᆯ" else "ᆫᄂ"
    if onset == "ᄅ" and left:
        return "ᆯᄅ"
    return left + onset.translate(_ASPIRATED)


def _assimilated(coda: str, closed: str, onset: str) -> str:
    """Articles 18 to 20, and 23."""
    if onset in "ᄂᄆ":
        nasal = "ᆷ" if coda == "ᆲ" else _NASAL.get(closed, closed)
        return nasal + ("ᄅ" if nasal == "ᆯ" and onset == "ᄂ" else onset)
    if onset == "ᄅ":
        if closed in "ᆫᆯ":
            return "ᆯᄅ"
        return _NASAL.get(closed, closed) + "ᄂ"
    return closed + (onset.translate(_TENSE) if closed in _NASAL or coda in _TENSING else onset)
