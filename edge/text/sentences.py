"""Text cut into the pieces that are spoken one after the other.

A piece is a sentence, or part of one longer than `LIMIT` characters, so that latency and memory stay bounded.
Nothing is changed: the pieces joined are the text, but for white space between them.

How it decides. Each place where a sentence may end (a full stop and its like, a line break) gets one of three
verdicts: it ends, it goes on, or more text is needed to tell. A verdict looks ahead to the next letter or digit,
`_LOOKAHEAD` characters at most, and back to the start of its own piece. So streamed text gives the same pieces
however it is chunked, and the work is proportional to the text.

A line break ends a sentence when a blank line follows, when the next line begins like a list item or a heading
("- milk", "2. eggs", "## Cheese"), or when its own line is a heading ("# Shopping"); else it is a space, because
e-mails and plain text files break lines anywhere. A piece has a letter or digit if there is one at hand: an emoji
or "---" goes with its neighbour, because alone it could not be spoken.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto
from typing import TYPE_CHECKING

from edge.text import abbreviations

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 400
"""Longest piece, characters."""

_LOOKAHEAD = 64
_MARKER_LENGTH = 8

# Where a sentence may end: a run of marks, so that "What?!" and "..." are one place, or a line break.
_PLACE = re.compile(r"[.!?…。！？｡।॥؟۔]+|\n|\u2029")

# These end a sentence without a space behind them: "你好。再见。"
_UNSPACED = frozenset("。！？｡।॥؟۔")

# A letter or digit; "_" is none: "___" alone is nothing to speak.
_WORD = re.compile(r"[^\W_]")

# What closes with the sentence: '"Stop."', "(No.)", and with its space the French "« Bonjour. »". Any quotation
# mark that touches the full stop closes, because German closes with “ and » « both ways.
_CLOSERS = re.compile(r"(?:[\"'”’“‘»«)\]}›‹」』）】〉》]|[ \u00a0\u202f]»)*")

# From the closers to the next letter or digit: "¿", an opening quote, a dialogue's dash, an emoji.
_UNTIL_WORD = re.compile(r"[\W_]*")

# How the line after a line break begins if it is not a continuation: "- milk", "* milk", "• milk", "2. eggs",
# "3) ham", "b) ham", "## Cheese". The space is needed: "-5 degrees" and "#1" continue a line.
_MARKER = re.compile(r"(?:[-*•–]|\d{1,3}[.)]|[a-z]\)|#{1,6})\s")

# A line that is a heading, which nobody breaks: "# Shopping".
_HEADING = re.compile(r"#{1,6}\s")

# All of a line before its full stop, when that is a list item's number: "2" of "2. eggs".
_ITEM_NUMBER = re.compile(r"\s*\d{1,3}")

# The last word before a full stop, without what opens it: "Sr" of "(Sr", "dott.ssa", "n.º"; none in "hello ".
_LAST_WORD = re.compile(r"\w\S*$")

# Dotted abbreviations by their shape, without the last full stop: "U.S", "e.g", "z.B", "p.ej". Not "10.30".
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")

# An ordinal number where it is written with a full stop: "3" of the German "am 3. Oktober". Not a year.
_ORDINAL = re.compile(r"\d{1,2}")

# Where an over-long sentence is cut best, behind the mark: "so, ", "thus: ", "well — ", "然后，". Not "1,000".
_CLAUSE = re.compile(r"[,;:—](?=\s)|[，、；：]")

# Where else it can be cut: before white space.
_SPACE = re.compile(r"(?=\s)")


class _Verdict(Enum):
    ENDS = auto()
    GOES_ON = auto()
    NEEDS_MORE = auto()


class Splitter:
    """Cuts text that arrives in chunks; for every way to chunk a text the pieces are the same."""

    def __init__(self, language: str = "") -> None:
        """`language` as a frontend or locale names it ("ES", "de-at"), "" if unknown."""
        primary = re.split("[-_]", language.casefold())[0]
        self._ordinal_dots = primary in abbreviations.ORDINAL_DOT_LANGUAGES
        self._text = ""

    def feed(self, chunk: str) -> list[str]:
        """Return the pieces that are complete with `chunk`."""
        self._text += chunk
        return list(self._take(final=False))

    def finish(self) -> list[str]:
        """Return the pieces that are left; the splitter is then as new."""
        return list(self._take(final=True))

    def _take(self, *, final: bool) -> Iterator[str]:
        text, start = self._text, 0
        while True:
            start = _skip_space(text, start)
            end = self._end(text, start, final=final)
            if end is None:
                break
            yield text[start:end].rstrip()
            start = end
        self._text = text[start:]

    def _end(self, text: str, start: int, *, final: bool) -> int | None:
        """Return where the piece at `start` ends; None if that is not known yet or no text is left."""
        for place in _PLACE.finditer(text, start, start + LIMIT):
            verdict, end = self._judge(text, start, place, final=final)
            if verdict is _Verdict.NEEDS_MORE:
                return None
            if verdict is _Verdict.ENDS and end <= start + LIMIT:
                return end
        if len(text) > start + LIMIT:
            return _cut(text, start)
        return len(text) if final and start < len(text) else None

    def _judge(self, text: str, start: int, place: re.Match[str], *, final: bool) -> tuple[_Verdict, int]:
        """Return the verdict on `place`, and where the piece would end: behind closing quotes."""
        end = place.end()
        if not _WORD.search(text, start, place.start()):
            return _Verdict.GOES_ON, end
        if not place.group().isspace():
            end = _match_end(_CLOSERS, text, end)
        word = _match_end(_UNTIL_WORD, text, end)
        if word == len(text):
            return (_Verdict.GOES_ON if final else _Verdict.NEEDS_MORE), end
        if place.group().isspace():
            return _judge_line_break(text, start, place.start(), final=final), end
        ends = self._ends_sentence(text, start, place, end, word)
        return (_Verdict.ENDS if ends else _Verdict.GOES_ON), end

    def _ends_sentence(self, text: str, start: int, place: re.Match[str], end: int, word: int) -> bool:
        """Tell whether marks end a sentence, by what is before them, the gap behind, and the next word."""
        gap, following = text[end:word], text[word : word + 1]
        closed = end > place.end()
        if not _UNSPACED.isdisjoint(place.group()):
            # "「行く。」と言った": a quotation that its sentence goes on after.
            return not closed or not following or gap != ""
        if not gap[:1].isspace():
            return False
        if place.group() == "." and _ITEM_NUMBER.fullmatch(_line(text, start, place.start())):
            return False
        if "¿" in gap or "¡" in gap:
            return True
        if following.islower():
            # '"Really?" he asked', "—¿Qué? —dijo él": the sentence goes on after what was said.
            return not set(place.group()) <= set(".…") and not closed and not _has_dash(gap)
        return place.group() != "." or self._ends_with(_last_word(text, start, place.start()), following)

    def _ends_with(self, word: str, following: str) -> bool:
        """Tell whether a sentence can end with `word` and a full stop, before a capital letter or a number."""
        folded = word.casefold()
        if len(word) == 1 and (word.islower() or word.isupper()):
            return False
        if folded in abbreviations.BEFORE_NAMES:
            return False
        if folded in abbreviations.BEFORE_NUMBERS:
            return not following.isdigit()
        if self._ordinal_dots and _ORDINAL.fullmatch(word):
            return False
        return folded in abbreviations.ENDING or not _DOTTED.fullmatch(word)


def split(text: str, language: str = "") -> list[str]:
    """Cut `text` into pieces of at most `LIMIT` characters; `language` as for `Splitter`."""
    splitter = Splitter(language)
    return splitter.feed(text) + splitter.finish()


def _judge_line_break(text: str, start: int, line_break: int, *, final: bool) -> _Verdict:
    following = _skip_space(text, line_break)
    gap = text[line_break:following]
    if gap.count("\n") > 1 or "\u2029" in gap or len(gap) > _LOOKAHEAD:
        return _Verdict.ENDS
    if len(text) < following + _MARKER_LENGTH and not final:
        return _Verdict.NEEDS_MORE
    if _MARKER.match(text, following) or _HEADING.match(_line(text, start, line_break)):
        return _Verdict.ENDS
    return _Verdict.GOES_ON


def _cut(text: str, start: int) -> int:
    """Return where to cut a piece that has no end within `LIMIT`: behind a clause, at a space, anywhere."""
    window = text[start : start + LIMIT]
    for pattern in (_CLAUSE, _SPACE):
        ends = [match.end() for match in pattern.finditer(window)]
        if ends and _WORD.search(window, 0, ends[-1]):
            return start + ends[-1]
    end = LIMIT
    # A vowel sign stays with its letter, as in Thai, which has no spaces: "ที่".
    while end > 1 and unicodedata.category(text[start + end])[0] == "M":
        end -= 1
    return start + (end if end > 1 else LIMIT)


def _skip_space(text: str, position: int) -> int:
    while text[position : position + 1].isspace():
        position += 1
    return position


def _match_end(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Return where `pattern` stops matching, `_LOOKAHEAD` characters on at most; it matches the empty text too."""
    match = pattern.match(text, position, position + _LOOKAHEAD)
    return match.end() if match else position


def _has_dash(text: str) -> bool:
    return any(unicodedata.category(character) == "Pd" for character in text)


def _line(text: str, start: int, end: int) -> str:
    """Return the last line of `text[start:end]`."""
    return text[max(start, text.rfind("\n", start, end) + 1) : end]


def _last_word(text: str, start: int, end: int) -> str:
    """Return what stands before `end` without a space between, opening brackets and the like removed."""
    before = text[max(start, end - _LOOKAHEAD) : end]
    spoken = _LAST_WORD.search(before)
    return spoken.group() if spoken else ""
