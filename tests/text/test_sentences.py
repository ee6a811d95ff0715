"""Sentence splitting.

Accepted deviations, each shown in `DEVIATIONS`: where a full stop may or may not end a sentence and only the
meaning tells, the sentence goes on, because a pause too few is heard less than a break within a name.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.text import abbreviations
from edge.text.sentences import LIMIT, Splitter, split

SPLIT = {
    "en": [
        ["Hello.", "How are you?", "Fine!"],
        ["Dr. Smith met Mr. and Mrs. Jones at St. Mary's.", "They left."],
        ["J. R. R. Tolkien wrote it.", "C.S. Lewis did not."],
        ["We met at 10 a.m. on Monday.", "It ended at 3 p.m.", "Then we left."],
        ["See No. 5, pp. 3-4, Fig. 2 and vol. 1.", "He said no.", "Then yes."],
        ["Bring fruit, e.g. Spanish oranges, i.e. Valencias, etc. and so on.", "Or etc.", "Nothing."],
        ["It costs $3.50 or 1,234.56.", "At 10.30 or 10:30.", "Version 1.2.3 is out."],
        ["See https://example.com/a.b?c=d. or mail a.b@example.com.", "Open file.txt now."],
        ["The U.S. Senate met in Washington D.C.", "It was Jan. 5."],
        ["Wait... what?", "Well…", "No."],
        ["What?!", "Really?!!", "Yes."],
        ['"Stop."', 'He said "go."', "(Really.)", "[Yes!]", "Done."],
        ['"Really?" he asked.', "“No!” she said (twice!) and left."],
        ["It happened in 1990.", "5 years later it ended."],
        ["What now?", "no idea!", "ok"],
    ],
    "es": [
        ["Hola.", "¿Qué tal?", "¡Bien!"],
        ["hola.", "¿qué tal?", "¡bien!"],
        ["El Sr. Pérez y la Sra. Gómez, p. ej. Ana, van a EE. UU. con la Dra. Ruiz.", "Vale."],
        ["Pesa 3,5 kg y cuesta 1.500 € en el n.º 5 de la pág. 3.", "Sí."],
        ["—¿Qué? —dijo él.", "—Nada."],
        ["Uds. vienen a las 10 a. m. mañana.", "Sí…", "¿No?"],
    ],
    "fr": [
        ["Il dit : « Bonjour. »", "Puis il part."],
        ["M. Dupont et Mme Durand, c.-à-d. Anne, habitent 5 av. Foch.", "Où ça ?", "Ici !"],
        ["Voir art. 5, p. 12.", "C'est 3,5 km."],
    ],
    "de": [
        ["Am 3. Oktober kommt Dr. Müller, z. B. aus Köln bzw. Bonn.", "Ja."],
        ["Er sagte: „Nein.“", "Dann ging er usw. und so fort."],
        ["Siehe Nr. 5, Bd. 2, vgl. Abb. 300.", "Es war 1990.", "Dann nicht."],
    ],
    "it": [
        ["Il sig. Rossi e la dott.ssa Bianchi, ecc. e altri.", "Come sta?", "Bene!"],
        ["Vedi pag. 5.", "Costa 3,50 euro."],
    ],
    "pt": [
        ["O Sr. Silva e a Sra. Costa moram na Av. Paulista n.º 5.", "Tudo bem?", "Sim!"],
    ],
    "zh": [["你好。", "再见！", "「真的？」", "他走了。"], ["他说「行。」就走了。"]],
    "ja": [["こんにちは。", "元気ですか？", "はい！"]],
    "ar": [["كيف حالك؟", "أنا بخير."]],
    "hi": [["नमस्ते।", "आप कैसे हैं?", "ठीक है॥", "हाँ।"]],
}

DEVIATIONS = {
    "a full stop before a lower-case letter does not end": ["the light is on. the door is open."],
    "a single letter is an initial, even if it ends": ["We need plan B. Then we go."],
    "an abbreviation before a name is one, even if it ends": ["He works at Foo Inc. They pay."],
    "a dotted abbreviation is one, even if it ends": ["I live in the U.S. They do not."],
    "no and a number are a number": ["I said no. 5 people heard."],
    "a question mark is an end, even within a title": ["I use Yahoo!", "every day."],
    "an elision hides an abbreviation": ["Selon l'art.", "5 du code."],
    "a German ordinal needs the language": ["Am 3.", "Oktober."],
    "Latin marks without a space do not end": ["你好?我很好!"],
    "marks without a space do not end": ["One.Two"],
}

TEXTS = st.text(alphabet='aB1é你 \n\t.!?…。,;:—-*#"”»)(¿😀_\u0301', max_size=300) | st.text(max_size=100)


def spaceless(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(("language", "pieces"), [(lang, pieces) for lang, all_ in SPLIT.items() for pieces in all_])
@pytest.mark.parametrize("space", [" ", "  ", "\n", " \r\n"])
def test_sentences(language: str, pieces: list[str], space: str) -> None:
    assert split(space.join(pieces), language) == pieces


@pytest.mark.parametrize("language", [language for language in SPLIT if language != "de"])
def test_the_language_need_not_be_known(language: str) -> None:
    for pieces in SPLIT[language]:
        assert split(" ".join(pieces)) == pieces


@pytest.mark.parametrize("name", DEVIATIONS)
def test_accepted_deviations(name: str) -> None:
    assert split(" ".join(DEVIATIONS[name])) == DEVIATIONS[name]


def test_in_german_a_number_before_a_full_stop_is_an_ordinal_even_if_it_ends() -> None:
    assert split("Siehe Abb. 3. Dann weiter.", "de") == ["Siehe Abb. 3. Dann weiter."]


@pytest.mark.parametrize("language", ["de", "DE", "de-at", "de_CH"])
def test_languages_are_named_as_frontends_and_locales_name_them(language: str) -> None:
    assert split("Am 3. Oktober.", language) == ["Am 3. Oktober."]


@pytest.mark.parametrize(
    "pieces",
    [
        ["A paragraph without a stop", "Another"],
        ["one paragraph", "in lower case"],
        ["Dr.", "Smith"],
    ],
)
@pytest.mark.parametrize("blank", ["\n\n", "\r\n\r\n", "\n \t\n", "\u2029", "\n\n\n\n"])
def test_a_blank_line_always_ends(pieces: list[str], blank: str) -> None:
    assert split(blank.join(pieces)) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a line that\nwas broken. And\nmore", ["a line that\nwas broken.", "And\nmore"]),
        ("Buy:\n- milk\n- two\n  eggs\n* ham", ["Buy:", "- milk", "- two\n  eggs", "* ham"]),
        ("1. One\n2. Two\n3) Three", ["1. One", "2. Two", "3) Three"]),
        ("# Shopping\nBuy milk.\n## Cheese\nNone", ["# Shopping", "Buy milk.", "## Cheese", "None"]),
        ("It was\n-5 degrees\n#1", ["It was\n-5 degrees\n#1"]),
        ("1. ¿Qué?", ["1. ¿Qué?"]),
    ],
)
def test_a_line_break_ends_a_list_item_or_heading_and_else_is_a_space(text: str, pieces: list[str]) -> None:
    assert split(text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello! 😀 World. 😀", ["Hello!", "😀 World. 😀"]),
        ("...", ["..."]),
        ("One.\n\n---\n\nTwo.", ["One.", "---\n\nTwo."]),
        (" \n ", []),
        ("", []),
    ],
)
def test_what_has_no_sound_goes_with_its_neighbour(text: str, pieces: list[str]) -> None:
    assert split(text) == pieces


@given(TEXTS)
@settings(max_examples=500, deadline=None)
def test_pieces_are_the_text_and_none_is_empty_or_long(text: str) -> None:
    pieces = split(text)
    assert spaceless("".join(pieces)) == spaceless(text)
    assert all(piece == piece.strip() and piece for piece in pieces)
    assert all(len(piece) <= LIMIT for piece in pieces)


@given(st.lists(TEXTS, max_size=6), st.integers(1, 60), st.sampled_from(["", "de"]))
@settings(max_examples=500, deadline=None)
def test_streamed_text_gives_the_same_for_every_chunk_size(texts: list[str], size: int, language: str) -> None:
    text = " ".join(texts)
    splitter = Splitter(language)
    pieces = [piece for at in range(0, len(text), size) for piece in splitter.feed(text[at : at + size])]
    assert pieces + splitter.finish() == split(text, language)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 401])
@pytest.mark.parametrize("unit", ["so, and — ", "x", "Dr. ", "a\n", '." ', "你好，", " ", "é\n \n", ".", "Hi. \n- "])
def test_streamed_long_text_gives_the_same_for_every_chunk_size(unit: str, size: int) -> None:
    text = unit * 1500
    splitter = Splitter()
    pieces = [piece for at in range(0, len(text), size) for piece in splitter.feed(text[at : at + size])]
    assert pieces + splitter.finish() == split(text)


@pytest.mark.parametrize("behind", range(-12, 3))
@pytest.mark.parametrize(
    "end", [".       Next", "\n- Next", "\n12) Next", "\n\nNext", ".)”    Next", " 。Next", ".\n \n", "?!? - no"]
)
def test_streamed_ends_near_the_limit_are_the_same_for_every_chunk_size(behind: int, end: str) -> None:
    text = ("so, " + "word " * 100)[: LIMIT + behind - 1] + "d" + end + " word" * 20
    for size in [1, 2, 3, 5, 100]:
        splitter = Splitter()
        pieces = [piece for at in range(0, len(text), size) for piece in splitter.feed(text[at : at + size])]
        assert pieces + splitter.finish() == split(text)


@pytest.mark.parametrize("gap", range(61, 68))
@pytest.mark.parametrize("following", ["next", "Next", ". next", '"next', ""])
def test_streamed_wide_gaps_are_the_same_for_every_chunk_size(gap: int, following: str) -> None:
    text = f"An end.{' ' * gap}{following}"
    for size in [1, 2, 3, 7, 100]:
        splitter = Splitter()
        pieces = [piece for at in range(0, len(text), size) for piece in splitter.feed(text[at : at + size])]
        assert pieces + splitter.finish() == split(text)


def test_a_sentence_is_given_as_soon_as_the_next_one_begins() -> None:
    splitter = Splitter()
    assert splitter.feed("Hello there.") == []
    assert splitter.feed(" ") == []
    assert splitter.feed("H") == ["Hello there."]
    assert splitter.finish() == ["H"]
    assert splitter.finish() == []


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("word " * 60 + "so, " + "word " * 40, ","),
        ("word " * 60 + "so — " + "word " * 40, "—"),
        ("word " * 120, "d"),
        ("1,000 " * 100, "0"),
        ("你好，" * 200, "，"),
    ],
)
def test_a_long_sentence_is_cut_behind_a_clause_else_at_a_space(text: str, ends: str) -> None:
    first, *rest = split(text)
    assert first.endswith(ends)
    assert rest
    assert all(len(piece) <= LIMIT for piece in rest)


def test_a_text_without_spaces_is_cut_but_not_before_a_vowel_sign() -> None:
    assert [len(piece) for piece in split("x" * 1000)] == [LIMIT, LIMIT, 200]
    assert not any(piece.startswith("\N{THAI CHARACTER SARA II}") for piece in split("x" + "ที" * 1000))


@pytest.mark.parametrize("unit", ["Hello. ", "x", ", ", ". ", "\n", " ", "a\n", "Dr. ", '"', "😀", "\u0301"])
def test_a_megabyte_is_split(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert spaceless("".join(split(text))) == spaceless(text)


@pytest.mark.parametrize("size", [1, 100])
def test_a_stream_keeps_no_more_than_a_piece(size: int) -> None:
    splitter = Splitter()
    for unit in ["x", " ", ". ", "\n", " ", "Dr. ", "😀"]:
        for _ in range(800):
            splitter.feed(unit * size)
            assert len(splitter._text) <= LIMIT + 80
        splitter.feed("a\n")


@pytest.mark.parametrize("word", sorted(abbreviations.BEFORE_NAMES))
def test_every_abbreviation_is_found(word: str) -> None:
    assert split(f"The {word}. Tolkien") == [f"The {word}. Tolkien"]
    assert split(f"The {word.capitalize()}. Tolkien") == [f"The {word.capitalize()}. Tolkien"]


@pytest.mark.parametrize("word", sorted(abbreviations.BEFORE_NUMBERS))
def test_every_abbreviation_before_a_number_is_found(word: str) -> None:
    assert split(f"The {word}. 5 is") == [f"The {word}. 5 is"]
