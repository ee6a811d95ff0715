from __future__ import annotations

import pytest

from edge.build.describe import MELO_LANGUAGES
from edge.text.tags import reads, tags


def test_every_language_of_melotts_has_tags() -> None:
    assert {tag for language in MELO_LANGUAGES for tag in tags(language)} == {"zh", "en", "ja", "ko", "es", "fr"}


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("JP", "ja"),
        ("JP", "ja-JP"),
        ("JP", "JP"),
        ("KR", "ko_KR"),
        ("ES", "es-419"),
        ("ZH_MIX_EN", "zh-Hans-CN"),
        ("ZH_MIX_EN", "ZH_MIX_EN"),
        ("ZH_MIX_EN", "ZH"),
        ("ZH_MIX_EN", "en"),
        ("en_US", "EN-gb"),
        ("en-us", "en"),
    ],
)
def test_a_voice_reads_its_languages_by_any_of_their_names(language: str, asked: str) -> None:
    assert reads(language, asked)


@pytest.mark.parametrize(
    ("language", "asked"),
    [("JP", "en"), ("JP", "j"), ("KR", "ja"), ("EN", "zh"), ("EN", "ZH_MIX_EN"), ("es", "e"), ("ES", ""), ("ES", "-")],
)
def test_it_reads_no_others(language: str, asked: str) -> None:
    assert not reads(language, asked)
