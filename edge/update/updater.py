"""From one voice to another and, if it will not speak, back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from edge.errors import BundleError, EdgeError
from edge.update.store import Accept, Entry, Links, VoiceStore, identity


class Daemon(Protocol):
    """Who speaks with the store's default voice. Each raises `DaemonError`."""

    def restart(self) -> None:
        """Has it load the default voice; returns when it is ready."""

    def speaks_with(self) -> str:
        """The `identity` of its bundle."""


class Updater:
    """Changes what a store's daemon speaks with.

    Each method holds the store while it runs, and raises `BundleError` when what was asked for did not come to be.

    Args:
        store: the voices.
        check: refuses bundles that are whole, but not to be had.
        daemon: speaks with the store's default voice; None: nobody does, or nobody who could be told.
        say: told what happens, a sentence at a time.
    """

    def __init__(self, store: VoiceStore, check: Accept, daemon: Daemon | None, say: Callable[[str], None]) -> None:
        self._store = store
        self._check = check
        self._daemon = daemon
        self._say = say

    def install(self, source: Path, *, link: bool = False, use: bool = False) -> Entry:
        """Takes a bundle in. Without `use` it is spoken with if there was none, or another build of the same voice."""
        with self._store.changing(self._wait):
            entry, is_new = self._store.install(source, self._check, link=link)
            self._say(f"{entry.name} is in {self._store.folder}{'' if is_new else ' already'}.")
            if is_new:
                self._warn(entry)
            if use or self._succeeds(entry):
                self._switch(entry, restart=is_new)
            self._forget_older(entry)
        return entry

    def use(self, name: str) -> Entry:
        """Speaks with a bundle that is in the store."""
        with self._store.changing(self._wait):
            return self._try(self._store.find_one(name))

    def rollback(self) -> Entry:
        """Speaks with what was spoken with before; once more, and it is as it was."""
        with self._store.changing(self._wait):
            previous = self._store.links.previous
            if previous is None:
                message = f"{self._store.folder} knows no voice before this one."
                raise BundleError(message)
            return self._try(self._store.find_one(previous))

    def remove(self, name: str) -> list[Entry]:
        """Removes a bundle, or all builds of a voice. What was spoken with gives way to another that is whole."""
        with self._store.changing(self._wait):
            before = self._store.links.default
            found = self._store.find(name)
            for entry in found:
                self._store.remove(entry)
                self._say(f"{entry.name} is removed.")
            now = self._store.links.default
            if now is None:
                self._say("No voice is left.")
            elif now != before:
                self._restart(now)
                self._say(f"{now} is the default voice now.")
        return found

    def _wait(self) -> None:
        self._say("Waiting for another melo-edge bundle to finish.")

    def _succeeds(self, entry: Entry) -> bool:
        default = self._store.links.default
        former = next((former for former in self._store.entries() if former.name == default), None)
        return former is None or former.manifest is None or former.voice == entry.voice

    def _try(self, entry: Entry) -> Entry:
        self._store.verify(entry)
        self._check(entry.folder)
        self._warn(entry)
        self._switch(entry, restart=True)
        return entry

    def _warn(self, entry: Entry) -> None:
        if entry.manifest is not None and entry.manifest.utterance is None:
            self._say(
                f"{entry.name} speaks, but an older melo-edge built it: how it should sound is not known, so that was "
                "not compared."
            )

    def _switch(self, entry: Entry, *, restart: bool) -> None:
        """Speaks with `entry`; if that is so already, the daemon is told only if it is to `restart`."""
        before = self._store.links
        if before.default == entry.name and not restart:
            self._say(f"{entry.name} is the default voice already.")
            return
        if before.default != entry.name:
            self._store.switch(entry.name)
        try:
            self._restart(entry.name)
        except EdgeError as error:
            self._go_back(entry, before, error)
        self._say(f"{entry.name} is the default voice now.")

    def _restart(self, name: str) -> None:
        if self._daemon is None:
            return
        self._say(f"Restarting the daemon with {name}.")
        self._daemon.restart()
        [entry] = self._store.find(name)
        speaks_with = self._daemon.speaks_with()
        if entry.manifest is None or speaks_with != identity(entry.manifest):
            message = f"the daemon speaks with {speaks_with}, not with {name}"
            raise BundleError(message)

    def _go_back(self, entry: Entry, before: Links, reason: EdgeError) -> None:
        """Undoes a switch that the daemon did not follow, and says so.

        Raises:
            BundleError: always.
        """
        if before.default in {None, entry.name}:
            message = f"{entry.name} is the default voice, but the daemon does not speak with it: {reason}"
            raise BundleError(message) from reason
        self._store.restore(before)
        message = f"{entry.name} was given up: {reason} What is spoken with is {before.default}, as before."
        try:
            self._restart(before.default)
        except EdgeError as error:
            message = f"{entry.name} was given up: {reason} The default is {before.default} again, but: {error}"
            raise BundleError(message) from error
        raise BundleError(message) from reason

    def _forget_older(self, entry: Entry) -> None:
        """Drops the builds of a voice that are neither spoken with nor gone back to: a small disk would fill."""
        kept = {entry.name, self._store.links.default, self._store.links.previous}
        for other in self._store.entries():
            if other.voice == entry.voice and other.name not in kept:
                self._store.remove(other)
                self._say(f"{other.name}, an older build of {entry.voice}, is removed.")
