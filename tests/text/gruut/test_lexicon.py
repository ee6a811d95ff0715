import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import BundleError
from edge.text.gruut.lexicon import Lexicon, pack

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\t"), min_size=1)


@given(st.dictionaries(WORDS, WORDS, min_size=1), st.text())
def test_what_is_packed_is_found_and_nothing_else(words: dict[str, str], other: str) -> None:
    lexicon = Lexicon(pack(words.items()))
    assert {word: lexicon.get(word) for word in words} == words
    assert lexicon.get(other) == words.get(other)


def test_words_are_found_in_every_block() -> None:
    words = {f"word{number}": f"phones{number}" for number in range(1000)}
    lexicon = Lexicon(pack(words.items()))
    assert {word: lexicon.get(word) for word in words} == words
    others = ["", "a", "word", "word1000", "zzz", "ord1", "word1\tphones1\nword2"]
    assert [lexicon.get(word) for word in others] == [None] * len(others)


def test_a_lexicon_that_was_cut_short_is_refused() -> None:
    with pytest.raises(BundleError, match="build the bundle again"):
        Lexicon(pack([("hola", "ola")])[:-1])


def test_the_first_of_two_pronunciations_counts() -> None:
    assert Lexicon(pack([("él", "first"), ("el", "other"), ("él", "second")])).get("él") == "first"


@pytest.mark.parametrize("content", [b"", b"melolex1", b"melolex2\x05\0\0\0abcde", b"melolex1\x05\0\0\0abcde"])
def test_what_is_no_lexicon_is_refused(content: bytes) -> None:
    with pytest.raises(BundleError, match="build the bundle again"):
        Lexicon(content)
