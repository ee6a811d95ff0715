"""`edge.Client`, against a daemon as it is and against daemons that fail."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import edge
from edge.client import RefusedError
from edge.errors import DaemonError, EdgeError
from edge.service.protocol import MAX_LINE
from tests.daemons import READ_SECONDS, Daemon, SpeakingDaemon


@pytest.fixture
def client(daemon: Daemon) -> Iterator[edge.Client]:
    with edge.Client(daemon.socket) as client:
        yield client


def test_says_and_waits(client: edge.Client) -> None:
    assert client.say("Hello.", id="greeting", wait=True) == "greeting"
    assert client.say("Hello.", wait=True, speed=2, volume=0.5, voice="joe", language="en")


def test_says_without_waiting_and_goes_on(client: edge.Client) -> None:
    names = {client.say("Hello.") for _ in range(5)}
    assert len(names) == 5
    client.ping()
    assert client.status()["voice"] == "joe"


def test_stops_what_is_said(speaking: SpeakingDaemon) -> None:
    with edge.Client(speaking.socket) as client:
        assert client.stop() is None
        name = client.say("This is a sentence that nobody needs to hear to its end.")
        assert client.stop() == name


def test_waiting_for_what_somebody_stops_is_an_error(speaking: SpeakingDaemon) -> None:
    def stop() -> None:
        with speaking.connect() as line:
            while line.ask("stop", "stopped")["id"] != "long":
                pass

    stopper = threading.Thread(target=stop)
    stopper.start()
    with edge.Client(speaking.socket) as client, pytest.raises(RefusedError, match="long was cancelled") as refused:
        client.say("This is a sentence that nobody needs to hear to its end. " * 9, id="long", wait=True)
    stopper.join(READ_SECONDS)
    assert refused.value.code == "cancelled"


def test_gets_sound(client: edge.Client) -> None:
    start, *chunks = client.synthesize("Hello.", voice="joe")
    assert (start.type, start.data["rate"]) == ("audio-start", 22050)
    assert {chunk.type for chunk in chunks} == {"audio-chunk"}
    assert sum(len(chunk.payload) for chunk in chunks) > 4000


def test_sound_that_is_not_read_to_its_end_does_not_spoil_the_next_answer(client: edge.Client) -> None:
    next(client.synthesize("Hello. This goes on."))
    assert client.status()["voice"] == "joe"


def test_lists_the_voices(client: edge.Client) -> None:
    assert [voice["name"] for voice in client.voices()] == ["joe"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"text": ""}, "unspeakable"),
        ({"text": "a", "speed": 9}, "bad-request"),
        ({"text": "a", "pitch": 9}, "bad-request"),
        ({"text": "a", "voice": "nobody"}, "unknown-voice"),
        ({"text": "a" * 300_000}, "too-long"),
        ({"text": "🙂", "wait": True}, "unspeakable"),
    ],
)
def test_a_refusal_has_its_code_and_the_client_goes_on(
    client: edge.Client, options: dict[str, object], code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        client.say(**options)  # type: ignore[arg-type]
    assert refused.value.code == code
    client.ping()


@pytest.mark.parametrize("factor", [1, 8])
def test_a_text_that_breaks_the_line_is_told_why(client: edge.Client, factor: int) -> None:
    """The daemon hangs up on it, perhaps before all is sent; its reason must not be lost."""
    with pytest.raises(RefusedError, match="longer than") as refused:
        client.say("a" * factor * MAX_LINE)
    assert refused.value.code == "too-long"


@pytest.mark.parametrize("kind", ["nothing", "stale", "file", "too long"])
def test_where_no_daemon_listens_it_is_told_how_to_start_one(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("x" * 150 if kind == "too long" else "tts.sock")
    if kind == "stale":
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(path))
    elif kind == "file":
        path.touch()
    with pytest.raises(DaemonError, match="melo-edge serve"):
        edge.Client(path)


@pytest.mark.parametrize(
    "answer", [b"", b'{"type":"queu', b"no event\n", b'{"type":"audio-chunk","payload_length":9}\nabc', b"a" * MAX_LINE]
)
def test_a_daemon_that_dies_or_talks_nonsense_is_an_error_and_no_hang(tmp_path: Path, answer: bytes) -> None:
    path = tmp_path / "tts.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(answer)

        server = threading.Thread(target=serve)
        server.start()
        with edge.Client(path) as client, pytest.raises(EdgeError):
            client.say("Hello.")
        server.join(READ_SECONDS)
