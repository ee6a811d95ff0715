"""Speaking through the sound card: what is heard, who is told what, and in which order."""

from __future__ import annotations

import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from edge.service.limits import Limits
from tests.daemons import Daemon, SpeakingDaemon, eventually, quiet
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
        assert types == ["started", "finished"], (first, second)


def test_status_tells_what_is_going_on(speaking: SpeakingDaemon) -> None:
    idle = speaking.ask("status", "status")
    assert (idle["state"], idle["current"], idle["queued"]) == ("idle", None, 0)
    assert (idle["voice"], idle["sample_rate"]) == ("joe", 22050)
    assert 50e6 < idle["resident_bytes"] < 4e9
    assert idle["uptime_seconds"] > 0
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
