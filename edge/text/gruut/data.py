"""Where a language's pronunciations come from: packed in a bundle, or the installed package."""

from __future__ import annotations

import shutil
from pathlib import Path

import edge
from edge.errors import BundleError
from edge.text import packed_once
from edge.text.extras import BUNDLED, require
from edge.text.gruut import guesser, lexicon
from edge.text.gruut.guesser import Guesser
from edge.text.gruut.lexicon import Lexicon
from edge.text.gruut.pronunciation import Pronunciation


def pack(language: str, folder: Path) -> list[Path]:
    """Write what `pronunciation` reads of `language` (`es`, `fr`) into `folder`; the files that were written.

    Raises `MissingFrontendError` when the data package is not installed.
    """
    cached = _cached(language)
    if cached is None:
        return _write(language, folder)
    return [shutil.copyfile(path, folder / path.name) for path in _paths(language, cached)]


def _write(language: str, folder: Path) -> list[Path]:
    words, guesses = _paths(language, folder)
    source = _package(language)
    words.write_bytes(_packed_lexicon(source))
    guesses.write_bytes(_packed_guesser(source))
    return [words, guesses]


def pronunciation(language: str, folder: Path | None) -> Pronunciation:
    """Open `language` from a bundle's frontend folder; None: from the installed data package.

    Raises `BundleError` when the folder lacks it, `MissingFrontendError` when the package is not installed.
    """
    return _installed(language) if folder is None else _packed(language, folder)


def _paths(language: str, folder: Path) -> tuple[Path, Path]:
    return folder / f"{language}.lexicon", folder / f"{language}.g2p.npz"


def _packed(language: str, folder: Path) -> Pronunciation:
    words, guesses = _paths(language, folder)
    if not (words.exists() and guesses.exists()):
        raise BundleError(f"{folder} has no {words.name} and {guesses.name}: build the bundle again.")
    return Pronunciation(Lexicon.open(words), Guesser(guesses.read_bytes(), str(guesses)))


def _package(language: str) -> Path:
    """The folder of the installed data, found without importing its package."""
    name = f"gruut_lang_{language}"
    [place] = require(f"The text frontend {language.upper()}", language, {name: name.replace("_", "-")}, BUNDLED)
    return place / "espeak"


def _packed_lexicon(source: Path) -> bytes:
    return lexicon.pack(lexicon.pronunciations(source / "lexicon.db"))


def _packed_guesser(source: Path) -> bytes:
    return guesser.pack((source / "g2p" / "model.crf").read_bytes())


def _installed(language: str) -> Pronunciation:
    """Open the installed data, packed once into the user's cache; in memory where that cannot be written."""
    folder = _cached(language)
    if folder is None:
        source = _package(language)
        return Pronunciation(Lexicon(_packed_lexicon(source)), Guesser(_packed_guesser(source)))
    return _packed(language, folder)


def _cached(language: str) -> Path | None:
    """The folder in the user's cache with the installed data packed, which takes seconds once; None: cannot be made."""
    written = (_package(language) / "lexicon.db").stat().st_mtime_ns
    return packed_once.kept(f"{language}-{edge.__version__}-{written:x}", lambda folder: _write(language, folder))
