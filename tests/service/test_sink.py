"""Sinks: what is written arrives bit by bit, and the failures say what they are."""

from __future__ import annotations

import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.errors import SoundCardError
from edge.service.audio.card_sink import PyAudioSink
from edge.service.audio.sink import SoundCardMissingError
from edge.service.audio.wav_sink import WavSink
from tests.sound_card import MakeSoundCard, SoundCard, use_in_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from edge.service.audio.sink import Sink

RATE = 22050


def noise(frames: int, seed: int = 0) -> npt.NDArray[np.int16]:
    """Samples without a zero, so that silence around them can be told apart, nor any that a fade leaves as it is."""
    return np.random.default_rng(seed).integers(300, 30000, frames, dtype=np.int16)


def play(sink: Sink, pcm: npt.NDArray[np.int16]) -> None:
    """Play all of `pcm`, tail included."""
    sink.open()
    for block in np.array_split(pcm, max(1, pcm.size // 441)):
        sink.write(block)
    sink.write(np.zeros(2 * sink.buffer, np.int16))


@pytest.fixture
def card_sink(in_process: SoundCard) -> Iterator[PyAudioSink]:
    sink = PyAudioSink(RATE)
    yield sink
    sink.close()


def test_the_card_hears_exactly_what_was_written(card_sink: PyAudioSink, in_process: SoundCard) -> None:
    pcm = noise(RATE // 2)
    play(card_sink, pcm)
    card_sink.stop()
    rate, heard = in_process.recording()
    assert rate == RATE
    assert np.array_equal(heard[: pcm.size], pcm)
    assert not heard[pcm.size :].any()


def test_the_card_takes_every_voice_rate_as_it_is(
    make_sound_card: MakeSoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rate in (16000, 22050, 44100, 48000):
        card = make_sound_card()
        use_in_process(card, monkeypatch)
        sink = PyAudioSink(rate)
        play(sink, noise(rate // 10))
        sink.close()
        assert card.recording()[0] == rate


def test_the_buffer_is_short_enough_for_a_prompt_fade(card_sink: PyAudioSink) -> None:
    card_sink.open()
    assert RATE // 50 <= card_sink.buffer <= RATE * 45 // 1000


def test_stop_drops_what_was_not_yet_heard(card_sink: PyAudioSink, in_process: SoundCard) -> None:
    card_sink.open()
    pcm = noise(card_sink.buffer)
    card_sink.write(pcm)
    card_sink.stop()
    _, heard = in_process.recording()
    assert heard.size < pcm.size
    assert np.array_equal(heard, pcm[: heard.size])
    assert in_process.log()[-1].event == "drop"


def test_a_stopped_sink_plays_again(card_sink: PyAudioSink, in_process: SoundCard) -> None:
    first, second = noise(1000, 1), noise(1000, 2)
    play(card_sink, first)
    card_sink.stop()
    play(card_sink, second)
    card_sink.stop()
    heard = in_process.recording()[1]
    assert np.array_equal(heard[heard != 0], np.concatenate([first, second]))


def test_an_underrun_loses_nothing(card_sink: PyAudioSink, in_process: SoundCard) -> None:
    first, second = noise(2000, 1), noise(2000, 2)
    card_sink.open()
    card_sink.write(first)
    while in_process.log()[-1].event != "xrun":  # the card has run dry; PortAudio finds out when it is asked
        time.sleep(0.2)
        card_sink.write(second[:1])
    play(card_sink, second[1:])
    card_sink.stop()
    heard = in_process.recording()[1]
    assert np.array_equal(heard[heard != 0], np.concatenate([first, second]))


def test_a_card_is_found_by_name(in_process: SoundCard) -> None:
    pcm = noise(1000)
    sink = PyAudioSink(RATE, "record")
    play(sink, pcm)
    sink.close()
    assert np.array_equal(in_process.recording()[1][: pcm.size], pcm)


def test_a_whole_name_goes_before_a_part_of_one(in_process: SoundCard) -> None:
    sink = PyAudioSink(RATE, "default")  # "sysdefault", which comes first, cannot play this rate
    play(sink, noise(1000))
    sink.close()
    assert in_process.recording()[0] == RATE


def test_a_stereo_only_card_gets_the_voice_on_both_channels(
    make_sound_card: MakeSoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    pcm = noise(1000)
    for device in (None, "recorder"):
        card = make_sound_card(channels=2)
        use_in_process(card, monkeypatch)
        sink = PyAudioSink(RATE, device)
        play(sink, pcm)
        sink.close()
        heard = card.recording()[1][: pcm.size]
        assert np.array_equal(heard, np.stack([pcm, pcm], axis=1))


@pytest.mark.parametrize(("rate", "channels"), [(48000, 1), (44100, 1), (48000, 2)])
def test_a_card_that_cannot_play_the_voices_rate_gets_it_resampled(
    make_sound_card: MakeSoundCard, monkeypatch: pytest.MonkeyPatch, rate: int, channels: int
) -> None:
    card = make_sound_card(rate=rate, channels=channels)
    use_in_process(card, monkeypatch)
    pcm = np.round(_tone(np.arange(RATE) / RATE)).astype(np.int16)
    sink = PyAudioSink(RATE, "recorder")
    play(sink, pcm)
    sink.close()
    heard_rate, heard = card.recording()
    assert heard_rate == rate
    heard = heard.reshape(heard.shape[0], -1)
    assert np.array_equal(heard[:, 0], heard[:, -1])
    # All of it is heard, the tail included, and exact to the last bits.
    times = np.arange(len(heard)) / rate
    delays = np.arange(-1, 1, 0.05) / rate
    assert min(np.abs(heard[:, 0] - _tone(times - delay)).max() for delay in delays) < 4


def _tone(seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A second of 200 Hz that swells and fades."""
    envelope = np.where((seconds > 0) & (seconds < 1), np.sin(np.pi * seconds) ** 2, 0)
    sound: npt.NDArray[np.float64] = 10000 * envelope * np.sin(2 * np.pi * 200 * seconds)
    return sound


def test_a_resampling_sink_counts_what_its_filter_holds_back(
    make_sound_card: MakeSoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = make_sound_card(rate=48000)
    use_in_process(card, monkeypatch)
    sink = PyAudioSink(RATE, "recorder")
    sink.open()
    assert RATE * 50 // 1000 <= sink.buffer <= RATE * 57 // 1000
    pcm = noise(RATE // 10)
    for block in (*np.array_split(pcm, 10), *np.split(np.zeros(3 * sink.buffer // 100 * 100, np.int16), 100)):
        sink.write(block)
    sink.stop()
    last = int(np.flatnonzero(np.abs(card.recording()[1]) > 20)[-1])
    assert abs(last - 48000 // 10) < 48000 * 15 // 1000
    sink.close()


def test_a_card_that_can_do_no_rate_of_ours_is_an_error_not_a_wait(
    make_sound_card: MakeSoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_in_process(make_sound_card(rate=11025), monkeypatch)
    sink = PyAudioSink(RATE, "recorder")
    with pytest.raises(SoundCardError, match=r"'recorder'.*22050 Hz") as raised:
        sink.open()
    sink.close()
    assert not isinstance(raised.value, SoundCardMissingError)


@pytest.mark.parametrize("device", [None, "recorder"])
def test_a_missing_card_is_found_when_it_comes(in_process: SoundCard, device: str | None) -> None:
    in_process.pull_out()
    sink = PyAudioSink(RATE, device)
    with pytest.raises(SoundCardMissingError, match=device or "default"):
        sink.open()
    in_process.plug_in()
    play(sink, noise(1000))
    sink.close()
    assert np.count_nonzero(in_process.recording()[1]) == 1000


def test_a_card_that_goes_is_an_error_and_can_come_back(card_sink: PyAudioSink, in_process: SoundCard) -> None:
    card_sink.open()
    card_sink.write(noise(2000))
    in_process.pull_out()
    with pytest.raises(SoundCardMissingError, match="went away"):
        card_sink.write(noise(2000))
    with pytest.raises(SoundCardMissingError):
        card_sink.write(noise(2000))
    in_process.plug_in()
    before = in_process.recording()[1].size
    play(card_sink, noise(1000))
    assert np.array_equal(in_process.recording()[1][before : before + 1000], noise(1000))


def test_the_sound_libraries_do_not_write_to_stderr(sound_card: SoundCard) -> None:
    sound_card.pull_out()
    script = """
from edge.errors import SoundCardError
from edge.service.audio.card_sink import PyAudioSink
for device in None, "recorder":
    try:
        PyAudioSink(22050, device).open()
    except SoundCardError as error:
        print(error)
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=sound_card.environment, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr == ""


def test_a_sink_that_was_never_opened_loads_no_pyaudio() -> None:
    script = """
import sys
from edge.service.audio.card_sink import PyAudioSink
PyAudioSink(22050).close()
assert "pyaudio" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_wav_sink_writes_exactly_what_was_written(tmp_path: Path) -> None:
    pcm = noise(12345)
    sink = WavSink(tmp_path / "out.wav", RATE)
    play(sink, pcm)
    sink.stop()
    sink.close()
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        assert file.readframes(file.getnframes()) == pcm.tobytes()


def test_a_wav_is_whole_at_any_time(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    sink = WavSink(path, RATE)
    for frames in (0, 1000, 2000):
        with wave.open(str(path)) as file:
            assert file.getnframes() == frames
            assert len(file.readframes(frames)) == 2 * frames
        sink.write(noise(1000))


def test_a_bad_path_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(SoundCardError, match=r"missing/out\.wav: No such file"):
        WavSink(tmp_path / "missing" / "out.wav", RATE)


def test_a_full_disk_is_an_error_that_says_so() -> None:
    with pytest.raises(SoundCardError, match="/dev/full: No space left"):
        WavSink(Path("/dev/full"), RATE)
