"""Text in, PCM out, with the default voice: what a caller asks for is what is heard."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from edge.errors import RequestError, TextError
from edge.speech import SENTENCE_SILENCE, Voice, to_pcm

if TYPE_CHECKING:
    from edge.speech import Pcm

TEXT = "One. Is it two? Then three!"


@pytest.fixture(scope="module")
def spoken(joe: Voice) -> Pcm:
    return joe.synthesize("It is raining in the mountains today.", seed=1)


def test_the_chunks_of_a_stream_are_the_whole(joe: Voice) -> None:
    chunks = list(joe.stream(TEXT, seed=1))
    assert len(chunks) == 3
    assert all(chunk.dtype == np.int16 and chunk.ndim == 1 for chunk in chunks)
    assert np.array_equal(np.concatenate(chunks), joe.synthesize(TEXT, seed=1))


def test_it_is_heard(spoken: Pcm, joe: Voice) -> None:
    assert 0.5 * joe.sample_rate < spoken.size < 10 * joe.sample_rate
    assert 3000 < np.abs(spoken.astype(int)).max() < 32767


@pytest.mark.parametrize("speed", [1.0, 2.0])
def test_there_is_silence_between_sentences_and_none_before_the_first(joe: Voice, speed: float) -> None:
    pause = round(SENTENCE_SILENCE / speed * joe.sample_rate)
    alone = joe.synthesize("One.", speed=speed, seed=1)
    first, second = joe.stream("One. One.", speed=speed, seed=1)
    assert np.array_equal(first, alone)
    assert not second[:pause].any()
    assert np.array_equal(second[pause:], alone)


def test_a_seed_gives_the_same_sound_whatever_the_global_generator_holds(joe: Voice) -> None:
    torch.manual_seed(1)
    first = joe.synthesize("One.", seed=7)
    torch.manual_seed(2)
    second = joe.synthesize("One.", seed=7)
    assert np.array_equal(first, second)
    assert not np.array_equal(first, joe.synthesize("One.", seed=8))


def test_a_seed_leaves_the_global_generator_as_it_was(joe: Voice) -> None:
    before = torch.get_rng_state()
    for _ in joe.stream(TEXT, seed=7):
        assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(torch.get_rng_state(), before)


def test_without_a_seed_each_time_is_another(joe: Voice) -> None:
    assert not np.array_equal(joe.synthesize("One."), joe.synthesize("One."))


def test_speed_divides_the_length(joe: Voice, spoken: Pcm) -> None:
    for speed in (0.5, 2.0):
        length = joe.synthesize("It is raining in the mountains today.", speed=speed, seed=1).size
        # A symbol lasts whole frames, rounded up: twice the speed is a little less than half the length.
        assert spoken.size / speed * 0.8 < length < spoken.size / speed * 1.35


def test_volume_scales_the_sound_without_clipping(joe: Voice, spoken: Pcm) -> None:
    half = joe.synthesize("It is raining in the mountains today.", volume=0.5, seed=1)
    assert np.abs(half - spoken / 2).max() <= 1
    assert not joe.synthesize("One.", volume=0.0, seed=1).any()


def test_sound_beyond_full_scale_is_clipped_and_does_not_wrap() -> None:
    assert to_pcm(torch.tensor([[-3.0, -1.0, 0.0, 1.0, 3.0]])).tolist() == [-32768, -32767, 0, 32767, 32767]


@pytest.mark.parametrize(
    "wrong",
    [
        *({name: value} for name in ("speed", "volume") for value in (-1.0, 4.1, math.nan, math.inf, -math.inf)),
        {"speed": 0.0},
        {"speed": 0.24},
        {"volume": 1.01},
        {"speaker": "nobody"},
        {"speaker": ""},
        {"seed": -1},
        {"seed": 2**64},
    ],
    ids=str,
)
def test_a_wrong_value_is_refused_at_the_call(joe: Voice, wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(RequestError, match=name):
        joe.stream("One.", **wrong)


@pytest.mark.parametrize("text", ["", " \n", "🙂", "🙂 🎉.", "...", "?!", "\0"], ids=repr)
def test_nothing_to_speak_is_an_error(joe: Voice, text: str) -> None:
    with pytest.raises(TextError):
        joe.synthesize(text)


@pytest.mark.parametrize(("text", "sentences"), [("One. 🙂! Two.", 2), ("One. 🙂 🎉!", 1), ("🙂. One.", 1)])
def test_emoji_among_sentences_cost_nobody_the_others(joe: Voice, text: str, sentences: int) -> None:
    chunks = list(joe.stream(text, seed=1))
    assert len(chunks) == sentences
    assert all(np.abs(chunk.astype(int)).max() > 1000 for chunk in chunks)


def test_prepare_gives_what_encode_starts_with(joe: Voice) -> None:
    symbols, tones, languages, bert, ja_bert, speaker = joe.prepare("Hello.")
    length = symbols.shape[1]
    assert symbols.shape == tones.shape == languages.shape == (1, length)
    assert symbols.dtype == torch.int64
    assert (bert.shape, ja_bert.shape, speaker.tolist()) == ((1, 1024, length), (1, 768, length), [0])
    with pytest.raises(RequestError):
        joe.prepare("Hello.", speaker="nobody")


def test_a_bundle_without_a_frontend_here_is_named(melo_bundle: Path) -> None:
    # The frontend for Spanish MeloTTS voices does not exist yet; until then this is what a user sees.
    from edge.errors import MissingFrontendError

    with pytest.raises(MissingFrontendError, match="ES"):
        Voice.load(melo_bundle)
