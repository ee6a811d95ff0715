"""English words in katakana, from their sounds: school is スクール."""

from __future__ import annotations

_VOWELS = {
    "AA": "ア", "AE": "ア", "AH": "ア", "AO": "オー", "AW": "アウ", "AY": "アイ", "EH": "エ", "ER": "アー",
    "EY": "エイ", "IH": "イ",
    "IY": "イー", "OW": "オー", "OY": "オイ", "UH": "ウ", "UW": "ウー",
}  # fmt: skip
# A consonant before ア, イ, ウ, エ and オ, and without a vowel.
_CONSONANTS = {
    "B": "バ ビ ブ ベ ボ ブ", "CH": "チャ チ チュ チェ チョ チ", "D": "ダ ディ ドゥ デ ド ド",
    "DH": "ザ ジ ズ ゼ ゾ ズ",
    "F": "ファ フィ フ フェ フォ フ", "G": "ガ ギ グ ゲ ゴ グ", "HH": "ハ ヒ フ ヘ ホ フ",
    "JH": "ジャ ジ ジュ ジェ ジョ ジ",
    "K": "カ キ ク ケ コ ク", "L": "ラ リ ル レ ロ ル", "M": "マ ミ ム メ モ ム", "N": "ナ ニ ヌ ネ ノ ン",
    "P": "パ ピ プ ペ ポ プ",
    "R": "ラ リ ル レ ロ ル", "S": "サ シ ス セ ソ ス", "SH": "シャ シ シュ シェ ショ シュ",
    "T": "タ ティ トゥ テ ト ト",
    "TH": "サ シ ス セ ソ ス", "V": "バ ビ ブ ベ ボ ブ", "W": "ワ ウィ ウ ウェ ウォ ウ", "Y": "ヤ イ ユ イェ ヨ イ",
    "Z": "ザ ジ ズ ゼ ゾ ズ",
    "ZH": "ジャ ジ ジュ ジェ ジョ ジュ", "NG": "ンガ ンギ ング ンゲ ンゴ ング",
}  # fmt: skip
_TABLE = {name: row.split() for name, row in _CONSONANTS.items()}
_LONE = 5
# A short vowel before a stop at a word's end: カット.
_SHORT = frozenset("AA AE AH EH IH UH".split())
_STOPS = frozenset("P T K D G CH JH SH".split())
_LONG = frozenset({"AA", "AO"})
_SILENT_R = frozenset("AA AO EH IH UH".split())


def katakana(phones: tuple[str, ...]) -> str:
    """English phones (ARPAbet) in katakana."""
    sounds = [phone.rstrip("012") for phone in phones]
    said = ""
    for place, sound in enumerate(sounds):
        before = sounds[place - 1] if place else ""
        behind = sounds[place + 1] if place + 1 < len(sounds) else ""
        if sound in _VOWELS:
            said += _VOWELS[sound][1:] if before in _TABLE else _VOWELS[sound]
        elif sound == "R" and before in _SILENT_R and behind not in _VOWELS:
            said += "ア" if before not in _LONG else "" if said.endswith("ー") else "ー"
        else:
            said += _consonant(sound, before, behind)
    return said


def _consonant(sound: str, before: str, behind: str) -> str:
    row = _TABLE[sound]
    if behind in _VOWELS:
        return row["アイウエオ".index(_VOWELS[behind][0])]
    if sound == "M" and behind in {"B", "P", "M"}:
        return "ン"
    if sound == "NG" and behind in {"K", "G"}:
        return "ン"
    return ("ッ" if not behind and sound in _STOPS and before in _SHORT else "") + row[_LONE]
