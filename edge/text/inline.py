"""Phones written into a text: "Ask [[ˈʃɪvɔn]] for it.", for what no frontend can know.

What stands between the brackets is said as it is, and the frontend reads what stands around it, part by part. For
espeak's voices it is IPA as espeak-ng prints it, spaces between words; for MeloTTS' the voice's own symbols with
spaces between, each with its tone behind it unless that is 0 ("hh ah1 l ow2"). Where the symbols are single
characters, as in Spanish, French and Korean, the spaces may be left out.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from edge.errors import RequestError, TextError
from edge.text import Frontend
from edge.text.phonemes import Phonemes
from edge.text.words import split

PHONES = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
"""Phones in a text; the group is what is between the brackets."""

PAD = "_"

# MeloTTS's languages whose symbols are single characters.
_OF_CHARACTERS = frozenset({"ES", "FR", "KR"})
# How many tones a language has: upstream's text/symbols.py. Mixed Chinese counts English's behind its own.
_TONES = {"ZH": 6, "ZH_MIX_EN": 11, "EN": 4}

# What ends a word or a clause and is left of one when phones stand before it: the ", " of "[[ˈola]], amigo".
_LEADING_MARKS = re.compile(r"[\s.,;:!?…)\]\"'”’»]*")
_TRAILING_MARKS = " \t\n\u00a0,;:"
# Marks that MeloTTS's voices were not trained on, as those that they were.
_HEARD = str.maketrans({";": ",", ":": ",", "…": "."})
_MARKS = frozenset(".,;:!? ")


class Word(NamedTuple):
    """A word or mark, read."""

    text: str
    symbols: Sequence[str]
    tones: Sequence[int]
    languages: Sequence[str]


def outside(change: Callable[[str], str], text: str) -> str:
    """`text` with all but the phones in it changed."""
    kept = [match.group() for match in PHONES.finditer(text)]
    return "".join(
        itertools.chain.from_iterable(
            (change(part), phones)
            for part, phones in itertools.zip_longest(PHONES.split(text)[::2], kept, fillvalue="")
        )
    )


@dataclass(frozen=True)
class Alphabet:
    """How phones of one voice are written."""

    language: str
    symbols: Collection[str] | None
    """Those that the voice knows; None: any."""
    of_characters: bool
    is_espeak: bool

    @classmethod
    def of(cls, frontend: str, symbols: Collection[str] | None = None) -> Alphabet:
        """Of the voices that `frontend`, as `edge.text.frontend` takes it, reads for."""
        family, _, variant = frontend.partition(":")
        is_espeak = family == "espeak"
        return cls(variant or family, symbols, is_espeak or family in _OF_CHARACTERS, is_espeak)

    def read(self, written: str) -> Word:
        """The phones between two brackets; raises `RequestError` for one that the voice does not have."""
        phones = self._characters(" ".join(written.split())) if self.is_espeak else self._separate(written)
        symbols, tones = zip(*phones, strict=True) if phones else ((), ())
        return Word(f"[[{written}]]", symbols, tones, (self.language,) * len(symbols))

    def write(self, phonemes: Phonemes) -> str:
        """What `read` would make the symbols of."""
        said = [
            f"{symbol}{tone or ''}"
            for symbol, tone in zip(phonemes.symbols, phonemes.tones, strict=True)
            if symbol != PAD or self.is_espeak
        ]
        return ("" if self.of_characters else " ").join(said)

    def marks(self, text: str) -> Word:
        """Marks and spaces as the voice has them; what it does not know is left out."""
        heard = re.sub(r"\s+", " ", text) if self.is_espeak else "".join(text.translate(_HEARD).split())
        symbols = tuple(mark for mark, _ in itertools.groupby(heard) if mark in _MARKS and self._knows(mark))
        return Word("".join(symbols).strip(), symbols, (0,) * len(symbols), (self.language,) * len(symbols))

    def _separate(self, written: str) -> list[tuple[str, int]]:
        return list(itertools.chain.from_iterable(map(self._phone, written.split())))

    def _phone(self, token: str) -> Sequence[tuple[str, int]]:
        name, digit = (token[:-1], token[-1]) if token[-1] in "0123456789" else (token, "0")
        if self._knows(token):
            return [(token, 0)]
        if self._knows(name):
            return [(name, self._tone(token, int(digit)))]
        if self.of_characters:
            return self._characters(token)
        raise self._unknown(token)

    def _characters(self, written: str) -> list[tuple[str, int]]:
        return [(part, 0) for character in unicodedata.normalize("NFC", written) for part in self._parts(character)]

    def _parts(self, character: str) -> str:
        """A letter as the voice has it, or else, as always with espeak's, letter and accent: "ɛ̃" is two symbols."""
        parts = unicodedata.normalize("NFD", character)
        if not self.is_espeak and self._knows(character):
            return character
        if not all(map(self._knows, parts)):
            raise self._unknown(character)
        return parts

    def _knows(self, symbol: str) -> bool:
        if self.symbols is not None:
            return symbol in self.symbols
        return len(symbol) == 1 if self.of_characters else symbol[-1:] not in "0123456789"

    def _tone(self, token: str, tone: int) -> int:
        tones = _TONES.get(self.language, 1)
        if tone >= tones:
            known = f"the tones 0 to {tones - 1}" if tones > 1 else "no tones"
            raise RequestError(f"{self.language} has {known}, but [[…]] has the phone {token!r}.")
        return tone

    def _unknown(self, phone: str) -> RequestError:
        message = f"The voice has no phone {phone!r}, as [[…]] has it. `melo-edge text` shows the phones of any word."
        return RequestError(message)


