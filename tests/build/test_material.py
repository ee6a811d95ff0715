from __future__ import annotations

import dataclasses

import msgspec
import pytest

from edge.build.describe import Description, describe
from edge.build.material import Line, material
from edge.build.sentences import sentences
from edge.build.sources import local, named
from edge.errors import CheckpointError, MissingFrontendError
from tests.voices import Checkpoint


@pytest.fixture
def spanish(small_checkpoint: Checkpoint) -> Description:
    return describe(local(small_checkpoint.weights, small_checkpoint.config, "ES", "small"))


def ids(lines: list[Line]) -> list[list[int]]:
    return [line.inputs[0].flatten().tolist() for line in lines]


@pytest.mark.parametrize("language", ["en_US", "en", "EN", "es", "ES", "es_MX", "fr_FR", ""])
def test_there_are_enough_sentences_and_none_is_in_both_sets(language: str) -> None:
    calibration, held_out = sentences(language)
    assert len(set(calibration)) == len(calibration) >= 16
    assert len(set(held_out)) == len(held_out) >= 20
    assert not set(calibration) & set(held_out)
    assert ("¡" in "".join(held_out)) == language.lower().startswith("es")


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
    assert len({tuple(row) for row in ids([*lines.calibration, *lines.held_out])}) == 38


def test_a_voice_with_a_frontend_reads_the_sentences() -> None:
    joe = describe(named("joe"))
    calibration, held_out = material(joe)
    assert [line.text for line in held_out] == list(sentences("en").held_out)
    dinner = ids(held_out)[0]
    assert dinner[0] == joe.symbols.prefix[0]
    assert dinner[-1] == joe.symbols.suffix[-1]
    assert 15 < len(dinner) < 60
    assert not {tuple(row) for row in ids(calibration)} & {tuple(row) for row in ids(held_out)}
