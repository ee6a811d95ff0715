"""What is fuzzed: each target takes any bytes, and raises only if a promise was broken.

Without atheris they are plain functions, which the tests run on the seeds.
"""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np

from edge.config import OPTIONS, ConfigError, Settings, load, toml
from edge.limits import Limits
from edge.phrase_files import pack, unpack
from edge.phrases import Phrase
from edge.service.connection import Connection
from edge.service.protocol import (
    Cancel,
    Event,
    ProtocolError,
    Say,
    SelectProgram,
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    encode,
    parse,
    read_event,
    read_event_from,
)
from edge.service.speaker import Speaker
from edge.text.cleaning import clean
from edge.text.sentences import LIMIT, split
from tests.fuzz.stand_ins import StandInSpeaker, Wire
from tests.fuzz.text import pieces

Target = Callable[[bytes], None]

LIMITS = Limits(text=300, line=1 << 16, event_seconds=5.0, idle_seconds=5.0)

REQUESTS = {
    "say": Say,
    "cancel": Cancel,
    "select-program": SelectProgram,
    "synthesize": Synthesize,
    "synthesize-start": SynthesizeStart,
    "synthesize-chunk": SynthesizeChunk,
}

KEY = "0" * 64
PCM = (1000 * np.sin(np.arange(500))).astype(np.int16)
PHRASE = pack(KEY, PCM, 22050)

_loop = asyncio.new_event_loop()
_settings_file = Path(tempfile.mkdtemp()) / "config.toml"


# --- The protocol ------------------------------------------------------------------------------------


def protocol(data: bytes) -> None:
    """Both readers find the same events and the same mistakes, and what is written again is read again."""
    events = _loop.run_until_complete(_read(data))
    assert events == _read_blocking(data)
    for event in events:
        if isinstance(event, Event):
            assert _read_blocking(encode(event)) == [event]


async def _read(data: bytes) -> list[Event | str]:
    reader = asyncio.StreamReader(LIMITS.line)
    reader.feed_data(data)
    reader.feed_eof()
    found: list[Event | str] = []
    while True:
        try:
            event = await read_event(reader, LIMITS)
        except ProtocolError as error:
            found.append(error.code)
            if error.fatal:
                return found
            continue
        if event is None:
            return found
        found.append(event)


def _read_blocking(data: bytes) -> list[Event | str]:
    stream = io.BytesIO(data)
    found: list[Event | str] = []
    while True:
        try:
            event = read_event_from(stream, LIMITS)
        except ProtocolError as error:
            found.append(error.code)
            if error.fatal:
                return found
            continue
        if event is None:
            return found
        found.append(event)


# --- A connection ------------------------------------------------------------------------------------


def connection(data: bytes) -> None:
    """Whatever a client sends, it gets whole events, none of them `failed`, and in the end is let go."""
    _loop.run_until_complete(asyncio.wait_for(_converse(data), 20))


async def _converse(data: bytes) -> None:
    before = asyncio.all_tasks()
    reader = asyncio.StreamReader(LIMITS.line)
    wire = Wire(reader)
    speaker = cast("Speaker", StandInSpeaker(LIMITS))
    serving = asyncio.create_task(Connection(speaker, reader, wire.writer).serve())
    # In two parts, so that an event may break off where its rest is yet to come.
    half = len(data) // 2
    for part in (data[:half], data[half:]):
        reader.feed_data(part)
        await asyncio.sleep(0)
    reader.feed_eof()
    await serving
    # What it left behind must end as well.
    await asyncio.gather(*(asyncio.all_tasks() - before), return_exceptions=True)
    events = _read_blocking(bytes(wire.sent))
    assert all(isinstance(event, Event) for event in events), events
    for event in events:
        assert isinstance(event, Event)
        assert event.type != "error" or event.data["code"] != "failed", event
        if event.type in REQUESTS:
            parse(event, REQUESTS[event.type])


# --- Text --------------------------------------------------------------------------------------------


def sentences(data: bytes) -> None:
    """However a text is cut, its sentences are the same, not too long, and together the text."""
    text, language, cuts = pieces(data)
    whole = split(text, language)
    assert cuts.split(text, language) == whole
    assert all(sentence and len(sentence) <= LIMIT for sentence in whole), whole
    assert "".join("".join(whole).split()) == "".join(text.split())


def cleaning(data: bytes) -> None:
    """What is clean stays as it is; a phrase's text is its own phrase, with a key."""
    text, _, _ = pieces(data)
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not any(ord(character) < ord(" ") and character != "\n" for character in cleaned)
    cleaned.encode()
    phrase = Phrase.of(text)
    assert Phrase.of(phrase.text) == phrase
    assert len(phrase.key("voice")) == len(KEY)


# --- Files -------------------------------------------------------------------------------------------


