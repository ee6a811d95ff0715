"""Katakana as the symbols of MeloTTS' Japanese voices: a consonant and a vowel each.

Upstream's table, as rules with its accidents: a long ー is silent there, ヴ is b, and ク before ャ is キ.
"""

from __future__ import annotations

_COLUMNS = "aiueo"
_SMALL = dict(zip("ァィゥェォ", _COLUMNS, strict=True))
_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "g": "ガギグゲゴ", "s": "サシスセソ", "z": "ザジズゼゾ", "t": "タチツテト",
    "d": "ダヂヅデド",
    "n": "ナニヌネノ", "h": "ハヒフヘホ", "b": "バビブベボ", "p": "パピプペポ", "m": "マミムメモ", "r": "ラリルレロ",
}  # fmt: skip
_OTHERS = {"シ": "sh", "ジ": "j", "チ": "ch", "ツ": "ts", "ヂ": "j", "ヅ": "z", "フ": "f"}
_SINGLE = {
    "ヤ": ("y", "a"), "ユ": ("y", "u"), "ヨ": ("y", "o"), "ワ": ("w", "a"), "ヮ": ("w", "a"),
    "ヰ": ("i",), "ヱ": ("e",),
    "ヲ": ("o",), "ン": ("N",), "ッ": ("q",), "ヴ": ("b", "u"), "ー": (), "ャ": ("y", "a"), "ュ": ("y", "u"),
    "ョ": ("y", "o"), "ヶ": ("k", "e"), "・": (",",), "、": (",",), "。": (".",), "！": ("!",), "？": ("?",),
    "琦": ("ch", "i"), "髙": ("t", "a", "k", "a"), "煞": ("sh", "y", "a"),
} | {small: (vowel,) for small, vowel in _SMALL.items()}  # fmt: skip
_GLIDES = {"ャ": "a", "ュ": "u", "ョ": "o"}
# What ャ, ュ and ョ make of the consonants of キ, of ク, and of テ and ト.
_PALATAL = {
    "キ": "ky", "ギ": "gy", "シ": "sh", "ジ": "j", "チ": "ch", "ヂ": "j", "ニ": "ny", "ヒ": "hy", "ビ": "by",
    "ピ": "py",
    "ミ": "my", "リ": "ry", "ク": "ky", "グ": "gy", "ス": "sh", "ズ": "zy", "ツ": "ch", "ヅ": "zy", "ヌ": "ny",
    "フ": "hy",
    "プ": "py", "ム": "my", "ル": "ry", "テ": "ty", "デ": "dy", "ト": "ty", "ド": "dy",
}  # fmt: skip
# A small vowel in the place of the large one's.
_LOANS = {
    "ツ": ("ts", "aieo"), "テ": ("t", "i"), "デ": ("d", "i"), "ス": ("s", "i"), "ズ": ("z", "ieo"), "シ": ("sh", "e"),
    "チ": ("ch", "e"), "ト": ("t", "u"), "ド": ("d", "u"), "ヂ": ("j", "e"), "ジ": ("j", "e"), "ウ": ("w", "ieo"),
    "フ": ("f", "aieou"), "ヴ": ("b", "aieo"),
}  # fmt: skip
_IRREGULAR = {
    "アァ": ("a", "a"), "イィ": ("i", "i"), "エェ": ("e", "e"), "イェ": ("i", "e"), "イャ": ("y", "a"),
    "ヅゥ": ("d", "u:"),
    "ユャ": ("y", "a:"), "ユュ": ("y", "u:"), "ユョ": ("y", "o:"), "ヤァ": ("y", "a:"), "ユゥ": ("y", "u:"),
    "ヨォ": ("y", "o:"), "ワァ": ("w", "a:"), "ヲォ": ("o:",), "ウァ": ("u", "a"), "ズァ": ("z", "u", "a"),
    "ドァ": ("d", "o", "a"), "ズゥ": ("z", "u"), "ヴュ": ("by", "u"), "ブュ": ("by", "u"),
}  # fmt: skip
_HIRAGANA = {ord("ぁ") + place: ord("ァ") + place for place in range(ord("ゖ") - ord("ぁ") + 1)}


def _singles() -> dict[str, tuple[str, ...]]:
    singles = dict(_SINGLE)
    for consonant, row in _ROWS.items():
        for letter, vowel in zip(row, _COLUMNS, strict=True):
            onset = _OTHERS.get(letter, consonant)
            singles[letter] = (onset, vowel) if onset else (vowel,)
    return singles


def _pairs() -> dict[str, tuple[str, ...]]:
    pairs: dict[str, tuple[str, ...]] = {}
    for letter, sound in SINGLES.items():
        for small, vowel in _SMALL.items():
            # A small vowel behind the same one makes it long.
            if letter in "".join(_ROWS.values()) and sound[-1] == vowel:
                pairs[letter + small] = (*sound[:-1], f"{vowel}:")
    for letter, consonant in _PALATAL.items():
        pairs |= {letter + glide: (consonant, vowel) for glide, vowel in _GLIDES.items()}
    for letter, (consonant, vowels) in _LOANS.items():
        pairs |= {letter + small: (consonant, vowel) for small, vowel in _SMALL.items() if vowel in vowels}
    return pairs | _IRREGULAR


SINGLES = _singles()
PAIRS = _pairs()
_LONG = frozenset("aiueo")


def katakana(text: str) -> str:
    """Hiragana as katakana."""
    return text.translate(_HIRAGANA)


def symbols(text: str) -> tuple[str, ...]:
    """The symbols of katakana; what is none is left out."""
    said: list[str] = []
    place = 0
    while place < len(text):
        pair = PAIRS.get(text[place : place + 2])
        said += pair if pair is not None else SINGLES.get(text[place], ())
        place += 1 if pair is None else 2
    return tuple(said)


def drawn_out(text: str, before: str = "") -> str:
    """Katakana with the vowel that each ー makes longer: スーパー is スウパア. `before`: what was said before it."""
    said = before
    for letter in text:
        vowel = _last_vowel(said) if letter == "ー" else ""
        said += "アイウエオ"[_COLUMNS.index(vowel)] if vowel else letter if letter != "ー" else ""
    return said[len(before) :]


def _last_vowel(text: str) -> str:
    sounds = symbols(text[-2:])
    return sounds[-1][0] if sounds and sounds[-1][0] in _LONG else ""
