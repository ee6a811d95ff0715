"""The Spanish normaliser: its rules' own examples, and what a speaker from Spain says (es_cases.tsv)."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.text.es import normaliser
from edge.text.es.normaliser import RULES, normalise, numbers, web
from edge.text.rules import Rule

CASES = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "es_cases.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]
EXAMPLES = [(rule.name, text, spoken) for rule in RULES for text, spoken in rule.examples]

READABLE = re.compile(r"(?:[¿¡]{0,2}[a-zñáéíóúü]+[.,?!]{0,2} )*[¿¡]{0,2}[a-zñáéíóúü]+[.,?!]{0,2}|")

# What people type, and what breaks: put together at random.
PIECES = st.sampled_from(
    [
        *"aeiouyñáxbkAXIVLCDM0123456789",
        *".,;:!?¿¡…-–—'\"«»()[]{}/\\|@#&%€$£°ºª²½+*=<>~^_ \n\t\u00a0\u200b\ufeff",
        *["00", "12", "100", "1.500", "3,5", "kg", "km/h", "°C", "h", "a.m.", "n.º", "Sr.", "EE. UU.", "XIV", "siglo "],
        *["www.", "http://", ".com", ".pdf", "de ", "el ", "las ", " personas", "é", "日本", "привет", "😀", "\ud800"],
    ]
)


@pytest.mark.parametrize(("text", "spoken"), CASES)
def test_text_is_said_as_in_spain(text: str, spoken: str) -> None:
    assert normalise(text.replace("\\n", "\n")) == spoken


@pytest.mark.parametrize(("rule", "text", "spoken"), EXAMPLES)
def test_a_rule_does_what_its_example_says(rule: str, text: str, spoken: str) -> None:
    assert normalise(text) == spoken


def test_there_are_cases_and_every_rule_has_a_reason_and_an_example() -> None:
    assert len(CASES) >= 300
    assert len({text for text, _ in CASES}) == len(CASES)
    assert all(rule.reason and rule.examples for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_no_rule_is_idle(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, at least one of its own examples is said otherwise."""
    without = tuple((tuple(other for other in table if other is not rule), gate) for table, gate in normaliser._TABLES)
    monkeypatch.setattr(normaliser, "_TABLES", without)
    monkeypatch.setattr(web, "RULES", tuple(other for other in web.RULES if other is not rule))
    assert any(normalise(text) != spoken for text, spoken in rule.examples)


@pytest.mark.parametrize("spoken", sorted({spoken for _, spoken in CASES}))
def test_what_is_spoken_stays_as_it_is(spoken: str) -> None:
    assert normalise(spoken) == spoken


@given(st.lists(PIECES | st.characters(), max_size=30).map("".join))
@settings(max_examples=1500, deadline=None)
def test_any_text_becomes_words_and_known_marks(text: str) -> None:
    assert READABLE.fullmatch(normalise(text))


@pytest.mark.parametrize(
    "piece",
    [
        *["a", "1", " ", ".", ",", "-", "/", "a.", "1.", "1,", "1/", "1-", "1:", "1 ", "A", "I", "I ", "a@", "a-"],
        *["a/", "¿", "¡ ", "#a", "@", "a b ", "12 345 ", "1.000", "1,000", "A.", "A. ", "...", "\n", "Sr. ", "€"],
        *["1 €", "½", "²", "'", "1'", "+", '1"', "<a ", "a:\\", "www.", "1000000", "-1", "º", "1º"],
    ],
)
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    def seconds(count: int) -> float:
        started = time.process_time()
        normalise(piece * count)
        return time.process_time() - started

    seconds(100)
    short = min(seconds(1000) for _ in range(2))
    # Ten times as long; a quadratic rule would take a hundred times.
    assert seconds(10_000) < 35 * short + 0.02


@pytest.mark.parametrize("number", [*range(200), 1000, 1999, 100_000, 345_678, 1_000_000, 123_456_789_012])
def test_cardinals_are_those_of_num2words_where_it_is_right(number: int) -> None:
    num2words = pytest.importorskip("num2words").num2words
    # It says "veintiuno mil" and "veintiuno millones".
    theirs = re.sub(r"uno (?=mil)", "un ", num2words(number, lang="es")).replace("veintiun ", "veintiún ")
    assert numbers.cardinal(number) == theirs


@pytest.mark.parametrize("number", [*range(1, 11), *range(20, 40), *range(50, 100), 100, 333, 1000])
def test_ordinals_are_those_of_num2words_where_it_is_right(number: int) -> None:
    num2words = pytest.importorskip("num2words").num2words
    assert numbers.ordinal(number) == num2words(number, lang="es", to="ordinal")


@given(st.integers(min_value=0, max_value=10**24 - 1))
def test_cardinals_differ_and_forms_agree(number: int) -> None:
    said = {form: numbers.cardinal(number, form) for form in ("uno", "un", "una")}
    assert numbers.cardinal(number + 1) != said["uno"]
    assert said["un"].removesuffix("ún").removesuffix("un") in said["uno"]
    assert ("ientas" in said["una"]) == bool(re.search("ientos(?!.*ill)", said["uno"]))


@pytest.mark.parametrize(("number", "spoken"), [(1, "primera"), (13, "decimotercera"), (25, "vigésima quinta")])
def test_ordinals_have_a_gender(number: int, spoken: str) -> None:
    assert numbers.ordinal(number, "a") == spoken
