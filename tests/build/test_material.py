from __future__ import annotations

import pytest
import torch

from edge.build.describe import Description, describe
from edge.build.material import Line, material
from edge.build.sentences import sentences
from edge.build.sources import local, named
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


def test_a_voice_without_a_frontend_babbles_as_long_and_always_the_same(spanish: Description) -> None:
    lines = material(spanish)
    assert [line.text for line in lines.held_out] == list(sentences("ES").held_out)
    for line, again in zip(lines.calibration, material(spanish).calibration, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(line.inputs, again.inputs, strict=True))
        # Blanks around and between.
        assert line.inputs[0].size(1) == 2 * len(line.text) + 1
    assert len({tuple(row) for row in ids([*lines.calibration, *lines.held_out])}) == 38
    known = {i for symbol in spanish.symbols.ids.values() for i in symbol}
    assert {i for row in ids(lines.held_out) for i in row} == known | {0}


def test_babble_is_of_the_voices_language_and_all_speakers_take_turns(spanish: Description) -> None:
    lines = material(spanish).calibration
    assert {int(line.inputs[2].max()) for line in lines} == {spanish.languages["ES"].id}
    assert [int(line.inputs[5]) for line in lines[:5]] == [0, 1, 2, 0, 1]


def test_a_voice_with_a_frontend_reads_the_sentences() -> None:
    joe = describe(named("joe"))
    calibration, held_out = material(joe)
    assert [line.text for line in held_out] == list(sentences("en").held_out)
    dinner = ids(held_out)[0]
    assert dinner[0] == joe.symbols.prefix[0]
    assert dinner[-1] == joe.symbols.suffix[-1]
    assert 15 < len(dinner) < 60
    assert not {tuple(row) for row in ids(calibration)} & {tuple(row) for row in ids(held_out)}
