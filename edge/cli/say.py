"""`melo-edge say`."""

from __future__ import annotations

import argparse

from edge.cli.arguments import add_delivery, add_socket, add_text, read_text
from edge.client import Client


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_text(parser)
    add_socket(parser)
    add_delivery(parser, daemon=True)
    parser.add_argument("--wait", action="store_true", help="return when it was heard")


def run(options: argparse.Namespace) -> int:
    """Queues the text."""
    text = read_text(options)
    with Client(options.socket) as client:
        client.say(text, wait=options.wait, speed=options.speed, volume=options.volume, speaker=options.speaker)
    return 0
