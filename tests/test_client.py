"""`edge.Client` and `edge.AsyncClient`, against a daemon as it is and against daemons that fail."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest

import edge
from edge.client import RefusedError
from edge.errors import DaemonError, EdgeError, RequestError
from edge.limits import Limits
from edge.service.protocol import Event
from tests.daemons import READ_SECONDS, Daemon, SpeakingDaemon

LINE = Limits().line
LONG = "This is a sentence that nobody needs to hear to its end. " * 9


class Blocking:
    """An `AsyncClient` with the methods of a `Client`: what holds for one holds for the other."""

    def __init__(self, path: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._client = edge.AsyncClient(path)

    def __enter__(self) -> Any:
        try:
            self._run(self._client.__aenter__())
        except BaseException:
            self._loop.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._client.__aexit__(None, None, None))
        self._run(self._loop.shutdown_asyncgens())
        self._loop.close()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(*arguments: Any, **options: Any) -> Any:
            answer = method(*arguments, **options)
            return self._iterate(answer) if isinstance(answer, AsyncGenerator) else self._run(answer)

        return call

    def stream(self, parts: Iterable[str], **options: Any) -> Iterator[Event]:
        async def each() -> AsyncIterable[str]:
            for part in parts:
                yield part
                await asyncio.sleep(0)  # there is no end to some of them

        return self._iterate(self._client.stream(each(), **options))

    def _run(self, answer: Any) -> Any:
        return self._loop.run_until_complete(asyncio.wait_for(answer, READ_SECONDS))

    def _iterate(self, answers: AsyncGenerator[Event, None]) -> Iterator[Event]:
        try:
            while True:
                yield self._run(anext(answers))
        except StopAsyncIteration:
            return
        finally:
            self._run(answers.aclose())


Connect = Callable[[Path], AbstractContextManager[edge.Client]]

both = pytest.mark.parametrize("connect", [edge.Client, Blocking], ids=["sync", "async"])


@pytest.fixture(params=[edge.Client, Blocking], ids=["sync", "async"])
def client(daemon: Daemon, request: pytest.FixtureRequest) -> Iterator[edge.Client]:
    with request.param(daemon.socket) as client:
        yield client


@pytest.fixture(params=[edge.Client, Blocking], ids=["sync", "async"])
def speaker(speaking: SpeakingDaemon, request: pytest.FixtureRequest) -> Iterator[edge.Client]:
    """A client of a daemon whose speech takes its time."""
    with request.param(speaking.socket) as client:
        yield client


# --- Playing -----------------------------------------------------------------------------------------


def test_says_and_waits(client: edge.Client) -> None:
    assert client.say("Hello.", id="greeting", wait=True) == "greeting"
    assert client.say("Hello.", wait=True, speed=2, volume=0.5, voice="joe", language="en", priority="message")
    assert client.say("Hello.", wait=True, cache=False, speaker=None, speed=None)


def test_says_without_waiting_and_goes_on(client: edge.Client) -> None:
    names = {client.say("Hello.", priority="message") for _ in range(5)}
    assert len(names) == 5
    client.ping()
    assert client.status()["voice"] == "joe"


def test_tells_what_became_of_what_was_said(client: edge.Client) -> None:
    assert list(client.events()) == []
    first, second = (client.say(text, priority="message") for text in ("One.", "🙂"))
    client.wait(first)
    told = [(event.type, event.data["id"]) for event in client.events()]
    assert told == [("started", first), ("finished", first), ("failed", second)]
    assert list(client.events()) == []


def test_waits_for_each_of_several_in_any_order(client: edge.Client) -> None:
    names = [client.say("Hello.", priority="message") for _ in range(3)]
    for name in reversed(names):
        client.wait(name)
        client.ping()
    client.wait(names[0])  # long over
    with pytest.raises(RequestError, match="'u0'"):
        client.wait("u0")


def test_an_id_may_be_used_again(client: edge.Client) -> None:
    for _ in range(2):
        assert client.say("Hello.", id="door", wait=True) == "door"
    client.say(" 🙂", id="door")
    with pytest.raises(RefusedError, match="nothing to speak"):
        client.wait("door")


def test_stops_what_is_said(speaker: edge.Client) -> None:
    assert speaker.stop() is None
    name = speaker.say(LONG)
    assert speaker.stop() == name


def test_cancels_one_and_all(speaker: edge.Client) -> None:
    assert speaker.cancel() == []
    assert speaker.cancel("nobody") == []
    names = [speaker.say(LONG, priority="message") for _ in range(4)]
    assert speaker.cancel(names[2]) == [names[2]]
    assert sorted(speaker.cancel()) == sorted({*names} - {names[2]})
    assert {event.type for event in speaker.events()} <= {"started", "cancelled"}


def test_pauses_and_resumes(speaker: edge.Client) -> None:
    assert speaker.pause() is None
    name = speaker.say("This goes on after a pause.")
    assert next(iter(speaker.events())).type == "started"
    assert speaker.pause() == name
    assert speaker.status()["state"] == "paused"
    assert speaker.resume() == name
    speaker.wait(name)


@both
def test_waiting_for_what_somebody_stops_is_an_error(speaking: SpeakingDaemon, connect: Connect) -> None:
    def stop() -> None:
        with speaking.connect() as line:
            while line.ask("stop", "stopped")["id"] != "long":
                time.sleep(0.01)

    stopper = threading.Thread(target=stop)
    stopper.start()
    with connect(speaking.socket) as client, pytest.raises(RefusedError, match="long was cancelled") as refused:
        client.say(LONG, id="long", wait=True)
    stopper.join(READ_SECONDS)
    assert refused.value.code == "cancelled"


# --- Sound -------------------------------------------------------------------------------------------

PARTS = ["Hello. This ", "goes", " on. And", " on"]


def samples(events: Iterable[Event]) -> int:
    """How many there are in `audio-start` and then nothing but `audio-chunk`."""
    start, *chunks = events
    assert (start.type, start.data["rate"]) == ("audio-start", 22050)
    assert {chunk.type for chunk in chunks} == {"audio-chunk"}
    return sum(len(chunk.payload) for chunk in chunks) // 2


def test_gets_sound(client: edge.Client) -> None:
    assert samples(client.synthesize("Hello.", voice="joe")) > 2000


def test_gets_sound_at_the_speed_that_it_asks_for(client: edge.Client) -> None:
    whole = samples(client.synthesize("Hello. How are you today?"))
    for sound in (client.synthesize, client.stream):
        assert samples(sound("Hello. How are you today?", language="en-GB", speed=2)) < 0.7 * whole


def test_gets_the_sound_of_a_text_in_parts(client: edge.Client) -> None:
    whole = samples(client.synthesize("".join(PARTS)))
    assert whole / 2 < samples(client.stream(PARTS, voice="joe")) < whole * 2
    assert whole / 2 < samples(client.stream(iter("".join(PARTS)))) < whole * 2


@pytest.mark.parametrize("after", [1, 3])
def test_sound_that_is_not_read_to_its_end_does_not_spoil_the_next_answer(client: edge.Client, after: int) -> None:
    """Closed, as by a loop that is left, or forgotten while something else is asked."""
    text = "Hello. This goes on. And on. And on. "
    for sound in (client.synthesize(text), client.stream([text, *PARTS]), client.stream(chain([text], repeat("")))):
        for _ in range(after):
            next(sound)
        assert client.status()["voice"] == "joe"
        with pytest.raises(RequestError, match="given up"):
            list(sound)
        assert samples(client.synthesize("Hello.")) < 40_000
    with closing(client.stream(chain([text], repeat("")))) as stream:
        next(stream)
    assert samples(client.stream(["Hello."])) < 40_000


def test_a_text_whose_source_fails_is_spoken_that_far_and_the_failure_told(client: edge.Client) -> None:
    def parts() -> Iterator[str]:
        yield "Hello. And"
        raise KeyError("the source")

    with pytest.raises(KeyError, match="the source"):
        list(client.stream(parts()))
    assert client.voices()
    assert samples(client.synthesize("Hello.")) > 2000


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("Hi. ", {"voice": "nobody"}, "unknown-voice"),
        ("Hi. ", {"language": "de"}, "unknown-voice"),
        ("Hi. ", {"speed": 4.1}, "bad-request"),
        ("🙂", {}, "unspeakable"),
    ],
)
def test_sound_that_is_refused_has_its_code_and_the_client_goes_on(
    client: edge.Client, text: str, options: dict[str, Any], code: str
) -> None:
    for sound in (client.synthesize(text, **options), client.stream([text], **options)):
        with pytest.raises(RefusedError) as refused:
            list(sound)
        assert refused.value.code == code
        assert client.status()["voice"] == "joe"
    assert samples(client.synthesize("Hello.")) > 2000


def test_a_text_in_parts_that_is_too_long_is_refused(client: edge.Client) -> None:
    with pytest.raises(RefusedError, match="all parts together") as refused:
        list(client.stream(["a" * 90_000] * 4))
    assert refused.value.code == "too-long"
    client.ping()


def test_lists_the_voices(client: edge.Client) -> None:
    assert [voice["name"] for voice in client.voices()] == ["joe"]


# --- asyncio -----------------------------------------------------------------------------------------


def test_sound_comes_while_the_text_is_still_being_written(daemon: Daemon) -> None:
    async def main() -> list[str]:
        heard = asyncio.Event()

        async def parts() -> AsyncIterable[str]:
            yield "This is the first sentence. And th"
            await heard.wait()
            yield "is is the second."

        kinds: list[str] = []
        async with edge.AsyncClient(daemon.socket) as client:
            async for event in client.stream(parts()):
                kinds.append(event.type)
                heard.set()
        return kinds

    kinds = asyncio.run(asyncio.wait_for(main(), READ_SECONDS))
    assert kinds.count("audio-start") == 1
    assert len(kinds) > 8


def test_waiting_can_be_given_up_and_begun_again(speaking: SpeakingDaemon) -> None:
    async def main() -> None:
        async with edge.AsyncClient(speaking.socket) as client:
            name = await client.say("This is said in any case.")
            for _ in range(20):
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(client.wait(name), 0.01)
            await client.wait(name)
            assert [event.type async for event in client.events()] == ["started", "finished"]

    asyncio.run(asyncio.wait_for(main(), READ_SECONDS))


def test_many_clients_in_one_program(daemon: Daemon) -> None:
    async def main() -> list[int]:
        async def one(number: int) -> int:
            async with edge.AsyncClient(daemon.socket) as client:
                return samples([event async for event in client.synthesize(f"Number {number}.")])

        return await asyncio.gather(*map(one, range(8)))

    assert min(asyncio.run(asyncio.wait_for(main(), READ_SECONDS))) > 2000


# --- What goes wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"text": ""}, "unspeakable"),
        ({"text": "a", "speed": 9}, "bad-request"),
        ({"text": "a", "pitch": 9}, "bad-request"),
        ({"text": "a", "priority": "urgent"}, "bad-request"),
        ({"text": "a", "voice": "nobody"}, "unknown-voice"),
        ({"text": "a" * 300_000}, "too-long"),
        ({"text": "🙂", "wait": True}, "unspeakable"),
    ],
)
def test_a_refusal_has_its_code_and_the_client_goes_on(
    client: edge.Client, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        client.say(**options)
    assert refused.value.code == code
    client.ping()


@pytest.mark.parametrize("factor", [1, 8])
def test_a_text_over_every_limit_is_told_why(client: edge.Client, factor: int) -> None:
    """The daemon hangs up on it, perhaps before all is sent; its reason must not be lost."""
    with pytest.raises(RefusedError, match="longer than") as refused:
        client.say("a" * factor * LINE)
    assert refused.value.code == "too-long"


@both
@pytest.mark.parametrize("kind", ["nothing", "stale", "file", "too long"])
def test_where_no_daemon_listens_it_is_told_how_to_start_one(tmp_path: Path, kind: str, connect: Connect) -> None:
    path = tmp_path / ("x" * 150 if kind == "too long" else "tts.sock")
    if kind == "stale":
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(path))
    elif kind == "file":
        path.touch()
    with pytest.raises(DaemonError, match="melo-edge serve"), connect(path):
        pass


@both
@pytest.mark.parametrize(
    "answer", [b"", b'{"type":"queu', b"no event\n", b'{"type":"audio-chunk","payload_length":9}\nabc', b"a" * LINE]
)
def test_a_daemon_that_dies_or_talks_nonsense_is_an_error_and_no_hang(
    tmp_path: Path, answer: bytes, connect: Connect
) -> None:
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
        with connect(path) as client, pytest.raises(EdgeError):
            client.say("Hello.")
        server.join(READ_SECONDS)


def test_a_daemon_that_stays_silent_counts_as_none_when_there_is_a_limit(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "tts.sock"))
        listener.listen()
        with edge.Client(tmp_path / "tts.sock", timeout=0.1) as client, pytest.raises(DaemonError, match="timed out"):
            client.status()
