"""The player, over the recording sound card: what is heard, which events come, and what cannot be disturbed."""

from __future__ import annotations

import queue
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.errors import SoundCardError
from edge.service.audio.card_sink import PyAudioSink
from edge.service.audio.player import BUFFER_SECONDS, Player
from edge.service.audio.utterance import Event, Utterance
from edge.service.audio.wav_sink import WavSink
from tests.service.stage import (
    FADE,
    PATIENCE,
    PERIOD,
    RATE,
    Stage,
    assert_faded_out,
    assert_nothing_lost,
    eventually,
    heard,
    xruns,
)
from tests.service.test_sink import noise
from tests.sound_card import MakeSoundCard, SoundCard, use_in_process

if TYPE_CHECKING:
    import numpy.typing as npt

TERMINAL = {"finished", "cancelled", "failed"}


@pytest.mark.parametrize(
    "frames", [1, PERIOD - 1, PERIOD, PERIOD + 1, 2 * PERIOD, 10 * PERIOD, 7919], ids=lambda n: f"{n}-frames"
)
def test_all_of_an_utterance_is_heard_in_one_piece(stage: Stage, in_process: SoundCard, frames: int) -> None:
    pcm = noise(frames)
    stage.say("a", pcm)
    assert stage.events("a finished") == ["a started", "a finished"]
    rate, recording = in_process.recording()
    assert rate == RATE
    assert np.array_equal(recording[:frames], pcm)
    assert not recording[frames:].any()
    assert stage.player.underruns <= xruns(in_process)


def test_finished_means_heard(stage: Stage, in_process: SoundCard) -> None:
    at_the_end: list[int] = []

    def listen(_: Utterance, event: Event, __: Exception | None) -> None:
        if event in TERMINAL:
            at_the_end.append(heard(in_process).size)

    utterance = stage.player.utterance("a", listen)
    utterance.put(noise(5000))
    utterance.close()
    stage.player.play(utterance)
    eventually(lambda: bool(at_the_end))
    assert at_the_end == [5000]


def test_utterances_play_one_after_the_other(stage: Stage, in_process: SoundCard) -> None:
    parts = [noise(3000 + n, n) for n in range(4)]
    for n, pcm in enumerate(parts):
        stage.say(str(n), pcm)
    assert stage.events("3 finished") == [f"{n} {event}" for n in range(4) for event in ("started", "finished")]
    assert np.array_equal(heard(in_process), np.concatenate(parts))
    assert stage.threads == {"player"}


def test_the_pieces_of_an_utterance_may_have_any_size(stage: Stage, in_process: SoundCard) -> None:
    pcm = noise(9000)
    stage.say("a", *np.split(pcm, [1, 2, 100, 441, 442, 5000, 5000, 8999]))
    stage.events("a finished")
    assert np.array_equal(in_process.recording()[1][: pcm.size], pcm)


def test_an_utterance_can_be_filled_while_it_plays(stage: Stage, in_process: SoundCard) -> None:
    pcm = noise(RATE)
    utterance = stage.utterance("a")
    stage.player.play(utterance)
    for part in np.array_split(pcm, 5):
        utterance.put(part)
        time.sleep(0.1)  # each part lasts 0.2 s
    utterance.close()
    stage.events("a finished")
    assert np.array_equal(heard(in_process), pcm)


def test_an_empty_utterance_finishes_without_a_sound(stage: Stage, in_process: SoundCard) -> None:
    stage.say("a")
    assert stage.events("a finished") == ["a finished"]
    assert in_process.log() == []


