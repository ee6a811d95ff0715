"""One client among others: what it may send, what it gets, and that nothing it does disturbs another."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import Synthesize, SynthesizeVoice

from edge.service.daemon import MAX_CLIENTS
from edge.service.protocol import MAX_LINE, MAX_TEXT
from tests.daemons import Daemon, Line, eventually

LONG = "This is a sentence that nobody needs to hear to its end. " * 200


def request(kind: str, **data: Any) -> bytes:
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


def assert_serves(daemon: Daemon) -> None:
    """Another client is served as if nothing had happened."""
    with daemon.connect() as line:
        assert line.ask("ping", "pong", text="still here?") == {"text": "still here?"}
        assert line.until("finished", "failed", of=line.say("Yes."))[-1] == "finished"


# --- Wyoming's own client ----------------------------------------------------------------------------


def converse(daemon: Daemon, *sent: Event, until: str) -> list[Event]:
    async def talk() -> list[Event]:
        received: list[Event] = []
        async with AsyncClient.from_uri(f"unix://{daemon.socket}") as client:
            for event in sent:
                await client.write_event(event)
            while not received or received[-1].type != until:
                event = await client.read_event()
                assert event is not None
                received.append(event)
        return received

    return asyncio.run(asyncio.wait_for(talk(), 30))


def test_wyoming_is_told_about_the_voice(daemon: Daemon) -> None:
    [event] = converse(daemon, Describe().event(), until="info")
    [program] = Info.from_event(event).tts
    [voice] = program.voices
    assert (program.name, program.installed, program.supports_synthesize_streaming) == ("melo-edge", True, False)
    assert (voice.name, voice.installed, voice.languages, voice.speakers) == ("joe", True, ["en_US"], None)


@pytest.mark.parametrize("voice", [None, SynthesizeVoice(name="joe"), SynthesizeVoice(language="en")], ids=str)
def test_wyoming_gets_sound_from_start_to_stop(daemon: Daemon, voice: SynthesizeVoice | None) -> None:
    sent = Synthesize("Good morning. How are you?", voice=voice).event()
    start, *chunks, stop = converse(daemon, sent, until="audio-stop")
    assert AudioStart.from_event(start).rate == 22050
    assert AudioStop.is_type(stop.type)
    sound = [AudioChunk.from_event(chunk) for chunk in chunks]
    assert {(chunk.rate, chunk.width, chunk.channels) for chunk in sound} == {(22050, 2, 1)}
    assert 1 < sum(chunk.seconds for chunk in sound) < 10
    assert any(chunk.audio.strip(b"\0") for chunk in sound)


def test_wyoming_pings(daemon: Daemon) -> None:
    [event] = converse(daemon, Ping(text="Señor 🙂").event(), until="pong")
    assert Pong.from_event(event).text == "Señor 🙂"
    [event] = converse(daemon, Ping().event(), until="pong")
    assert Pong.from_event(event).text is None


def test_a_bare_socket_with_wyomings_reader_gets_all_events_in_step(daemon: Daemon) -> None:
    async def talk() -> list[str]:
        reader, writer = await asyncio.open_unix_connection(daemon.socket)
        for event in (Synthesize("One.").event(), Describe().event(), Synthesize("Two.").event(), Ping().event()):
            await async_write_event(event, writer)
        types: list[str] = []
        while "pong" not in types:
            event = await async_read_event(reader)
            assert event is not None
            types.append(event.type)
        writer.close()
        return [kind for kind in types if kind != "audio-chunk"]

    sound = ["audio-start", "audio-stop"]
    assert asyncio.run(asyncio.wait_for(talk(), 30)) == [*sound, "info", *sound, "pong"]


# --- A shell -----------------------------------------------------------------------------------------


def test_one_line_through_socat_speaks(daemon: Daemon) -> None:
    socat = shutil.which("socat")
    if socat is None:
        pytest.skip("socat is not installed: install Debian's package socat to prove the README's line")
    line = b'{"type":"say","data":{"text":"Hello"}}\n'
    command = [socat, "-t30", "-", f"UNIX-CONNECT:{daemon.socket}"]
    done = subprocess.run(command, input=line, capture_output=True, timeout=60, check=True)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["type"] for event in events] == ["queued", "started", "finished"]


# --- Bad input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Hello\n", "bad-event"),
        (b"\n", "bad-event"),
        (b"[1, 2]\n", "bad-event"),
        (b'{"data":{"text":"no type"}}\n', "bad-event"),
        (b'{"type":"say","data":{"text":"cut\n', "bad-event"),
        (b'{"type":"say","data":{"text":"\0"}}\n', "bad-event"),
        (b"\0\0\0\n", "bad-event"),
        (b'{"type":"say","data":{"text":"\xff\xfe"}}\n', "bad-event"),
        (b'{"type":"say","data":{"text":"\\ud800"}}\n', "bad-event"),
        (b'{"type":"say","data":{"text":"a","speed":NaN}}\n', "bad-event"),
        (b'{"type":"say","data":{"text":"a","speed":-Infinity}}\n', "bad-event"),
        (b"[" * 500_000 + b"\n", "bad-event"),
        (b'{"type":"say","data":' + b'{"a":' * 100_000 + b"\n", "bad-event"),
        (b'{"type":"say","data_length":7}\nnothing', "bad-event"),
        (request("dance"), "not-supported"),
        (request("x" * 100_000), "not-supported"),
        *((request(kind), "not-supported") for kind in ("pause", "resume", "cancel", "synthesize-start")),
        (request("say"), "bad-request"),
        (request("synthesize"), "bad-request"),
        (request("say", text=7), "bad-request"),
        (request("say", text="a", pitch=2), "bad-request"),
        (request("say", text="a", speed="fast"), "bad-request"),
        (request("say", text="a", speed=0.2), "bad-request"),
        (request("say", text="a", speed=4.1), "bad-request"),
        (request("say", text="a", speed=-1), "bad-request"),
        (request("say", text="a", volume=1.1), "bad-request"),
        (request("say", text="a", volume=-0.1), "bad-request"),
        (request("say", text="a", speaker="nobody"), "bad-request"),
        (request("say", text="a", voice="nobody"), "unknown-voice"),
        (request("say", text="a", language="de"), "unknown-voice"),
        (request("say", text="a", language=""), "unknown-voice"),
        (request("synthesize", text="a", voice={"name": "nobody"}), "unknown-voice"),
        (request("synthesize", text="a", voice={"language": "de"}), "unknown-voice"),
        (request("synthesize", text="a", voice={"speaker": "nobody"}), "bad-request"),
        (request("say", text=""), "unspeakable"),
        (request("say", text=" \n\t"), "unspeakable"),
        (request("synthesize", text=""), "unspeakable"),
        (request("synthesize", text="🙂 …!"), "unspeakable"),
        (request("say", text="a" * (MAX_TEXT + 1)), "too-long"),
        (request("synthesize", text="a" * (MAX_TEXT + 1)), "too-long"),
    ],
    ids=lambda value: repr(value[:70]) if isinstance(value, bytes) else value,
)
def test_bad_input_is_told_and_the_next_request_is_served(daemon: Daemon, content: bytes, code: str) -> None:
    with daemon.connect() as line:
        line.send_bytes(content + request("ping", text="next"))
        error = line.expect("error")
        assert error["code"] == code
        assert error["text"].endswith((".", "?"))
        assert len(error["text"]) < 600
        assert line.expect("pong") == {"text": "next"}
    assert_serves(daemon)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a" * (MAX_LINE + 2), "too-long"),
        (b"a" * 8 * MAX_LINE, "too-long"),
        (request("say", text="a" * 2 * MAX_LINE), "too-long"),
        (b'{"type":"say","data_length":2000000}\n', "too-long"),
        (b'{"type":"say","payload_length":99999999999}\n', "too-long"),
        (b'{"type":"say","data_length":-1}\n', "bad-event"),
        (b'{"type":"say","payload_length":-1}\n', "bad-event"),
    ],
    ids=lambda value: repr(value[:60]) if isinstance(value, bytes) else value,
)
def test_what_cannot_be_followed_is_told_and_hung_up_on(daemon: Daemon, content: bytes, code: str) -> None:
    with daemon.connect() as line:
        try:
            line.send_bytes(content + request("ping"))
        except BrokenPipeError:
            assert len(content) > MAX_LINE
        assert [event["data"]["code"] for event in line.rest()] == [code]
    assert_serves(daemon)


@pytest.mark.parametrize(
    "begun", [b'{"type":"ping"}', b'{"type":"say","data_length":99}\n{', b'{"type":"ping","payload_length":9}\n']
)
def test_an_event_cut_off_by_a_half_close_is_told(daemon: Daemon, begun: bytes) -> None:
    with daemon.connect() as line:
        line.send_bytes(request("ping") + begun)
        line.half_close()
        pong, error = line.rest()
    assert pong["type"] == "pong"
    assert (error["type"], error["data"]["code"]) == ("error", "bad-event")


@pytest.fixture(scope="module")
def impatient(joe_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon that waits half a second, not half a minute, for the rest of an event."""
    folder = tmp_path_factory.mktemp("impatient")
    prelude = "import edge.service.protocol as p; p.LINE_SECONDS = 0.5"
    with Daemon(folder, "--voice", joe_bundle, "--output", folder / "heard.wav", prelude=prelude) as daemon:
        yield daemon.ready()


