"""Tones as they are in running speech: 你好 is ní hǎo, 不对 is bú duì.

The rules are those of PaddleSpeech's `ToneSandhi` (Apache-2.0), which MeloTTS' voices were trained on, in its order and
with its accidents, as facts; the code is another. A *final* has its tone at its end, "ao3", a mark has none.
"""

from __future__ import annotations

from collections.abc import Callable

from edge.text.zh.markov import Word
from edge.text.zh.neutral import WORDS
from edge.text.zh.readings import Readings
from edge.text.zh.segments import Segmenter

_Merge = Callable[[list[Word]], list[Word]]

_PARTICLES = frozenset("吧呢啊呐噻嘛吖嗨哦哒额滴哩哟喽啰耶喔诶的地得")
_TONED_REPEATS = frozenset("男子 女子 分子 原子 量子 莲子 石子 瓜子 电子 人人 虎虎".split())
_BEFORE_GE = frozenset("几有两半多各整每做是")
_DIRECTIONS = frozenset("上下进出回过起开")
_PAUSES = frozenset("：，；。？！“”‘’':,;.?!")
_MOST_MERGED = 3


class Sandhi:
    """Joins the words that change each other's tones, and changes them."""

    def __init__(self, segmenter: Segmenter, readings: Readings) -> None:
        self._segmenter = segmenter
        self._readings = readings

    def merge(self, words: list[Word]) -> list[Word]:
        """Words with what belongs to them, as 不 to the word behind it, so that a rule sees both."""
        merges: tuple[_Merge, ...] = (_merge_bu, _merge_yi, _merge_repeated, self._merge_third, self._merge_joints)
        for merge in merges:
            words = merge(words)
        return _merge_er(words)

    def change(self, word: Word, finals: list[str]) -> list[str]:
        """The finals of a word's characters (as many) with the tones that are heard."""
        text, kind = word
        return self._third(text, self._neutral(text, kind, _yi(text, _bu(text, finals))))

    def _merge_third(self, words: list[Word]) -> list[Word]:
        """Words all of the third tone, as long as they are short."""
        finals = [self._readings.finals(text) for text, _ in words]
        return _join(words, lambda place: _all_third(finals[place - 1]) and _all_third(finals[place]))

    def _merge_joints(self, words: list[Word]) -> list[Word]:
        """Words that have a third tone on either side of their joint."""
        finals = [self._readings.finals(text) for text, _ in words]
        return _join(words, lambda place: _is(finals[place - 1][-1], "3") and _is(finals[place][0], "3"))

    def _halves(self, word: str) -> tuple[str, str]:
        """A word in two, by the shortest word in it."""
        first = min(self._segmenter.parts(word), key=len, default=word)
        return (first, word[len(first) :]) if word.startswith(first) else (word[: -len(first)], first)

    def _neutral(self, word: str, kind: str, finals: list[str]) -> list[str]:
        finals = list(finals)
        for place in range(1, len(word)):
            if word[place] == word[place - 1] and kind[0] in "nva" and word not in _TONED_REPEATS:
                _set(finals, place, "5")
        counted = word.find("个")
        if _ends_lightly(word, kind):
            _set(finals, -1, "5")
        elif word == "个" or (counted > 0 and (word[counted - 1].isnumeric() or word[counted - 1] in _BEFORE_GE)):
            _set(finals, counted, "5")
        elif _is_listed(word):
            _set(finals, -1, "5")
        halves = self._halves(word)
        cut = len(halves[0])
        parts = [finals[:cut], finals[cut:]]
        for half, part in zip(halves, parts, strict=True):
            if part and _is_listed(half):
                _set(part, -1, "5")
        return [*parts[0], *parts[1]]

    def _third(self, word: str, finals: list[str]) -> list[str]:
        """Of two third tones the first is heard as a second."""
        if len(word) == 2 and _all_third(finals):  # noqa: PLR2004 (characters, as below)
            _set(finals, 0, "2")
        elif len(word) == 3:  # noqa: PLR2004
            self._third_of_three(finals, len(self._halves(word)[0]))
        elif len(word) == 4:  # noqa: PLR2004
            for start in (0, 2):
                if _all_third(finals[start : start + 2]):
                    _set(finals, start, "2")
        return finals

    def _third_of_three(self, finals: list[str], cut: int) -> None:
        if _all_third(finals):
            # 蒙古/包, and 纸/老虎.
            for place in {2: (0, 1), 1: (1,)}.get(cut, ()):
                _set(finals, place, "2")
            return
        for start, end in ((0, cut), (cut, 3)):
            part = finals[start:end]
            if len(part) == 2 and _all_third(part):  # noqa: PLR2004 (所有/人)
                _set(finals, start, "2")
            elif start and not _all_third(part) and _is(part[0], "3") and _is(finals[cut - 1], "3"):
                _set(finals, cut - 1, "2")


