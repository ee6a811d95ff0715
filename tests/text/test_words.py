import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.text.words import split


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hola, ¿cómo estás?", ["Hola", ",", "¿", "cómo", "estás", "?"]),
        ("l'air  est-il\nlà", ["l", "'", "air", "est", "-", "il", "là"]),
        ("25°C 3€ n.º a_b $5", ["25°C", "3€", "n", ".", "º", "a", "_", "b", "$", "5"]),
        ("日本go", ["日", "本", "go"]),
        ("a\u200bb\u00a0c\x00d\ufffd", ["ab", "cd"]),
        ("", []),
    ],
)
def test_text_is_cut_as_bert_cuts_it(text: str, words: list[str]) -> None:
    assert split(text) == words


@given(st.text())
def test_words_have_no_spaces_and_stay_whole(text: str) -> None:
    words = split(text)
    assert all(word and not any(map(str.isspace, word)) for word in words)
    assert split(" ".join(words)) == words
