import importlib.util
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge.text.es import SpanishFrontend
from edge.text.es.stress import stressed
from edge.text.gruut import data
from edge.text.gruut.lexicon import SPELLING
from edge.text.gruut.pronunciation import Pronunciation


@pytest.fixture(scope="module")
def guesses(spanish_folder: Path) -> Pronunciation:
    return data.pronunciation("es", spanish_folder)


def entries() -> Iterator[tuple[str, str]]:
    """One word in 200 of gruut's lexicon, 3,000 in all."""
    package = importlib.util.find_spec("gruut_lang_es")
    assert package is not None
    assert package.origin is not None
    database = Path(package.origin).parent / "espeak" / "lexicon.db"
    query = "SELECT word, phonemes FROM word_phonemes WHERE pron_order = 0 AND id % 200 = 7"
    with closing(sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)) as connection:
        for word, phonemes in connection.execute(query):
            yield word, "".join(phonemes.split()).translate(SPELLING)


def without(marks: str, phones: str) -> str:
    return phones.translate(str.maketrans("", "", marks))


def test_the_lexicon_is_stressed_as_the_rules_say(guesses: Pronunciation) -> None:
    """Where the guess of the sounds is right; of the guessed stresses, the main one is right in 85 %, all in 66 %."""
    spoken = [(stressed(word, guesses.by_letter(word)), phones) for word, phones in entries()]
    alike = [(said, phones) for said, phones in spoken if without("ˈˌ", said) == without("ˈˌ", phones)]
    assert len(alike) > 0.95 * len(spoken) > 2500
    assert sum(without("ˌ", said) == without("ˌ", phones) for said, phones in alike) > 0.998 * len(alike)
    assert sum(said == phones for said, phones in alike) > 0.997 * len(alike)


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("fontanercio", "fˌontanˈeɾθjo"),  # last but one
        ("mercadonas", "mˌeɾkaðˈonas"),
        ("guglear", "ɡˌuɣleˈaɾ"),  # last
        ("brexits", "bɾeksˈits"),
        ("nuberú", "nˌuβeɾˈu"),  # marked
        ("pérgolax", "pˈeɾɣolaks"),
        ("trimbolándotela", "tɾˌimbolˈandotˌela"),
        ("bracrias", "bɾˈakɾias"),  # two vowels in the last syllable
        ("trapidísimamente", "tɾˌapiðˈisimamˈente"),  # both parts
        ("clat", "klˈat"),
        ("zz", ""),
        ("", ""),
    ],
)
def test_new_words_are_stressed(guesses: Pronunciation, word: str, phones: str) -> None:
    assert not word or guesses.known(word) is None
    said = stressed(word, guesses.by_letter(word))
    assert said == phones if phones else "ˈ" not in said


def test_the_frontend_stresses_new_words_and_strict_reading_does_not(spanish_folder: Path) -> None:
    spanish = SpanishFrontend(spanish_folder)
    assert "".join(spanish("El fontanercio.").symbols) == "_elfˌontanˈeɾθjo._"
    assert "".join(spanish("El fontanercio.", strict=True).symbols) == "_elfˌontaneɾθjo._"
