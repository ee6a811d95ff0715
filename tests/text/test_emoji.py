import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.text.emoji import PICTURES, name_emoji, skip_emoji
from edge.text.en.normaliser import normalise as english
from edge.text.es.normaliser import normalise as spanish

PIECES = st.sampled_from(["😀", "❤️", "👍🏽", "🇪🇸", "👨‍👩‍👧", "1️⃣", " ", ",", ".", "¡", "(", "a", "hola", "[[h]]"])
TEXTS = st.lists(PIECES | st.sampled_from("\n\u200d") | st.characters(), max_size=20).map("".join)


@pytest.mark.parametrize(
    ("text", "skipped", "in_english", "in_spanish"),
    [
        ("Great 👍🏽!", "Great!", "Great, thumbs up!", "Great, pulgar arriba!"),
        ("I ❤️ you", "I you", "I, red heart, you", "I, corazón, you"),
        ("(😀)", "()", "(grinning face)", "(cara sonriente)"),
        ("¡Vale!😀 ¿Y?", "¡Vale! ¿Y?", "¡Vale! grinning face, ¿Y?", "¡Vale! cara sonriente, ¿Y?"),
        ("a 😀, b", "a, b", "a, grinning face, b", "a, cara sonriente, b"),
        ("😀 🔥ok", " ok", "grinning face, fire, ok", "cara sonriente, fuego, ok"),
        ("🇪🇸", " ", "flag E.S.", "bandera de españa"),
        ("👨‍👩‍👧", " ", "man, woman, girl", "👨‍👩‍👧"),
        ("[[h😀]] 😀", "[[h😀]] ", "[[h😀]] grinning face", "[[h😀]] cara sonriente"),
        ("Press 1️⃣", "Press 1 ", "Press 1️⃣", "Press 1️⃣"),
        ("★★★☆☆ © 5€", " © 5€", "black star, black star, black star, white star, white star, © 5€", "★★★☆☆ © 5€"),
    ],
)
def test_pictures_are_skipped_or_named(text: str, skipped: str, in_english: str, in_spanish: str) -> None:
    assert skip_emoji(text) == skipped
    assert name_emoji(text, "en_US") == in_english
    assert name_emoji(text, "ES") == in_spanish
    assert name_emoji(text, "FR") == text


def test_names_are_read_as_words() -> None:
    assert english(name_emoji("I ❤️ you 🇺🇸", "EN")) == "i, red heart, you, flag U S."
    assert spanish(name_emoji("Vale 👍🏽 y ❤️", "ES")) == "vale, pulgar arriba, y, corazón"


@given(TEXTS)
def test_skipping_leaves_all_that_is_no_picture(text: str) -> None:
    skipped = skip_emoji(text)
    outside = re.sub(r"\[\[.*?\]\]", "", skipped, flags=re.DOTALL)
    assert not PICTURES.search(outside)
    assert skip_emoji(skipped) == skipped
    if not PICTURES.search(text):
        assert skipped == text == name_emoji(text, "EN") == name_emoji(text, "ES")


@given(TEXTS)
def test_in_english_every_picture_has_a_name(text: str) -> None:
    named = re.sub(r"\[\[.*?\]\]", "", name_emoji(text, "EN"), flags=re.DOTALL)
    left = "".join(PICTURES.findall(named))
    assert not re.search("[\U0001f600-\U0001f64f\u2600-\u26ff]", left), left
