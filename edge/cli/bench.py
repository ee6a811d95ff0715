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
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--int8",
        action="store_true",
        help="measure instead what INT8 gains over FP32, on one thread unless --threads says otherwise (minutes)",
    )
    what.add_argument(
        "--latency",
        action="store_true",
        help="measure instead how soon it speaks and stops, on one thread unless --threads says otherwise (minutes)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Measures and prints."""
    console = Console(stderr=True)
    if options.int8 or options.latency:
        return _run_bars(options, console)
    with console.status("Measuring"):
        result = measure(options.voice, options.threads)
    if options.json:
        return _print_json(result)
    for name, value in result.rows():
        sys.stdout.write(f"{name:<18}{value}\n")
    return 0


def _run_bars(options: argparse.Namespace, console: Console) -> int:
    from edge.bench.int8 import measure_int8
    from edge.bench.latency import measure_latency
    from edge.build.progress import ConsoleProgress

    measure_bars = measure_int8 if options.int8 else measure_latency
    report = measure_bars(options.voice, options.threads or 1, ConsoleProgress(console))
    if options.json:
        return _print_json(report)
    sys.stdout.writelines(f"{line}\n" for line in report.lines())
    return 0


def _print_json(result: msgspec.Struct) -> int:
    sys.stdout.write(f"{msgspec.json.encode(result).decode()}\n")
    return 0
