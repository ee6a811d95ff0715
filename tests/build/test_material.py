from __future__ import annotations

import dataclasses

import msgspec
import pytest

from edge.build.describe import Description, describe
from edge.build.material import Line, material
from edge.build.sentences import sentences
from edge.build.sources import local, named
from edge.errors import CheckpointError, MissingFrontendError
from edge.text import frontend
from edge.text.kr import jamo
from edge.text.zh.syllables import FINALS, INITIALS
from tests.voices import SYMBOLS, Checkpoint


@pytest.fixture
def spanish(small_checkpoint: Checkpoint) -> Description:
    return describe(local(small_checkpoint.weights, small_checkpoint.config, "ES", "small"))


def ids(lines: list[Line]) -> list[list[int]]:
    return [line.inputs[0].flatten().tolist() for line in lines]


# What text of a language is made of. Left out: of Japanese zy, which no word has, and i: and u:, which are written
# as two vowels but for effect; of Spanish, sounds of foreign names.
_WRITTEN = {
    "EN": "aa ae ah ao aw ay b ch d dh eh er ey f g hh ih iy jh k l m n ng ow oy p r s sh t th uh uw V w y z zh",
    "ES": "a b d e f i j k l m n o p s t u w x ɪ ɛ ð ʊ ɾ ʃ θ β ŋ ɡ r ɲ ɣ ʎ ˈ ˌ",
    "FR": "a b d e f i j k l m n o p s t u v w y z ø œ ɑ ɔ ə ɛ ɡ ɲ ŋ ʁ ʃ ʒ ɪ ˈ ˌ ː \u0303",
    "JP": "N a a: b by ch d dy e e: f g gy h hy i j k ky m my n ny o o: p py q r ry s sh t ts ty u w y z",
}
SOUNDS = {language: set(sounds.split()) for language, sounds in _WRITTEN.items()}
SOUNDS["ZH_MIX_EN"] = SOUNDS["EN"] | INITIALS | FINALS
SOUNDS["KR"] = {*jamo.ONSETS, *jamo.VOWELS, *"ᆫᆼᆯᆷᆮᆨᆸ"}
TONES = {"EN": {0, 1, 2, 3}, "ZH_MIX_EN": {0, 1, 2, 3, 4, 5, 7, 8, 9}}


@pytest.mark.parametrize("language", SOUNDS)
def test_sentences_have_the_sounds_of_their_language(language: str) -> None:
    read = frontend(language)
    for part, most_missing in zip(sentences(language), (0, 3), strict=True):
        spoken = [read(text) for text in part]
        symbols = {symbol for phonemes in spoken for symbol in phonemes.symbols}
        assert len(SOUNDS[language] - symbols) <= most_missing, SOUNDS[language] - symbols
        assert symbols <= set(SYMBOLS) - {"UNK"}
        assert TONES.get(language, {0}) <= {tone for phonemes in spoken for tone in phonemes.tones}


@pytest.mark.parametrize(
    ("language", "letter"),
    [
        *[(language, "") for language in ("en_US", "en", "EN", "", "de_DE")],
        *[(language, "ñ") for language in ("es", "ES", "es_MX")],
        *[(language, "ç") for language in ("fr_FR", "FR")],
        *[(language, "的") for language in ("zh_CN", "ZH_MIX_EN")],
        *[(language, "の") for language in ("ja_JP", "JP")],
        *[(language, "는") for language in ("ko_KR", "KR")],
    ],
)
def test_sentences_are_of_the_language(language: str, letter: str) -> None:
    written = "".join(text for part in sentences(language) for text in part)
    assert "".join(each for each in "ñç的の는" if each in written) == letter


@pytest.mark.parametrize("language", SOUNDS)
def test_there_are_enough_sentences_and_none_is_in_both_sets(language: str) -> None:
    calibration, held_out = sentences(language)
    assert len(set(calibration)) == len(calibration) >= 16
    assert len(set(held_out)) == len(held_out) >= 20
    assert not set(calibration) & set(held_out)


def test_without_its_frontend_a_voice_cannot_be_built(spanish: Description) -> None:
    with pytest.raises(MissingFrontendError, match="'XX'"):
        material(dataclasses.replace(spanish, frontend="XX"))


def lacking(symbols: str, description: Description) -> Description:
    ids = {symbol: number for symbol, number in description.symbols.ids.items() if symbol not in symbols}
    return dataclasses.replace(description, symbols=msgspec.structs.replace(description.symbols, ids=ids))


def test_a_checkpoint_of_another_language_is_found_out(spanish: Description) -> None:
    with pytest.raises(CheckpointError, match=r"lacks 8 of the .* symbols of ES, such as 'a'.*--language"):
        material(lacking("aeioulɾθ", spanish))
    assert material(lacking("k", spanish))


def test_sentences_are_of_the_voices_language_and_all_speakers_take_turns(spanish: Description) -> None:
    lines = material(spanish)
    assert [line.text for line in lines.held_out] == list(sentences("ES").held_out)
    assert {int(line.inputs[2].max()) for line in lines.calibration} == {spanish.languages["ES"].id}
    assert [int(line.inputs[5]) for line in lines.calibration[:5]] == [0, 1, 2, 0, 1]
    assert len({tuple(row) for row in ids([*lines.calibration, *lines.held_out])}) == sum(map(len, sentences("ES")))


def test_a_voice_with_a_frontend_reads_the_sentences() -> None:
    joe = describe(named("joe"))
    calibration, held_out = material(joe)
    assert [line.text for line in held_out] == list(sentences("en").held_out)
    dinner = ids(held_out)[0]
    assert dinner[0] == joe.symbols.prefix[0]
    assert dinner[-1] == joe.symbols.suffix[-1]
    assert 15 < len(dinner) < 60
    assert not {tuple(row) for row in ids(calibration)} & {tuple(row) for row in ids(held_out)}
