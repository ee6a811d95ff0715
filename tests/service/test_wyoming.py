"""Wyoming's own client and Home Assistant's bytes, against a daemon, over the Unix socket and TCP."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator

import pytest
import wyoming.event
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient, AsyncTcpClient, AsyncUnixClient
from wyoming.error import Error
from wyoming.event import Event, async_read_event, async_write_event, write_event
from wyoming.info import Describe, Info, SelectProgram
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeTextFormat,
    SynthesizeVoice,
)

from tests.daemons import READ_SECONDS, Daemon, Line

SOUND = ("audio-start", "audio-chunk", "audio-stop")


def client(daemon: Daemon, transport: str) -> AsyncClient:
    return AsyncTcpClient(*daemon.tcp) if transport == "tcp" else AsyncUnixClient(daemon.socket)


def converse(daemon: Daemon, *sent: Event, until: str, transport: str = "unix") -> list[Event]:
    """Sends events and returns all that come, up to the first of the type `until`."""

    async def talk() -> list[Event]:
        async with client(daemon, transport) as one:
            for event in sent:
                await one.write_event(event)
            return await read_until(one, until)

    return asyncio.run(asyncio.wait_for(talk(), READ_SECONDS))


async def read_until(one: AsyncClient, kind: str) -> list[Event]:
    received: list[Event] = []
    while not received or received[-1].type != kind:
        event = await one.read_event()
        assert event is not None, f"the daemon hung up after {types(received)}"
        received.append(event)
    return received


def types(events: list[Event]) -> list[str]:
    """Their types, each run of one type once."""
    names = [event.type for event in events]
    return [name for index, name in enumerate(names) if index == 0 or names[index - 1] != name]


def seconds(events: list[Event]) -> float:
    return sum(AudioChunk.from_event(event).seconds for event in events if AudioChunk.is_type(event.type))


transports = pytest.mark.parametrize("transport", ["unix", "tcp"])


@transports
def test_it_is_told_about_the_voice(daemon: Daemon, transport: str) -> None:
    [event] = converse(daemon, Describe().event(), until="info", transport=transport)
    [program] = Info.from_event(event).tts
    [voice] = program.voices
    assert (program.name, program.installed, program.supports_synthesize_streaming) == ("melo-edge", True, True)
    assert (voice.name, voice.installed, voice.languages, voice.speakers) == ("joe", True, ["en_US"], None)


VOICES = [None, SynthesizeVoice(), SynthesizeVoice(name="joe"), SynthesizeVoice(language="en")]


@transports
@pytest.mark.parametrize("voice", VOICES, ids=str)
def test_it_gets_sound_from_start_to_stop(daemon: Daemon, voice: SynthesizeVoice | None, transport: str) -> None:
    sent = Synthesize("Good morning. How are you?", voice=voice).event()
    start, *chunks, stop = converse(daemon, sent, until="audio-stop", transport=transport)
    assert AudioStart.from_event(start).rate == 22050
    assert AudioStop.is_type(stop.type)
    sound = [AudioChunk.from_event(chunk) for chunk in chunks]
    assert {(chunk.rate, chunk.width, chunk.channels) for chunk in sound} == {(22050, 2, 1)}
    assert 1 < seconds(chunks) < 10
    assert any(chunk.audio.strip(b"\0") for chunk in sound)


def test_a_name_overrides_the_language_as_wyoming_has_it(daemon: Daemon) -> None:
    with daemon.connect() as line:
        assert line.synthesize("Hello.", voice={"name": "joe", "language": "de"})


@transports
def test_it_pings(daemon: Daemon, transport: str) -> None:
    # Also with more than the 64 KiB that its reader takes for one line.
    for text in ("Señor 🙂", "ñ" * 100_000, None):
        [event] = converse(daemon, Ping(text=text).event(), until="pong", transport=transport)
        assert Pong.from_event(event).text == text


def test_a_bare_socket_with_its_reader_gets_all_events_in_step(daemon: Daemon) -> None:
    async def talk() -> list[Event]:
        reader, writer = await asyncio.open_unix_connection(daemon.socket)
        for event in (Synthesize("One.").event(), Describe().event(), Synthesize("Two.").event(), Ping().event()):
            await async_write_event(event, writer)
        received: list[Event] = []
        while not received or received[-1].type != "pong":
            event = await async_read_event(reader)
            assert event is not None
            received.append(event)
        writer.close()
        return received

    assert types(asyncio.run(asyncio.wait_for(talk(), READ_SECONDS))) == [*SOUND, "info", *SOUND, "pong"]


def test_selecting_the_one_program_there_is_has_no_answer(daemon: Daemon) -> None:
    sent = (SelectProgram("melo-edge").event(), Ping().event(), SelectProgram("piper").event())
    pong, error = converse(daemon, *sent, until="error")
    assert (pong.type, Error.from_event(error).code) == ("pong", "bad-request")


# --- Text that comes in parts ------------------------------------------------------------------------

HELLO = ("Good mor", "ning. How are", " you", "? I am", " well")


def stream(*parts: str, voice: SynthesizeVoice | None = None) -> list[Event]:
    return [SynthesizeStart(voice=voice).event(), *(SynthesizeChunk(text=part).event() for part in parts)]


STOP = SynthesizeStop().event()


@transports
def test_a_text_in_parts_is_one_sound(daemon: Daemon, transport: str) -> None:
    received = converse(daemon, *stream(*HELLO), STOP, until="synthesize-stopped", transport=transport)
    assert types(received) == [*SOUND, "synthesize-stopped"]
    assert AudioStart.from_event(received[0]).rate == 22050
    assert SynthesizeStopped.is_type(received[-1].type)
    assert 1.5 < seconds(received) < 10


def test_it_speaks_at_the_first_finished_sentence_and_answers_others_meanwhile(daemon: Daemon) -> None:
    async def talk() -> list[str]:
        async with client(daemon, "unix") as one:
            for event in stream("This is a sentence. And th"):
                await one.write_event(event)
            first = await read_until(one, "audio-chunk")  # nothing more is sent before the first sound is here
            await one.write_event(Ping().event())
            await one.write_event(Describe().event())
            meanwhile = await read_until(one, "info")
            await one.write_event(SynthesizeChunk(text="is is the next.").event())
            await one.write_event(STOP)
            rest = await read_until(one, "synthesize-stopped")
            assert seconds(rest) > 0.3
            assert "pong" in types(meanwhile)
            return [name for name in types(first + meanwhile + rest) if name not in {"pong", "info", "audio-chunk"}]

    heard = asyncio.run(asyncio.wait_for(talk(), READ_SECONDS))
    assert heard == ["audio-start", "audio-stop", "synthesize-stopped"]


def test_one_stream_after_another_on_one_connection(daemon: Daemon) -> None:
    whole = [SynthesizeStart().event(), SynthesizeChunk(text="Hello.").event(), STOP]
    sent = (*whole, *whole, Synthesize("Hello.").event(), *whole, Ping().event())
    ended = [*SOUND, "synthesize-stopped"]
    assert types(converse(daemon, *sent, until="pong")) == [*ended, *ended, *SOUND, *ended, "pong"]


def test_a_stream_does_not_keep_others_waiting(daemon: Daemon) -> None:
    """Neither one whose client has nothing to say, nor one whose client does not read."""
    with daemon.connect() as silent, daemon.connect() as asleep, daemon.connect() as line:
        silent.send("synthesize-start")
        asleep.send("synthesize-start")
        asleep.send("synthesize-chunk", text="This is a sentence that nobody reads. " * 500)
        assert len(line.synthesize("Hello.")) > 2000
        line.until("finished", of=line.say("Hello."))
        silent.send("synthesize-chunk", text="Now.")
        silent.send("synthesize-stop")
        assert silent.until("synthesize-stopped")[-2:] == ["audio-stop", "synthesize-stopped"]


def test_the_journal_does_not_hold_a_text_in_parts(daemon: Daemon) -> None:
    converse(daemon, *stream("Rhodo", "dendron. And"), SynthesizeChunk(text="x" * 200_001).event(), STOP, until="error")
    converse(daemon, *stream("Rhodo", "dendron."), Synthesize("Rhododendron.").event(), STOP, until="audio-stop")
    assert "hodo" not in daemon.log


def test_a_sentence_is_looked_up_once_however_many_parts_it_comes_in(daemon: Daemon) -> None:
    def lookups() -> int:
        stats = daemon.ask("status", "status")["cache"]
        return int(stats["hits"] + stats["misses"])

    with daemon.connect() as line:
        before = lookups()
        line.send("synthesize-start")
        for part in "Letter by letter. And so on.":
            line.send("synthesize-chunk", text=part)
            line.ask("ping", "pong")
            if part == ".":
                break
        line.send("synthesize-stop")
        line.until("synthesize-stopped")
    assert lookups() == before + 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ([SynthesizeChunk(text="Hello.").event()], "bad-request"),
        ([STOP], "bad-request"),
        ([*stream("Hello."), SynthesizeStart().event(), STOP], "bad-request"),
        ([*stream("Hello."), Event("synthesize-chunk", {"text": 7}), STOP], "bad-request"),
        ([*stream("🙂", " …"), STOP], "unspeakable"),
        ([*stream(), STOP], "unspeakable"),
        ([*stream("Hello.", voice=SynthesizeVoice(name="nobody")), STOP], "unknown-voice"),
        ([*stream("Hello.", voice=SynthesizeVoice(language="de")), STOP], "unknown-voice"),
        ([*stream("Hello.", voice=SynthesizeVoice(name="joe", speaker="nobody")), STOP], "bad-request"),
        ([*stream("Hello. ", *["a" * 50_000] * 5, "b"), STOP], "too-long"),
        ([SynthesizeStart(text_format=SynthesizeTextFormat.SSML).event(), STOP], "bad-request"),
        ([Synthesize("<speak>", text_format=SynthesizeTextFormat.SSML).event()], "bad-request"),
        ([Event("synthesize-start", {"voice": "joe"}), STOP], "bad-request"),
    ],
    ids=lambda value: value if isinstance(value, str) else "+".join(types(value)),
)
def test_what_is_wrong_is_told_once_and_the_stream_still_ends(daemon: Daemon, sent: list[Event], code: str) -> None:
    received = converse(daemon, *sent, Ping().event(), until="pong")
    [error] = [Error.from_event(event) for event in received if Error.is_type(event.type)]
    assert error.code == code
    stops = [event.type for event in received if event.type in {"audio-stop", "synthesize-stopped"}]
    expected = {"synthesize-start": ["audio-stop", "synthesize-stopped"], "synthesize": ["audio-stop"]}
    assert stops == expected.get(sent[0].type, [])


def test_a_second_start_does_not_disturb_the_first_stream(daemon: Daemon) -> None:
    sent = [*stream("This is the "), SynthesizeStart().event(), SynthesizeChunk(text="first.").event(), STOP]
    received = converse(daemon, *sent, until="synthesize-stopped")
    assert types(received) == ["error", *SOUND, "synthesize-stopped"]
    assert seconds(received) > 0.3


def test_a_stream_that_breaks_off_is_told_to_who_can_still_read(daemon: Daemon) -> None:
    with daemon.connect() as line:
        line.send("synthesize-start")
        line.send("synthesize-chunk", text="And then")
        line.half_close()
        [error] = line.rest()
    assert (error["type"], error["data"]["code"]) == ("error", "bad-event")
    assert "synthesize-stop" in error["data"]["text"]


def test_a_stream_may_break_off_anywhere_in_its_sound(daemon: Daemon) -> None:
    for chunks in range(20):
        with daemon.connect() as line:
            line.send("synthesize-start")
            line.send("synthesize-chunk", text="This is a sentence. This is another. And th")
            for _ in range(chunks):
                line.read()
            line.half_close()
            assert line.rest()[-1]["data"]["code"] == "bad-event"
    assert "Traceback" not in daemon.log


# --- Home Assistant ----------------------------------------------------------------------------------

# What homeassistant/components/wyoming writes with wyoming 1.7.2 (2025.8): tts.py `_write_tts_message`, which sends the
# whole text as well before the stop; `async_get_tts_audio`, where nothing is streamed; data.py `load_wyoming_info`.
JOE = SynthesizeVoice(name="joe")
MESSAGE = ("It is 20 °C in the", " café. Good night!")
STREAMED = [*stream(*MESSAGE, voice=JOE), Synthesize("".join(MESSAGE), voice=JOE).event(), STOP]
STREAMED_BYTES = (
    b'{"type": "synthesize-start", "version": "1.7.2", "data_length": 26}\n{"voice": {"name": "joe"}}'
    b'{"type": "synthesize-chunk", "version": "1.7.2", "data_length": 31}\n{"text": "It is 20 \xc2\xb0C in the"}'
    b'{"type": "synthesize-chunk", "version": "1.7.2", "data_length": 31}\n{"text": " caf\xc3\xa9. Good night!"}'
    b'{"type": "synthesize", "version": "1.7.2", "data_length": 76}\n'
    b'{"text": "It is 20 \xc2\xb0C in the caf\xc3\xa9. Good night!", "voice": {"name": "joe"}}'
    b'{"type": "synthesize-stop", "version": "1.7.2"}\n'
)
WHOLE = [Synthesize("Good night!").event()]
WHOLE_BYTES = b'{"type": "synthesize", "version": "1.7.2", "data_length": 23}\n{"text": "Good night!"}'
DESCRIBE_BYTES = b'{"type": "describe", "version": "1.7.2"}\n'


@pytest.mark.parametrize(
    ("events", "expected"),
    [([Describe().event()], DESCRIBE_BYTES), (STREAMED, STREAMED_BYTES), (WHOLE, WHOLE_BYTES)],
    ids=["describe", "streamed", "whole"],
)
def test_the_bytes_below_are_what_wyoming_writes(
    events: list[Event], expected: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wyoming.event, "_VERSION_NUMBER", "1.7.2")
    written = io.BytesIO()
    for event in events:
        write_event(event, written)
    assert written.getvalue() == expected


async def as_home_assistant_reads(reader: asyncio.StreamReader, end: str) -> AsyncIterator[bytes]:
    """The PCM, as `_read_tts_audio` (to `synthesize-stopped`) and `async_get_tts_audio` (to `audio-stop`) take it.

    Neither looks at an `error`, at the client's end or at a second `audio-start`.
    """
    is_begun = False
    while (event := await async_read_event(reader)) is not None and event.type != end:
        if AudioStart.is_type(event.type):
            is_begun = True
        elif AudioChunk.is_type(event.type) and is_begun:
            yield AudioChunk.from_event(event).audio


async def home_assistant(daemon: Daemon, content: bytes, end: str) -> bytes:
    reader, writer = await asyncio.open_connection(*daemon.tcp)
    writer.write(content)
    pcm = b"".join([part async for part in as_home_assistant_reads(reader, end)])
    writer.close()
    return pcm


@pytest.mark.parametrize(
    ("content", "end"), [(STREAMED_BYTES, "synthesize-stopped"), (WHOLE_BYTES, "audio-stop")], ids=["streamed", "whole"]
)
def test_home_assistant_hears_its_message_once(daemon: Daemon, content: bytes, end: str) -> None:
    pcm = asyncio.run(asyncio.wait_for(home_assistant(daemon, content, end), READ_SECONDS))
    # Each of the words takes a fifth of a second or more; said twice, it would be longer.
    low, high = (1.5, 4.5) if content is STREAMED_BYTES else (0.4, 2)
    assert low < len(pcm) / 2 / 22050 < high


def test_home_assistant_finds_the_service(daemon: Daemon) -> None:
    with Line(daemon.tcp) as line:
        line.send_bytes(DESCRIBE_BYTES)
        info = Info.from_event(Event("info", line.expect("info")))
    assert [program.name for program in info.tts if program.installed] == ["melo-edge"]


@pytest.mark.parametrize(
    ("content", "end"),
    [
        (STREAMED_BYTES.replace(b"joe", b"joy"), "synthesize-stopped"),
        (b'{"type": "synthesize-start"}\n{"type": "synthesize-stop"}\n', "synthesize-stopped"),
        (WHOLE_BYTES.replace(b"Good night!", b"... !? ...!"), "audio-stop"),
        (WHOLE_BYTES.replace(b"Good night!", b"           "), "audio-stop"),
    ],
)
def test_home_assistant_which_reads_no_errors_is_not_left_waiting(daemon: Daemon, content: bytes, end: str) -> None:
    assert asyncio.run(asyncio.wait_for(home_assistant(daemon, content, end), READ_SECONDS)) == b""