def test_stop_fades_out_and_then_there_is_silence(stage: Stage, in_process: SoundCard) -> None:
    pcm = noise(5 * RATE)
    stage.say("a", pcm)
    stage.events("a started")
    eventually(lambda: heard(in_process).size > RATE // 4)
    assert stage.player.stop() == "a"
    assert stage.events("a cancelled") == ["a cancelled"]
    stage.wait_for_silence()
    recording = in_process.recording()[1]
    begin = assert_faded_out(recording, pcm)
    assert RATE // 4 < begin < pcm.size // 2
    assert not recording[begin + FADE :].any()


def test_after_a_stop_the_next_one_plays(stage: Stage, in_process: SoundCard) -> None:
    first, second = noise(RATE, 1), noise(4000, 2)
    stage.say("a", first)
    stage.say("b", second)
    stage.events("a started")
    assert stage.player.stop() == "a"
    assert stage.events("b finished") == ["a cancelled", "b started", "b finished"]
    played = heard(in_process)
    assert played.size < first.size
    assert np.array_equal(played[-second.size :], second)


def test_stop_names_each_utterance_once(stage: Stage) -> None:
    assert stage.player.stop() is None
    utterance = stage.utterance("a")
    stage.player.play(utterance)
    eventually(lambda: stage.player.current is utterance)
    assert [stage.player.stop(), stage.player.stop()] == ["a", None]
    assert stage.events("a cancelled") == ["a cancelled"]


def test_a_queued_utterance_is_cancelled_at_once(stage: Stage) -> None:
    stage.say("a", noise(RATE))
    waiting = stage.say("b", noise(1000))
    stage.say("c", noise(1000))
    stage.events("a started")
    assert stage.player.depth == 2
    waiting.cancel()
    events = stage.events("c finished")
    assert events == ["b cancelled", "a finished", "c started", "c finished"]


def test_a_queued_utterance_is_cancelled_even_while_nothing_happens(stage: Stage) -> None:
    stage.player.play(stage.utterance("a"))
    waiting = stage.say("b", noise(1000))
    eventually(lambda: stage.player.depth == 1)
    time.sleep(0.05)  # by now the player waits for the first one's PCM
    waiting.cancel()
    assert stage.events("b cancelled") == ["b cancelled"]


def test_one_that_is_cancelled_before_it_is_queued_is_never_heard(stage: Stage, in_process: SoundCard) -> None:
    utterance = stage.utterance("a")
    utterance.put(noise(1000))
    utterance.cancel()
    stage.player.play(utterance)
    assert stage.events("a cancelled") == ["a cancelled"]
    assert in_process.log() == []


def test_late_synthesis_is_silence_and_counted(stage: Stage, in_process: SoundCard) -> None:
    first, second = noise(4000, 1), noise(4000, 2)
    utterance = stage.utterance("a")
    utterance.put(first)
    stage.player.play(utterance)
    eventually(lambda: bool(in_process.log()) and in_process.log()[-1].event != "start")
    assert stage.player.underruns == 1
    assert stage.player.current is utterance
    utterance.put(second)
    utterance.close()
    assert stage.events("a finished") == ["a started", "a finished"]
    assert_nothing_lost(in_process.recording()[1], np.concatenate([first, second]))
    assert stage.player.underruns == 1


def test_a_player_thread_that_is_held_up_loses_nothing(stage: Stage, in_process: SoundCard) -> None:
    def hold_up(_: Utterance, event: Event, __: Exception | None) -> None:
        if event == "started":
            time.sleep(0.3)
        else:
            over.set()

    over = threading.Event()
    pcm = noise(4000)
    utterance = stage.player.utterance("a", hold_up)
    utterance.put(pcm)
    utterance.close()
    stage.player.play(utterance)
    assert over.wait(PATIENCE)
    assert np.array_equal(heard(in_process), pcm)
    assert 1 <= stage.player.underruns <= xruns(in_process)


def test_a_card_that_is_missing_is_waited_for(stage: Stage, in_process: SoundCard) -> None:
    in_process.pull_out()
    pcm = noise(3000)
    stage.say("a", pcm)
    eventually(lambda: stage.player.state == "waiting-for-card")
    in_process.plug_in()
    assert stage.events("a finished") == ["a started", "a finished"]
    assert np.array_equal(heard(in_process), pcm)


def test_stop_and_cancel_work_without_a_card(stage: Stage, in_process: SoundCard) -> None:
    in_process.pull_out()
    stage.say("a", noise(1000))
    waiting = stage.say("b", noise(1000))
    eventually(lambda: stage.player.state == "waiting-for-card")
    waiting.cancel()
    assert stage.events("b cancelled") == ["b cancelled"]
    assert stage.player.stop() == "a"
    assert stage.events("a cancelled") == ["a cancelled"]
    eventually(lambda: stage.player.state == "idle")


def test_a_card_that_goes_and_comes_back_costs_no_speech(stage: Stage, in_process: SoundCard) -> None:
    pcm = noise(RATE)
    stage.say("a", pcm)
    stage.events("a started")
    eventually(lambda: heard(in_process).size > RATE // 4)
    in_process.pull_out()
    eventually(lambda: stage.player.state == "waiting-for-card")
    before = heard(in_process)
    in_process.plug_in()
    assert stage.events("a finished") == ["a finished"]
    after = heard(in_process)[before.size :]
    assert np.array_equal(before, pcm[: before.size])
    assert np.array_equal(after, pcm[-after.size :])
    repeated = before.size + after.size - pcm.size
    assert 0 <= repeated <= 3 * PERIOD


def test_the_tail_is_heard_when_the_card_goes_during_it(stage: Stage, in_process: SoundCard) -> None:
    pcm = noise(PERIOD)
    in_process.stall()
    stage.say("a", pcm)
    stage.events("a started")
    in_process.pull_out()
    in_process.resume()
    eventually(lambda: stage.player.state == "waiting-for-card")
    in_process.plug_in()
    stage.events("a finished")
    assert np.array_equal(heard(in_process)[-pcm.size :], pcm)


def test_a_card_that_hangs_holds_up_nobody_else(stage: Stage, in_process: SoundCard) -> None:
    pcm = noise(RATE)
    stage.say("a", pcm)
    stage.events("a started")
    in_process.stall()
    time.sleep(0.2)
    assert stage.player.stop() == "a"
    waiting = stage.say("b", noise(1000, 1))
    assert stage.player.depth == 1
    assert waiting.room()
    in_process.resume()
    assert stage.events("b finished") == ["a cancelled", "b started", "b finished"]


def test_an_unplayable_rate_fails_and_the_player_goes_on(
    make_sound_card: MakeSoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_in_process(make_sound_card(rate=11025), monkeypatch)
    player = Player(PyAudioSink(RATE, "recorder"))
    player.start()
    stage = Stage(player)
    for name in "ab":
        stage.say(name, noise(1000))
        told, event, error = stage.told.get(timeout=PATIENCE)
        assert (told, event) == (name, "failed")
        assert isinstance(error, SoundCardError)
    player.close()


def test_a_failed_synthesis_is_told_after_what_there_is(stage: Stage, in_process: SoundCard) -> None:
    pcm = noise(2000)
    failure = RuntimeError("out of memory")
    utterance = stage.utterance("a")
    utterance.put(pcm)
    utterance.close(failure)
    stage.player.play(utterance)
    assert stage.told.get(timeout=PATIENCE) == ("a", "started", None)
    assert stage.told.get(timeout=PATIENCE) == ("a", "failed", failure)
    assert np.array_equal(heard(in_process), pcm)


def test_a_listener_that_fails_does_not_end_the_player(stage: Stage, in_process: SoundCard) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    utterance = stage.player.utterance("a", fail)
    utterance.close()
    stage.player.play(utterance)
    stage.say("b", noise(1000))
    stage.events("b finished")
    assert heard(in_process).size == 1000


def test_a_listener_may_wait_for_threads_that_use_the_player(stage: Stage) -> None:
    def listen(utterance: Utterance, event: Event, _: Exception | None) -> None:
        asking = threading.Thread(target=stage.player.stop if event == "started" else utterance.cancel, daemon=True)
        asking.start()
        asking.join(PATIENCE)
        answered.put((utterance.id, event, not asking.is_alive()))

    answered: queue.Queue[tuple[str, Event, bool]] = queue.Queue()
    first, second = (stage.player.utterance(name, listen) for name in "ab")
    first.put(noise(RATE))
    second.cancel()
    stage.player.play(second)
    stage.player.play(first)
    answers = [answered.get(timeout=PATIENCE) for _ in range(3)]
    assert answers == [("b", "cancelled", True), ("a", "started", True), ("a", "cancelled", True)]


def test_close_falls_silent_and_cancels_everything(in_process: SoundCard) -> None:
    player = Player(PyAudioSink(RATE))
    player.start()
    stage = Stage(player)
    pcm = noise(RATE)
    stage.say("a", pcm)
    stage.say("b", pcm)
    stage.events("a started")
    player.close()
    assert sorted(f"{name} {event}" for name, event, _ in stage.told.queue) == ["a cancelled", "b cancelled"]
    recording = in_process.recording()[1]
    assert not recording[assert_faded_out(recording, pcm) + FADE :].any()
    with pytest.raises(RuntimeError, match="closed"):
        stage.say("c", pcm)


def test_a_card_that_hangs_does_not_keep_the_player_from_closing(
    in_process: SoundCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.service.audio.player.JOIN_SECONDS", 0.2)
    player = Player(PyAudioSink(RATE))
    player.start()
    stage = Stage(player)
    stage.say("a", noise(RATE))
    stage.events("a started")
    in_process.stall()
    time.sleep(0.2)
    player.close()
    in_process.resume()
    assert stage.events("a cancelled") == ["a cancelled"]
    eventually(lambda: "player" not in {thread.name for thread in threading.enumerate()})


def test_an_idle_player_lets_the_card_go(stage: Stage) -> None:
    stage.say("a", noise(1000))
    stage.events("a finished")
    open_files = {fd.resolve().name for fd in Path("/proc/self/fd").iterdir()}
    assert not {"card.log", "card.wav"} & open_files


def test_an_idle_player_uses_no_cpu(stage: Stage) -> None:
    stage.say("a", noise(1000))
    stage.events("a finished")
    time.sleep(0.1)
    switches = voluntary_switches("player")
    time.sleep(0.5)
    assert voluntary_switches("player") == switches


def voluntary_switches(thread: str) -> int:
    """How often the thread of this process has gone to sleep: a thread that wakes up counts on."""
    native_id = next(t.native_id for t in threading.enumerate() if t.name == thread and t.is_alive())
    status = Path(f"/proc/self/task/{native_id}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("voluntary_ctxt_switches"))


def test_buffers_are_bounded_one_by_one_and_all_together(stage: Stage, in_process: SoundCard) -> None:
    in_process.pull_out()
    utterances = [stage.utterance(name) for name in "abc"]
    for utterance in utterances:
        stage.player.play(utterance)
    second = noise(RATE)
    for utterance in reversed(utterances):
        while utterance.room():
            utterance.put(second)
    assert [utterance.buffered // RATE for utterance in utterances] == [BUFFER_SECONDS, 0, BUFFER_SECONDS]
    urgent = stage.utterance("d", "important")
    stage.player.play(urgent)
    assert urgent.room(), "what comes first may always grow"
    stage.player.cancel()
    assert not urgent.room()


@pytest.mark.parametrize("pcm", [np.zeros(3, np.float32), np.zeros((1, 3), np.int16)], ids=["float", "2-d"])
def test_only_mono_int16_is_taken(stage: Stage, pcm: npt.NDArray[np.int16]) -> None:
    with pytest.raises(ValueError, match="expected int16 of shape"):
        stage.utterance("a").put(pcm)


def test_nothing_can_be_put_after_close(stage: Stage) -> None:
    utterance = stage.utterance("a")
    utterance.close()
    with pytest.raises(ValueError, match="closed"):
        utterance.put(noise(1))


def test_a_file_gets_the_speech_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    player = Player(WavSink(path, RATE))
    player.start()
    stage = Stage(player)
    parts = [noise(5000, 1), noise(777, 2)]
    for name, pcm in zip("ab", parts, strict=True):
        stage.say(name, pcm)
    stage.events("b finished")
    player.close()
    assert path.read_bytes()[44:] == np.concatenate(parts).tobytes()
    assert player.underruns == 0
