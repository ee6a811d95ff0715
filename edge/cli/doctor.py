"""`melo-edge doctor`."""

from __future__ import annotations

import argparse

from rich.console import Console

from edge.cli.arguments import add_socket, add_voice
from edge.doctor import Finding, examine

MARKS = {True: "[green]ok   [/]", False: "[red]FAILS[/]"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_voice(parser)
    add_socket(parser)


def run(options: argparse.Namespace) -> int:
    """Prints a line for each check, and what to do about each that fails; 1 if one does."""
    console = Console(highlight=False, soft_wrap=True)
    findings = []
    for finding in examine(options.voice, options.socket):
        findings.append(finding)
        _show(console, finding)
    return 0 if all(finding.ok for finding in findings) else 1


def _show(console: Console, finding: Finding) -> None:
    console.print(f"{MARKS[finding.ok]} {finding.what}: ", end="")
    console.print(finding.detail, markup=False)
    if finding.advice:
        console.print(f"      {finding.advice}", markup=False)
