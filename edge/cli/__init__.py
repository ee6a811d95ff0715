"""The command `melo-edge`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

import edge
from edge.cli.arguments import Parser
from edge.errors import EdgeError

# Each command is a module of this package with `add_arguments(parser)` and `run(options) -> exit status`. Only the
# one that is asked for is imported: `say` must not wait for torch.
COMMANDS = {
    "serve": "run the daemon",
    "config": "show the daemon's settings and where each comes from",
    "say": "have the daemon say something",
    "synth": "speak to a WAV file or a pipe, without the daemon",
    "stop": "stop what the daemon is saying",
    "cancel": "drop one utterance, or all that is said or waits",
    "pause": "have the daemon fall silent until it is told to resume",
    "resume": "have the daemon go on where it paused",
    "status": "show what the daemon is doing",
    "voices": "list the daemon's voices",
    "bundle": "install, list, switch and remove the voices of this machine",
    "text": "show how a text is read: what is said, and its phones",
    "bench": "measure load time, latency, speed and memory of a voice",
    "doctor": "check this machine, and say what to do about each problem",
}


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status: 0, 1 for an error that is explained, 2 for wrong usage."""
    arguments = sys.argv[1:] if arguments is None else arguments
    command = arguments[0] if arguments and arguments[0] in COMMANDS else None
    if command is None:
        _overview().parse_args(arguments)
        _overview().print_help()
        return 0 if not arguments else 2
    module = importlib.import_module(f"edge.cli.{command}")
    parser = Parser(prog=f"melo-edge {command}", description=f"{COMMANDS[command].capitalize()}.")
    module.add_arguments(parser)
    options = parser.parse(arguments[1:])
    try:
        status = int(module.run(options))
        # Here a full disk can still be explained; Python's own flush at the end would print a traceback.
        sys.stdout.flush()
    except EdgeError as error:
        return _fail(command, error)
    except BrokenPipeError:
        # The reader of our output had enough; there is nobody left to tell.
        _drop_output()
        return 1
    except OSError as error:
        _drop_output()
        return _fail(command, error)
    except KeyboardInterrupt:
        return 130
    return status


def _fail(command: str, error: Exception) -> int:
    sys.stderr.write(f"melo-edge {command}: {error}\n")
    return 1


def _drop_output() -> None:
    """What is still in the buffer of standard output goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _overview() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    listing = "\n".join(f"  {name:<{width}}  {what}" for name, what in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="melo-edge",
        description=f"Offline speech for small Linux computers.\n\ncommands:\n{listing}",
        epilog="melo-edge COMMAND --help tells about one.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", nargs="?", help="one of the above")
    parser.add_argument("--version", action="version", version=f"melo-edge {edge.__version__}")
    return parser
