"""`melo-edge text`."""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from rich.console import Console

from edge import places, runtime
from edge.cli.arguments import add_emoji, add_text, read_text
from edge.errors import TextError
from edge.text import Frontend, frontend, lexicon
from edge.text.emoji import name_emoji, skip_emoji
from edge.text.inline import Alphabet, WithPhones
from edge.text.lexicon import Lexicon
from edge.text.sentences import split


class _Reading(NamedTuple):
    """What a text is read with."""

    read: Frontend
    words: Lexicon
    alphabet: Alphabet
    language: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_text(parser)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--language", help="a text frontend that is installed here: ES, EN, espeak:en-us, …")
    source.add_argument(
        "--voice",
        type=Path,
        default=places.voice_path(),
        help="a voice bundle, whose frontend and phones count (default: %(default)s)",
    )
    parser.add_argument("--strict", action="store_true", help="read as the frontend's original does, faults and all")
    add_emoji(parser, daemon=False)
    parser.add_argument("--json", action="store_true", help="one object with everything, for programs")


def run(options: argparse.Namespace) -> int:
    """Prints how each sentence is read."""
    text = read_text(options)
    with _reading(options) as reading:
        sentences = [_sentence(sentence, reading, options) for sentence in split(text, reading.language)]
    if not any(sentence["symbols"] for sentence in sentences):
        raise TextError("There is nothing to speak: the text is empty or has only marks without a sound.")
    if options.json:
        print(msgspec.json.encode({"sentences": sentences}).decode())  # noqa: T201  (a command's output)
    else:
        _show(sentences)
    return 0


@contextlib.contextmanager
def _reading(options: argparse.Namespace) -> Iterator[_Reading]:
    """From the installed packages, or a bundle."""
    if options.language:
        alphabet = Alphabet.of(options.language)
        words = lexicon.load(places.lexicons(), alphabet)
        yield _Reading(WithPhones(frontend(options.language), alphabet), words, alphabet, alphabet.language)
        return
    runtime.prepare()
    from edge.voice import open_bundle

    with open_bundle(options.voice) as bundle:
        manifest = bundle.manifest
        alphabet = Alphabet.of(manifest.frontend, manifest.symbols.ids)
        yield _Reading(bundle.reader(), bundle.lexicon(*places.lexicons()), alphabet, manifest.language)


def _sentence(text: str, reading: _Reading, options: argparse.Namespace) -> dict[str, Any]:
    """One sentence, as `--json` has it; one without a sound has no symbols."""
    begun = time.perf_counter()
    try:
        read = reading.read(text if options.strict else _written(text, reading, options), options.strict)
    except TextError as error:
        return {"text": text, "normalized": "", "phones": "", "symbols": [], "tones": [], "silent": str(error)}
    seconds = time.perf_counter() - begun
    return {
        "text": text,
        "normalized": read.normalized,
        "phones": reading.alphabet.write(read),
        "symbols": read.symbols,
        "tones": read.tones,
        "languages": read.languages,
        "word2ph": read.word2ph,
        "milliseconds": round(1000 * seconds, 2),
    }


def _written(text: str, reading: _Reading, options: argparse.Namespace) -> str:
    """As a voice's sentences are written before they are read."""
    text = reading.words(text)
    return name_emoji(text, reading.language) if options.emoji else skip_emoji(text)


def _show(sentences: list[dict[str, Any]]) -> None:
    console = Console(highlight=False, soft_wrap=True, markup=False)
    for sentence in sentences:
        if not sentence["symbols"]:
            console.print(f"{sentence['text']}\n  {sentence['silent']}")
            continue
        console.print(sentence["normalized"])
        console.print(f"  {sentence['phones']}")
        console.print(f"  {len(sentence['symbols'])} symbols in {sentence['milliseconds']} ms")