class WithPhones:
    """A frontend that says phones in the text as they are. `strict` reads brackets as the frontend does."""

    def __init__(self, read: Frontend, alphabet: Alphabet) -> None:
        self._read = read
        self._alphabet = alphabet

    def __call__(self, text: str, strict: bool = False) -> Phonemes:  # noqa: FBT001, FBT002 (the protocol's)
        """Read `text`.

        Raises `TextError` when nothing in the text has a sound, `RequestError` for phones that the voice has not.
        """
        if strict or not PHONES.search(text):
            return self._read(text, strict)
        words = [word for word in self._words(text) if word.symbols or word.text]
        if not any(symbol.isalpha() for word in words for symbol in word.symbols):
            raise TextError("The text has nothing to speak: it needs at least one phone, letter or digit.")
        return self._joined(words)

    def _words(self, text: str) -> Iterator[Word]:
        parts = PHONES.split(text)
        last = len(parts) - 1
        for place, part in enumerate(parts):
            if place % 2:
                yield self._alphabet.read(part)
            else:
                yield from self._around(part, is_first=place == 0, is_last=place == last)

    def _around(self, part: str, *, is_first: bool, is_last: bool) -> Iterator[Word]:
        """What stands before, between or after phones."""
        lead = _LEADING_MARKS.match(part)
        start = 0 if is_first or lead is None else lead.end()
        yield self._alphabet.marks(part[:start])
        rest = part[start:]
        if is_last:
            yield from self._frontend_words(rest)
            return
        # A frontend takes what it is given for a whole sentence, and ends it.
        text = rest.rstrip(_TRAILING_MARKS)
        words = list(self._frontend_words(text))
        if words and words[-1].symbols == (".",) and text[-1].isalnum():
            words.pop()
        yield from words
        yield self._alphabet.marks(rest[len(text) :])

    def _frontend_words(self, text: str) -> Iterator[Word]:
        try:
            read = self._read(text)
        except TextError:
            return
        texts = [PAD, *(read.words or split(read.normalized)), PAD]
        if len(texts) != len(read.word2ph):
            inner = slice(None) if self._alphabet.is_espeak else slice(1, -1)
            yield _word(read.normalized, read, inner)
            return
        ends = list(itertools.accumulate(read.word2ph))
        for word, start, end in list(zip(texts, [0, *ends], ends, strict=False))[1:-1]:
            yield _word(word, read, slice(start, end))

    def _joined(self, words: list[Word]) -> Phonemes:
        normalized = " ".join(word.text for word in words)
        if self._alphabet.is_espeak:
            return Phonemes(*_rows(words), (), normalized)
        pad = Word(PAD, (PAD,), (0,), (self._alphabet.language,))
        counts = tuple(len(word.symbols) for word in words)
        # Which word phones are is not known: BERT gets one without letters.
        texts = tuple(PHONES.sub("", word.text) for word in words)
        return Phonemes(*_rows([pad, *words, pad]), (1, *counts, 1), normalized, texts)


def _word(text: str, read: Phonemes, part: slice) -> Word:
    return Word(text, read.symbols[part], read.tones[part], read.languages[part])


def _rows(words: list[Word]) -> tuple[tuple[str, ...], tuple[int, ...], tuple[str, ...]]:
    chain = itertools.chain.from_iterable
    return (
        tuple(chain(word.symbols for word in words)),
        tuple(chain(word.tones for word in words)),
        tuple(chain(word.languages for word in words)),
    )
