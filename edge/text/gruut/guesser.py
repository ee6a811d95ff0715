"""Phones of words that no lexicon has: gruut's conditional random field, read and run without its library.

A linear chain as CRFsuite (N. Okazaki, 2007) trains it: each letter is one position, its attributes are the letter,
three neighbours on either side and the two ends of the word, its label the phones that it gives. Decoding is
Viterbi's. With numpy that is 15 lines and 0.3 ms a Spanish word, 1.5 ms a French one (CRFsuite: 0.2 and 1.4), so a
device need not have python-crfsuite, 5 MB of compiled code. The weights are those of the model file, and sums are
formed in CRFsuite's order, so the answers are the same.
"""

from __future__ import annotations

import base64
import struct
import zlib
from io import BytesIO
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from edge.errors import BundleError
from edge.text.gruut.lexicon import SPELLING

_SILENT = "_"
_NEIGHBOURS = (-1, -2, -3, 1, 2, 3)

# CRFsuite's model file (crf1d_model.c, cqdb.c): little-endian throughout.
_HEADER = struct.Struct("<20x5I")  # numbers of labels and attributes; where features, labels and attributes are
_FEATURES = struct.Struct("<8xI")  # how many follow
_FEATURE = struct.Struct("<3Id")  # kind, from, to, weight
_STATE = 0

Scores = npt.NDArray[np.float64]


def pack(content: bytes) -> bytes:
    """CRFsuite's model file as the arrays that `Guesser` reads."""
    labels, attributes, features_at, labels_at, attributes_at = _HEADER.unpack_from(content)
    states = np.zeros((attributes, labels))
    transitions = np.zeros((labels, labels))
    (features,) = _FEATURES.unpack_from(content, features_at)
    start = features_at + _FEATURES.size
    for kind, source, label, weight in _FEATURE.iter_unpack(content[start : start + features * _FEATURE.size]):
        (states if kind == _STATE else transitions)[source, label] = weight
    target = BytesIO()
    np.savez_compressed(
        target,
        states=states,
        transitions=transitions,
        labels=np.array([_phones(label) for label in _strings(content, labels_at)]),
        attributes=np.array([_plain(name) for name in _strings(content, attributes_at)]),
    )
    return target.getvalue()


def _strings(content: bytes, at: int) -> list[str]:
    """The strings of the constant database at offset `at`, by their number."""
    count, records = struct.unpack_from("<2I", content, at + 16)
    offsets = struct.unpack_from(f"<{count}I", content, at + records)
    found = []
    for offset in offsets:
        _, size = struct.unpack_from("<2I", content, at + offset)
        found.append(content[at + offset + 8 : at + offset + 8 + size - 1].decode())
    return found


def _phones(label: str) -> str:
    """Gruut writes labels in base 64, several phonemes of one letter between bars, and `_` for none."""
    phones = base64.b64decode(label).decode().split("|")
    return "".join(phone for phone in phones if phone != _SILENT).translate(SPELLING)


def _plain(attribute: str) -> str:
    """`grapheme+1:w6k=` -> `+1é`, `begin` -> `begin`."""
    name, _, value = attribute.partition(":")
    return name.removeprefix("grapheme") + base64.b64decode(value).decode() if value else name


class Guesser:
    """A word's letters to phones. A attributes, L labels."""

    def __init__(self, content: bytes, name: str = "The model of unknown words") -> None:
        """Raises `BundleError` when `content` is not what `pack` gives; `name` is what the error calls it."""
        try:
            with np.load(BytesIO(content), allow_pickle=False) as arrays:
                self._states: Scores = arrays["states"]  # (A, L)
                self._transitions: Scores = arrays["transitions"].T.copy()  # (L, L), to and from: rows are contiguous
                self._labels: list[str] = arrays["labels"].tolist()
                attributes: list[str] = arrays["attributes"].tolist()
        except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
            raise BundleError(f"{name} is damaged or from another version: build the bundle again.") from error
        self._rows = {name: row for row, name in enumerate(attributes)}

    def knows(self, letter: str) -> bool:
        """Whether the model has seen `letter`; it makes up one and the same sound for all others."""
        return letter in self._rows

    def __call__(self, word: str) -> str:
        """The phones of `word`, which is in lower case and composed (NFC)."""
        return "".join(self.by_letter(word))

    def by_letter(self, word: str) -> list[str]:
        """The phones of `word` that each of its letters gives."""
        if not word:
            return []
        best = np.zeros(len(self._labels))
        before: list[npt.NDArray[np.intp]] = []
        for position in range(len(word)):
            if position:
                arrivals = best + self._transitions
                before.append(arrivals.argmax(axis=1))
                best = arrivals.max(axis=1)
            best = best + self._score(word, position)
        return [self._labels[label] for label in _backwards(best, before)]

    def _score(self, word: str, position: int) -> Scores:
        """(L,) what the letter and its surroundings say, summed in CRFsuite's order."""
        score = np.zeros(len(self._labels))
        for name in _attributes(word, position):
            row = self._rows.get(name)
            if row is not None:
                score += self._states[row]
        return score


def _attributes(word: str, position: int) -> list[str]:
    ends = ["begin"] if position == 0 else []
    around = [
        f"{offset:+d}{word[position + offset]}" for offset in _NEIGHBOURS if 0 <= position + offset < len(word)
    ]
    return ["bias", word[position], *ends, *around, *(["end"] if position == len(word) - 1 else [])]


def _backwards(best: Scores, before: list[npt.NDArray[np.intp]]) -> list[int]:
    """The most probable labels, from the last one's scores (L,) and where each position's best came from."""
    path = [int(best.argmax())]
    for origins in reversed(before):
        path.append(int(origins[path[-1]]))
    return path[::-1]
