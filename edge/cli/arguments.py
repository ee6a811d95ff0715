"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from edge.errors import TextError
from edge.places import socket_to_connect, voice_path


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


def add_delivery(parser: argparse.ArgumentParser) -> None:
    """How it is spoken."""
    parser.add_argument("--speed", type=float, default=1.0, help="0.25 to 4 (default: 1)")
    parser.add_argument("--volume", type=float, default=1.0, help="0 to 1 (default: 1)")
    parser.add_argument("--speaker", help="a speaker of a voice that has several")


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
