"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from edge.config import OPTIONS, Option, nearest
from edge.errors import TextError
from edge.places import socket_to_connect, voice_path


class Parser(argparse.ArgumentParser):
    """Tells the nearest option when there is none of a name."""

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """`parse_args`, with a better answer."""
        options, unknown = self.parse_known_args(arguments)
        if unknown:
            wrong = unknown[0].split("=")[0]
            self.error(f"there is no {wrong}.{nearest(wrong, self._option_string_actions)}")
        return options


def add_config(parser: argparse.ArgumentParser) -> None:
    """`--config`, a file of settings."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="settings (default: $MELO_EDGE_CONFIG, else ~/.config/melo-edge/config.toml of a user's own daemon, "
        "else /etc/melo-edge/config.toml)",
    )


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Each of the daemon's options. One that is not given is no attribute of what was parsed."""
    for option in OPTIONS:
        about = f"{option.about} ({option.values}; default: {option.default})".replace("%", "%%")
        if option.is_switch:
            switch = argparse.BooleanOptionalAction
            parser.add_argument(option.flag, action=switch, default=argparse.SUPPRESS, help=about)
        else:
            parser.add_argument(
                option.flag, type=_converter(option), default=argparse.SUPPRESS, help=about, metavar="VALUE"
            )


def _converter(option: Option) -> Callable[[str], Any]:
    def convert(text: str) -> Any:  # noqa: ANN401  (a setting of any type)
        try:
            return option.convert(text, from_text=True)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return convert


def add_socket(parser: argparse.ArgumentParser) -> None:
    """`--socket`, for clients."""
    parser.add_argument(
        "--socket", type=Path, default=socket_to_connect(), help="the daemon's socket (default: %(default)s)"
    )


def add_voice(parser: argparse.ArgumentParser) -> None:
    """`--voice`, a bundle."""
    parser.add_argument(
        "--voice", type=Path, default=voice_path(), help="a voice bundle, folder or .tar (default: %(default)s)"
    )


def add_text(parser: argparse.ArgumentParser) -> None:
    """The text, or `--file`."""
    parser.add_argument("text", nargs="*", help="what to say; without it, standard input is read")
    parser.add_argument("--file", type=Path, help="read the text from a file")


def add_delivery(parser: argparse.ArgumentParser, *, daemon: bool) -> None:
    """How it is spoken, by the daemon or here."""
    speed, default = (None, "the daemon's default_speed") if daemon else (1.0, "1")
    parser.add_argument("--speed", type=float, default=speed, help=f"0.25 to 4 (default: {default})")
    parser.add_argument("--volume", type=float, default=1.0, help="0 to 1 (default: 1)")
    parser.add_argument("--speaker", help="a speaker of a voice that has several")
    add_emoji(parser, daemon=daemon)


def add_emoji(parser: argparse.ArgumentParser, *, daemon: bool) -> None:
    """`--emoji`."""
    about, default = ("the daemon's setting", None) if daemon else ("they are skipped", False)
    parser.add_argument(
        "--emoji",
        action=argparse.BooleanOptionalAction,
        default=default,
        help=f"say emoji by their names (default: {about})",
    )


def add_threads(parser: argparse.ArgumentParser) -> None:
    """`--threads`."""
    parser.add_argument(
        "--threads", type=_positive, help="threads that synthesise (default: one for each core)", metavar="N"
    )


def _positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def read_text(options: argparse.Namespace) -> str:
    """The text from the arguments, the file or standard input.

    Raises:
        TextError: it cannot be read, or is not UTF-8.
    """
    source = "the text" if options.text else options.file or "standard input"
    try:
        return str(_read(options), "utf-8")
    except OSError as error:
        message = f"{source} cannot be read: {error.strerror}."
        raise TextError(message) from error
    except UnicodeDecodeError as error:
        message = f"{source} is not UTF-8 text (byte {error.start}). Convert it first, for example with iconv."
        raise TextError(message) from error


def _read(options: argparse.Namespace) -> bytes:
    if options.text:
        # Back to the bytes that were typed, which need not be UTF-8.
        return os.fsencode(" ".join(options.text))
    return bytes(options.file.read_bytes() if options.file else sys.stdin.buffer.read())
