from __future__ import annotations

import pytest
import torch

from edge.errors import TextError
from edge.text import Phonemes
from edge.voice import LanguageIds, SymbolTable, model_inputs

PIPER = SymbolTable({"a": (5,), "b": (6, 7)}, prefix=(1, 0), blank=(0,), suffix=(2,))
MELO = SymbolTable({"a": (5,), "b": (6,)}, prefix=(0,), blank=(0,), suffix=())


def phonemes(symbols: str, tones: tuple[int, ...], language: str = "ES") -> Phonemes:
    return Phonemes(tuple(symbols), tones, (language,) * len(symbols), (), symbols)


def test_piper_takes_begin_blanks_between_and_end() -> None:
    symbols, *_ = model_inputs(phonemes("ab", (0, 0)), PIPER, {}, 0)
    assert symbols.tolist() == [[1, 0, 5, 0, 6, 7, 0, 2]]


def test_melotts_takes_blanks_around_and_tones_counted_from_the_language() -> None:
    inputs = model_inputs(phonemes("ab", (0, 2)), MELO, {"ES": LanguageIds(5, 12)}, 3)
    symbols, tones, languages, bert, ja_bert, speaker = inputs
    assert symbols.tolist() == [[0, 5, 0, 6, 0]]
    assert tones.tolist() == [[0, 12, 0, 14, 0]]
    assert languages.tolist() == [[0, 5, 0, 5, 0]]
    assert (bert.shape, ja_bert.shape) == ((1, 1024, 5), (1, 768, 5))
    assert speaker.tolist() == [3]


def test_a_sound_that_the_voice_does_not_know_is_left_out() -> None:
    symbols, tones, languages, *_ = model_inputs(phonemes("axb", (0, 0, 0)), PIPER, {}, 0)
    assert symbols.tolist() == model_inputs(phonemes("ab", (0, 0)), PIPER, {}, 0)[0].tolist()
    assert symbols.shape == tones.shape == languages.shape


@pytest.mark.parametrize(("channels", "where"), [(1024, 3), (768, 4)])
def test_features_go_to_each_symbol_and_to_the_blank_behind_it(channels: int, where: int) -> None:
    features = torch.arange(3.0).repeat(channels, 1)
    inputs = model_inputs(phonemes("axb", (0, 0, 0)), MELO, {"ES": LanguageIds(5, 12)}, 0, features)
    # Upstream doubles word2ph and adds one in front. The x, which the voice does not know, takes its own away.
    assert inputs[where][0, 0].tolist() == inputs[where][0, -1].tolist() == [0, 0, 0, 2, 2]
    assert inputs[where].shape == (1, channels, 5)
    assert not inputs[7 - where].any()


@pytest.mark.parametrize("unknown", ["", "x", "xyz"])
def test_nothing_but_unknown_sounds_is_an_error(unknown: str) -> None:
    with pytest.raises(TextError):
        model_inputs(phonemes(unknown, (0,) * len(unknown)), PIPER, {}, 0)
