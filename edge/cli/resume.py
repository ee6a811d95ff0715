"""`melo-edge resume`."""

from __future__ import annotations

import argparse

from edge.cli.arguments import add_socket
from edge.client import Client


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_socket(parser)


def run(options: argparse.Namespace) -> int:
    """Goes on where it fell silent."""
    with Client(options.socket) as client:
        client.resume()
    return 0
