"""The wire: Wyoming events, and the requests that melo-edge adds.

An event is one line of JSON with `type` and, optionally, `data`; `data_length` announces more JSON and
`payload_length` bytes that follow the line. Source: https://github.com/rhasspy/wyoming, `wyoming/event.py`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeVar

import msgspec

from edge.errors import EdgeError, RequestError

MAX_LINE = 1 << 20
"""Bytes of one header line or one block of data. A text of 10,000 words has some 60,000."""
MAX_PAYLOAD = 1 << 24
MAX_TEXT = 200_000
"""Characters of one request's text."""
LINE_SECONDS = 30.0
"""How long the rest of an event may take once it has begun."""

NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

T = TypeVar("T")


class ProtocolError(EdgeError):
    """The bytes are not an event. `fatal`: where the next one begins cannot be known."""

    code = "bad-event"

    def __init__(self, message: str, *, fatal: bool) -> None:
        super().__init__(message)
        self.fatal = fatal


class TooLongError(ProtocolError):
    """An event is over one of the limits."""

    code = "too-long"


class NotSupportedError(EdgeError):
    """A request that this daemon does not know."""

    code = "not-supported"


@dataclass(frozen=True)
class Event:
    """One event, either way."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    payload: bytes = b""


class _Header(msgspec.Struct):
    type: str
    data: dict[str, Any] | None = None
    data_length: int | None = None
    payload_length: int | None = None


class SynthesizeVoice(msgspec.Struct, frozen=True):
    """Which voice, as Wyoming's `synthesize` says it."""

    name: str | None = None
    language: str | None = None
    speaker: str | None = None


class Synthesize(msgspec.Struct, frozen=True):
    """Wyoming's `synthesize`: send the sound back. Fields that we do not know are ignored, as Wyoming does."""

    text: str
    voice: SynthesizeVoice | None = None


class Say(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`say`: play the sound here. A field that we do not know is an error: it would not do what was meant."""

    text: str
    id: str | None = None
    speed: float = 1.0
    volume: float = 1.0
    voice: str | None = None
    speaker: str | None = None
    language: str | None = None


def parse(event: Event, kind: type[T]) -> T:
    """The event's data as a request.

    Raises:
        RequestError: a field is missing, of another type or unknown; the message says which.
    """
    try:
        return msgspec.convert(event.data, kind)
    except msgspec.ValidationError as error:
        message = f"The request {event.type!r} is not right: {error}."
        raise RequestError(message) from error


def encode(event: Event) -> bytes:
    """The event's bytes. Data goes inside the line, so that one `read` in a shell script gets all of it."""
    header: dict[str, Any] = {"type": event.type}
    if event.data:
        header["data"] = event.data
    if event.payload:
        header["payload_length"] = len(event.payload)
    return msgspec.json.encode(header) + b"\n" + event.payload


async def read_event(reader: asyncio.StreamReader) -> Event | None:
    """The next event; None at the end of the stream. `reader` was made with `limit=MAX_LINE`.

    Raises:
        ProtocolError: the bytes are no event, or not all of one.
        TooLongError: it is over a limit.
    """
    first = await reader.read(1)
    if not first:
        return None
    try:
        return await asyncio.wait_for(_read_rest(reader, first), LINE_SECONDS)
    except asyncio.TimeoutError as error:  # Python 3.10's is not the built-in one.
        message = f"An event was begun and not finished within {LINE_SECONDS:g} s; end each with a newline."
        raise ProtocolError(message, fatal=True) from error
    except asyncio.IncompleteReadError as error:
        # A client that has only closed its sending half, as `printf … | socat` does, can still be told.
        raise _broke_off() from error


async def _read_rest(reader: asyncio.StreamReader, first: bytes) -> Event:
    try:
        line = first if first == b"\n" else first + await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError as error:
        raise _too_long() from error
    header = parse_header(line)
    data = dict(header.data or {})
    if header.data_length:
        data |= parse_data(await reader.readexactly(header.data_length))
    payload = await reader.readexactly(header.payload_length or 0)
    return Event(header.type, data, payload)


def read_event_from(stream: BinaryIO) -> Event | None:
    """`read_event` for a blocking stream, as a client has."""
    line = stream.readline(MAX_LINE)
    if not line:
        return None
    if not line.endswith(b"\n"):
        raise _too_long() if len(line) == MAX_LINE else _broke_off()
    header = parse_header(line)
    data = dict(header.data or {})
    if header.data_length:
        data |= parse_data(_read_exactly(stream, header.data_length))
    return Event(header.type, data, _read_exactly(stream, header.payload_length or 0))


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise _broke_off()
    return content


def parse_header(line: bytes) -> _Header:
    """Reads the line of an event.

    Raises:
        ProtocolError: no JSON object with a `type`, or a length that is none.
        TooLongError: a length is over the limit.
    """
    try:
        header = msgspec.json.decode(line, type=_Header)
    except NOT_JSON as error:
        example = '{"type":"say","data":{"text":"Hello"}}'
        message = f"A line is not an event: {error}. Send one JSON object, such as {example}."
        raise ProtocolError(message, fatal=False) from error
    _check_length("data_length", header.data_length, MAX_LINE)
    _check_length("payload_length", header.payload_length, MAX_PAYLOAD)
    return header


def parse_data(content: bytes) -> dict[str, Any]:
    """Reads the data that follows a line.

    Raises:
        ProtocolError: it is no JSON object.
    """
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except NOT_JSON as error:
        message = f"The data after a line is not a JSON object: {error}."
        raise ProtocolError(message, fatal=False) from error


def _check_length(name: str, value: int | None, limit: int) -> None:
    if value is not None and value < 0:
        message = f"{name} is {value}; a length is not negative."
        raise ProtocolError(message, fatal=True)
    if value is not None and value > limit:
        message = f"{name} is {value}, over the limit of {limit}."
        raise TooLongError(message, fatal=True)


def _too_long() -> TooLongError:
    return TooLongError(f"A line is longer than {MAX_LINE} bytes.", fatal=True)


def _broke_off() -> ProtocolError:
    return ProtocolError("An event broke off in the middle. Send all of it, and a newline after each line.", fatal=True)