def _is(final: str, tone: str) -> bool:
    return final.endswith(tone)


def _all_third(finals: list[str]) -> bool:
    return all(_is(final, "3") for final in finals)


def _set(finals: list[str], place: int, tone: str) -> None:
    finals[place] = finals[place][:-1] + tone


def _is_listed(word: str) -> bool:
    return word in WORDS or word[-2:] in WORDS


def _ends_lightly(word: str, kind: str) -> bool:
    """Particles, 们 and 子, places such as 桌上, directions such as 上来."""
    last = word[-1]
    if last in _PARTICLES:
        return True
    if len(word) == 1:
        return False
    return (
        (last in "们子" and kind in {"r", "n"} and word not in _TONED_REPEATS)
        or (last in "上下里" and kind in {"s", "l", "f"})
        or (last in "来去" and word[-2] in _DIRECTIONS)
    )


def _bu(word: str, finals: list[str]) -> list[str]:
    """不: light in 看不懂, of the second tone before a fourth."""
    finals = list(finals)
    if len(word) == 3 and word[1] == "不":  # noqa: PLR2004 (characters)
        _set(finals, 1, "5")
        return finals
    for place, character in enumerate(word[:-1]):
        if character == "不" and _is(finals[place + 1], "4"):
            _set(finals, place, "2")
    return finals


def _yi(word: str, finals: list[str]) -> list[str]:
    """一: first in numbers and 第一, light in 看一看, second before a fourth tone, else fourth."""
    finals = list(finals)
    if all(character == "一" or character.isnumeric() for character in word):
        return finals
    if len(word) == 3 and word[1] == "一" and word[0] == word[2]:  # noqa: PLR2004 (characters)
        _set(finals, 1, "5")
    elif word.startswith("第一"):
        _set(finals, 1, "1")
    else:
        for place, character in enumerate(word[:-1]):
            if character == "一" and _is(finals[place + 1], "4"):
                _set(finals, place, "2")
            elif character == "一" and word[place + 1] not in _PAUSES:
                _set(finals, place, "4")
    return finals


def _merge_bu(words: list[Word]) -> list[Word]:
    merged: list[Word] = []
    before = ""
    for text, kind in words:
        whole = before + text if before == "不" else text
        if whole != "不":
            merged.append((whole, kind))
        before = whole
    return [*merged, ("不", "d")] if before == "不" else merged


def _merge_yi(words: list[Word]) -> list[Word]:
    """听, 一, 听 is 听一听; any other 一 goes with the word behind it."""
    try:
        words = _merge_repeats_around_yi(words)
    except IndexError:
        return words
    merged: list[Word] = []
    for text, kind in words:
        if merged and merged[-1][0] == "一":
            merged[-1] = (merged[-1][0] + text, merged[-1][1])
        else:
            merged.append((text, kind))
    return merged


def _merge_repeats_around_yi(words: list[Word]) -> list[Word]:
    """Place by place; as the original, it looks in what is merged at the places of what is not."""
    merged: list[Word] = []
    for place, (text, kind) in enumerate(words):
        before = words[place - 1] if place else ("", "")
        behind = words[place + 1][0] if place + 1 < len(words) else ""
        if place and text == "一" and behind == before[0] and before[1] == "v":
            repeated = merged[place - 1]
            merged[place - 1] = (f"{repeated[0]}一{repeated[0]}", repeated[1])
        elif not (place > 1 and before[0] == "一" and words[place - 2][0] == text and kind == "v"):
            merged.append((text, kind))
    return merged


def _merge_repeated(words: list[Word]) -> list[Word]:
    merged: list[Word] = []
    for text, kind in words:
        if merged and text == merged[-1][0]:
            merged[-1] = (text + text, merged[-1][1])
        else:
            merged.append((text, kind))
    return merged


def _join(words: list[Word], belongs: Callable[[int], bool]) -> list[Word]:
    """Each word that belongs to the one before it joined to it; no third one, no pair like 妈妈, none too long."""
    merged: list[Word] = []
    joined = False
    for place, (text, kind) in enumerate(words):
        before = words[place - 1][0] if place else ""
        pair = len(before) == 2 and before[0] == before[1]  # noqa: PLR2004 (characters)
        fits = not pair and len(before) + len(text) <= _MOST_MERGED
        joined = bool(place) and not joined and fits and belongs(place)
        if joined:
            merged[-1] = (merged[-1][0] + text, merged[-1][1])
        else:
            merged.append((text, kind))
    return merged


def _merge_er(words: list[Word]) -> list[Word]:
    merged: list[Word] = []
    for text, kind in words:
        if merged and text == "儿":
            merged[-1] = (merged[-1][0] + text, merged[-1][1])
        else:
            merged.append((text, kind))
    return merged
