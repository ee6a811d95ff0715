"""The packed data and the code of ours that reads it, held against the packages that it comes from."""

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypinyin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.text.zh import resources, upstream
from edge.text.zh.markov import Word
from edge.text.zh.normaliser import HANZI, normalise
from edge.text.zh.readings import Readings
from edge.text.zh.segments import Segmenter

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import jieba.posseg

GOLDEN = Path(__file__).parents[2] / "golden" / "text" / "zh.json"
TEXTS = [row["text"] for row in json.loads(GOLDEN.read_text(encoding="utf-8"))]
PHRASES = sorted(pypinyin.constants.PHRASES_DICT)
# The normaliser writes 〇 as 零, and those of the compatibility blocks as what they are compatible with.
CHARACTERS = list(filter(re.compile(f"[{HANZI}]").match, map(chr, sorted(pypinyin.constants.PINYIN_DICT))))

# What the frontend gives to be cut: Chinese, and one mark at its end; in strict mode any of these.
MARKS = st.sampled_from("!?…,.'-_")
# Made of such, a row of characters is rarely a word of the dictionary, and the models are asked.
COMMON = st.sampled_from("的一是不了在人有我他这个们中来上大为和国地到说时要就出会可也你对生能而子那得于着下自年王李张")
TEXT = st.lists(st.sampled_from(PHRASES) | st.sampled_from(CHARACTERS) | COMMON | MARKS, min_size=1).map("".join)


@pytest.fixture(scope="module", autouse=True)
def quiet_jieba() -> None:
    """Left alone, jieba would keep a copy of its dictionary in the folder for temporary files, and say so."""
    jieba.dt.FREQ, jieba.dt.total = jieba.dt.gen_pfdict(jieba.dt.get_dict_file())
    jieba.dt.initialized = True


@pytest.fixture(scope="module")
def packed(chinese_folder: Path) -> tuple[Segmenter, Readings]:
    return resources.load(chinese_folder)


def cut(text: str) -> list[Word]:
    return [(pair.word, pair.flag) for pair in jieba.posseg.dt.lcut(text)]


def read(word: str) -> list[tuple[str, str]]:
    lazy: Callable[..., Any] = pypinyin.lazy_pinyin
    finals = lazy(word, style=pypinyin.Style.FINALS_TONE3, neutral_tone_with_five=True)
    return list(zip(lazy(word, style=pypinyin.Style.INITIALS), finals, strict=True))


@pytest.mark.parametrize("clean", [normalise, upstream.clean])
def test_sentences(packed: tuple[Segmenter, Readings], clean: Callable[[str], str]) -> None:
    segmenter, readings = packed
    for text in filter(None, ("".join(c for c in clean(text) if not c.isascii() or c in "!?,.'-_") for text in TEXTS)):
        words = segmenter.cut(text)
        assert words == cut(text)
        for word, _ in words:
            assert segmenter.parts(word) == jieba.dt.lcut_for_search(word)
            assert readings(word) == read(word)


@settings(deadline=None)
@given(TEXT)
def test_any_text(packed: tuple[Segmenter, Readings], text: str) -> None:
    segmenter, readings = packed
    assert segmenter.cut(text) == cut(text)
    assert segmenter.parts(text) == jieba.dt.lcut_for_search(text)
    assert readings(text) == read(text)


@settings(deadline=None)
@given(st.lists(COMMON, min_size=1, max_size=20).map("".join))
def test_new_words_are_guessed_alike(packed: tuple[Segmenter, Readings], text: str) -> None:
    segmenter, _ = packed
    assert segmenter.cut(text) == cut(text)
    assert segmenter.parts(text) == jieba.dt.lcut_for_search(text)


@pytest.mark.parametrize("text", ["珮廨", "彷僦", "汔廒枳狃", "棼傧狷榱", "談顯響", "王廨"])
def test_characters_that_are_looked_for_in_few_states(packed: tuple[Segmenter, Readings], text: str) -> None:
    assert packed[0].cut(text) == cut(text)


@pytest.mark.parametrize("text", ["一块石头", "不以为", "七返还", "宝藏行", "银行行长行走", "𠮷", "㐀㐁", "好𠮷好"])
def test_readings_at_the_ends_of_phrases(packed: tuple[Segmenter, Readings], text: str) -> None:
    assert packed[1](text) == read(text)


def test_all_phrases(packed: tuple[Segmenter, Readings]) -> None:
    """Every 50th, and every 50th of the characters."""
    _, readings = packed
    for word in PHRASES[::50] + CHARACTERS[::50]:
        assert readings(word) == read(word)
