"""How words are read: pypinyin's readings of characters, and of phrases in which they have others, as 银行 and 行走."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from edge.text.zh.normaliser import HANZI
from edge.text.zh.trie import Table, Trie

Syllable = tuple[str, str]
"""An initial, "" for none, and a final with its tone, 5 for a light one: ("", "iou3")."""

SILENT: Syllable = ("", "")
"""Of a character whose reading nobody knows."""

_RUN = re.compile(rf"(?P<hanzi>[{HANZI}]+)|[^{HANZI}]+")


class Readings:
    """Reads words by the longest phrases in them, from the left."""

    def __init__(self, table: Table, sequences: memoryview, syllables: Sequence[Syllable]) -> None:
        """`table`: a trie's, then where the reading begins in `sequences`, which has numbers of `syllables`."""
        self._trie = Trie(table)
        self._places = memoryview(table[2])
        self._sequences = sequences
        self._syllables = syllables

    def __call__(self, word: str) -> list[Syllable]:
        """The syllable of each character; a row of others is one, both parts of which are itself."""
        return [
            syllable
            for run in _RUN.finditer(word)
            for syllable in (self._read(run[0]) if run["hanzi"] else [(run[0], run[0])])
        ]

    def finals(self, word: str) -> list[str]:
        """The finals alone."""
        return [final for _, final in self(word)]

    def _read(self, text: str) -> Iterator[Syllable]:
        start = 0
        while start < len(text):
            nodes = list(self._trie.along(text, start))
            length = max((length for length, node in enumerate(nodes, 1) if self._places[node]), default=1)
            if length == 1 and start + len(nodes) == len(text):
                # All that is left begins a phrase and is none: pypinyin then looks for no others in it.
                yield from (self._character(character) for character in text[start:])
                return
            place = self._places[nodes[length - 1]] if nodes else 0
            yield from (self._syllables[number] for number in self._sequences[place : place + length])
            start += length

    def _character(self, character: str) -> Syllable:
        place = next((self._places[node] for node in self._trie.along(character)), 0)
        return self._syllables[self._sequences[place]]
