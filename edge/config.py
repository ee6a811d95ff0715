"""The daemon's options.

`Settings` is their one table: the command line, the environment, the file, `melo-edge config` and
docs/configuration.md are made from it.

A value comes from the command line, else from `MELO_EDGE_<NAME>`, else from the file, else it is the default.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from edge import places
from edge.errors import EdgeError
from edge.limits import Limits

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PREFIX = "MELO_EDGE_"
FILE_VARIABLE = "MELO_EDGE_CONFIG"
DEFAULT = "default"
"""Where a value came from that nobody set."""

PORT = r"([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
"""Up to 65535: the resolver takes 70000 for 4464."""
ADDRESS = rf"^(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+):{PORT}$"


class ConfigError(EdgeError):
    """An option is unknown, or its value is not right."""

    code = "bad-config"


def _about(
    description: str,
    *,
    reload: bool = False,
    default: str | None = None,
    values: str | None = None,
    **constraints: Any,  # noqa: ANN401  (msgspec.Meta's)
) -> msgspec.Meta:
    """One option's row: what it is, whether SIGHUP reloads it, and words for its default and its values."""
    extra = {"reload": reload, "default": default, "values": values}
    return msgspec.Meta(description=description, extra=extra, **constraints)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every option, with its value."""

    voice: Annotated[Path, _about("The voice bundle to speak with, a folder or a .tar.")] = places.SYSTEM_VOICE
    bundle_key: (
        Annotated[
            Path,
            _about(
                "A public ed25519 key (PEM): `melo-edge bundle` takes bundles that are signed with its private half, "
                "and no others. The daemon does not read it.",
                reload=True,
                default="none",
            ),
        ]
        | None
    ) = None
    socket: Annotated[
        Path,
        _about(
            "Where to listen, unless systemd hands a socket over. Only the owner and the group may connect.",
            default=f"{places.SYSTEM_SOCKET} for root, else $XDG_RUNTIME_DIR/melo-edge/tts.sock",
        ),
    ] = msgspec.field(default_factory=places.socket_to_listen)
    tcp: (
        Annotated[
            str,
            _about(
                "A TCP address to listen on as well, for Wyoming clients elsewhere. Whoever reaches it may speak.",
                default="off",
                values="HOST:PORT, such as 127.0.0.1:10200",
                pattern=ADDRESS,
            ),
        ]
        | None
    ) = None
    device: (
        Annotated[
            str, _about("A sound card, by (part of) its PortAudio name.", default="the system's", values="a name")
        ]
        | None
    ) = None
    output: Annotated[Path, _about("A WAV file to play into instead of the sound card.", default="none")] | None = None
    threads: (
        Annotated[int, _about("Threads that synthesise.", default="one for each core", ge=1, le=256)] | None
    ) = None
    default_speed: Annotated[
        float, _about("The speed of requests that name none; 2 is twice as fast.", reload=True, ge=0.25, le=4)
    ] = 1.0
    emoji: Annotated[
        bool, _about("Whether emoji are said by their names, unless a request tells; else skipped.", reload=True)
    ] = False
    cache_dir: Annotated[
        Path,
        _about(
            "Where spoken phrases are kept.",
            default="$CACHE_DIRECTORY, else /var/cache/melo-edge for root, else $XDG_CACHE_HOME/melo-edge/phrases",
        ),
    ] = msgspec.field(default_factory=places.phrase_folder)
    cache_memory_mb: Annotated[int, _about("Megabytes of phrases in memory; 0: none.", ge=0, le=65536)] = 16
    cache_disk_mb: Annotated[int, _about("Megabytes of phrases on disk; 0: none.", ge=0, le=1048576)] = 64
    max_clients: Annotated[
        int, _about("Connections at once; one more gets `busy`.", reload=True, ge=1, le=10_000)
    ] = Limits.clients
    max_queue: Annotated[
        int,
        _about(
            "Utterances that wait for the sound card or play, and likewise sounds made for clients; one more gets "
            "`busy`.",
            reload=True,
            ge=1,
            le=100_000,
        ),
    ] = Limits.queue
    max_text: Annotated[
        int, _about("Characters of one request's text; over it: `too-long`.", reload=True, ge=1, le=100_000_000)
    ] = Limits.text
    max_line: Annotated[
        int,
        _about(
            "Bytes of one line of a request, or of the data behind it; over it: `too-long`.",
            reload=True,
            ge=1024,
            le=1 << 30,
        ),
    ] = Limits.line
    max_payload: Annotated[
        int, _about("Bytes of one request's payload; over it: `too-long`.", reload=True, ge=0, le=1 << 30)
    ] = Limits.payload
    event_seconds: Annotated[
        float, _about("Seconds that the rest of a request may take once it has begun.", reload=True, ge=0.1, le=86400)
    ] = Limits.event_seconds
    idle_seconds: Annotated[
        float,
        _about(
            "Seconds that a client may be connected without asking, being spoken to or reading.",
            reload=True,
            ge=0.1,
            le=31536000,
        ),
    ] = Limits.idle_seconds
    max_unread: Annotated[
        int,
        _about(
            "Bytes of events that a client may leave unread; over it, it is let go.", reload=True, ge=1024, le=1 << 30
        ),
    ] = Limits.unread
    log_text: Annotated[bool, _about("Whether the log has the texts that are spoken.", reload=True)] = False
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], _about("The least that is logged.", reload=True)
    ] = "info"

    @property
    def limits(self) -> Limits:
        """What the daemon puts up with."""
        return Limits(
            clients=self.max_clients,
            queue=self.max_queue,
            text=self.max_text,
            line=self.max_line,
            payload=self.max_payload,
            event_seconds=self.event_seconds,
            idle_seconds=self.idle_seconds,
            unread=self.max_unread,
        )


@dataclass(frozen=True)
class Option:
    """One row of the table, as the places that read and show it need it."""

    name: str
    kind: Any
    """The type of a value that is set, with its constraints, for msgspec."""
    about: str
    values: str
    """What is right, in words that fit behind "is not"."""
    default: str
    reload: bool
    """Whether SIGHUP is enough."""

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def is_switch(self) -> bool:
        """Whether it is true or false."""
        return get_args(self.kind)[0] is bool

    def convert(self, value: object, *, from_text: bool) -> Any:  # noqa: ANN401  (a setting of any type)
        """The value as the setting has it.

        Args:
            value: as it stands in its source.
            from_text: whether the source knows nothing but text, as the environment does, so that `"2"` is a number.

        Raises:
            ValueError: it is not right; the message says what would be.
        """
        try:
            return msgspec.convert(value, self.kind, strict=not from_text, dec_hook=_decode)
        except msgspec.ValidationError as error:
            message = f"{value!r} is not {self.values}.{self._nearest(value)}"
            raise ValueError(message) from error

    def _nearest(self, value: object) -> str:
        kind = get_args(self.kind)[0]
        return nearest(str(value), get_args(kind)) if get_origin(kind) is Literal else ""


def nearest(wrong: str, right: Iterable[str]) -> str:
    """` Did you mean …?`, where one of `right` resembles `wrong`; else nothing."""
    found = difflib.get_close_matches(wrong, right, n=1)
    return f" Did you mean {found[0]}?" if found else ""


def _decode(kind: type, value: object) -> object:
    # No path has a NUL in it. `expanduser` raises when there is no such user.
    if kind is Path and isinstance(value, str) and value and "\0" not in value:
        with contextlib.suppress(RuntimeError):
            return Path(value).expanduser()
    raise TypeError


def _option(row: msgspec.structs.FieldInfo) -> Option:
    # `Annotated[T, Meta]`, or that `| None`, where not being set means something.
    kind = row.type if get_origin(row.type) is Annotated else get_args(row.type)[0]
    base, meta = get_args(kind)
    default = meta.extra["default"] or toml(row.default)
    return Option(row.name, kind, meta.description, _values(base, meta), default, meta.extra["reload"])


def _values(base: Any, meta: msgspec.Meta) -> str:  # noqa: ANN401  (any type)
    if get_origin(base) is Literal:
        return f"one of {', '.join(get_args(base))}"
    names = {bool: "true or false", Path: "a path", int: "a whole number", float: "a number"}
    known: str | None = (meta.extra or {})["values"]
    return known or names[base] + ("" if meta.ge is None else f" from {meta.ge} to {meta.le}")


def toml(value: object) -> str:
    """A value as TOML writes it, which for these types is JSON."""
    return msgspec.json.encode(value, enc_hook=str).decode()


OPTIONS = tuple(map(_option, msgspec.structs.fields(Settings)))
BY_NAME = {option.name: option for option in OPTIONS}


@dataclass(frozen=True)
class Configuration:
    """All settings, and where each came from."""

    settings: Settings
    origins: Mapping[str, str]
    """By name: `default`, the file, the variable or the command line's option."""


