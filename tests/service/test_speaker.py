"""Speaking through the sound card: what is heard, who is told what, and in which order."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt
import pytest

from edge.limits import Limits
from edge.service.audio.player import Player
from edge.service.audio.priority import PRIORITIES
from edge.service.audio.wav_sink import WavSink
from edge.service.speaker import Speaker
from tests.daemons import ENDS, Daemon, SpeakingDaemon, eventually, quiet
from tests.service.stage import time_heard
from tests.sound_card import SoundCard

Pcm = npt.NDArray[np.int16]

MAX_QUEUE = Limits().queue

LONG = "This is a sentence that nobody needs to hear to its end. " * 20

# What `say` speaks has noise from torch's global generator. Seeded alike, a `Voice` makes the same sound.
SEED = "import torch; torch.manual_seed(7)"
REFERENCE = f"""
import sys
import numpy as np
{SEED}
from edge import Voice
voice = Voice.load(sys.argv[1])
voice.warm_up()
np.save(sys.argv[2], voice.synthesize(sys.argv[3]))
"""


def heard(card: SoundCard) -> Pcm:
    return card.recording()[1]


def sounds(pcm: Pcm) -> int:
    """How many samples are not silent."""
    return int(np.count_nonzero(pcm))


def test_the_card_hears_exactly_what_was_synthesised(
    joe_bundle: Path, sound_card: SoundCard, tmp_path: Path
) -> None:
    text = "Good morning. The kettle is on!"
    expected = tmp_path / "expected.npy"
    reference = [sys.executable, "-c", REFERENCE, joe_bundle, expected, text]
    subprocess.run(reference, env=quiet(), check=True)
    pcm = np.load(expected)
    with SpeakingDaemon(tmp_path, sound_card, "--voice", joe_bundle, prelude=SEED) as daemon:
        with daemon.ready().connect() as line:
            line.say(text)
            line.until("finished")
        # Finished means heard, the tail included, while the daemon still has the card in its hands.
        rate, recording = sound_card.recording()
    assert rate == 22050
    assert np.array_equal(recording[: pcm.size], pcm)
    assert not recording[pcm.size :].any()


def test_a_say_is_queued_started_and_finished(speaking: SpeakingDaemon) -> None:
    before = sounds(heard(speaking.card))
    with speaking.connect() as line:
        line.send_bytes(b'{"type":"say","data":{"text":"Hello"}}\n')
        assert line.until("finished") == ["queued", "started", "finished"]
    assert sounds(heard(speaking.card)) > before + 2000


def test_a_client_that_closes_its_sending_half_still_gets_its_events(speaking: SpeakingDaemon) -> None:
    with speaking.connect() as line:
        line.send_bytes(b'{"type":"say","data":{"text":"Hello","id":"half"}}\n')
        line.half_close()
        assert [(event["type"], event["data"]["id"]) for event in line.rest()] == [
            ("queued", "half"),
            ("started", "half"),
            ("finished", "half"),
        ]


def test_a_client_may_hang_up_at_once_and_its_speech_goes_on(speaking: SpeakingDaemon) -> None:
    before = sounds(heard(speaking.card))
    with speaking.connect() as line:
        line.send_bytes(b'{"type":"say","data":{"text":"Nobody is listening"}}\n')
    eventually(lambda: sounds(heard(speaking.card)) > before + 10_000)
    speaking.silence()


def test_texts_are_heard_in_the_order_of_their_asking(speaking: SpeakingDaemon) -> None:
    with speaking.connect() as one, speaking.connect() as two:
        names = [line.say("One, two.", priority="message") for line in (one, two, one)]
        assert two.until("finished", of=names[1]) == ["started", "finished"]
        # Only now does the third begin; each client was told of its own alone.
        told = [one.read() for _ in range(4)]
    assert [(event["type"], event["data"]["id"]) for event in told if event] == [
        ("started", names[0]),
        ("finished", names[0]),
        ("started", names[2]),
        ("finished", names[2]),
    ]


def test_stop_ends_what_is_being_said_and_the_next_is_heard(speaking: SpeakingDaemon) -> None:
    with speaking.connect() as line, speaking.connect() as other:
        long, short = line.say(LONG, priority="message"), line.say("Next.")
        assert line.expect("started") == {"id": long}
        assert other.ask("stop", "stopped") == {"id": long}
        told = [line.read() for _ in range(3)]
    assert [(event["type"], event["data"]["id"]) for event in told if event] == [
        ("cancelled", long),
        ("started", short),
        ("finished", short),
    ]


def test_stop_with_nothing_to_stop_says_so(speaking: SpeakingDaemon) -> None:
    assert speaking.ask("stop", "stopped") == {"id": None}


def test_stop_right_behind_a_say_stops_it(speaking: SpeakingDaemon) -> None:
    for turn in range(20):
        with speaking.connect() as line:
            say = f'{{"type":"say","data":{{"text":"Hello","id":"turn {turn}"}}}}\n'
            line.send_bytes(say.encode() + b'{"type":"stop"}\n')
            line.expect("queued")
            types = line.until("cancelled", "finished")
            assert types[-1] == "cancelled", f"turn {turn}: {types}"


def test_two_stops_at_once_do_not_stop_two(speaking: SpeakingDaemon) -> None:
    with speaking.connect() as line:
        first, second = line.say(LONG, priority="message"), line.say("I am innocent.")
        line.expect("started")
        line.send_bytes(b'{"type":"stop"}\n{"type":"stop"}\n')
        types = line.until("finished", "cancelled", of=second)
        # On a machine that holds the daemon up between the two, the second one may have begun: then it is named.
        assert types == ["started", "finished"] or sorted(types) == ["cancelled", "started", "stopped"], (first, second)


def test_pause_and_resume_by_name_and_the_state_in_between(speaking: SpeakingDaemon) -> None:
    assert speaking.ask("pause", "paused") == {"id": None}
    assert speaking.ask("resume", "resumed") == {"id": None}
    with speaking.connect() as line:
        name = line.say("This takes a second or so.")
        line.expect("started")
        assert speaking.ask("pause", "paused") == {"id": name}
        eventually(lambda: speaking.card.log()[-1].event != "start")
        before = heard(speaking.card).size
        status = speaking.ask("status", "status")
        assert (status["state"], status["current"]) == ("paused", name)
        assert heard(speaking.card).size == before
        assert speaking.ask("resume", "resumed") == {"id": name}
        assert line.until("finished") == ["finished"]
    assert sounds(heard(speaking.card)[before:]) > 2000


def test_cancel_ends_one_or_all(speaking: SpeakingDaemon) -> None:
    with speaking.connect() as line:
        names = [line.say(LONG, priority="message") for _ in range(4)]
        assert speaking.ask("cancel", "stopped", id=names[2]) == {"ids": [names[2]]}
        assert line.until("cancelled", of=names[2])[-1] == "cancelled"
        assert speaking.ask("cancel", "stopped", id=names[2]) == {"ids": []}
        assert speaking.ask("cancel", "stopped") == {"ids": [names[0], names[1], names[3]]}
    eventually(lambda: speaking.ask("status", "status")["state"] == "idle")


def test_an_important_text_is_heard_before_the_rest_of_another(speaking: SpeakingDaemon) -> None:
    with speaking.connect() as line:
        text = line.say(LONG)
        line.until("started", of=text)
        alarm = line.say("Fire!", priority="important")
        told = [(event["type"], event["data"]["id"]) for event in (line.read() for _ in range(3)) if event]
    assert told == [("cancelled", text), ("started", alarm), ("finished", alarm)]


def test_every_utterance_has_one_end_whatever_happens(daemon: Daemon) -> None:
    chance = np.random.default_rng(5)
    with daemon.connect() as line, daemon.connect() as other:
        for number in range(60):
            line.send("say", text="Hello.", id=str(number), priority=str(chance.choice(PRIORITIES)))
            if chance.random() < 0.5:
                other.send(str(chance.choice(["stop", "pause", "resume"])))
            if chance.random() < 0.1:
                other.send("cancel", id=str(chance.integers(number + 1)))
        # Pauses that are over may have to be ended once more: one of them may have come last.
        told: list[tuple[str, str]] = []
        while sum(kind in ENDS for kind, _ in told) < 60:
            other.send("resume")
            event = line.read()
            assert event
            told.append((event["type"], event["data"]["id"]))
        assert line.ask("status", "status")["current"] is None
    assert len(set(told)) == len(told), "nothing is told twice"
    for name in map(str, range(60)):
        kinds = [kind for kind, of in told if of == name]
        assert kinds[0] == "queued"
        assert kinds[1:-1] in ([], ["started"])
        assert kinds[-1] in {"finished", "cancelled"}
        assert kinds[-1] == "cancelled" or "started" in kinds


def test_sigterm_in_mid_sentence_fades_and_ends(joe_bundle: Path, sound_card: SoundCard, tmp_path: Path) -> None:
    with SpeakingDaemon(tmp_path, sound_card, "--voice", joe_bundle) as daemon, daemon.ready().connect() as line:
        name = line.say(LONG)
        line.expect("started")
        eventually(lambda: sounds(heard(sound_card)) > 20_000)
        asked = time.monotonic()
        assert daemon.stop() == 0
        assert line.expect("cancelled") == {"id": name}
    last = int(np.flatnonzero(heard(sound_card))[-1])
    assert time_heard(sound_card, last) - asked < 1
    assert np.abs(heard(sound_card)[last - 5 : last + 1].astype(int)).max() < 1500, "the last 0.3 ms of a fade of 5"


def test_a_speaker_whose_model_hangs_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.service.speaker.STUCK_SECONDS", 0.05)
    speaker = Speaker(SimpleNamespace(cache=None), Player(WavSink(Path("/dev/null"), 22050)), Limits())  # type: ignore[arg-type]
    assert not speaker.is_healthy
    speaker.start()
    assert speaker.is_healthy
    go_on = threading.Event()

    def hanging() -> Iterator[Pcm]:
        go_on.wait()
        yield np.ones(1, np.int16)

    speaker.synthesis.submit(hanging(), speaker.player.utterance("a", lambda *_: None), "lane")  # type: ignore[arg-type]
    eventually(lambda: not speaker.is_healthy)
    assert speaker.is_alive
    go_on.set()
    eventually(lambda: speaker.is_healthy)
    speaker.close()


def test_status_tells_what_is_going_on(speaking: SpeakingDaemon) -> None:
    idle = speaking.ask("status", "status")
    assert (idle["state"], idle["current"], idle["queued"]) == ("idle", None, 0)
    assert (idle["voice"], idle["sample_rate"]) == ("joe", 22050)
    assert 50e6 < idle["resident_bytes"] < 4e9
    assert idle["uptime_seconds"] > 0
    assert 0 < idle["real_time_factor"] < 5
    assert idle["preroll_seconds"] >= 0
    with speaking.connect() as line:
        name = line.say(LONG, priority="message")
        line.say("Behind it.")
        line.until("started", of=name)
        busy = speaking.ask("status", "status")
    assert (busy["state"], busy["current"], busy["queued"]) == ("playing", name, 1)


def test_an_id_is_the_clients_choice_and_taken_once(speaking: SpeakingDaemon) -> None:
    with speaking.connect() as line:
        assert line.say("Hello there.", id="door") == "door"
        line.send("say", text="Again.", id="door")
        event = line.read()
        while event and event["type"] == "started":
            event = line.read()
        assert event
        assert (event["type"], event["data"]["code"]) == ("error", "bad-request")
        assert "door" in event["data"]["text"]
        assert line.until("finished", of="door")[-1] == "finished"
        assert line.say("Free again.", id="door") == "door"
        line.until("finished", of="door")


def test_ids_of_the_daemons_own_are_never_ones_that_are_taken(speaking: SpeakingDaemon) -> None:
    with speaking.connect() as line:
        number = int(line.say("One.").removeprefix("u"))
        line.say("Two.", id=f"u{number + 1}")
        line.send("say", text="Three.")
        line.until("queued")
        speaking.silence()


def test_a_full_queue_refuses_and_loses_nothing(speaking: SpeakingDaemon) -> None:
    with speaking.connect() as line:
        names = {line.say("Wait.", id="0", priority="message")} | {str(number) for number in range(1, MAX_QUEUE)}
        for number in range(1, MAX_QUEUE + 5):
            line.send("say", text="Wait.", id=str(number), priority="message")
        told = []
        while sum(event["type"] in {"queued", "error"} for event in told) < MAX_QUEUE + 4:
            event = line.read()
            assert event
            told.append(event)
        refused = [event["data"]["code"] for event in told if event["type"] == "error"]
        over = {event["data"]["id"] for event in told if event["type"] == "finished"}
        # While the requests came, some may have been spoken already and made room.
        assert set(refused) == {"busy"}
        assert 1 <= len(refused) <= 5
        speaking.silence()
        names |= {event["data"]["id"] for event in told if event["type"] == "queued"}
        while over != names:
            event = line.read()
            assert event
            if event["type"] in {"finished", "cancelled"}:
                over.add(event["data"]["id"])
        line.say("There is room again.")


@pytest.mark.parametrize("text", ["🙂🎉", "… !? — ()", "\u200b\u200d", "\u0000"])
def test_what_has_no_sound_fails_and_the_next_is_spoken(daemon: Daemon, text: str) -> None:
    with daemon.connect() as line:
        silent = line.say(text)
        event = line.expect("failed")
        assert (event["id"], event["code"]) == (silent, "unspeakable")
        assert event["text"].endswith(".")
        line.send("synthesize", text=text)
        assert line.expect("error")["code"] == "unspeakable"
        line.expect("audio-stop")
        line.until("finished", of=line.say("Hello."))


def test_a_sentence_without_sound_costs_nobody_the_others(daemon: Daemon) -> None:
    with daemon.connect() as line:
        assert line.until("finished", "failed", of=line.say("🙂! Hello."))[-1] == "finished"


def said(daemon: Daemon, text: str, **options: float) -> Pcm:
    """What a text adds to the file that the daemon plays into."""
    path = daemon.socket.parent / "heard.wav"

    def frames() -> Pcm:
        with wave.open(str(path)) as file:
            return np.frombuffer(file.readframes(file.getnframes()), np.int16)

    before = frames().size
    with daemon.connect() as line:
        line.until("finished", of=line.say(text, **options))
    return frames()[before:]


def test_speed_and_volume_are_heard(daemon: Daemon) -> None:
    text = "The weather will be fine today."
    slow, fast = said(daemon, text, speed=0.5), said(daemon, text, speed=2)
    assert 2 < slow.size / fast.size < 5  # not 4: no sound is shorter than a frame
    loud, soft = (float(np.abs(said(daemon, text, volume=volume)).max()) for volume in (1, 0.25))
    assert 2.5 < loud / soft < 6.5
    assert loud < 32767, "nothing is clipped"
    assert not said(daemon, text, volume=0).any()


def test_a_card_that_comes_late_is_waited_for(joe_bundle: Path, sound_card: SoundCard, tmp_path: Path) -> None:
    sound_card.pull_out()
    with SpeakingDaemon(tmp_path, sound_card, "--voice", joe_bundle) as daemon:
        with daemon.ready().connect() as line:
            name = line.say("Here I am.")
            eventually(lambda: daemon.ask("status", "status")["state"] == "waiting-for-card")
            assert daemon.ask("status", "status")["current"] == name
            assert sounds(heard(sound_card)) == 0
            sound_card.plug_in()
            assert line.until("finished") == ["started", "finished"]
            assert daemon.ask("status", "status")["state"] == "idle"
        assert sounds(heard(sound_card)) > 2000


def test_a_client_that_never_reads_keeps_nobody_waiting(daemon: Daemon) -> None:
    with daemon.connect() as asleep, daemon.connect() as line:
        asleep.send("synthesize", text=LONG * 50)
        time.sleep(0.5)
        assert len(line.synthesize("Hello.")) > 2000
        line.until("finished", of=line.say("Hello."))
        # Nor is its sound made for nobody: a few sentences are, not all thousand, and then the daemon rests.
        eventually(lambda: is_resting(daemon))
        # And it has lost nothing by its sleep.
        asleep.expect("audio-start")


def is_resting(daemon: Daemon) -> bool:
    """Whether it uses no processor time for half a second, give or take the loop's own."""

    def ticks() -> int:
        fields = Path(f"/proc/{daemon.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    time.sleep(0.5)
    return ticks() - before <= 2


def test_the_journal_does_not_hold_what_was_said(daemon: Daemon) -> None:
    with daemon.connect() as line:
        line.until("finished", of=line.say("Rhododendron."))
        line.synthesize("Rhododendron.")
        for bad in (b'{"type":"say","data":{"text":"Rhododendron."', b'{"type":"say","data":{"Rhododendron":1}}'):
            line.send_bytes(bad + b"\n")
            line.expect("error")
    assert "13 characters" in daemon.log
    assert "ododendron" not in daemon.log
