"""Words by their beginnings, in three rows of numbers that are mapped from a file and never unpacked.

A node is a beginning of some word, and has a column. The columns stand in order of the beginnings' lengths, those of
one length in alphabetical order; so those that go on from one node stand side by side. Row 0 has the last letter, row 1
where those that go on from here begin (they end where the next column's begin). What further rows say of a word, as
how frequent it is, is theirs who packed it. Column 0 is the empty beginning, the last one is there for its row 1.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.uint32]


class Trie:
    """Words, to be found letter by letter."""

    def __init__(self, table: Table) -> None:
        """`table`: (2 or more, columns) as `pack` makes it."""
        self._letters = memoryview(table[0])
        self._nexts = memoryview(table[1])

    def along(self, text: str, start: int = 0) -> Iterator[int]:
        """The columns of the beginnings that stand at `start`: of one letter, of two, as long as a word begins so."""
        node = 0
        for letter in map(ord, text[start:]):
            end = self._nexts[node + 1]
            node = bisect_left(self._letters, letter, self._nexts[node], end)
            if node == end or self._letters[node] != letter:
                return
            yield node


def pack(words: Iterable[str], rows: int) -> tuple[Table, dict[str, int]]:
    """A table of `words`, and the column of each of their beginnings; its further `rows` are 0, for the caller."""
    beginnings = {""} | {word[:length] for word in words for length in range(1, len(word) + 1)}
    ordered = sorted(beginnings, key=lambda beginning: (len(beginning), beginning))
    columns = {beginning: column for column, beginning in enumerate(ordered)}
    before = [columns[beginning[:-1]] for beginning in ordered[1:]]
    table = np.zeros((2 + rows, len(ordered) + 1), dtype=np.uint32)
    table[0, 1:-1] = [ord(beginning[-1]) for beginning in ordered[1:]]
    table[1] = 1 + np.concatenate([[0], np.cumsum(np.bincount(before, minlength=len(ordered)))])
    return table, columns
