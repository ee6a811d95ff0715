import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import BundleError, MissingFrontendError, TextError
from edge.text import jp
from edge.text.jp import JapaneseFrontend, counters, kana, loans, numbers
from edge.text.jp.normaliser import RULES, normalise
from tests.text import offline

GOLDEN = Path(__file__).parents[1] / "golden" / "text" / "jp.json"
ROWS = json.loads(GOLDEN.read_text(encoding="utf-8"))
KNOWN = set("_ , . ! ? … N a a: b by ch d dy e e: f g gy h hy i i: j k ky m my n ny o o: p py q r ry".split())  # noqa: SIM905 (more readable)
KNOWN |= set("s sh t ts ty u u: w y z zy".split())  # noqa: SIM905 (more readable)
"""Of a MeloTTS voice's symbols those that Japanese text may use."""


@pytest.fixture(scope="session")
def japanese_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frontend")
    assert sorted(jp.pack(folder)) == sorted(folder.iterdir())
    return folder


@pytest.fixture(scope="module")
def japanese(japanese_folder: Path) -> JapaneseFrontend:
    return JapaneseFrontend(japanese_folder)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"])
def test_strict_reads_as_melotts(japanese: JapaneseFrontend, row: dict[str, Any]) -> None:
    read = japanese(row["text"], strict=True)
    assert read.normalized == row["norm_text"]
    assert list(read.symbols) == row["phones"]
    assert list(read.tones) == row["tones"]
    assert list(read.word2ph) == row["word2ph_wholeword"]
    assert set(read.languages) == {"JP"}


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("こんにちは、世界！", "k o N n i ch i w a , s e k a i !"),
        ("私は学校へ行く。", "w a t a sh i w a g a q k o u e i k u ."),
        ("スーパー", "s u u p a a"),
        ("300円です", "s a N by a k u e N d e s u"),
        ("50%", "g o j u u p a a s e N t o"),
        ("AIとCPU？", "e e a i t o sh i i p i i y u u ?"),
    ],
)
def test_examples_are_read(japanese: JapaneseFrontend, text: str, phones: str) -> None:
    assert " ".join(japanese(text).symbols) == f"_ {phones} _"


@pytest.mark.parametrize(
    ("written", "phones"),
    [
        ("キャット", "ky a q t o"),
        ("ファン", "f a N"),
        ("ティー", "t i"),
        ("カァ", "k a:"),
        ("ヴァ", "b a"),
        ("ヅゥズゥ", "d u: z u"),
        ("ブャ", "b u y a"),
        ("シェジェチェ", "sh e j e ch e"),
    ],
)
def test_kana_as_melotts_has_them(written: str, phones: str) -> None:
    assert " ".join(kana.symbols(written)) == phones


def test_a_long_vowel_is_said_again(japanese: JapaneseFrontend) -> None:
    assert "".join(japanese("すご〜いー。").symbols) == "_sugooii._"
    assert kana.drawn_out("スーパーシェーンー") == "スウパアシェエン"


@pytest.mark.parametrize(
    ("phones", "written"),
    [
        ("S K UW1 L", "スクール"),
        ("K AE1 T", "カット"),
        ("K AA1 R", "カー"),
        ("TH AE1 NG K", "サンク"),
    ],
)
def test_english_in_katakana(phones: str, written: str) -> None:
    assert loans.katakana(tuple(phones.split())) == written


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_shows_what_it_does(rule: Any) -> None:
    assert [normalise(text) for text, _ in rule.examples] == [spoken for _, spoken in rule.examples]


@pytest.mark.parametrize(
    "number", ["0", "1", "10", "11", "100", "1000", "1100", "10000", "11000", "10000000", "100000000", "3.5", "10.05"]
)
def test_numbers_as_num2words_has_them(number: str) -> None:
    num2words = pytest.importorskip("num2words").num2words
    assert numbers.decimal(number) == num2words(number, lang="ja")


@pytest.mark.parametrize(
    ("number", "counter", "said"),
    [
        ("2026", "年", "ニセンニジュウロクネン"),
        ("1", "分", "イップン"),
        ("2", "分", "ニフン"),
        ("3", "分", "サンプン"),
        ("14", "分", "ジュウヨンプン"),
        ("20", "分", "ニジュップン"),
        ("10000", "本", "イチマンボン"),
        ("300", "本", "サンビャッポン"),
        ("8", "冊", "ハッサツ"),
        ("6", "冊", "ロクサツ"),
        ("4", "人", "ヨニン"),
        ("19", "日", "ジュウクニチ"),
        ("8000", "円", "ハッセンエン"),
        ("1", "つ", "ヒトツ"),
        ("12", "つ", None),
    ],
)
def test_numbers_and_what_they_count(number: str, counter: str, said: str | None) -> None:
    assert counters.counted(number, counter) == said


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "😀", "- -"])
def test_a_text_without_sound_is_refused(japanese: JapaneseFrontend, text: str) -> None:
    with pytest.raises(TextError, match="nothing to speak"):
        japanese(text)


@pytest.mark.parametrize(("module", "package"), [("MeCab", "mecab-python3"), ("unidic_lite", "unidic-lite")])
def test_a_missing_library_comes_with_the_line_that_installs_it(
    japanese_folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingFrontendError, match=rf'{package}.*pip install "melo-edge\[jp\]"'):
        JapaneseFrontend(japanese_folder)


def test_what_strict_needs_is_asked_for_by_strict_alone(japanese_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pykakasi", None)
    japanese = JapaneseFrontend(japanese_folder)
    assert japanese("はい").symbols
    with pytest.raises(MissingFrontendError, match=r'pykakasi.*pip install "melo-edge\[jp-strict\]"'):
        japanese("はい", strict=True)


def test_a_bundle_without_the_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=str(tmp_path)):
        JapaneseFrontend(tmp_path)


def test_nothing_is_written_or_asked_of_the_network(japanese_folder: Path, tmp_path: Path) -> None:
    assert offline.symbols("JP", japanese_folder, "はい、yes", tmp_path, "jp") == 2 + 3 + 1 + 4


_TYPED = st.text(st.sampled_from("私は学へーっャァヴ々〇ｶﾞ😀Жö0123456789年月.,:/-+%€$°¥aAeK'’（・…〜\n ")) | st.text()


@settings(deadline=None)
@given(_TYPED, st.booleans())
def test_any_text_is_read_or_refused(japanese: JapaneseFrontend, text: str, strict: bool) -> None:
    try:
        read = japanese(text, strict)
    except TextError:
        return
    assert KNOWN.issuperset(read.symbols)
    assert sum(read.word2ph) == len(read.symbols) == len(read.tones) == len(read.languages)


@settings(deadline=None)
@given(_TYPED)
def test_any_digits_and_signs_become_words_and_marks(text: str) -> None:
    spoken = normalise(text)
    assert not any(map(str.isdecimal, spoken))
    assert not set(spoken) & set("/:+€$%°¥()\n")


@pytest.mark.parametrize("unit", ["1 ", "a", "1.", "1/", "' ", "-", "(", "www.", "a@", "1 000", "1-", "2", "a-"])
def test_a_long_text_takes_time_in_proportion(unit: str) -> None:
    normalise(unit * 5_000)
