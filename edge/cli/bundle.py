"""`melo-edge bundle`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from edge import config, places
from edge.cli.arguments import add_config
from edge.errors import BundleError
from edge.update.daemon import SystemDaemon
from edge.update.health import check_apart
from edge.update.store import DEFAULT, PREVIOUS, Entry, VoiceStore
from edge.update.updater import Updater
from edge.voice.signature import check_signature

USAGE = """
An update leaves a voice to speak with whatever happens. Checksums are verified, the bundle speaks a sentence into
nothing, the switch is one step, the daemon is restarted and asked; if it does not speak, all is as it was.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the actions and their options."""
    parser.epilog = USAGE
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, about, argument in (
        ("install", "take a bundle in; it is spoken with if none was, or another build of the same voice", "BUNDLE"),
        ("list", "show the voices of the store", ""),
        ("use", "speak with another voice of the store", "VOICE"),
        ("rollback", "speak with what was spoken with before", ""),
        ("verify", "look whether all voices of the store, or one, are whole", "[VOICE]"),
        ("remove", "remove a voice from the store", "VOICE"),
    ):
        action = actions.add_parser(name, help=about, description=f"{about.capitalize()}.")
        action.add_argument(
            "--store",
            type=Path,
            default=places.SYSTEM_STORE,
            metavar="FOLDER",
            help="where the voices are (default: %(default)s)",
        )
        add_config(action)
        if argument == "BUNDLE":
            action.add_argument("bundle", type=Path, help="a folder, or a .tar")
            action.add_argument("--use", action="store_true", help="speak with it in any case")
            action.add_argument("--link", action="store_true", help="use hard links to a folder that never changes")
        elif argument:
            action.add_argument(
                "voice", nargs="?" if argument.startswith("[") else None, help="a name from melo-edge bundle list"
            )
        elif name == "list":
            action.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Does one action; 1 when a voice is not whole."""
    # Another user, the daemon's, is to read what root takes in.
    os.umask(0o022)
    settings = config.load(options.config).settings
    store = VoiceStore(options.store)
    if options.action == "list":
        return _list(store, as_json=options.json)
    if options.action == "verify":
        return _verify(store, options.voice, settings.bundle_key)
    updater = _updater(store, settings)
    if options.action == "install":
        updater.install(options.bundle, link=options.link, use=options.use)
    elif options.action == "use":
        updater.use(options.voice)
    elif options.action == "rollback":
        updater.rollback()
    else:
        updater.remove(options.voice)
    return 0


def _updater(store: VoiceStore, settings: config.Settings) -> Updater:
    is_system = store.folder == places.SYSTEM_STORE

    def check(folder: Path) -> None:
        if settings.bundle_key is not None:
            check_signature(folder, settings.bundle_key)
        check_apart(folder, as_daemon=is_system and os.geteuid() == 0)

    return Updater(store, check, _daemon(settings) if is_system else None, _say)


def _daemon(settings: config.Settings) -> SystemDaemon | None:
    """The system's daemon; None when it does not run, or does not speak with the store's default voice."""
    daemon = SystemDaemon(places.SYSTEM_SOCKET)
    if not daemon.is_wanted:
        _say("systemd runs no melo-edge.service here: restart the daemon, if there is one, yourself.")
        return None
    if settings.voice != places.SYSTEM_VOICE:
        _say(f"The daemon stays as it is: its configuration has it speak with {settings.voice}.")
        return None
    return daemon


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def _list(store: VoiceStore, *, as_json: bool) -> int:
    links = store.links
    roles = {links.previous: PREVIOUS} | {links.default: DEFAULT}
    rows = [_row(entry, roles.get(entry.name)) for entry in store.entries()]
    if as_json:
        sys.stdout.write(f"{json.dumps(rows, ensure_ascii=False)}\n")
        return 0
    table = Table("bundle", "voice", "language", "size", "", box=None)
    for row in rows:
        size = "-" if row["bytes"] is None else f"{row['bytes'] / 1e6:.1f} MB"
        table.add_row(row["bundle"], row["voice"], row["language"] or "damaged", size, row["role"] or "")
    Console().print(table)
    return 0


def _row(entry: Entry, role: str | None) -> dict[str, Any]:
    """One line of the list; `language` and `bytes` are None for a bundle whose manifest cannot be read."""
    known = entry.manifest
    return {
        "bundle": entry.name,
        "voice": entry.voice,
        "language": None if known is None else known.language,
        "bytes": None if known is None else entry.size,
        "role": role,
    }


def _verify(store: VoiceStore, voice: str | None, key: Path | None) -> int:
    entries = store.find(voice) if voice else store.entries()
    problems = [_problem(store, entry, key) for entry in entries]
    for entry, problem in zip(entries, problems, strict=True):
        sys.stdout.write(f"{entry.name}: {problem or 'whole'}\n")
    return 1 if any(problems) else 0


def _problem(store: VoiceStore, entry: Entry, key: Path | None) -> str:
    try:
        store.verify(entry)
        if key is not None:
            check_signature(entry.folder, key)
    except BundleError as error:
        return str(error)
    return ""
