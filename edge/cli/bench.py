"""`melo-edge bench`."""

from __future__ import annotations

import argparse
import sys

import msgspec
from rich.console import Console

from edge.bench import measure
from edge.cli.arguments import add_threads, add_voice


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_voice(parser)
    add_threads(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Measures and prints."""
    console = Console(stderr=True)
    with console.status("Measuring"):
        result = measure(options.voice, options.threads)
    if options.json:
        sys.stdout.write(f"{msgspec.json.encode(result).decode()}\n")
        return 0
    for name, value in result.rows():
        sys.stdout.write(f"{name:<18}{value}\n")
    return 0
