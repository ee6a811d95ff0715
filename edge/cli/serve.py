"""`melo-edge serve`."""

from __future__ import annotations

import argparse
import logging
import sys

from edge import runtime
from edge.cli.arguments import add_config, add_settings
from edge.config import Settings, load

SWITCH_SECONDS = 0.0005


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_config(parser)
    add_settings(parser)


def run(options: argparse.Namespace) -> int:
    """Serves until stopped."""
    given = vars(options)
    file = given.pop("config")

    def load_settings() -> Settings:
        return load(file, given).settings

    settings = load_settings()
    runtime.prepare()
    import torch

    from edge.service.daemon import serve
    from edge.service.systemd import journal_handler

    journal = journal_handler()
    # The journal has a time and a level for each entry.
    form = "%(asctime)s %(levelname)s %(message)s" if journal is None else "%(message)s"
    logging.basicConfig(format=form, handlers=None if journal is None else [journal])
    # The player gets its turn from Python code that computes within a tenth of what the card has buffered.
    sys.setswitchinterval(SWITCH_SECONDS)
    if settings.threads:
        torch.set_num_threads(settings.threads)
    serve(settings, load_settings)
    return 0
