"""English words as Koreans write them, from their sounds (외래어 표기법): school is 스쿨.

After g2pK (Apache-2.0), which MeloTTS uses, in what it writes, the places where that is no Korean included.
"""

from __future__ import annotations

import re

from edge.text.kr import jamo

_ONSETS = {
    "B": "ᄇ", "CH": "ᄎ", "D": "ᄃ", "DH": "ᄃ", "DZ": "ᄌ", "F": "ᄑ", "G": "ᄀ", "HH": "ᄒ", "JH": "ᄌ", "K": "ᄏ",
    "L": "ᄅ", "M": "ᄆ", "N": "ᄂ", "P": "ᄑ", "R": "ᄅ", "S": "ᄉ", "SH": "ᄉ", "T": "ᄐ", "TH": "ᄉ", "TS": "ᄎ",
    "V": "ᄇ", "Z": "ᄌ", "ZH": "ᄌ",
}  # fmt: skip
_CODAS = {"K": "ᆨ", "P": "ᆸ", "T": "ᆺ", "L": "ᆯ", "M": "ᆷ", "N": "ᆫ", "NG": "ᆼ"}
_VOWELS = {
    "AA": "ᅡ", "AE": "ᅢ", "AH": "ᅥ", "AO": "ᅩ", "AW": "ᅡ우", "AWER": "ᅡ워", "AY": "ᅡ이", "EH": "ᅦ", "EY": "ᅦ이",
    "IH": "ᅵ", "IY": "ᅵ", "OW": "ᅩ", "OY": "ᅩ이", "UH": "ᅮ", "UW": "ᅮ",
}  # fmt: skip
_SHORT = frozenset("AE AH AX EH IH IX UH".split())
_VOICED = frozenset("AEIOULRMN")
_VOWEL = frozenset("AEIOUY")
# A half vowel and the vowel behind it are one letter: Y and W stand for them until all sounds are there.
_GLIDES = (
    ("그W", "ᄀW"), ("흐W", "ᄒW"), ("크W", "ᄏW"), ("ᄂYᅥ", "니어"), ("ᄃYᅥ", "디어"), ("ᄅYᅥ", "리어"), ("Yᅵ", "ᅵ"),
    ("Yᅡ", "ᅣ"), ("Yᅢ", "ᅤ"), ("Yᅥ", "ᅧ"), ("Yᅦ", "ᅨ"), ("Yᅩ", "ᅭ"), ("Yᅮ", "ᅲ"), ("Wᅡ", "ᅪ"), ("Wᅢ", "ᅫ"),
    ("Wᅥ", "ᅯ"), ("Wᅩ", "ᅯ"), ("Wᅮ", "ᅮ"), ("Wᅦ", "ᅰ"), ("Wᅵ", "ᅱ"), ("ᅳᅵ", "ᅴ"), ("Y", "ᅵ"), ("W", "ᅮ"),
)  # fmt: skip
_LOOSE = re.compile(r"[\u1100-\u11ff]")


def hangul(phones: tuple[str, ...]) -> str:
    """English phones (ARPAbet) in syllables."""
    sounds = _joined(phones)
    # "^" and "$" are the beginning and the end.
    written = "".join(map(_letter, ["^", *sounds], sounds, [*sounds[1:], "$"]))
    written = jamo.letters(written)
    for apart, together in _GLIDES:
        written = written.replace(jamo.letters(apart), jamo.letters(together))
    return _LOOSE.sub("", jamo.syllables(written))


def _joined(phones: tuple[str, ...]) -> list[str]:
    """Phones without stress; those that one letter writes as one."""
    sounds = f" {' '.join(phone.rstrip('012') for phone in phones)} $"
    for apart, together in (
        (" T S ", " TS "), (" D Z ", " DZ "), (" AW ER ", " AWER "), (" IH R $", " IH ER "), (" EH R $", " EH ER "),
    ):  # fmt: skip
        sounds = sounds.replace(apart, together)
    return sounds.rstrip(" $").split()


def _letter(before: str, sound: str, behind: str) -> str:  # noqa: PLR0911 (a case each)
    """What is written of one sound between two others."""
    is_open = behind[0] in _VOWEL
    if sound in {"P", "T", "K"}:
        return _stop(before, sound, behind)
    if sound in {"M", "N", "NG"}:
        return _ONSETS[sound] if is_open and sound != "NG" else _CODAS[sound]
    if sound == "L":
        return _liquid(before, behind)
    if sound == "R":
        return "ᄅ" if is_open else ""
    if sound == "ER":
        return ("ᄋ" if before[0] in _VOWEL else "") + "ᅥ" + ("ᄅ" if is_open else "")
    if sound in _ONSETS and sound != "HH":
        return _ONSETS[sound] + _filled(sound, behind)
    return _ONSETS.get(sound) or _VOWELS.get(sound, sound)


def _stop(before: str, sound: str, behind: str) -> str:
    if before[:2] in _SHORT and behind[0] not in _VOICED:
        return _CODAS[sound]
    return _ONSETS[sound] + ("" if behind[0] in "AEIOU" else "ᅳ")


def _liquid(before: str, behind: str) -> str:
    if before == "^":
        return "ᄅ"
    if behind in {"M", "N"}:
        return "ᄅ" if before in {"M", "N"} else "ᆯ르"
    if behind[0] not in _VOWEL:
        return "ᆯ"
    return "ᄅ" if before in {"M", "N"} else "ᆯᄅ"


def _filled(sound: str, behind: str) -> str:
    """The vowel that a consonant gets which has none behind it."""
    if behind[0] in _VOWEL:
        return "Y" if sound == "SH" else ""
    if sound == "SH":
        return "ᅵ" if behind == "$" else "ᅲ"
    return "ᅵ" if sound in {"CH", "JH", "ZH"} else "ᅳ"
