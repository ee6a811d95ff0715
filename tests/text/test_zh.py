import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import BundleError, MissingFrontendError, TextError
from edge.text.zh import ChineseFrontend, numbers
from edge.text.zh.normaliser import RULES, normalise
from edge.text.zh.syllables import FINALS, INITIALS, symbols
from tests.text import offline

GOLDEN = Path(__file__).parents[1] / "golden" / "text" / "zh.json"
ROWS = json.loads(GOLDEN.read_text(encoding="utf-8"))
ENGLISH = set("aa ae ah ao aw ay b ch d dh eh er ey f g hh ih iy jh k l m n ng ow oy p r s sh t th".split())  # noqa: SIM905 (more readable)
ENGLISH |= set("uh uw V w y z zh".split())  # noqa: SIM905 (more readable)
KNOWN = INITIALS | FINALS | ENGLISH | set("_,.!?…'-")


@pytest.fixture(scope="module")
def chinese(chinese_folder: Path) -> ChineseFrontend:
    return ChineseFrontend(chinese_folder)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"])
def test_strict_reads_as_melotts(chinese: ChineseFrontend, row: dict[str, Any]) -> None:
    read = chinese(row["text"], strict=True)
    assert read.normalized == row["norm_text"]
    assert list(read.symbols) == row["phones"]
    assert list(read.tones) == row["tones"]
    assert list(read.word2ph) == row["word2ph_en_wholeword"]
    assert set(read.languages) == {"ZH_MIX_EN"}


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("2026年", "EE er l ing EE er l iu n ian"),
        ("50%", "b ai f en zh ir w u sh ir"),
        ("我有2个CPU，I don't know。", "w o y ou l iang g e s iy p iy y uw , ay d ow n t n ow ."),
        ("¥500", "w u b ai y van"),
        ("《红楼梦》!", "' h ong l ou m eng ' !"),
    ],
)
def test_examples_are_read(chinese: ChineseFrontend, text: str, phones: str) -> None:
    assert " ".join(chinese(text).symbols) == f"_ {phones} _"


@pytest.mark.parametrize(
    ("text", "tones"),
    [
        ("你好", "23"),
        ("不对", "24"),
        ("一天", "41"),
        ("一个", "25"),
        ("看一看", "454"),
        ("第一", "41"),
        ("朋友", "25"),
        ("纸老虎", "323"),
        ("一二三", "141"),
    ],
)
def test_tones_change_as_in_speech(chinese: ChineseFrontend, text: str, tones: str) -> None:
    assert "".join(map(str, chinese(text).tones[1:-1:2])) == tones


def test_each_character_has_its_symbols(chinese: ChineseFrontend) -> None:
    assert chinese("你好, world!").word2ph == (1, 2, 2, 1, 4, 1, 1)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_shows_what_it_does(rule: Any) -> None:
    assert [normalise(text) for text, _ in rule.examples] == [spoken for _, spoken in rule.examples]


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("0", "零"),
        ("10", "十"),
        ("110", "一百一十"),
        ("1001", "一千零一"),
        ("10010", "一万零一十"),
        ("100000", "十万"),
        ("20304", "二万零三百零四"),
        ("100000001", "一亿零一"),
        ("1000000000000", "一万亿"),
        ("3.05", "三点零五"),
    ],
)
def test_numbers(number: str, spoken: str) -> None:
    assert numbers.decimal(number) == spoken


def test_syllables_are_an_initial_and_a_final() -> None:
    assert symbols("zh", "i") == ("zh", "ir")
    assert symbols("s", "i") == ("s", "i0")
    assert symbols("", "iou") == ("y", "ou")
    assert symbols("", "van") == ("y", "van")
    assert symbols("", "ng") is None


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "😀", "- -"])
def test_a_text_without_sound_is_refused(chinese: ChineseFrontend, text: str) -> None:
    with pytest.raises(TextError, match="nothing to speak"):
        chinese(text)


@pytest.mark.parametrize("library", ["jieba", "pypinyin"])
def test_a_missing_library_comes_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingFrontendError, match=rf'{library}.*pip install "melo-edge\[zh\]"'):
        ChineseFrontend()


@pytest.mark.parametrize("name", ["chinese.words.npy", "chinese.readings.npy", "chinese.npz"])
def test_a_bundle_without_the_data_is_refused(chinese_folder: Path, tmp_path: Path, name: str) -> None:
    for path in chinese_folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    kept = (tmp_path / name).read_bytes()
    for damaged in [b"", kept[:9], b"?" + kept[1:], kept[: len(kept) // 2]]:
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(BundleError, match=str(tmp_path)):
            ChineseFrontend(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(BundleError, match=str(tmp_path)):
        ChineseFrontend(tmp_path)


def test_nothing_is_written_or_asked_of_the_network(chinese_folder: Path, tmp_path: Path) -> None:
    assert offline.symbols("ZH_MIX_EN", chinese_folder, "好, yes", tmp_path) == 2 + 1 + 3 + 2


_TYPED = st.text(st.sampled_from("不一个你好纸老虎看第儿嗯𠮷〇かЖö0123456789.,:/-+%€$°¥aAbe'’（《…\n ")) | st.text()


@settings(deadline=None)
@given(_TYPED, st.booleans())
def test_any_text_is_read_or_refused(chinese: ChineseFrontend, text: str, strict: bool) -> None:
    try:
        read = chinese(text, strict)
    except TextError:
        return
    assert KNOWN.issuperset(read.symbols)
    assert sum(read.word2ph) == len(read.symbols) == len(read.tones) == len(read.languages)


@settings(deadline=None)
@given(_TYPED)
def test_any_digits_and_signs_become_words_and_marks(text: str) -> None:
    spoken = normalise(text)
    assert not any(map(str.isdigit, spoken.replace("一", "")))
    assert not set(spoken) & set("/:+€$%°¥()\n")


@pytest.mark.parametrize("unit", ["1 ", "a", "1.", "1/", "' ", "-", "(", "www.", "a@", "1 000", "1-", "2", "a-"])
def test_a_long_text_takes_time_in_proportion(unit: str) -> None:
    normalise(unit * 5_000)


@given(st.text(alphabet="你好银行3.,!?…-'’()《》aB don't é😀℃%￥\n", max_size=30))
def test_every_word_is_known_by_its_writing(chinese: ChineseFrontend, text: str) -> None:
    """BERT's features have no other way to the symbols."""
    with contextlib.suppress(TextError):
        read = chinese(text)
        assert len(read.words) + 2 == len(read.word2ph)