def load(file: Path | None = None, given: dict[str, Any] | None = None) -> Configuration:
    """Puts the settings together.

    Args:
        file: the configuration file; None: `$MELO_EDGE_CONFIG`, else the user's own or the system's, if there is one.
        given: what the command line sets, by name and already converted.

    Raises:
        ConfigError: an unknown option or a wrong value, with where it stands and what would be right.
    """
    given = given or {}
    # Both are looked at even where the command line has the last word: a mistake in them is one all the same.
    values: dict[str, Any] = {}
    origins = dict.fromkeys(BY_NAME, DEFAULT)
    for option, value, origin in (*_from_file(file), *_from_environment()):
        values[option.name] = value
        origins[option.name] = origin
    origins |= {name: BY_NAME[name].flag for name in given}
    return Configuration(Settings(**(values | given)), origins)


def _from_file(file: Path | None) -> Iterator[tuple[Option, Any, str]]:
    named = file or os.environ.get(FILE_VARIABLE)
    path = Path(named) if named else places.config_file()
    if path is None:
        return
    text = _read(path)
    for name, value in _parse(path, text).items():
        place = f"{path}{_line(text, name)}"
        if name not in BY_NAME:
            message = f"{place}: there is no option {name!r}.{nearest(name, BY_NAME)} melo-edge config lists all."
            raise ConfigError(message)
        yield BY_NAME[name], _convert(BY_NAME[name], value, f"{place}: {name}", from_text=False), str(path)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"The configuration {path} cannot be read: {error.strerror}."
        raise ConfigError(message) from error
    except UnicodeDecodeError as error:
        message = f"The configuration {path} is not UTF-8 text (byte {error.start})."
        raise ConfigError(message) from error


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, a number of 5,000 digits, brackets without end
        message = f"The configuration {path} is not TOML: {error}."
        raise ConfigError(message) from error


def _line(text: str, name: str) -> str:
    """Where `name` is set: tomllib does not tell."""
    numbers = (
        number for number, line in enumerate(text.splitlines(), 1) if line.split("=")[0].strip(" \t\"'[]") == name
    )
    number = next(numbers, None)
    return "" if number is None else f", line {number}"


def _from_environment() -> Iterator[tuple[Option, Any, str]]:
    by_variable = {option.variable: option for option in OPTIONS}
    for variable, value in os.environ.items():
        if not variable.startswith(PREFIX) or variable == FILE_VARIABLE:
            continue
        if variable not in by_variable:
            right = nearest(variable, (*by_variable, FILE_VARIABLE))
            message = f"The environment has {variable}, and there is no such option.{right}"
            raise ConfigError(message)
        # An empty variable is how a unit's drop-in takes a setting back.
        if value:
            option = by_variable[variable]
            yield option, _convert(option, value, f"The environment's {variable}", from_text=True), variable


def _convert(option: Option, value: object, place: str, *, from_text: bool) -> Any:  # noqa: ANN401  (any type)
    try:
        return option.convert(value, from_text=from_text)
    except ValueError as error:
        message = f"{place}: {error}"
        raise ConfigError(message) from error
