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
    parser.add_argument(
        "--int8",
        action="store_true",
        help="measure instead what INT8 gains over FP32, on one thread unless --threads says otherwise (minutes)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Measures and prints."""
    console = Console(stderr=True)
    if options.int8:
        return _run_int8(options, console)
    with console.status("Measuring"):
        result = measure(options.voice, options.threads)
    if options.json:
        return _print_json(result)
    for name, value in result.rows():
        sys.stdout.write(f"{name:<18}{value}\n")
    return 0


def _run_int8(options: argparse.Namespace, console: Console) -> int:
    from edge.bench.int8 import measure_int8
    from edge.build.progress import ConsoleProgress

    report = measure_int8(options.voice, options.threads or 1, ConsoleProgress(console))
    if options.json:
        return _print_json(report)
    sys.stdout.writelines(f"{line}\n" for line in report.lines())
    return 0


def _print_json(result: msgspec.Struct) -> int:
    sys.stdout.write(f"{msgspec.json.encode(result).decode()}\n")
    return 0
