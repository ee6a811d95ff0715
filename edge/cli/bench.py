"""`melo-edge bench`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from edge.cli.arguments import add_threads, add_voice
from edge.errors import EdgeError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_voice(parser)
    parser.add_argument("--checkpoint", type=Path, help="the MeloTTS checkpoint that the voice was built from")
    parser.add_argument("--config", type=Path, help="its configuration")
    parser.add_argument(
        "--quick", action="store_true", help="under two minutes: each text once, on all threads, nothing judged"
    )
    parser.add_argument(
        "--latency",
        action="store_true",
        help="how soon it speaks and stops alone, each text often, on one thread unless --threads says otherwise",
    )
    add_threads(parser)
    parser.add_argument("--laps", type=int, help="how often each row is measured (default: 3; with --quick 1)")
    parser.add_argument(
        "--only", choices=("voice", "melo"), help="the voice, or a model of MeloTTS's size, alone (default: both)"
    )
    parser.add_argument("--rows", default="", help="rows to measure, by number: 2,5,11,12 (default: all)")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("melo-edge-bench"),
        help="a folder for bench.json, .md and .html, and for what a run that is interrupted goes on with "
        "(default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    actions = parser.add_subparsers(dest="action", metavar="compare A.json B.json")
    compare = actions.add_parser("compare", help="what is faster and what slower in B than in A, beyond the noise")
    compare.add_argument("before", type=Path)
    compare.add_argument("after", type=Path)


def run(options: argparse.Namespace) -> int:
    """Measures or compares, and prints."""
    return _compare(options) if options.action == "compare" else _measure(options)


def _measure(options: argparse.Namespace) -> int:
    from edge.bench import output, runner
    from edge.bench.subjects import Asked

    if (options.checkpoint is None) != (options.config is None):
        raise EdgeError("--checkpoint and --config belong together: name both.")
    if options.quick and options.latency:
        raise EdgeError("--quick and --latency are two kinds of run: name one.")
    settings = runner.Settings(
        asked=Asked(options.voice, options.checkpoint, options.config),
        out=options.out,
        quick=options.quick,
        latency=options.latency,
        laps=options.laps or (runner.QUICK_LAPS if options.quick else runner.LAPS),
        threads=options.threads or (1 if options.latency else None),
        subjects=(options.only,) if options.only else (),
        rows=tuple(filter(None, options.rows.split(","))),
    )
    report = runner.measure(settings, Console(stderr=True))
    output.write(report, options.out)
    runner.clean_up(settings)
    if options.json:
        sys.stdout.buffer.write(output.to_json(report))
    else:
        output.show(report, Console())
        sys.stdout.write(f"\nMore of it: {options.out / output.PAGE}\n")
    return 0


def _compare(options: argparse.Namespace) -> int:
    """The exit status is 1 where something became worse."""
    from edge.bench import compare, output

    before, after = (output.read(path) for path in (options.before, options.after))
    changes = compare.changes(before, after)
    compare.show(before, after, changes, Console())
    return int(any(change.is_worse for change in changes))