@pytest.mark.parametrize(
    "begun",
    [
        b"{",
        b'{"type":"say","data":{"text":"',
        b'{"type":"say","data_length":99}\n{"text":"shorter"}',
        b'{"type":"ping","payload_length":5}\n',
    ],
)
def test_an_event_begun_and_followed_by_silence_is_told_and_hung_up_on(impatient: Daemon, begun: bytes) -> None:
    with impatient.connect() as line:
        line.send_bytes(request("ping") + begun)
        pong, error = line.rest()
    assert pong["type"] == "pong"
    assert error["data"]["code"] == "bad-event"
    assert "not finished" in error["data"]["text"]
    assert_serves(impatient)


def test_a_client_may_be_silent_between_events_for_as_long_as_it_likes(impatient: Daemon) -> None:
    with impatient.connect() as line:
        line.ask("ping", "pong")
        assert_serves(impatient)
        with impatient.connect() as other:
            other.send_bytes(b"{")
            other.rest()  # the half second is over
        line.ask("ping", "pong")


def test_a_payload_is_read_and_ignored(daemon: Daemon) -> None:
    with daemon.connect() as line:
        line.send_bytes(b'{"type":"ping","data":{"text":"a"},"payload_length":5}\n12\n45' + request("ping", text="b"))
        assert [line.expect("pong")["text"] for _ in range(2)] == ["a", "b"]


