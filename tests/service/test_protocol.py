"""The wire: any event survives it, in Wyoming's own code too, and no bytes do more than raise a `ProtocolError`."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import Callable

import pytest
import wyoming.event
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import RequestError
from edge.limits import Limits
from edge.service.protocol import (
    MAX_INLINE,
    Cancel,
    Event,
    IdleError,
    ProtocolError,
    Say,
    Synthesize,
    SynthesizeStart,
    TooLongError,
    encode,
    parse,
    read_event,
    read_event_from,
)

LIMITS = Limits()
HURRIED = Limits(event_seconds=0.05)

Read = Callable[[bytes], list[Event]]

finite = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | finite | st.text(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(), values, max_size=3),
    max_leaves=8,
)
events = st.builds(
    Event, type=st.text(), data=st.dictionaries(st.text(), json_values, max_size=4), payload=st.binary(max_size=50)
)


def read_async(content: bytes, piece: int = 1 << 16, limits: Limits = LIMITS) -> list[Event]:
    """All events in `content`, which arrives `piece` bytes at a time."""

    async def read() -> list[Event]:
        reader = asyncio.StreamReader(limit=LIMITS.line)

        async def feed() -> None:
            for start in range(0, len(content), piece):
                reader.feed_data(content[start : start + piece])
                await asyncio.sleep(0)
            reader.feed_eof()

        feeding = asyncio.create_task(feed())
        found = []
        while (event := await read_event(reader, limits)) is not None:
            found.append(event)
        await feeding
        return found

    return asyncio.run(read())


def read_blocking(content: bytes) -> list[Event]:
    stream = io.BytesIO(content)
    return list(iter(lambda: read_event_from(stream, LIMITS), None))


def read_wyoming(content: bytes) -> list[Event]:
    stream = io.BytesIO(content)
    found = iter(lambda: wyoming.event.read_event(stream), None)
    return [Event(event.type, event.data, event.payload or b"") for event in found]


def write_wyoming(events: list[Event]) -> bytes:
    stream = io.BytesIO()
    for event in events:
        wyoming.event.write_event(wyoming.event.Event(event.type, event.data, event.payload or None), stream)
    return stream.getvalue()


def in_line(event: Event) -> bytes:
    return json.dumps({"type": event.type, "data": event.data}).encode() + b"\n"


def behind_line(event: Event) -> bytes:
    data = json.dumps(event.data).encode()
    return json.dumps({"type": event.type, "data_length": len(data)}).encode() + b"\n" + data


readers = pytest.mark.parametrize("read", [read_async, read_blocking])


@pytest.mark.parametrize("read", [read_async, read_blocking, read_wyoming])
@given(sent=st.lists(events, max_size=3))
def test_what_is_written_is_read(read: Read, sent: list[Event]) -> None:
    assert read(b"".join(map(encode, sent))) == sent


@readers
@given(sent=st.lists(events, max_size=3))
def test_what_wyoming_writes_is_read(read: Read, sent: list[Event]) -> None:
    assert read(write_wyoming(sent)) == sent


@given(sent=st.lists(events, max_size=3), piece=st.integers(1, 40))
def test_it_does_not_matter_in_which_pieces_the_bytes_come(sent: list[Event], piece: int) -> None:
    assert read_async(b"".join(map(encode, sent)), piece) == sent


@readers
@pytest.mark.parametrize("write", [in_line, behind_line])
def test_data_may_be_in_the_line_or_behind_it(read: Read, write: Callable[[Event], bytes]) -> None:
    event = Event("say", {"text": "Señor, 10 €", "volume": 0.5})
    assert read(write(event) + write(event)) == [event, event]


@readers
def test_data_behind_the_line_adds_to_the_data_in_it(read: Read) -> None:
    line = b'{"type":"say","data":{"text":"a","id":"b"},"data_length":12}\n{"text": "c"}'
    assert read(line.replace(b"12", b"13")) == [Event("say", {"text": "c", "id": "b"})]


@given(content=st.binary(max_size=200))
def test_random_bytes_are_events_or_a_protocol_error(content: bytes) -> None:
    for read in (read_async, read_blocking):
        with contextlib.suppress(ProtocolError):
            read(content)


@given(
    header=st.dictionaries(
        st.sampled_from(["type", "data", "data_length", "payload_length", "other"]), json_values, max_size=5
    ),
    behind=st.binary(max_size=30),
)
def test_random_headers_are_events_or_a_protocol_error(header: dict[str, object], behind: bytes) -> None:
    for read in (read_async, read_blocking):
        with contextlib.suppress(ProtocolError):
            read(json.dumps(header).encode() + b"\n" + behind)


@readers
@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"Hello\n",
        b'"say"\n',
        b"[]\n",
        b"null\n",
        b"{}\n",
        b'{"type":null}\n',
        b'{"type":7}\n',
        b'{"type":"say","data":[]}\n',
        b'{"type":"say","data":{"speed":NaN}}\n',
        b'{"type":"say","data":{"speed":Infinity}}\n',
        b'{"type":"say","data":{"speed":1e999}}\n',
        b'{"type":"say","data":{"text":"\\ud800"}}\n',
        b'{"type":"say","data":{"text":"\xff"}}\n',
        b'{"type":"say","data":{"text":"\0"}}\n',
        b'{"type":"say","data_length":"7"}\n',
        b'{"type":"say","data_length":1.5}\n',
        b'{"type":"say","data":{"text":' + b"[" * 200_000 + b"\n",
        b'{"type":"say","data_length":3}\n"a"',
        b'{"type":"say","data_length":2}\n\xff\xff',
        b'{"type":"say","data_length":200000}\n' + b"[" * 200_000,
    ],
    ids=lambda line: repr(line[:45]),
)
def test_a_bad_line_is_refused_and_the_next_one_can_be_read(read: Read, line: bytes) -> None:
    with pytest.raises(ProtocolError) as refused:
        read(line)
    assert not refused.value.fatal
    assert refused.value.code == "bad-event"


@readers
@pytest.mark.parametrize("name", ["data_length", "payload_length"])
def test_a_length_that_cannot_be_is_the_end_of_the_connection(read: Read, name: str) -> None:
    for length, kind in ((-1, ProtocolError), (LIMITS.line + 1, TooLongError), (2**63 - 1, TooLongError)):
        with pytest.raises(kind) as refused:
            read(f'{{"type":"say","{name}":{length}}}\n'.encode())
        assert refused.value.fatal
        assert str(length) in str(refused.value)


@readers
def test_a_line_may_be_as_long_as_the_limit_and_hardly_longer(read: Read) -> None:
    frame = len(b'{"type":""}\n')
    longest = b'{"type":"' + b"a" * (LIMITS.line - frame) + b'"}\n'
    assert len(read(longest)[0].type) == LIMITS.line - frame
    with pytest.raises(TooLongError) as refused:
        read(longest.replace(b"aa", b"aaaaa", 1) + longest)
    assert refused.value.fatal


@readers
def test_a_line_that_never_ends_is_refused_before_all_of_it_is_in_memory(read: Read) -> None:
    with pytest.raises(TooLongError):
        read(b"a" * (LIMITS.line + 10))


@readers
@pytest.mark.parametrize(
    "begun", [b'{"type":"ping"}', b'{"type":"ping","data_length":9}\n{}', b'{"type":"ping","payload_length":9}\nabc']
)
def test_an_event_that_breaks_off_is_not_taken_for_a_whole_one(read: Read, begun: bytes) -> None:
    with pytest.raises(ProtocolError, match="broke off") as refused:
        read(encode(Event("describe")) + begun)
    assert refused.value.fatal


def test_a_limit_that_became_lower_holds_for_readers_made_before() -> None:
    line = encode(Event("ping", {"text": "a" * 100}))
    assert read_async(line, limits=Limits(line=len(line))) == read_async(line)
    with pytest.raises(TooLongError, match=f"longer than {len(line) - 1} bytes") as refused:
        read_async(line, limits=Limits(line=len(line) - 1))
    assert refused.value.fatal


def test_a_payload_over_the_limit_is_refused_before_it_is_read() -> None:
    header = b'{"type":"ping","payload_length":%d}\n'
    assert read_async(header % LIMITS.payload + b"a" * LIMITS.payload)[0].payload == b"a" * LIMITS.payload
    with pytest.raises(TooLongError):
        read_async(header % (LIMITS.payload + 1))


@pytest.mark.parametrize("length", [MAX_INLINE // 2, MAX_INLINE - 11, MAX_INLINE, 2 * MAX_INLINE])
def test_no_line_that_is_written_is_too_long_for_readline(length: int) -> None:
    """That of asyncio takes 64 KiB. Short data is in the line all the same, where a shell script finds it."""
    event = Event("pong", {"text": "a" * length})
    line, _, behind = encode(event).partition(b"\n")
    assert len(line) < 1 << 16
    assert bool(behind) == (length + len('{"text":""}') > MAX_INLINE)
    assert read_async(encode(event)) == [event]


def in_a_moment(content: bytes, patience: Callable[[], float] | None, limits: Limits = LIMITS) -> Event | None:
    """What is read when `content` comes after 0.2 s."""

    async def read() -> Event | None:
        reader = asyncio.StreamReader()
        asyncio.get_running_loop().call_later(0.2, reader.feed_data, content)
        return await asyncio.wait_for(read_event(reader, limits, patience), 30)

    return asyncio.run(read())


def test_an_event_that_is_begun_must_be_finished_in_time() -> None:
    with pytest.raises(ProtocolError, match=r"not finished within 0\.05 s") as refused:
        in_a_moment(b'{"type":', None, HURRIED)
    assert refused.value.fatal


@pytest.mark.parametrize("patience", [None, lambda: 30.0], ids=["forever", "30 s"])
def test_waiting_for_an_event_to_begin_is_another_matter(patience: Callable[[], float] | None) -> None:
    assert in_a_moment(encode(Event("ping")), patience, HURRIED) == Event("ping")


def test_patience_is_asked_for_again_until_there_is_none_left() -> None:
    lefts = [0.01, 0.01, 30.0]
    assert in_a_moment(encode(Event("ping")), lambda: lefts.pop(0)) == Event("ping")
    assert lefts == []
    lefts = [0.01, 0.01, -1.0]
    with pytest.raises(IdleError) as refused:
        in_a_moment(encode(Event("ping")), lambda: lefts.pop(0))
    assert (lefts, refused.value.code, refused.value.fatal) == ([], "idle", True)


@pytest.mark.parametrize(
    ("kind", "data", "fault"),
    [
        (Say, {}, "text"),
        (Say, {"text": 7}, "text"),
        (Say, {"text": None}, "text"),
        (Say, {"text": "a", "speed": "fast"}, "speed"),
        (Say, {"text": "a", "speed": True}, "speed"),
        (Say, {"text": "a", "volume": None}, "volume"),
        (Say, {"text": "a", "id": 7}, "id"),
        (Say, {"text": "a", "sped": 2}, "sped"),
        (Say, {"text": "a", "priority": "urgent"}, "priority"),
        (Say, {"text": "a", "cache": "no"}, "cache"),
        (Cancel, {"id": 7}, "id"),
        (Cancel, {"name": "u1"}, "name"),
        (Synthesize, {"text": "a", "voice": "joe"}, "voice"),
        (Synthesize, {"text": "<speak>", "text_format": "ssml"}, "text_format 'ssml'"),
        (SynthesizeStart, {"text_format": "ssml"}, "text_format 'ssml'"),
    ],
)
def test_a_request_that_is_not_right_is_told_which_field(kind: type, data: dict[str, object], fault: str) -> None:
    with pytest.raises(RequestError, match=fault):
        parse(Event("say", data), kind)


def test_wyoming_may_add_fields_to_its_requests() -> None:
    data = {"text": "a", "new": 1, "context": {"a": 1}, "text_format": "text", "voice": {"name": "joe", "new": 2}}
    request = parse(Event("synthesize", data), Synthesize)
    assert request.text == "a"
    assert request.voice is not None
    assert request.voice.name == "joe"
