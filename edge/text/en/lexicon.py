"""The pronouncing dictionary as one file that is searched where it lies: nothing is read before it is asked for.

The file is lines, sorted by word: the word in ASCII, then one byte from 0x80 up for each phone, and before the phones
0xFF if the original of this frontend does not know the word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from mmap import ACCESS_READ, mmap
from pathlib import Path

from edge.text.en.phones import PHONES, Pronunciation

_NEWER = 0xFF
_FIRST_PHONE = 0x80
_CODES = {phone: _FIRST_PHONE + code for code, phone in enumerate(PHONES)}
_END = b"\n"


class Lexicon:
    """Pronunciations by word, in lower case: letters and apostrophes."""

    def __init__(self, records: bytes | mmap) -> None:
        self._records = records

    @classmethod
    def open(cls, path: Path) -> Lexicon:
        """Map the file at `path`; raises `OSError`, or `ValueError` when it is empty or cut off."""
        with path.open("rb") as file:
            records = mmap(file.fileno(), 0, access=ACCESS_READ)
        if records[-1:] != _END:
            raise ValueError(f"{path.name} breaks off")
        return cls(records)

    @staticmethod
    def pack(words: Mapping[str, Pronunciation], newer: Iterable[str]) -> bytes:
        """Return the file's contents; `newer`: those of `words` that strict reading must not find."""
        marks = dict.fromkeys(newer, bytes([_NEWER]))
        return b"".join(
            word.encode("ascii") + marks.get(word, b"") + bytes(_CODES[phone] for phone in words[word]) + _END
            for word in sorted(words)
        )

    def find(self, word: str, strict: bool = False) -> Pronunciation | None:  # noqa: FBT001, FBT002 (as in Frontend)
        """Return how `word` is pronounced, None if it is not in the dictionary; `strict`: in the original's."""
        codes = self._codes(word.encode("ascii")) if word.isascii() else None
        if codes is None or (strict and codes[0] == _NEWER):
            return None
        return tuple(PHONES[code - _FIRST_PHONE] for code in codes if code != _NEWER)

    def _codes(self, word: bytes) -> bytes | None:
        """Search by halves: about 17 steps for 125,000 words."""
        records, low, high = self._records, 0, len(self._records)
        while low < high:
            start = records.rfind(_END, low, (low + high) // 2) + 1 or low
            end = records.find(_END, start)
            record = records[start:end]
            found = record.rstrip(_PHONE_BYTES)
            if found == word:
                return record[len(word) :]
            low, high = (end + 1, high) if found < word else (low, start)
        return None


_PHONE_BYTES = bytes(range(_FIRST_PHONE, _NEWER + 1))
