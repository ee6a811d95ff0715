"""Hangul in letters: syllables apart, and what is not whole put right."""

from __future__ import annotations

import re
import unicodedata

ONSETS = "ᄀᄁᄂᄃᄄᄅᄆᄇᄈᄉᄊᄋᄌᄍᄎᄏᄐᄑᄒ"
VOWELS = "ᅡᅢᅣᅤᅥᅦᅧᅨᅩᅪᅫᅬᅭᅮᅯᅰᅱᅲᅳᅴᅵ"
CODAS = "ᆨᆩᆪᆫᆬᆭᆮᆯᆰᆱᆲᆳᆴᆵᆶᆷᆸᆹᆺᆻᆼᆽᆾᆿᇀᇁᇂ"

_SYLLABLE = re.compile("[가-힣]")
_WITHOUT_ONSET = re.compile(f"(^|[^{ONSETS}])([{VOWELS}])")


def letters(text: str) -> str:
    """`text` with each syllable as its two or three letters, the last one a coda: 한 is ᄒ, ᅡ, ᆫ."""
    return _SYLLABLE.sub(lambda match: unicodedata.normalize("NFD", match[0]), text)


def whole(letters: str) -> str:
    """Letters with a silent ᄋ before each vowel that has no onset."""
    return _WITHOUT_ONSET.sub(r"\1ᄋ\2", letters)


def syllables(letters: str) -> str:
    """Letters written as syllables."""
    return unicodedata.normalize("NFC", whole(letters))
