"""Where jieba's dictionary and models and pypinyin's readings come from: a bundle's folder, or the installed packages.

jieba and pypinyin themselves would take 200 MB of memory and 2 s to load; packed, it is 10 MB of file, most of which is
mapped and stays on the disk.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

import edge
from edge.errors import BundleError
from edge.text import packed_once
from edge.text.extras import BUNDLED, require
from edge.text.zh import markov, trie
from edge.text.zh.markov import Markov, Model
from edge.text.zh.readings import SILENT, Readings
from edge.text.zh.segments import UNKNOWN, Dictionary, Segmenter

_PACKAGES = ("jieba", "pypinyin")
_WORDS = "chinese.words.npy"
_READINGS = "chinese.readings.npy"
_REST = "chinese.npz"

_Arrays = Mapping[str, NDArray[Any]]
_Value = TypeVar("_Value")


class Packed(NamedTuple):
    """What a device needs: two tries, and models and lists by their names."""

    words: trie.Table
    readings: trie.Table
    rest: _Arrays


def load(folder: Path | None) -> tuple[Segmenter, Readings]:
    """Open what `pack` wrote into `folder`; None: the same from the user's cache, or made in memory.

    Raises `BundleError` when the folder's files are not what they should be, `MissingFrontendError` without the
    packages.
    """
    if folder is None:
        folder = _kept()
    try:
        return _opened(_made() if folder is None else _read(folder))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        message = f"{folder} does not hold what reading Chinese needs ({error}). Build the bundle again."
        raise BundleError(message) from error


def pack(folder: Path) -> list[Path]:
    """Write all that reading Chinese needs on a device into `folder`; needs the extra `zh`. Returns the files."""
    kept = _kept()
    if kept is None:
        return _write(folder)
    return [shutil.copyfile(kept / name, folder / name) for name in (_WORDS, _READINGS, _REST)]


def _kept() -> Path | None:
    require("The text frontend ZH_MIX_EN", "zh", {name: name for name in _PACKAGES}, BUNDLED)
    versions = "-".join(metadata.version(name) for name in _PACKAGES)
    return packed_once.kept(f"zh-{edge.__version__}-{versions}", _write)


def _write(folder: Path) -> list[Path]:
    packed = _made()
    np.save(folder / _WORDS, packed.words)
    np.save(folder / _READINGS, packed.readings)
    np.savez(folder / _REST, **packed.rest)
    return [folder / _WORDS, folder / _READINGS, folder / _REST]


def _read(folder: Path) -> Packed:
    words, readings = (np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in (_WORDS, _READINGS))
    with np.load(folder / _REST, allow_pickle=False) as arrays:
        return Packed(words, readings, dict(arrays))


def _opened(packed: Packed) -> tuple[Segmenter, Readings]:
    words, readings, rest = packed
    dictionary = Dictionary(words, rest["kinds"].tolist(), int(rest["total"]))
    segmenter = Segmenter(dictionary, Markov(_model(rest, "tagger")), Markov(_model(rest, "splitter"), last="ES"))
    syllables = list(zip(rest["initials"].tolist(), rest["finals"].tolist(), strict=True))
    return segmenter, Readings(readings, rest["sequences"].data, syllables)


def _model(rest: _Arrays, name: str) -> Model:
    return {key.removeprefix(f"{name}."): array for key, array in rest.items() if key.startswith(f"{name}.")}


def _made() -> Packed:
    """Read the installed packages, which takes seconds."""
    with warnings.catch_warnings():
        # jieba's patterns have escapes that Python warns of where it compiles them.
        warnings.simplefilter("ignore")
        import jieba.posseg
    with jieba.dt.get_dict_file() as file:
        lines = [line.split() for line in file.read().decode().splitlines()]
    words, kinds, total = _pack_words([(word, int(frequency), kind) for word, frequency, kind in lines])
    readings, lists = _pack_readings()
    models = {"tagger": _tagger(jieba.posseg), "splitter": _splitter(jieba.finalseg)}
    arrays = {f"{name}.{key}": array for name, model in models.items() for key, array in model.items()}
    return Packed(words, readings, arrays | lists | {"kinds": np.array(kinds), "total": np.array(total)})


def _pack_words(entries: list[tuple[str, int, str]]) -> tuple[trie.Table, list[str], int]:
    """A `Dictionary`'s table, kinds and total."""
    kinds = [UNKNOWN, *sorted({kind for _, _, kind in entries})]
    numbers = {kind: number for number, kind in enumerate(kinds)}
    table, columns = trie.pack((word for word, _, _ in entries), rows=2)
    for word, frequency, kind in entries:
        table[2:, columns[word]] = frequency, numbers[kind]
    return table, kinds, sum(frequency for _, frequency, _ in entries)


def _pack_readings() -> tuple[trie.Table, dict[str, NDArray[Any]]]:
    """The table of `Readings`, and its lists."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    words = {chr(code): [written.split(",")[0]] for code, written in PINYIN_DICT.items()}
    words |= {phrase: [written[0] for written in syllables] for phrase, syllables in PHRASES_DICT.items()}
    known = sorted({syllable for reading in words.values() for syllable in reading})
    numbers = {syllable: number for number, syllable in enumerate(known, 1)}
    # The first is what a column reads that has no word.
    sequences = [0]
    table, columns = trie.pack(words, rows=1)
    for word, reading in words.items():
        table[2, columns[word]] = len(sequences)
        sequences += (numbers[syllable] for syllable in reading)
    initials, finals = zip(SILENT, *_parts(known), strict=True)
    return table, {
        "sequences": np.array(sequences, dtype=np.uint16),
        "initials": np.array(initials),
        "finals": np.array(finals),
    }


def _parts(syllables: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The initial and the final of each syllable, "yǒu", as pypinyin has them."""
    from pypinyin import Style
    from pypinyin.converter import UltimateConverter

    converter = UltimateConverter(neutral_tone_with_five=True)
    for syllable in syllables:
        initial = converter.convert_style("", syllable, Style.INITIALS, strict=True)
        yield initial, converter.convert_style("", syllable, Style.FINALS_TONE3, strict=True)


def _tagger(source: Any) -> Model:  # noqa: ANN401 (a module without types)
    """The model of jieba's whose states are pairs: ("B", "nr")."""
    return markov.pack(
        start=_joined(source.start_P),
        transitions=_joined({state: _joined(following) for state, following in source.trans_P.items()}),
        emissions=_joined(source.emit_P),
        expected={letter: frozenset(map("".join, states)) for letter, states in source.char_state_tab_P.items()},
    )


def _splitter(source: Any) -> Model:  # noqa: ANN401 (as above)
    """The model of jieba's that has words alone, and looks for each character in all of its four states."""
    return markov.pack(source.start_P, source.trans_P, source.emit_P, expected={})


def _joined(by_state: Mapping[tuple[str, str], _Value]) -> dict[str, _Value]:
    """What was kept by pairs, by the names that they make."""
    return {"".join(state): value for state, value in by_state.items()}
