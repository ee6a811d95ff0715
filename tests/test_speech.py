"""Text in, PCM out, with the default voice: what a caller asks for is what is heard."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from edge import speech
from edge.errors import LexiconError, MissingFrontendError, RequestError, TextError
from edge.speech import COARSE, FINE, SENTENCE_SILENCE, Blocks, Voice, computing, noise, spans, to_pcm
from edge.voice.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.speech import Pcm

TEXT = "One. Is it two? Then three!"
LONG = "The weather tomorrow will be mostly cloudy in the morning, with some light rain in the afternoon."


@pytest.fixture(scope="module")
def spoken(joe: Voice) -> Pcm:
    return joe.synthesize("It is raining in the mountains today.", seed=1)


def test_the_blocks_of_a_stream_are_the_whole(joe: Voice) -> None:
    blocks = list(joe.stream(TEXT, seed=1))
    assert all(block.dtype == np.int16 and block.ndim == 1 for block in blocks)
    assert np.array_equal(np.concatenate(blocks), joe.synthesize(TEXT, seed=1))


@pytest.mark.parametrize(("blocks", "longest", "fewest"), [(FINE, 1.1, 8), (COARSE, 2.8, 3)])
def test_the_first_block_is_short(
    joe: Voice, monkeypatch: pytest.MonkeyPatch, blocks: Blocks, longest: float, fewest: int
) -> None:
    monkeypatch.setattr(joe, "blocks", blocks)
    lengths = [block.size for block in joe.stream(LONG, seed=1)]
    assert 0 < lengths[0] < 0.2 * joe.sample_rate
    assert max(lengths) < longest * joe.sample_rate  # the last: up to a block and a half, and what was looked ahead
    assert len(lengths) >= fewest


@pytest.mark.parametrize("blocks", [FINE, COARSE])
def test_a_streamed_sentence_is_what_encode_and_decode_make(
    joe: Voice, monkeypatch: pytest.MonkeyPatch, blocks: Blocks
) -> None:
    monkeypatch.setattr(joe, "blocks", blocks)
    scales = joe.manifest.scales
    numbers = (scales.sdp_ratio, scales.noise_scale, scales.noise_scale_w, scales.length_scale)
    with computing(), noise(1):
        z, g, _ = joe.model.encode(*joe.prepare(LONG), *numbers, None, None, None)
        whole = to_pcm(joe.model.decode(z, g), joe.manifest.gain)
    streamed = joe.synthesize(LONG, seed=1)
    assert streamed.size == whole.size
    assert np.abs(streamed.astype(int) - whole).max() <= 1  # the float of one product in another order


@given(st.integers(1, 3000), st.integers(0, 60), st.sampled_from([FINE, COARSE]))
def test_blocks_cover_all_frames_once(frames: int, lookahead: int, blocks: Blocks) -> None:
    found = list(spans(frames, lookahead, blocks))
    assert [begin for begin, _ in found] == [0, *(end for _, end in found[:-1])]
    assert found[-1][1] == frames
    assert all(end > begin for begin, end in found)
    assert max(end - begin for begin, end in found) <= max(1.5 * blocks.rest, lookahead + 1.5 * max(blocks.first))


def test_a_fast_device_makes_fewer_blocks(joe_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for fast, blocks in ((0.0, FINE), (1000.0, COARSE)):
        monkeypatch.setattr(speech, "FAST", fast)
        voice = Voice.load(joe_bundle)
        assert voice.blocks == FINE
        voice.warm_up()
        assert voice.blocks == blocks


def test_sentences_may_be_given_one_by_one(joe: Voice) -> None:
    taken = []

    def sentences() -> Iterator[str]:
        for sentence in ("One.", "🙂", "Two."):
            taken.append(sentence)
            yield sentence

    heard = joe.stream(sentences(), seed=1)
    first = next(heard)
    assert taken == ["One."]
    assert first.size
    while next(heard).size:
        pass  # the empty block is the step that took the emoji
    assert taken == ["One.", "🙂"]
    rest = np.concatenate(list(heard))
    assert np.array_equal(rest[-joe.synthesize("Two.", seed=1).size :], joe.synthesize("Two.", seed=1))


def test_it_is_heard(spoken: Pcm, joe: Voice) -> None:
    assert 0.5 * joe.sample_rate < spoken.size < 10 * joe.sample_rate
    assert 3000 < np.abs(spoken.astype(int)).max() < 32767


@pytest.mark.parametrize("speed", [1.0, 2.0])
def test_there_is_silence_between_sentences_and_none_before_the_first(joe: Voice, speed: float) -> None:
    pause = round(SENTENCE_SILENCE / speed * joe.sample_rate)
    alone = joe.synthesize("One.", speed=speed, seed=1)
    both = joe.synthesize("One. One.", speed=speed, seed=1)
    assert np.array_equal(both, np.concatenate([alone, np.zeros(pause, np.int16), alone]))


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


@pytest.mark.parametrize(
    ("text", "without"), [("One. 🙂 Two!", "One. Two!"), ("One. 🙂 🎉!", "One."), ("🙂. One.", "One.")]
)
def test_emoji_among_sentences_cost_nobody_the_others(joe: Voice, text: str, without: str) -> None:
    assert np.array_equal(joe.synthesize(text, seed=1), joe.synthesize(without, seed=1))


def test_emoji_are_said_by_their_names_where_that_is_asked_for(joe_bundle: Path) -> None:
    voice = Voice.load(joe_bundle, cache_memory=1 << 20)
    skipped, named = (voice.synthesize("Thanks 👍🏽!", seed=1, emoji=emoji) for emoji in (False, True))
    assert np.array_equal(skipped, voice.synthesize("Thanks!", seed=1))
    assert np.array_equal(named, voice.synthesize("Thanks, thumbs up!", seed=1))
    # What is kept of the one is not taken for the other.
    assert np.array_equal(voice.synthesize("Thanks 👍🏽!", seed=1), skipped)
    assert voice.synthesize("👍", emoji=True).size


def test_lexicons_may_be_read_again(joe_bundle: Path, tmp_path: Path) -> None:
    file = tmp_path / "lexicon.toml"
    voice = Voice.load(joe_bundle, lexicons=[file])
    file.write_text('"kubectl" = "cube control"\n', encoding="utf-8")
    before = voice.synthesize("Run kubectl.", seed=1)
    voice.read_lexicons([file])
    after = voice.synthesize("Run kubectl.", seed=1)
    assert np.array_equal(after, voice.synthesize("Run cube control.", seed=1))
    file.write_text('"kubectl" = 5\n', encoding="utf-8")
    with pytest.raises(LexiconError, match="line 1"):
        voice.read_lexicons([file])
    assert np.array_equal(voice.synthesize("Run kubectl.", seed=1), after)
    file.unlink()
    voice.read_lexicons([file])
    assert np.array_equal(voice.synthesize("Run kubectl.", seed=1), before)


def test_what_was_spoken_is_spoken_again_from_the_cache(joe_bundle: Path) -> None:
    voice = Voice.load(joe_bundle, cache_memory=1 << 20)
    first, other = voice.synthesize("One. Two."), voice.synthesize("One. Two.", cache=False)
    assert not np.array_equal(first, other)
    assert np.array_equal(voice.synthesize("One. Two."), first)
    assert np.array_equal(voice.synthesize("One."), first[: voice.synthesize("One.").size])
    assert np.abs(voice.synthesize("One.", volume=0.5) - voice.synthesize("One.") / 2).max() <= 0.5
    (whole,) = voice.stream("Two.")
    assert np.array_equal(whole, first[-whole.size :])


def test_what_changes_the_sound_is_another_phrase(joe_bundle: Path) -> None:
    voice = Voice.load(joe_bundle, cache_memory=1 << 20)
    first = voice.synthesize("One.")
    assert voice.synthesize("One.", speed=2.0).size < first.size
    assert not np.array_equal(voice.synthesize("One.", seed=1), first)


def test_a_sentence_that_was_broken_off_is_not_kept(joe_bundle: Path) -> None:
    voice = Voice.load(joe_bundle, cache_memory=1 << 20)
    broken = voice.stream(LONG)
    begun = next(broken)
    broken.close()
    assert voice.synthesize(LONG).size > begun.size
    assert voice.cache is not None
    assert voice.cache.stats.hits == 0


def test_prepare_gives_what_encode_starts_with(joe: Voice) -> None:
    symbols, tones, languages, bert, ja_bert, speaker = joe.prepare("Hello.")
    length = symbols.shape[1]
    assert symbols.shape == tones.shape == languages.shape == (1, length)
    assert symbols.dtype == torch.int64
    assert (bert.shape, ja_bert.shape, speaker.tolist()) == ((1, 1024, length), (1, 768, length), [0])
    with pytest.raises(RequestError):
        joe.prepare("Hello.", speaker="nobody")


def test_a_bundle_without_a_frontend_here_is_named(melo_bundle: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "voice"
    shutil.copytree(melo_bundle, bundle)
    msgspec.structs.replace(read_manifest(bundle), frontend="XX").write(bundle)
    with pytest.raises(MissingFrontendError, match="'XX'"):
        Voice.load(bundle)
