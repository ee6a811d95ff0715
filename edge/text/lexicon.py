"""A user's lexicon: words that a voice is to say otherwise.

`lexicon.toml` has a line for each: a word, or several, and what to say instead, in letters or in phones as
`edge.text.inline` takes them.

    "kubectl" = "cube control"
    "Siobhan" = "[[ʃɪvˈɔːn]]"

    [ES]  # for voices of this language alone
    "WiFi" = "güifi"

A word in small letters stands for any spelling of it, one with a capital for that alone; the longest that fits counts.
It is replaced before anything else is done with the text, so what is kept of spoken phrases need not know of it.
"""

from __future__ import annotations

import contextlib
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from edge.errors import LexiconError, RequestError
from edge.text.inline import PHONES, Alphabet, outside

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

NAME = "lexicon.toml"

# Letters that others follow without a space, or, in Korean, with a particle: "서울에서".
_RUN_ON = re.compile("[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff]")


class Lexicon:
    """Replaces words in a text."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = {unicodedata.normalize("NFC", word): said for word, said in words.items()}
        longest_first = sorted(self.words, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_pattern, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """`text` with its words replaced; phones in it stay."""
        if self._pattern is None:
            return text
        return outside(self._replace, unicodedata.normalize("NFC", text))

    def _replace(self, text: str) -> str:
        return "" if self._pattern is None else self._pattern.sub(self._said, text)

    def _said(self, found: re.Match[str]) -> str:
        word = found.group()
        return self.words.get(word, self.words.get(word.lower(), word))


def load(paths: Iterable[Path], alphabet: Alphabet, over: Lexicon | None = None) -> Lexicon:
    """Read those of `paths` that exist, each over the ones before it and all over `over`, for voices with `alphabet`.

    Raises `LexiconError` naming file and line when one is not right.
    """
    words = {} if over is None else dict(over.words)
    for path in paths:
        words |= _read(path, alphabet)
    return Lexicon(words)


def _pattern(word: str) -> str:
    before = "" if _RUN_ON.match(word[0]) or not word[0].isalnum() else r"(?<!\w)"
    after = "" if _RUN_ON.match(word[-1]) or not word[-1].isalnum() else r"(?!\w)"
    letters = re.escape(word) if word != word.lower() else f"(?i:{re.escape(word)})"
    return f"{before}{letters}{after}"


def _read(path: Path, alphabet: Alphabet) -> dict[str, str]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise LexiconError(f"The lexicon {path} cannot be read: {error.strerror}.") from error
    try:
        text = content.decode("utf-8-sig")
        tables = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LexiconError(f"{path}, line {line}: this is not UTF-8. Save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(_broken(path, text, str(error))) from error
    return dict(_words(path, text, tables, alphabet))


def _broken(path: Path, text: str, reason: str) -> str:
    at = re.search(r" \(at line (\d+), column \d+\)| \(at end of document\)", reason)
    line = at.group(1) if at and at.group(1) else text.count("\n") + 1
    what = reason[: at.start()] if at else reason
    return f'{path}, line {line}: {what}. Write a line as: "word" = "what to say".'


def _words(path: Path, text: str, tables: dict[str, object], alphabet: Alphabet) -> Iterator[tuple[str, str]]:
    """Each word and what to say; those of the voice's language last, over the others."""
    own = tables.get(alphabet.language)
    for words in (tables, own if isinstance(own, dict) else {}):
        for word, said in words.items():
            if isinstance(said, str):
                yield word, _checked(path, text, word, said, alphabet)
            elif not (isinstance(said, dict) and words is tables):
                raise LexiconError(f"{_place(path, text, word, said)}: {said!r} is no text to say for {word!r}.")


def _checked(path: Path, text: str, word: str, said: str, alphabet: Alphabet) -> str:
    wrong = ""
    if not word.strip():
        wrong = "There is no word before the =."
    elif "[[" in PHONES.sub("", said):
        wrong = 'A "[[" has no "]]".'
    else:
        try:
            for phones in PHONES.finditer(said):
                alphabet.read(phones.group(1))
        except RequestError as error:
            wrong = str(error)
    if wrong:
        raise LexiconError(f"{_place(path, text, word, said)}: {wrong}")
    return said


def _place(path: Path, text: str, word: str, said: object) -> str:
    """File and line; TOML's parser does not say where it read what."""
    for number, line in enumerate(text.splitlines(), 1):
        with contextlib.suppress(tomllib.TOMLDecodeError):
            if tomllib.loads(line) == {word: said}:
                return f"{path}, line {number}"
    return f"{path}, at {word!r}"
