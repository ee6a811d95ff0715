"""The wire: Wyoming events, and the requests that melo-edge adds.

An event is one line of JSON with `type` and, optionally, `data`; `data_length` announces more JSON and
`payload_length` bytes that follow the line. Source: https://github.com/rhasspy/wyoming, `wyoming/event.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeVar

import msgspec

from edge.errors import EdgeError, RequestError
from edge.limits import Limits
from edge.service.audio.priority import Priority

MAX_INLINE = 1 << 14
"""Bytes of data that go inside the line. Longer data goes behind it: Wyoming's own reader, asyncio's `readline`, takes
lines of at most 64 KiB."""

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


class IdleError(ProtocolError):
    """A client has done nothing for too long."""

    code = "idle"


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
    """Which voice, as Wyoming's requests say it. A name overrides the language."""

    name: str | None = None
    language: str | None = None
    speaker: str | None = None


class SynthesizeStart(msgspec.Struct, frozen=True):
    """Wyoming's `synthesize-start`: text follows in parts. Fields that we do not know are ignored, as Wyoming does."""

    voice: SynthesizeVoice | None = None
    text_format: str | None = None
    speed: float | msgspec.UnsetType = msgspec.UNSET
    """Ours. Unset: the daemon's `default_speed`."""

    def __post_init__(self) -> None:
        _check_format(self.text_format)


class SynthesizeChunk(msgspec.Struct, frozen=True):
    """Wyoming's `synthesize-chunk`: a part of the text, cut anywhere."""

    text: str


class Synthesize(msgspec.Struct, frozen=True):
    """Wyoming's `synthesize`: send the sound back. Fields that we do not know are ignored, as Wyoming does."""

    text: str
    voice: SynthesizeVoice | None = None
    text_format: str | None = None
    speed: float | msgspec.UnsetType = msgspec.UNSET
    """Ours. Unset: the daemon's `default_speed`."""

    def __post_init__(self) -> None:
        _check_format(self.text_format)


def _check_format(text_format: str | None) -> None:
    if text_format not in {None, "text"}:
        message = f"text_format {text_format!r} is not read; send plain text"
        raise ValueError(message)


class SelectProgram(msgspec.Struct, frozen=True):
    """Wyoming's `select-program`: which of the programs in `info` the next requests are for. It has no answer."""

    name: str


class Say(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`say`: play the sound here. A field that we do not know is an error: it would not do what was meant."""

    text: str
    id: str | None = None
    speed: float | msgspec.UnsetType = msgspec.UNSET
    """Unset: the daemon's `default_speed`."""
    volume: float = 1.0
    voice: str | None = None
    speaker: str | None = None
    language: str | None = None
    priority: Priority = "text"
    cache: bool = True
    """Whether sound that was made before may be played, and this one kept."""
    emoji: bool | msgspec.UnsetType = msgspec.UNSET
    """Whether emoji are said by their names; unset: the daemon's `emoji`."""


class Cancel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`cancel`: drop what is queued or being said."""

    id: str | None = None
    """None: all of it."""


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
    """The event's bytes. Short data goes inside the line, so that one `read` in a shell script gets all of it."""
    header: dict[str, Any] = {"type": event.type}
    data = msgspec.json.encode(event.data)
    if len(data) > MAX_INLINE:
        header["data_length"] = len(data)
    else:
        header |= {"data": event.data} if event.data else {}
        data = b""
    if event.payload:
        header["payload_length"] = len(event.payload)
    return msgspec.json.encode(header) + b"\n" + data + event.payload


async def read_event(
    reader: asyncio.StreamReader, limits: Limits, patience: Callable[[], float] | None = None
) -> Event | None:
    """The next event; None at the end of the stream.

    Args:
        reader: made with `limit=limits.line`.
        limits: what an event may have.
        patience: the seconds that its first byte is waited for; asked again when they have passed, and none are left
            when it returns 0. None: forever.

    Raises:
        ProtocolError: the bytes are no event, or not all of one.
        TooLongError: it is over a limit.
        IdleError: it has not begun in time.
    """
    first = await (reader.read(1) if patience is None else _first_byte(reader, patience))
    if not first:
        return None
    try:
        return await asyncio.wait_for(_read_rest(reader, limits, first), limits.event_seconds)
    except asyncio.TimeoutError as error:  # Python 3.10's is not the built-in one.
        message = f"An event was begun and not finished within {limits.event_seconds:g} s; end each with a newline."
        raise ProtocolError(message, fatal=True) from error
    except asyncio.IncompleteReadError as error:
        # A client that has only closed its sending half, as `printf … | socat` does, can still be told.
        raise _broke_off() from error


async def _first_byte(reader: asyncio.StreamReader, patience: Callable[[], float]) -> bytes:
    while (seconds := patience()) > 0:
        with contextlib.suppress(asyncio.TimeoutError):
            return await asyncio.wait_for(reader.read(1), seconds)
    message = "Nothing was asked, said or read for too long. Connect again when there is something to say."
    raise IdleError(message, fatal=True)


async def _read_rest(reader: asyncio.StreamReader, limits: Limits, first: bytes) -> Event:
    try:
        line = first if first == b"\n" else first + await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError as error:
        raise _too_long(limits) from error
    header = parse_header(line, limits)
    data = dict(header.data or {})
    if header.data_length:
        data |= parse_data(await reader.readexactly(header.data_length))
    payload = await reader.readexactly(header.payload_length or 0)
    return Event(header.type, data, payload)


def read_event_from(stream: BinaryIO, limits: Limits) -> Event | None:
    """`read_event` for a blocking stream, as a client has."""
    line = stream.readline(limits.line)
    if not line:
        return None
    if not line.endswith(b"\n"):
        raise _too_long(limits) if len(line) == limits.line else _broke_off()
    header = parse_header(line, limits)
    data = dict(header.data or {})
    if header.data_length:
        data |= parse_data(_read_exactly(stream, header.data_length))
    return Event(header.type, data, _read_exactly(stream, header.payload_length or 0))


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise _broke_off()
    return content


def parse_header(line: bytes, limits: Limits) -> _Header:
    """Reads the line of an event.

    Raises:
        ProtocolError: no JSON object with a `type`, or a length that is none.
        TooLongError: it, or a length in it, is over the limit.
    """
    if len(line) > limits.line:
        # The limit may have become lower since the reader was made.
        raise _too_long(limits)
    try:
        header = msgspec.json.decode(line, type=_Header)
    except NOT_JSON as error:
        example = '{"type":"say","data":{"text":"Hello"}}'
        message = f"A line is not an event: {error}. Send one JSON object, such as {example}."
        raise ProtocolError(message, fatal=False) from error
    _check_length("data_length", header.data_length, limits.line)
    _check_length("payload_length", header.payload_length, limits.payload)
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
        message = f"{name} is {value}; nothing longer than {limit} bytes is taken."
        raise TooLongError(message, fatal=True)


def _too_long(limits: Limits) -> TooLongError:
    return TooLongError(f"A line is longer than {limits.line} bytes.", fatal=True)


def _broke_off() -> ProtocolError:
    return ProtocolError("An event broke off in the middle. Send all of it, and a newline after each line.", fatal=True)
