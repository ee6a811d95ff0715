"""`melo-edge serve`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from edge import runtime
from edge.cli.arguments import add_threads, add_voice
from edge.places import socket_to_listen

SWITCH_SECONDS = 0.0005


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_voice(parser)
    parser.add_argument(
        "--socket",
        type=Path,
        default=socket_to_listen(),
        help="where to listen, unless systemd hands a socket over (default: %(default)s)",
    )
    parser.add_argument("--output", type=Path, help="play into this WAV file instead of the sound card")
    parser.add_argument("--device", help="a sound card, by (part of) its PortAudio name (default: the system's)")
    add_threads(parser)


def run(options: argparse.Namespace) -> int:
    """Serves until stopped."""
    runtime.prepare()
    import torch

    from edge.service.daemon import serve

    # The journal stamps lines itself.
    stamp = "" if "JOURNAL_STREAM" in os.environ else "%(asctime)s "
    logging.basicConfig(level=logging.INFO, format=f"{stamp}%(levelname)s %(message)s")
    # The player gets its turn from Python code that computes within a tenth of what the card has buffered.
    sys.setswitchinterval(SWITCH_SECONDS)
    if options.threads:
        torch.set_num_threads(options.threads)
    serve(options.voice, options.socket, options.output, options.device)
    return 0
