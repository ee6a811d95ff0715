import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import MissingFrontendError, TextError
from edge.text.es import SpanishFrontend
from edge.text.words import split
from tests.text import offline

GOLDEN = Path(__file__).parents[1] / "golden" / "text"
ROWS = json.loads((GOLDEN / "es.json").read_text(encoding="utf-8"))

KNOWN = {*"_.,!?¿¡", *"abdefghijklmnopstuvwxɪɛðʊɾʒʃθβŋɡrɲʝɣʎˈˌː"}
"""Of a MeloTTS voice's symbols those that Spanish text may use."""


@pytest.fixture(scope="module")
def spanish(spanish_folder: Path) -> SpanishFrontend:
    return SpanishFrontend(spanish_folder)


def say(spanish: SpanishFrontend, text: str) -> str:
    return "".join(spanish(text).symbols)


@pytest.mark.parametrize("row", ROWS, ids=[row["text"] for row in ROWS])
def test_strict_reads_as_melotts(spanish: SpanishFrontend, row: dict[str, Any]) -> None:
    read = spanish(row["text"], strict=True)
    assert read.normalized == row["norm_text"]
    assert list(read.symbols) == row["phones"]
    assert list(read.tones) == row["tones"]
    assert set(read.languages) == {"ES"}
    # The rows count pieces of words, these whole words.
    assert len(read.word2ph) == len(split(read.normalized)) + 2 <= len(row["word2ph"])
    assert sum(read.word2ph) == len(read.symbols)


def test_strict_reads_numbers_as_gruut(spanish: SpanishFrontend) -> None:
    numbers = json.loads((GOLDEN / "gruut.json").read_text(encoding="utf-8"))["es"]["numbers"]
    read = {number: "".join(spanish(number, strict=True).symbols) for number in numbers}
    assert read == {number: f"_{phones}._" for number, phones in numbers.items()}


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("La cigüeña.", "_laθˌiɣuˈeɲa._"),
        ("¿Vergüenza? ¡No!", "_¿bˌeɾɣuˈɛnθa?¡nˈo!_"),
        ("1.500 €", "_mˈilkinjˈɛntosˈeʊɾos._"),
        ("Espera — dijo.", "_espˈeɾa,dˈixo._"),
        ("Uno; dos: tres", "_ˈuno,dˈos,tɾˈes._"),
        ("El garçon", "_elɡˈaɾson._"),
    ],
)
def test_examples_are_read(spanish: SpanishFrontend, text: str, phones: str) -> None:
    assert say(spanish, text) == phones


def test_each_word_of_the_text_has_its_symbols(spanish: SpanishFrontend) -> None:
    read = spanish("¿Tienes 2 casas?")
    assert read.normalized == "¿tienes dos casas?"
    assert [len(part) for part in ("_", "¿", "tjˈenes", "dˈos", "kˈasas", "?", "_")] == list(read.word2ph)


@pytest.mark.parametrize("text", ["", " ", "...", "¿?", "😀", "—"])
@pytest.mark.parametrize("strict", [False, True])
def test_a_text_without_sound_is_refused(spanish: SpanishFrontend, text: str, strict: bool) -> None:
    if strict and text == "😀":
        assert spanish(text, strict=True).symbols == ("_", "UNK", ".", "_")  # as MeloTTS has it
        return
    with pytest.raises(TextError, match="nothing to speak"):
        spanish(text, strict)


def test_without_num2words_only_digits_of_strict_mode_cannot_be_read(
    spanish: SpanishFrontend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "num2words", None)
    assert spanish("Son 21 años y un 5 %.")
    with pytest.raises(MissingFrontendError, match=r'num2words.*pip install "melo-edge\[es\]"'):
        spanish("Son 21 años.", strict=True)


def test_a_bundle_needs_no_more_than_melo_edge_itself(spanish_folder: Path, tmp_path: Path) -> None:
    assert offline.symbols("ES", spanish_folder, "71 € en Москва", tmp_path) == 30


@settings(deadline=None)
@given(st.text(), st.booleans())
def test_any_text_is_read_or_refused(spanish: SpanishFrontend, text: str, strict: bool) -> None:
    try:
        read = spanish(text, strict)
    except TextError:
        return
    assert strict or KNOWN.issuperset(read.symbols)
    assert sum(read.word2ph) == len(read.symbols) == len(read.tones) == len(read.languages)
    assert len(read.word2ph) == len(split(read.normalized)) + 2
