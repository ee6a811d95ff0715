"""`melo-edge cancel`."""

from __future__ import annotations

import argparse

from edge.cli.arguments import add_socket
from edge.client import Client
from edge.errors import RequestError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("id", nargs="?", help="an utterance, as `queued` events and `status` name it (default: all)")
    add_socket(parser)


def run(options: argparse.Namespace) -> int:
    """Drops one utterance or all."""
    with Client(options.socket) as client:
        dropped = client.cancel(options.id)
    if options.id is not None and not dropped:
        message = f"There is no utterance {options.id!r} to cancel; it may be over."
        raise RequestError(message)
    return 0
