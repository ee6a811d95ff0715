from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import LexiconError
from edge.text.inline import Alphabet
from edge.text.lexicon import Lexicon, load

SPANISH = Alphabet.of("ES", frozenset("aeioulmnxw"))


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("KUBECTL, kubectl: Kubectl2", "cube control, cube control: Kubectl2"),
        ("US us Us", "the States us Us"),
        ("Dr. Who's", "the Doctor's"),
        ("a.b [[kubectl]] kubectl", "a.b [[kubectl]] cube control"),
        ("I/O IO", "in and out IO"),
        ("我在東京。", "我在[[a]]。"),
        ("cafe\u0301", "coffee"),
        ("hush now", " now"),
    ],
)
def test_words_are_replaced(text: str, replaced: str) -> None:
    words = {
        "kubectl": "cube control", "US": "the States", "Dr. Who": "the Doctor", "Dr.": "doctor", "I/O": "in and out",
        "東京": "[[a]]", "café": "coffee", "hush": "",
    }  # fmt: skip
    assert Lexicon(words)(text) == replaced


@given(st.text())
def test_an_empty_lexicon_changes_nothing(text: str) -> None:
    assert Lexicon({})(text) == text


@given(st.dictionaries(st.text(min_size=1), st.just("x")), st.text())
def test_any_words_can_be_looked_for(words: dict[str, str], text: str) -> None:
    Lexicon(words)(text)


def test_later_files_and_the_own_language_count_more(tmp_path: Path) -> None:
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text('a = "1"\nb = "1"\n[ES]\nc = "[[xwan]]"\nd = "1"\n[EN]\nb = "qq"\ne = "[[qq]]"\n', "utf-8")
    second.write_text('\ufeffb = "2"\n', "utf-8")
    assert load([first, tmp_path / "none.toml", second], SPANISH)("a b c d e") == "1 2 [[xwan]] 1 e"


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (b'a = "b"\nc = d\n', 2, "Invalid value"),
        (b'a = "b"\nhello there = "c"\n', 2, "what to say"),
        (b'a = "b"\na = "c"\n', 2, "overwrite"),
        (b'a = "b"\n\nc = "d', 3, ""),
        (b'a = "b"\nc = "\xff"\n', 2, "UTF-8"),
        (b'a = "b"\nc = 5\n', 2, "5 is no text"),
        (b'a = "b"\n[ES]\nc = "[[xqan]]"\n', 3, "no phone 'q'"),
        (b'c = "la [[xwan"\n', 1, "has no"),
        (b'" " = "la"\n', 1, "no word"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, content: bytes, line: int, what: str) -> None:
    path = tmp_path / "lexicon.toml"
    path.write_bytes(content)
    with pytest.raises(LexiconError) as caught:
        load([path], SPANISH)
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert what in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=rf"{tmp_path} cannot be read"):
        load([tmp_path], SPANISH)