def settings(data: bytes) -> None:
    """A settings file, or a variable, is right, and then the same when written again, or it is explained."""
    if data[:1] == b"=":
        _variable(data[1:])
    else:
        _file(data)


def _file(data: bytes) -> None:
    first = _loaded(data)
    if first is None:
        return
    values = {option.name: getattr(first, option.name) for option in OPTIONS}
    again = "".join(f"{name} = {toml(value)}\n" for name, value in values.items() if value is not None)
    assert _loaded(again.encode()) == first, again


def _loaded(data: bytes) -> Settings | None:
    _settings_file.write_bytes(data)
    try:
        return load(_settings_file).settings
    except ConfigError as error:
        _assert_explained(error, str(_settings_file))
        return None


def _variable(data: bytes) -> None:
    option = OPTIONS[data[0] % len(OPTIONS)] if data else OPTIONS[0]
    # As Linux hands variables over: without NUL, and what is no UTF-8 as surrogates.
    value = os.fsdecode(data[1:].replace(b"\0", b""))
    os.environ[option.variable] = value
    try:
        load(Path(os.devnull))
    except ConfigError as error:
        _assert_explained(error, option.variable)
    finally:
        del os.environ[option.variable]


def _assert_explained(error: ConfigError, place: str) -> None:
    message = str(error)
    assert place in message, message


def phrase_file(data: bytes) -> None:
    """A phrase's file that was changed anywhere is not played; nor is one that something else wrote."""
    unpack(KEY, data)  # The fuzzer sees what the checksum is compared with, and writes the right one.
    place = int.from_bytes(data[:2], "big") % len(PHRASE)
    changed = PHRASE[:place] + data[2:] + PHRASE[place + len(data[2:]) :]
    found = unpack(KEY, changed)
    assert (found is not None) == (changed == PHRASE)
    assert found is None or np.array_equal(found, PCM)


# --- Where to begin ----------------------------------------------------------------------------------


def _request(kind: str, **data: Any) -> bytes:
    return encode(Event(kind, data))


CONVERSATIONS = [
    _request("describe") + _request("ping", text="a") + _request("status") + _request("metrics"),
    _request("say", text="Hello. There.", id="a", speed=2.0, priority="important", cache=False)
    + _request("pause")
    + _request("resume")
    + _request("cancel", id="a")
    + _request("stop"),
    _request("say", text="Hello") * 3 + _request("cancel"),
    _request("synthesize", text="One. Two.", voice={"name": "stand-in", "language": "en", "speaker": "x"}),
    _request("select-program", name="melo-edge")
    + _request("synthesize-start", voice={"language": "en_US"}, text_format="text")
    + _request("synthesize-chunk", text="One. Tw")
    + _request("synthesize-chunk", text="o.")
    + _request("synthesize", text="One. Two.")
    + _request("synthesize-stop"),
    b'{"type":"say","version":"1.6.0","data_length":17}\n{"text": "Hello"}',
    b'{"type":"ping","data_length":2,"payload_length":3}\n{}abc' + _request("ping"),
]
TEXTS = [
    "Hello. How are you? Fine, thanks!",
    "¿Qué? —dijo él. «Sí.» Am 3. Oktober um 10.30 Uhr, z.B. bei Dr. Müller.",
    "- milk\n- eggs\n\n## Cheese\n2. ham",
    "你好。再见。「行く。」と言った。",
    "a" * 500,
    "🙂 … ⣿ \u202e e\u0301 \ue000 ٣.",
]

SEEDS: dict[Target, list[bytes]] = {
    protocol: CONVERSATIONS,
    connection: CONVERSATIONS,
    sentences: [b"\0\7" + text.encode() for text in TEXTS],
    cleaning: [b"\0\7" + text.encode() for text in TEXTS],
    settings: [
        b'voice = "joe"\ntcp = "[::1]:10200"\nthreads = 2\nlog_text = true\nlog_level = "debug"\n',
        b"default_speed = 1.5\nmax_qeue = 1\n",
        b"event_seconds = 0.5\n[table]\nx = 1\n",
        *(b"=" + bytes([number]) + b"1" for number in range(len(OPTIONS))),
        b"=\0~/joe",
    ],
    phrase_file: [PHRASE, b"\0\0fLaC", b"\0\x40\xff"],
}
TARGETS = {target.__name__: target for target in SEEDS}

TOKENS = [
    *REQUESTS,
    *(f"synthesize-{what}" for what in ("start", "chunk", "stop")),
    *("describe", "ping", "status", "metrics", "stop", "pause", "resume"),
    *("type", "data", "data_length", "payload_length", "text", "id", "priority", "speed", "volume", "cache", "voice"),
    *("\\ud800", "\\u0000", "1e999", "-1", "null", "true", "[[[[", '{"a":'),
    *(option.name for option in OPTIONS),
]
"""Words that a fuzzer would take long to find."""
