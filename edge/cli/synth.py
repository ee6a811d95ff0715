"""`melo-edge synth`."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import soundfile
from rich.console import Console
from rich.progress import Progress

from edge import places, runtime, wav
from edge.cli.arguments import add_delivery, add_text, add_voice, read_text
from edge.errors import RequestError

if TYPE_CHECKING:
    from edge.phrase_files import Pcm

MAX_SEED = 2**63 - 1
"""What torch's generator takes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_text(parser)
    add_voice(parser)
    add_delivery(parser, daemon=False)
    parser.add_argument(
        "-o", "--output", required=True, help="a file ending in .wav or .flac, or - for a WAV on standard output"
    )
    parser.add_argument("--raw", action="store_true", help="PCM without a header: 16-bit little-endian, mono")
    parser.add_argument("--seed", type=_seed, metavar="N", help="the same seed gives the same sound")


def _seed(value: str) -> int:
    number = int(value)
    if not 0 <= number <= MAX_SEED:
        raise argparse.ArgumentTypeError(f"{number} is not between 0 and {MAX_SEED}")
    return number


def run(options: argparse.Namespace) -> int:
    """Speaks the text into the output."""
    kind = _kind(options.output, raw=options.raw)
    text = read_text(options)

    runtime.prepare()
    from edge.speech import Voice
    from edge.text.sentences import split

    voice = Voice.load(options.voice, lexicons=places.lexicons())
    chunks = voice.stream(
        text,
        speed=options.speed,
        volume=options.volume,
        speaker=options.speaker,
        seed=options.seed,
        emoji=options.emoji,
    )
    sentences = sum(1 for _ in split(text, voice.manifest.language))
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        pcm = progress.track(chunks, total=sentences, description="Speaking")
        if options.output == "-":
            _write_stream(pcm, voice.sample_rate, raw=options.raw)
        else:
            _write_file(Path(options.output), pcm, voice.sample_rate, kind)
    return 0


def _write_stream(chunks: Iterable[Pcm], rate: int, *, raw: bool) -> None:
    """Writes each sentence as it is made. The header comes with the first: an error leaves the pipe empty."""
    start = b"" if raw else wav.header(rate, wav.UNKNOWN_BYTES)
    for pcm in filter(len, chunks):
        sys.stdout.buffer.write(start + pcm.tobytes())
        sys.stdout.buffer.flush()
        start = b""


def _kind(output: str, *, raw: bool) -> str:
    """The format of a file, as libsndfile calls it; checked before the voice is loaded, which takes its time."""
    kind = "RAW" if raw else Path(output).suffix.removeprefix(".").upper()
    if output != "-" and not soundfile.check_format(kind, "PCM_16"):
        message = f"{output} has no known sound format. Let its name end in .wav or .flac, or ask for --raw."
        raise RequestError(message)
    return kind


def _write_file(path: Path, chunks: Iterable[Pcm], rate: int, kind: str) -> None:
    """Writes beside `path` and renames: whatever fails, what was at `path` stays whole."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with soundfile.SoundFile(new, "x", rate, 1, "PCM_16", format=kind) as file:
            for pcm in chunks:
                file.write(pcm)
        new.replace(path)
    except (OSError, soundfile.LibsndfileError) as error:
        message = f"{path} cannot be written: {error}."
        raise RequestError(message) from error
    finally:
        # Not missing_ok: a folder that cannot be entered fails here, too.
        with contextlib.suppress(OSError):
            new.unlink()
