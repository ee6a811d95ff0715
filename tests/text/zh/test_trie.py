from hypothesis import given
from hypothesis import strategies as st

from edge.text.zh import trie

WORDS = st.lists(st.text("ab中𠮷", max_size=4), max_size=12)


@given(WORDS, st.text("ab中𠮷c", max_size=8), st.integers(0, 8))
def test_it_finds_every_beginning_of_a_word_and_nothing_else(words: list[str], text: str, start: int) -> None:
    table, columns = trie.pack(words, rows=0)
    beginnings = {word[:length] for word in words for length in range(len(word) + 1)} | {""}
    found = list(trie.Trie(table).along(text, start))
    expected = []
    for end in range(start + 1, len(text) + 1):
        if text[start:end] not in beginnings:
            break
        expected.append(columns[text[start:end]])
    assert found == expected


def test_what_goes_with_a_word_stands_in_its_column() -> None:
    table, columns = trie.pack(["ab", "b"], rows=1)
    assert sorted(columns, key=columns.__getitem__) == ["", "a", "b", "ab"]
    table[2, columns["ab"]] = 7
    *_, node = trie.Trie(table).along("abc")
    assert table[2, node] == 7
