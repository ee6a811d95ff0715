import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import MissingFrontendError, TextError
from edge.text.fr import FrenchFrontend
from edge.text.fr.normaliser import RULES, normalise
from edge.text.fr.normaliser.numbers import cardinal
from edge.text.words import split
from tests.text import offline

GOLDEN = Path(__file__).parents[1] / "golden" / "text"
ROWS = json.loads((GOLDEN / "fr.json").read_text(encoding="utf-8"))

KNOWN = {*"_.,!?-", *"abdefhijklmnopstuvwxyzæçøœɐɑɒɔəɛɜɡɪɬɲŋɹʁrʃʊʌʒθðˈˌː\u0303"}
"""Of a MeloTTS voice's symbols those that French text may use."""


@pytest.fixture(scope="module")
def french(french_folder: Path) -> FrenchFrontend:
    return FrenchFrontend(french_folder)


@pytest.mark.parametrize("row", ROWS, ids=[row["text"] for row in ROWS])
def test_strict_reads_as_melotts(french: FrenchFrontend, row: dict[str, Any]) -> None:
    read = french(row["text"], strict=True)
    assert read.normalized == row["norm_text"]
    assert list(read.symbols) == row["phones"]
    assert list(read.tones) == row["tones"]
    assert list(read.word2ph) == row["word2ph_wholeword"]
    assert set(read.languages) == {"FR"}


def test_strict_reads_numbers_as_gruut(french: FrenchFrontend) -> None:
    numbers = json.loads((GOLDEN / "gruut.json").read_text(encoding="utf-8"))["fr"]["numbers"]
    read = {number: "".join(french(number, strict=True).symbols) for number in numbers}
    assert read == {number: f"_{phones}._" for number, phones in numbers.items()}


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("l'air", "_lˈɛʁ._"),
        ("L’air d'ici", "_lˈɛʁdisˈi._"),
        ("l'émoji", "_lemoʒˈi._"),
        ("j'émojise", "_ʒemoʒˈiz._"),
        ("lorsqu'émoji", "_lˌɔʁskemoʒˈi._"),
        ("Qu'est-ce que c'est ?", "_kˈɛskəsɛ?_"),
        ("dix-sept", "_dˈisˈɛt._"),
        ("50 %", "_sɛ̃kˈɑ̃tpuʁsˈɑ̃._"),
        ("3 €", "_tʁwˈaøʁˈoz._"),
        ("Attention…", "_atɑ̃sjˈɔ̃._"),
    ],
)
def test_examples_are_read(french: FrenchFrontend, text: str, phones: str) -> None:
    assert "".join(french(text).symbols) == phones


def test_each_word_of_the_text_has_its_symbols(french: FrenchFrontend) -> None:
    read = french("L'émoji, l'air!")
    assert split(read.normalized) == ["L", "'", "émoji", ",", "l", "'", "air", "!"]
    assert read.word2ph == (1, 1, 0, len("emɔʒˈi"), 1, 2, 1, 1, 1, 1)


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_each_rule_shows_what_it_does(rule: Any) -> None:
    assert any(rule.pattern.search(text) for text, _ in rule.examples)
    assert [normalise(text) for text, _ in rule.examples] == [spoken for _, spoken in rule.examples]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("« Bonjour », dit-il.", "Bonjour, dit-il."),
        ("Il pleut ; tant pis : oui !", "Il pleut, tant pis, oui !"),
        ("l’été (2026) — déjà…", "l'été, deux mille vingt-six, déjà."),
        ("Quoi ?! Non...", "Quoi ? Non."),
        ("Une phrase\n\n- et un point", "Une phrase. et un point."),
        ("Le prix : 1.234,56 €", "Le prix, mille deux cent trente-quatre euros cinquante-six."),
        ("0,05 et 99,5", "zéro virgule zéro cinq et quatre-vingt-dix-neuf virgule cinq."),
        ("C++ & C#", "C plus plus et C dièse."),
        ("+33 6", "plus trente-trois six."),
        ("Привет, 日本, naïve ñandú", "Privet, RiBen, naïve ñandu."),
        ("😀 oui 👍🏽", "oui."),
        ("La clé de l'hôtel, c'est là-bas", "La clé de l'hôtel, c'est là-bas."),
        ("IL EST LÀ", "IL EST LÀ."),
        ("un CV et un DIX", "un C V et un DIX."),
        ("", ""),
        ("?!", ""),
    ],
)
def test_marks_and_what_lies_between_rules(text: str, spoken: str) -> None:
    assert normalise(text) == spoken


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "😀", "- -"])
def test_a_text_without_sound_is_refused(french: FrenchFrontend, text: str) -> None:
    with pytest.raises(TextError, match="nothing to speak"):
        french(text)


def test_without_num2words_only_digits_of_strict_mode_cannot_be_read(
    french: FrenchFrontend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "num2words", None)
    assert french("21 ans et 5 %")
    with pytest.raises(MissingFrontendError, match=r'num2words.*pip install "melo-edge\[fr\]"'):
        french("21 ans", strict=True)


@given(st.integers(0, 10**30 - 1) | st.integers(0, 10**6) | st.integers(0, 3000))
def test_cardinals_are_those_of_num2words(number: int) -> None:
    num2words = pytest.importorskip("num2words").num2words
    assert cardinal(str(number)).replace("-et-", " et ") == num2words(number, lang="fr")


def test_a_bundle_needs_no_more_than_melo_edge_itself(french_folder: Path, tmp_path: Path) -> None:
    assert offline.symbols("FR", french_folder, "71 € à Москва", tmp_path) == 28


@settings(deadline=None)
@given(st.text(), st.booleans())
def test_any_text_is_read_or_refused(french: FrenchFrontend, text: str, strict: bool) -> None:
    try:
        read = french(text, strict)
    except TextError:
        return
    assert strict or KNOWN.issuperset(read.symbols)
    assert sum(read.word2ph) == len(read.symbols) == len(read.tones) == len(read.languages)
    assert len(read.word2ph) == len(split(read.normalized)) + 2


@settings(deadline=None)
@given(st.text(st.sampled_from("0123456789.,:/-+ hekm€$%°IVXe'’aA«»…()\n")))
def test_any_digits_and_signs_become_words_and_marks(text: str) -> None:
    spoken = normalise(text)
    assert not any(map(str.isdigit, spoken))
    assert not set(spoken) & set("/:+€$%°«»…()\n")
    assert not spoken or spoken[-1] in ".!?"


@pytest.mark.parametrize("unit", ["1 ", "a", "1.", "1/", "' ", "-", "(", "www.", "a@", "X", ", ", "1 000", "é\u0301"])
def test_a_long_text_takes_time_in_proportion(unit: str) -> None:
    normalise(unit * 20_000)