def test_data_behind_the_line_is_taken_too(daemon: Daemon) -> None:
    data = '{"text": "Señor"}'.encode()
    with daemon.connect() as line:
        line.send_bytes(b'{"type":"ping","version":"1.6.0","data_length":%d}\n%b' % (len(data), data))
        assert line.expect("pong") == {"text": "Señor"}
        line.send_bytes(b'{"type":"say","data_length":17}\n{"text": "Hello"}')
        assert line.until("finished") == ["queued", "started", "finished"]


garbage = st.one_of(
    st.binary(max_size=80),
    st.builds(
        lambda kind, data: json.dumps({"type": kind, "data": data}).encode(),
        st.sampled_from(["say", "synthesize", "ping", "describe", "status", "stop", "pause"]),
        st.dictionaries(
            st.sampled_from(["text", "id", "speed", "volume", "voice", "speaker", "language", "x"]),
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just({"name": 1}),
        ),
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(garbage, max_size=5))
def test_random_requests_harm_nobody(daemon: Daemon, lines: list[bytes]) -> None:
    with daemon.connect() as line:
        line.send_bytes(b"".join(content + b"\n" for content in lines))
        line.half_close()
        answers = line.rest()
    assert "failed" not in {event["data"].get("code") for event in answers}, "an error that nobody foresaw"
    assert daemon.ask("ping", "pong", text="here") == {"text": "here"}


def test_nothing_that_was_sent_made_the_daemon_stumble(daemon: Daemon) -> None:
    """Runs behind the others: whatever they sent, no request met an error that nobody foresaw."""
    assert "Traceback" not in daemon.log
    assert_serves(daemon)


# --- Many clients, and clients that leave ------------------------------------------------------------


def open_files(daemon: Daemon) -> int:
    return len(list(Path(f"/proc/{daemon.process.pid}/fd").iterdir()))


def test_a_hundred_short_requests_get_all_their_answers(daemon: Daemon) -> None:
    with daemon.connect() as one, daemon.connect() as two:
        for number in range(100):
            for line in (one, two):
                line.send("ping", text=str(number))
        for line in (one, two):
            assert [line.expect("pong")["text"] for _ in range(100)] == [str(number) for number in range(100)]
        for _ in range(100):
            one.send("describe")
            one.send("status")
        kinds = [event["type"] for event in (one.read() for _ in range(200)) if event]
        assert kinds == ["info", "status"] * 100


def test_many_clients_at_once_each_get_their_own_sound(daemon: Daemon) -> None:
    lines = [daemon.connect() for _ in range(20)]
    for number, line in enumerate(lines):
        line.send("synthesize", text=f"Number {number}.")
    for line in lines:
        types = line.until("audio-stop")
        assert types[0] == "audio-start"
        assert len(types) > 2
        line.close()


def test_clients_that_leave_in_the_middle_leave_nothing_behind(daemon: Daemon) -> None:
    assert_serves(daemon)
    before = open_files(daemon)
    for content in (b"{", b'{"type":"say","data_length":50}\n{', request("synthesize", text=LONG)):
        lines = [daemon.connect() for _ in range(5)]
        for line in lines:
            line.send_bytes(content)
        if content.startswith(b'{"type": "synthesize"'):
            assert [line.expect("audio-start")["rate"] for line in lines] == [22050] * 5
        for line in lines:
            line.close()
    eventually(lambda: open_files(daemon) <= before)
    assert_serves(daemon)


def test_one_client_too_many_is_told_and_the_others_stay(daemon: Daemon) -> None:
    eventually(lambda: open_files(daemon) < 40)
    lines = [daemon.connect() for _ in range(MAX_CLIENTS)]
    for line in lines:
        line.ask("ping", "pong")
    with daemon.connect() as late:
        [refused] = late.rest()
        assert refused["data"]["code"] == "busy"
    lines[0].ask("ping", "pong")
    for line in lines:
        line.close()
    eventually(lambda: open_files(daemon) < 40)
    assert_serves(daemon)


def test_a_client_that_lets_its_answers_pile_up_is_let_go(daemon: Daemon) -> None:
    with daemon.connect() as asleep:
        asleep.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, b"\x01".ljust(16, b"\0"))
        with pytest.raises(OSError):  # noqa: PT011  (a full pipe at first, a broken one in the end)
            flood(asleep)
    assert_serves(daemon)


def flood(line: Line) -> None:
    for _ in range(100_000):
        line.send("ping", text="a" * 1000)
