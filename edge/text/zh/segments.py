"""Chinese cut into words as jieba cuts it, which MeloTTS' voices were trained on; its algorithms, in code of ours.

The most probable way through its dictionary, and for rows of characters that this leaves alone, its Markov models.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from edge.text.zh.markov import Markov, Word
from edge.text.zh.trie import Table, Trie

# The characters that jieba takes for Chinese: those of Unicode 8, without the extensions.
_HANZI = "\u4e00-\u9fd5"
# What it looks at as a whole, each other character by itself, of what a piece of Chinese may have in it.
_TAGGED = re.compile(rf"[{_HANZI}._]+|.", re.DOTALL)
_UNTAGGED = re.compile(rf"[{_HANZI}._-]+|.", re.DOTALL)
_PART = re.compile(rf"(?P<hanzi>[{_HANZI}]+)|(?P<dots>\.+)|[^{_HANZI}.]+")
_UNTAGGED_PART = re.compile(rf"(?P<hanzi>[{_HANZI}]+)|[^{_HANZI}]+")

UNKNOWN = "x"
"""The part of speech of what has none."""

_Guess = Callable[[str], Iterator[Word]]


class Dictionary:
    """jieba's words."""

    def __init__(self, table: Table, kinds: Sequence[str], total: int) -> None:
        """`table`: a trie's, then how frequent each word is, then its kind in `kinds`; `total`: of the frequencies."""
        self._trie = Trie(table)
        self._frequencies = memoryview(table[2])
        self._kinds_of = memoryview(table[3])
        self._kinds = kinds
        self._total = math.log(total)

    def frequency(self, word: str) -> int:
        """How often `word` was met; 0 if it is none."""
        node = self._find(word)
        return self._frequencies[node] if node else 0

    def kind(self, word: str) -> str:
        """Its part of speech."""
        node = self._find(word)
        return self._kinds[self._kinds_of[node]] if node else UNKNOWN

    def cut(self, text: str) -> list[str]:
        """The most probable words of `text`, each by itself; of two ways as probable the one with longer words."""
        ways = [(0.0, 0)] * (len(text) + 1)
        for start in reversed(range(len(text))):
            ways[start] = max(
                (math.log(frequency) - self._total + ways[end][0], end) for end, frequency in self._words(text, start)
            )
        words, start = [], 0
        while start < len(text):
            words.append(text[start : ways[start][1]])
            start = ways[start][1]
        return words

    def _words(self, text: str, start: int) -> list[tuple[int, int]]:
        """Where each word that begins at `start` ends, and how frequent it is; if there is none, the character."""
        ends = enumerate(self._trie.along(text, start), start + 1)
        return [(end, self._frequencies[node]) for end, node in ends if self._frequencies[node]] or [(start + 1, 1)]

    def _find(self, word: str) -> int:
        """The column of a word, or of a beginning of one; 0 if it is neither."""
        nodes = list(self._trie.along(word))
        return nodes[-1] if len(nodes) == len(word) else 0


class Segmenter:
    """Cuts Chinese into words."""

    def __init__(self, dictionary: Dictionary, tagger: Markov, splitter: Markov) -> None:
        """`tagger` guesses new words and their parts of speech, `splitter` new words within a word."""
        self._dictionary = dictionary
        self._tagger = tagger
        self._splitter = splitter

    def cut(self, text: str) -> list[Word]:
        """Words and marks, each with its part of speech as jieba names it: ("走", "v")."""
        return [word for block in _TAGGED.findall(text) for word in self._cut(block, self._tagged)]

    def parts(self, word: str) -> list[str]:
        """The words of two characters in a word, those of three, and itself: what jieba cuts for a search."""
        return [part for block in _UNTAGGED.findall(word) for part in self._within(block)]

    def _within(self, block: str) -> Iterator[str]:
        for word, _ in self._cut(block, self._split):
            for length in (2, 3):
                starts = range(len(word) - length + 1 if len(word) > length else 0)
                inner = (word[start : start + length] for start in starts)
                yield from filter(self._dictionary.frequency, inner)
            yield word

    def _cut(self, block: str, guess: _Guess) -> Iterator[Word]:
        """The words of a block; `guess` is asked for those in rows of single characters."""
        for single, words in groupby(self._dictionary.cut(block), key=lambda word: len(word) == 1):
            known = list(words)
            row = "".join(known)
            if single and len(row) > 1 and not self._dictionary.frequency(row):
                yield from guess(row)
            else:
                yield from ((word, self._dictionary.kind(word)) for word in known)

    def _tagged(self, row: str) -> Iterator[Word]:
        for part in _PART.finditer(row):
            if part["hanzi"]:
                yield from self._tagger.words(part[0])
            else:
                yield part[0], "m" if part["dots"] else UNKNOWN

    def _split(self, row: str) -> Iterator[Word]:
        for part in _UNTAGGED_PART.finditer(row):
            if part["hanzi"]:
                yield from self._splitter.words(part[0])
            else:
                yield part[0], UNKNOWN
