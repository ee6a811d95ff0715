"""`melo-edge status`."""

from __future__ import annotations

import argparse
import json
import sys

from edge.cli.arguments import add_socket
from edge.client import Client


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_socket(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Prints the daemon's status."""
    with Client(options.socket) as client:
        status = client.status()
    if options.json:
        sys.stdout.write(f"{json.dumps(status, ensure_ascii=False)}\n")
        return 0
    for name, value in status.items():
        sys.stdout.write(f"{name.replace('_', ' '):<18}{'-' if value is None else value}\n")
    return 0
