"""BERT's features for the symbols of a text, as upstream MeloTTS takes them.

Upstream feeds a text's wordpieces to BERT, shares each word's symbols evenly among its pieces, and gives each symbol
the features of its piece; the pads at both ends have those of BERT's marks, `[CLS]` and `[SEP]`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from edge.errors import BundleError
from edge.text.extras import require
from edge.text.phonemes import Phonemes
from edge.text.words import share, split

MARKS = 2
"""`[CLS]` in front, `[SEP]` behind."""

PADDING = 128
"""By fewer rows than this an embedding may be larger than its vocabulary: some are padded for fast arithmetic."""


class Wordpieces:
    """Cuts words into the pieces that BERT knows."""

    def __init__(self, path: Path) -> None:
        """Reads a `tokenizer.json`.

        Raises:
            MissingFrontendError: the library `tokenizers` is not installed.
            BundleError: the file is damaged, or lacks BERT's marks.
        """
        require("A voice with BERT", "bert", {"tokenizers": "tokenizers"})
        from tokenizers import Tokenizer

        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing more exact
            message = f"The tokenizer {path} cannot be read: {error}. Copy or build the bundle again."
            raise BundleError(message) from error
        self.first, self.last, self._unknown = (self._mark(piece, path) for piece in ("[CLS]", "[SEP]", "[UNK]"))
        self.size = 1 + max(self._tokenizer.get_vocab().values())
        """Ids are below this."""

    def _mark(self, piece: str, path: Path) -> int:
        number = self._tokenizer.token_to_id(piece)
        if number is None:
            message = f"The tokenizer {path} has no {piece}: it is not BERT's."
            raise BundleError(message)
        return number

    def __call__(self, words: Sequence[str]) -> list[list[int]]:
        """The ids of each word's pieces, at least one."""
        found = self._tokenizer.encode(list(words), is_pretokenized=True, add_special_tokens=False)
        pieces: list[list[int]] = [[] for _ in words]
        for number, word in zip(found.ids, found.word_ids, strict=True):
            if word is not None:  # a mark's, of which none were asked for
                pieces[word].append(number)
        return [word or [self._unknown] for word in pieces]


class Bert:
    """Features of the symbols of a text."""

    def __init__(self, model: torch.jit.ScriptModule, pieces: Wordpieces) -> None:
        """`model` is a scripted `edge.model.bert.BertEncoder`. Raises `BundleError` when the two do not fit."""
        refuse_misfit(pieces.size, model.vocabulary)
        self._model = model
        self._pieces = pieces

    def __call__(self, phonemes: Phonemes) -> Tensor:
        """`(C, L)`: a column for each of the L symbols of `phonemes`."""
        pieces, counts = aligned(phonemes, self._pieces)
        rows = self.rows(pieces)
        return rows.repeat_interleave(torch.tensor(counts), 0).t()

    def rows(self, pieces: Sequence[int]) -> Tensor:
        """The features `(n + 2, C)` of n pieces and of the marks around them."""
        windows = [self._model(ids) for ids in windows_of(pieces, self._pieces, self._model.longest)]
        return torch.cat([windows[0][:1], *(window[1:-1] for window in windows), windows[-1][-1:]])


def refuse_misfit(pieces: int, vocabulary: int) -> None:
    """Raises `BundleError` when a tokenizer with so many pieces cannot belong to a BERT with that vocabulary."""
    if not vocabulary - PADDING < pieces <= vocabulary:
        message = (
            f"The tokenizer knows {pieces} pieces, but BERT has embeddings for {vocabulary}: they belong to different "
            "models. Use the tokenizer that came with this BERT."
        )
        raise BundleError(message)


def windows_of(pieces: Sequence[int], wordpieces: Wordpieces, longest: int) -> list[Tensor]:
    """What BERT can read at once, marks and all, `(1, n)` each: the whole text unless it is very long."""
    step = longest - MARKS
    return [
        torch.tensor([[wordpieces.first, *pieces[start : start + step], wordpieces.last]])
        for start in range(0, max(1, len(pieces)), step)
    ]


def words_of(phonemes: Phonemes) -> Sequence[str]:
    """What `word2ph` counts the symbols of, without the pads."""
    return phonemes.words or split(phonemes.normalized)


def aligned(phonemes: Phonemes, wordpieces: Callable[[Sequence[str]], list[list[int]]]) -> tuple[list[int], list[int]]:
    """The pieces of a text, n, and how many symbols each of these and of the marks around them has, n + 2.

    Where a frontend's words are not those that it counted, symbols are shared evenly among all pieces: features that
    are a little off are better than no speech.
    """
    words = words_of(phonemes)
    by_word = wordpieces(words)
    pieces = list(itertools.chain.from_iterable(by_word))
    if len(words) + MARKS == len(phonemes.word2ph):
        first, *middle, last = phonemes.word2ph
        shares = [share(symbols, len(word)) for symbols, word in zip(middle, by_word, strict=True)]
        return pieces, [first, *itertools.chain.from_iterable(shares), last]
    return pieces, share(len(phonemes.symbols), len(pieces) + MARKS)
