"""Wordpieces and where their features go."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from edge.checkpoints.bert import load_tokenizer
from edge.errors import BundleError, MissingFrontendError
from edge.text.bert import Bert, Wordpieces, aligned, refuse_misfit
from edge.text.en import EnglishFrontend
from edge.text.es import SpanishFrontend
from edge.text.phonemes import Phonemes
from edge.text.words import share, split
from tests.berts import VOCABULARY

GOLDEN = Path(__file__).parents[1] / "golden" / "text"
ENGLISH, SPANISH = (json.loads((GOLDEN / name).read_text(encoding="utf-8")) for name in ("en.json", "es.json"))
READ = [row for row in ENGLISH if "phones" in row]


@pytest.fixture(scope="module")
def wordpieces(tmp_path_factory: pytest.TempPathFactory) -> Wordpieces:
    folder = tmp_path_factory.mktemp("tokenizer")
    (folder / "vocab.txt").write_bytes(VOCABULARY.read_bytes())
    load_tokenizer(folder).save(str(folder / "tokenizer.json"))
    return Wordpieces(folder / "tokenizer.json")


@pytest.fixture(scope="module")
def english() -> EnglishFrontend:
    return EnglishFrontend()


@pytest.fixture(scope="module")
def spanish(spanish_folder: Path) -> SpanishFrontend:
    return SpanishFrontend(spanish_folder)


class Numbered(nn.Module):
    """Stands in for BERT: the features of a piece are its id and how many were read with it."""

    def __init__(self, longest: int = 40, vocabulary: int = 343) -> None:
        super().__init__()
        self.longest, self.vocabulary = longest, vocabulary

    def forward(self, ids: Tensor) -> Tensor:
        assert ids.size(1) <= self.longest
        return torch.stack([ids[0], torch.full_like(ids[0], ids.size(1))], 1).float()


def numbered(wordpieces: Wordpieces, longest: int = 40) -> Bert:
    return Bert(torch.jit.script(Numbered(longest)), wordpieces)


@pytest.mark.parametrize("row", READ, ids=[row["text"] for row in READ])
def test_word2ph_is_upstreams(english: EnglishFrontend, wordpieces: Wordpieces, row: dict[str, Any]) -> None:
    pieces, counts = aligned(english(row["text"], strict=True), wordpieces)
    assert counts == row["word2ph"]
    assert len(pieces) + 2 == len(counts)


@pytest.mark.parametrize("row", SPANISH, ids=[row["text"] for row in SPANISH])
def test_in_spanish_symbols_are_shared_as_upstream_shares_them(spanish: SpanishFrontend, row: dict[str, Any]) -> None:
    """BETO's vocabulary is not to be had: some number of pieces for each word must explain what upstream says."""
    assert explains(spanish(row["text"], strict=True).word2ph, row["word2ph"])


def explains(words: Sequence[int], pieces: list[int]) -> bool:
    if not words:
        return not pieces
    return any(
        pieces[:n] == share(words[0], n) and explains(words[1:], pieces[n:]) for n in range(1, len(pieces) + 1)
    )


@given(st.integers(0, 40), st.integers(1, 12))
def test_shares_are_even_and_the_first_have_more(symbols: int, pieces: int) -> None:
    shares = share(symbols, pieces)
    assert (sum(shares), len(shares)) == (symbols, pieces)
    assert shares == sorted(shares, reverse=True)
    assert max(shares) - min(shares) <= 1


def test_each_symbol_has_the_features_of_its_piece(wordpieces: Wordpieces) -> None:
    phonemes = Phonemes(tuple("_abcde.fg_"), (0,) * 10, ("EN",) * 10, (1, 5, 1, 2, 1), "charger. the")
    [charge, r] = wordpieces(["charger"])[0]
    [[stop], [the]] = wordpieces([".", "the"])
    expected = [wordpieces.first, *3 * [charge], *2 * [r], stop, the, the, wordpieces.last]
    features = numbered(wordpieces)(phonemes)
    assert features[0].tolist() == expected
    assert set(features[1].tolist()) == {6}


def test_a_word_without_letters_is_an_unknown_piece(wordpieces: Wordpieces) -> None:
    """As phones in a text, of which nobody knows what word they are."""
    unknown = wordpieces(["[UNK]"])[0]
    assert wordpieces(["the", "", " ", "\u200b", "book"])[1:4] == [unknown] * 3
    assert wordpieces([]) == []


def test_a_word_of_several_is_cut_as_a_whole(english: EnglishFrontend, wordpieces: Wordpieces) -> None:
    phonemes = english("It's the book.")
    assert phonemes.words == ("it's", "the", "book", ".")
    assert len(wordpieces(phonemes.words)[0]) >= 3
    pieces, counts = aligned(phonemes, wordpieces)
    assert sum(counts) == len(phonemes.symbols)
    assert sum(counts[1 : 1 + len(pieces) - 3]) == phonemes.word2ph[1]


@pytest.mark.parametrize("word2ph", [(), (1, 2, 1), (1, 1, 1, 1, 1, 1)])
def test_where_words_are_not_known_symbols_are_shared_among_all(
    wordpieces: Wordpieces, word2ph: tuple[int, ...]
) -> None:
    phonemes = Phonemes(tuple("_abcdefg_"), (0,) * 9, ("EN",) * 9, word2ph, "the book")
    assert aligned(phonemes, wordpieces)[1] == [3, 2, 2, 2]


@given(st.text(max_size=40))
def test_any_text_has_as_many_columns_as_symbols(wordpieces: Wordpieces, text: str) -> None:
    words = split(text)
    phonemes = Phonemes(("x",) * (len(words) + 2), (), (), (1,) * (len(words) + 2), text)
    features = numbered(wordpieces)(phonemes)
    assert features.shape == (2, len(words) + 2)
    assert features[0, 0] == wordpieces.first
    assert features[0, -1] == wordpieces.last


@pytest.mark.parametrize("words", [1, 5, 6, 7, 12, 13])
def test_what_is_too_long_is_read_in_parts(wordpieces: Wordpieces, words: int) -> None:
    text = " ".join(["the"] * words)
    phonemes = Phonemes(("x",) * (words + 2), (), (), (1,) * (words + 2), text)
    features = numbered(wordpieces, longest=8)(phonemes)
    assert features.shape == (2, words + 2)
    assert features[0].tolist() == numbered(wordpieces)(phonemes)[0].tolist()


@pytest.mark.parametrize("vocabulary", [342, 343 + 128, 31002])
def test_a_tokenizer_of_another_bert_is_refused(wordpieces: Wordpieces, vocabulary: int) -> None:
    with pytest.raises(BundleError, match=f"343 pieces.*{vocabulary}.*different models"):
        Bert(torch.jit.script(Numbered(vocabulary=vocabulary)), wordpieces)
    refuse_misfit(343, 384)  # padded to a multiple of 128


@pytest.mark.parametrize("content", ["", "{}", "nonsense"])
def test_a_damaged_tokenizer_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(BundleError, match=str(tmp_path)):
        Wordpieces(tmp_path / "tokenizer.json")


def test_a_tokenizer_without_berts_marks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("[UNK]\nthe\n")
    load_tokenizer(tmp_path).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(BundleError, match=r"no \[CLS\]"):
        Wordpieces(tmp_path / "tokenizer.json")


def test_without_the_library_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingFrontendError, match=r'pip install "melo-edge\[bert\]"'):
        Wordpieces(tmp_path / "tokenizer.json")
