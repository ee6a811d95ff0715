"""One client among others: what it may send, what it gets, and that nothing it does disturbs another."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.limits import Limits
from tests.daemons import Daemon, Line, SpeakingDaemon, eventually
from tests.sound_card import SoundCard

LIMITS = Limits()
LONG = "This is a sentence that nobody needs to hear to its end. " * 200


def request(kind: str, **data: Any) -> bytes:
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


def assert_serves(daemon: Daemon) -> None:
    """Another client is served as if nothing had happened."""
    with daemon.connect() as line:
        assert line.ask("ping", "pong", text="still here?") == {"text": "still here?"}
        assert line.until("finished", "failed", of=line.say("Yes."))[-1] == "finished"


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
        (request("queued", id="u1"), "not-supported"),
        (request("cancel", id=7), "bad-request"),
        (request("cancel", ids=["u1"]), "bad-request"),
        (request("synthesize-chunk", text="a"), "bad-request"),
        (request("synthesize-stop"), "bad-request"),
        (request("select-program", name="piper"), "bad-request"),
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
        (request("say", text="a", priority="urgent"), "bad-request"),
        (request("say", text="a", cache=1), "bad-request"),
        (request("say", text="a", speaker="nobody"), "bad-request"),
        (request("say", text="a", voice="nobody"), "unknown-voice"),
        (request("say", text="a", language="de"), "unknown-voice"),
        (request("say", text="a", language=""), "unknown-voice"),
        (request("synthesize", text="a", voice={"name": "nobody"}), "unknown-voice"),
        (request("synthesize", text="a", voice={"language": "de"}), "unknown-voice"),
        (request("synthesize", text="a", voice={"speaker": "nobody"}), "bad-request"),
        (request("synthesize", text="a", speed=0.2), "bad-request"),
        (request("synthesize", text="a", speed=4.1), "bad-request"),
        (request("synthesize", text="a", speed="fast"), "bad-request"),
        (request("say", text=""), "unspeakable"),
        (request("say", text=" \n\t"), "unspeakable"),
        (request("synthesize", text=""), "unspeakable"),
        (request("synthesize", text="🙂 …!"), "unspeakable"),
        (request("say", text="a" * (LIMITS.text + 1)), "too-long"),
        (request("synthesize", text="a" * (LIMITS.text + 1)), "too-long"),
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
        if b'"synthesize",' in content:
            line.expect("audio-stop")
        assert line.expect("pong") == {"text": "next"}
    assert_serves(daemon)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a" * (LIMITS.line + 2), "too-long"),
        (b"a" * 8 * LIMITS.line, "too-long"),
        (request("say", text="a" * 2 * LIMITS.line), "too-long"),
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
            assert len(content) > LIMITS.line
        assert [event["data"]["code"] for event in line.rest()] == [code]
    assert_serves(daemon)


def test_a_gigabyte_without_a_newline_is_hung_up_on_and_takes_no_memory(daemon: Daemon) -> None:
    assert_serves(daemon)
    before = daemon.ask("status", "status")["resident_bytes"]
    with daemon.connect() as line, contextlib.suppress(BrokenPipeError, ConnectionResetError):
        # What comes behind the error is read and dropped for a second, which a fast machine may need for all of it.
        send_all(line, (b"a" * LIMITS.line for _ in range(1024)))
    assert daemon.ask("status", "status")["resident_bytes"] < before + 20e6
    assert_serves(daemon)


def send_all(line: Line, pieces: Iterable[bytes], pause: float = 0.0) -> None:
    for piece in pieces:
        line.send_bytes(piece)
        time.sleep(pause)


def test_the_reason_arrives_over_tcp_too(daemon: Daemon) -> None:
    """There, closing on bytes that were not read takes back what was written."""
    with Line(daemon.tcp) as line:
        line.send_bytes(b"a" * 4 * LIMITS.line)
        assert [event["data"]["code"] for event in line.rest()] == ["too-long"]


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


# --- Time --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def impatient(
    joe_bundle: Path, recorder_plugin: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SpeakingDaemon]:
    """A daemon that waits half a second for the rest of an event, and a second for the next one."""
    card = SoundCard(tmp_path_factory.mktemp("card"), recorder_plugin, "")
    patience = ("--event-seconds", "0.5", "--idle-seconds", "1")
    with SpeakingDaemon(tmp_path_factory.mktemp("impatient"), card, "--voice", joe_bundle, *patience) as daemon:
        yield daemon.ready()


def assert_hung_up_on(line: Line, code: str, words: str) -> None:
    [error] = line.rest()
    assert (error["type"], error["data"]["code"]) == ("error", code)
    assert words in error["data"]["text"]


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
        line.ask("ping", "pong")
        line.send_bytes(begun)
        assert_hung_up_on(line, "bad-event", "not finished within 0.5 s")
    assert_serves(impatient)


def test_an_event_that_comes_a_byte_at_a_time_is_hung_up_on(impatient: Daemon) -> None:
    with impatient.connect() as line:
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            send_all(line, (bytes([byte]) for byte in request("say", text="a" * 1000)), pause=0.05)
        assert_hung_up_on(line, "bad-event", "not finished")
    assert_serves(impatient)


def test_a_client_that_does_nothing_is_told_and_hung_up_on(impatient: Daemon) -> None:
    with impatient.connect() as line, impatient.connect() as half_asleep:
        half_asleep.ask("ping", "pong")
        assert_hung_up_on(line, "idle", "Connect again")
        assert_hung_up_on(half_asleep, "idle", "Connect again")
    assert_serves(impatient)


def test_a_stream_whose_text_stops_coming_is_told_and_hung_up_on(impatient: Daemon) -> None:
    with impatient.connect() as line:
        line.send("synthesize-start")
        line.send("synthesize-chunk", text="This is a sentence. And then")
        line.until("audio-chunk")
        events = line.rest()
        assert {event["type"] for event in events[:-1]} <= {"audio-chunk"}
        assert events[-1]["data"]["code"] == "idle"
    assert_serves(impatient)


def test_a_client_that_now_and_then_asks_something_stays(impatient: Daemon) -> None:
    with impatient.connect() as line:
        for _ in range(2):
            time.sleep(0.6)
            line.ask("ping", "pong")


def test_a_client_whose_speech_goes_on_is_not_idle(impatient: SpeakingDaemon) -> None:
    with impatient.connect() as line:
        before = time.monotonic()
        name = line.say("This is a sentence of some length.")
        assert line.until("finished", of=name) == ["started", "finished"]
        assert time.monotonic() > before + 1.2, "it was no test"
        assert line.ask("ping", "pong") is not None
        assert_hung_up_on(line, "idle", "Connect again")


@pytest.mark.parametrize("kind", ["synthesize", "synthesize-chunk"])
def test_a_client_that_does_not_read_its_sound_is_let_go(impatient: Daemon, kind: str) -> None:
    before = impatient.log.count("does not read its sound")
    with impatient.connect() as asleep:
        asleep.send("synthesize-start" if kind == "synthesize-chunk" else "ping")
        asleep.send(kind, text="This is a sentence that nobody reads. " * 200)
        eventually(lambda: impatient.log.count("does not read its sound") > before)
        asleep.rest()
    assert_serves(impatient)


def test_a_client_that_reads_slowly_gets_all_of_its_sound(impatient: Daemon) -> None:
    with impatient.connect() as slow:
        slow.send("synthesize", text="This is a sentence that is read slowly. " * 4)
        types = [event["type"] for event in iter(lambda: (time.sleep(0.02), slow.read())[1], None)]
    assert types[0] == "audio-start"
    assert types[-2:] == ["audio-stop", "error"]  # the error: afterwards, it was idle


# --- Data --------------------------------------------------------------------------------------------


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


SPEAKING = ["say", "synthesize", "synthesize-start", "synthesize-chunk", "synthesize-stop", "select-program"]
REQUESTS = [*SPEAKING, "ping", "describe", "status", "stop", "cancel", "pause", "resume"]
FIELDS = ["text", "id", "speed", "volume", "voice", "speaker", "language", "priority", "cache", "name", "x"]

garbage = st.one_of(
    st.binary(max_size=80),
    st.builds(
        lambda kind, data: json.dumps({"type": kind, "data": data}).encode(),
        st.sampled_from(REQUESTS),
        st.dictionaries(
            st.sampled_from(FIELDS),
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just({"name": 1}),
        ),
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
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
    with daemon.connect() as line:
        # Clients of the test before left their sound. That is noticed when some of it is made, and all take turns.
        line.synthesize("One. Two. Three.")
    lines: list[Line] = []
    while len(lines) < LIMITS.clients:
        lines.append(daemon.connect())
        lines[-1].ask("ping", "pong")
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
