"""`melo-edge voices`."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from edge.cli.arguments import add_socket
from edge.client import Client


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_socket(parser)


def run(options: argparse.Namespace) -> int:
    """Prints the daemon's voices."""
    with Client(options.socket) as client:
        voices = client.voices()
    table = Table("voice", "languages", "speakers", box=None)
    for voice in voices:
        speakers = ", ".join(speaker["name"] for speaker in voice["speakers"] or ())
        table.add_row(voice["name"], ", ".join(voice["languages"]), speakers or "-")
    Console().print(table)
    return 0
