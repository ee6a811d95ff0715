"""What people type, in whatever script, reaches no voice as a symbol that it was not trained on."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import TextError
from edge.text import Frontend, frontend
from tests.text import test_en, test_es, test_fr, test_jp, test_kr, test_zh
from tests.voices import SYMBOLS

KNOWN = {
    "ES": test_es.KNOWN, "EN": test_en.KNOWN, "FR": test_fr.KNOWN, "ZH_MIX_EN": test_zh.KNOWN, "JP": test_jp.KNOWN,
    "KR": test_kr.KNOWN,
}  # fmt: skip
"""What each language's frontend may give."""

LETTERS = st.characters(categories=["L"])
SIGNS = st.characters(categories=["S", "P", "N"])
ACCENTS = st.characters(categories=["M"])
WORDS = st.lists(LETTERS | st.tuples(LETTERS, ACCENTS).map("".join), min_size=1, max_size=6).map("".join)
EMOJI = st.sampled_from(["😀", "❤️", "👍🏽", "🇪🇸", "👨‍👩‍👧", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "♀", "☎", "™", "㎏", "ﬁ", "ｱ", "½", "①", "℃"])
TYPED = st.sampled_from(["a", "una", "%", "€", "º", "ü", "ß"])
TEXTS = st.lists(WORDS | SIGNS | EMOJI | TYPED, max_size=8).map(" ".join)


@cache
def reader(language: str) -> Frontend:
    return frontend(language)


@pytest.mark.parametrize("language", KNOWN)
def test_the_voices_have_what_is_given(language: str) -> None:
    assert KNOWN[language] <= set(SYMBOLS) - {"UNK"}


@pytest.mark.parametrize("language", KNOWN)
@settings(max_examples=150)
@given(TEXTS)
def test_no_text_gives_a_symbol_that_is_not_the_language_s(language: str, text: str) -> None:
    try:
        symbols = set(reader(language)(text).symbols)
    except TextError:
        return
    assert symbols <= KNOWN[language]
