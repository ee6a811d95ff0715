from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import RequestError, TextError
from edge.phrases import Phrase
from edge.text import Phonemes, frontend
from edge.text.es import SpanishFrontend
from edge.text.inline import PHONES, Alphabet, WithPhones, outside
from tests import golden

SYMBOLS = frozenset(json.loads(golden.CONFIG.read_text(encoding="utf-8"))["symbols"])


@pytest.fixture(scope="module")
def spanish(spanish_folder: Path) -> SpanishFrontend:
    return SpanishFrontend(spanish_folder)


@pytest.fixture(scope="module")
def english() -> WithPhones:
    return WithPhones(frontend("EN"), Alphabet.of("EN", SYMBOLS))


def say(spanish: SpanishFrontend, text: str) -> str:
    return "".join(WithPhones(spanish, Alphabet.of("ES", SYMBOLS))(text).symbols)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hola, [[xwˈan]].", "_ˈola,xwˈan._"),
        ("Hola [[x w ˈ a n]] y adiós", "_ˈolaxwˈaniaðjˈos._"),
        ("[[xwan]], dime; [[xwan]]: 3,5 kg", "_xwan,dˈime,xwan,tɾˈeskˈomaθˈinkokˈilos._"),
        ("¿[[xwan]]?... ¡Sí!", "_xwan?.¡sˈi!_"),
        ("(el [[xwan]]) [[]]😀", "_elxwan_"),
        ("[[xwan]]", "_xwan_"),
    ],
)
def test_spanish_says_phones_as_they_are_between_what_it_reads(
    spanish: SpanishFrontend, text: str, said: str
) -> None:
    assert say(spanish, text) == said


def test_phones_are_one_word_without_letters_for_bert(spanish: SpanishFrontend) -> None:
    read = WithPhones(spanish, Alphabet.of("ES", SYMBOLS))("El [[xwan]], ya")
    assert read.words == ("el", "", ",", "ya", ".")
    assert read.word2ph == (1, 2, 4, 1, 3, 1, 1)
    assert read.normalized == "el [[xwan]] , ya ."
    assert set(read.languages) == {"ES"}


def test_english_phones_have_tones_and_are_written_as_they_are_shown(english: WithPhones) -> None:
    read = english("Hello there.")
    shown = Alphabet.of("EN", SYMBOLS).write(read)
    assert shown == "hh ah1 l ow2 dh eh2 r ."
    again = english(f"[[{shown}]]")
    assert (again.symbols, again.tones) == (read.symbols, read.tones)


@pytest.mark.parametrize("name", ["ES", "FR", "EN"])
def test_what_is_shown_can_be_written(name: str) -> None:
    text = {"ES": "La cigüeña duerme", "FR": "Un bon vin blanc", "EN": "The quick brown fox"}[name]
    read, alphabet = frontend(name), Alphabet.of(name, SYMBOLS)
    once = read(text)
    again = WithPhones(read, alphabet)(Phrase.of(f"[[{alphabet.write(once)}]]").text)
    assert (again.symbols, again.tones) == (once.symbols, once.tones)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Say [[həlˈoʊ]], please.", "sˈeɪ həlˈoʊ, plˈiːz."),
        ("[[θˈɪŋk əɡˈɛn]] now", "θˈɪŋk əɡˈɛn nˈaʊ"),
        ("Well, [[aɪ]] will: [[aɪ]]!", "wˈɛl, aɪ wˈɪl: aɪ!"),
    ],
)
def test_espeaks_voices_take_ipa_with_spaces_between_words(text: str, said: str) -> None:
    read = WithPhones(frontend("espeak:en-us"), Alphabet.of("espeak:en-us"))(Phrase.of(text).text)
    assert "".join(read.symbols) == said
    assert len(read.symbols) == len(read.tones) == len(read.languages)


@pytest.mark.parametrize(
    ("language", "written", "named"),
    [
        ("EN", "hh qq1", "'qq1'"),
        ("EN", "ah7", "tones 0 to 3.*'ah7'"),
        ("ES", "la5", "no phone '5'"),
        ("ES", "a5", "no tones.*'a5'"),
        ("ES", "ab😀", "'😀'"),
        ("EN", "Main Page", "'Main'"),
    ],
)
def test_a_phone_that_the_voice_has_not_is_named(language: str, written: str, named: str) -> None:
    with pytest.raises(RequestError, match=named):
        Alphabet.of(language, SYMBOLS).read(written)


def test_strict_reads_brackets_as_its_original_does(spanish: SpanishFrontend) -> None:
    read = WithPhones(spanish, Alphabet.of("ES", SYMBOLS))
    assert read("Hola [[xwan]]", strict=True) == spanish("Hola [[xwan]]", strict=True)
    assert read("Hola [[xwan") == spanish("Hola [[xwan")


def test_without_a_phone_or_letter_there_is_nothing_to_say(spanish: SpanishFrontend) -> None:
    for text in ("[[]]", "[[ ]] ...", "[[.]], 😀"):
        with pytest.raises(TextError, match="nothing to speak"):
            say(spanish, text)


def test_phones_are_not_changed_on_their_way_to_the_voice() -> None:
    assert Phrase.of("a  b [[θˈiɣ]] aθ").text == "a b [[θˈiɣ]] a θ"


@given(st.text(alphabet="a[] \n"))
def test_all_but_phones_is_changed(text: str) -> None:
    assert outside(lambda part: part, text) == text
    changed = outside(str.upper, text)
    assert PHONES.findall(changed) == PHONES.findall(text)
    assert "a" not in re.sub(r"\[\[.*?\]\]", "", changed, flags=re.DOTALL)


PIECES = st.sampled_from(["[[", "]]", "xw ", "a5", ".", ", ", " ", "¿", "3", "😀", "Sr.", "[[a]]"])


@settings(deadline=None, max_examples=60)
@given(st.lists(PIECES).map("".join))
def test_any_text_is_read_or_refused(spanish: SpanishFrontend, text: str) -> None:
    try:
        read: Phonemes = WithPhones(spanish, Alphabet.of("ES", SYMBOLS))(text)
    except (TextError, RequestError):
        return
    assert sum(read.word2ph) == len(read.symbols) == len(read.tones) == len(read.languages)
    assert SYMBOLS.issuperset(read.symbols)
