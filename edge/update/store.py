"""The voices of a device, in one folder.

Each bundle is a folder in it. The link `default` names the one to speak with, `previous` the one to go back to.
Whatever happens while this changes something, a killed process or a power cut: a bundle is there whole, under its
name, or it is not there; `default` names the old one or the new one, and each of them is there.

- A bundle comes to be in a folder beside, is forced to the disk and gets its name by one rename.
- A bundle goes by one rename, too, after no link names it. An overlay may refuse that for what lies in its lower
  layer: there the manifest goes first, and what is left is no bundle.
- The links change places in one step, so that the switch and the way back are one.
- What a cut left, a name that begins with `.part-`, goes before the next change.
- Only taking a bundle in needs room: a full disk keeps nobody from switching or removing.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from edge.durable import bring, exchange, sync, sync_tree
from edge.errors import BundleError
from edge.voice import Bundle, Manifest, open_bundle
from edge.voice.bundle import described, unpack
from edge.voice.manifest import NAME, read_manifest

DEFAULT, PREVIOUS = "default", "previous"

_PART = ".part-"
"""What nobody speaks with, yet or any more, has a name that begins so."""

_DIGITS = 12
"""Of the digest of how a voice sounds, in the name of its folder."""

Accept = Callable[[Path], None]
"""Looks at a bundle's folder; raises `BundleError` for one that is not to be had."""


@dataclass(frozen=True)
class Entry:
    """One bundle of the store."""

    folder: Path
    manifest: Manifest | None
    """None: it cannot be read."""

    @property
    def name(self) -> str:
        """Its folder's."""
        return self.folder.name

    @property
    def voice(self) -> str:
        """Several builds of a voice have one name."""
        return self.name if self.manifest is None else self.manifest.name

    @property
    def size(self) -> int:
        """Bytes on disk, without the manifest."""
        return 0 if self.manifest is None else sum(entry.size for entry in self.manifest.files.values())


@dataclass(frozen=True)
class Links:
    """The names of the bundles that the two links name; None: there is no such link."""

    default: str | None
    previous: str | None


def identity(manifest: Manifest) -> str:
    """What this build of a voice is called: the voice's name, and the beginning of the digest of how it sounds."""
    # A manifest is somebody else's: no part of a name in it may lead out of the store, or hide.
    name = re.sub(r"[^\w.-]", "_", manifest.name).lstrip(".")[:64]
    return f"{name}-{manifest.sound[:_DIGITS]}"


class VoiceStore:
    """The bundles in `folder`. What changes them is to be called inside `changing`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    @property
    def links(self) -> Links:
        """What is spoken with, and what it would go back to."""
        return Links(self._named_by(DEFAULT), self._named_by(PREVIOUS))

    def entries(self) -> list[Entry]:
        """All bundles, by name."""
        try:
            folders = sorted(self.folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            message = f"The voices in {self.folder} cannot be listed: {error.strerror}."
            raise BundleError(message) from error
        return [Entry(folder, _manifest(folder)) for folder in folders if _may_be_bundle(folder)]

    def find(self, name: str) -> list[Entry]:
        """The bundle called `name`, or all builds of the voice of that name.

        Raises:
            BundleError: there is none.
        """
        entries = self.entries()
        found = [entry for entry in entries if entry.name == name] or [e for e in entries if e.voice == name]
        if not found:
            known = ", ".join(entry.name for entry in entries) or "none"
            message = f"{self.folder} has no voice {name!r}. It has: {known}."
            raise BundleError(message)
        return found

    def find_one(self, name: str) -> Entry:
        """The one bundle that `name` means.

        Raises:
            BundleError: there is none, or there are several.
        """
        found = self.find(name)
        if len(found) > 1:
            message = f"There are several builds of {name}: say which of {', '.join(entry.name for entry in found)}."
            raise BundleError(message)
        return found[0]

    @contextmanager
    def changing(self, wait: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Keeps others from changing the store, and clears away what a cut left.

        Args:
            wait: called if there is another who has to finish first.

        Raises:
            BundleError: the store cannot be made or written to.
        """
        with _explained(self.folder):
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True)
                sync(self.folder.parent)
            lock = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _lock(lock, wait)
            with _explained(self.folder):
                self._clear_away()
            yield
        finally:
            os.close(lock)

    def install(self, source: Path, accept: Accept, *, link: bool = False) -> tuple[Entry, bool]:
        """Takes a bundle in, and leaves the links as they are. Returns it, and whether it was not there already.

        Args:
            source: the bundle, a folder or a `.tar`. What its manifest does not name stays behind.
            accept: looks at the bundle, whose checksums are right, before it gets its name.
            link: let the files be hard links to those of `source`, where that can be.

        Raises:
            BundleError: the bundle is missing, damaged or not accepted, or the disk is full. The store is as it was.
        """
        with self._part() as part:
            if source.is_file():
                unpack(source, part)
                _drop_unnamed(part)
            else:
                _copy(source, part, link=link)
            with open_bundle(part) as bundle:
                manifest = bundle.manifest
            target = self.folder / identity(manifest)
            is_new = not _same(part, target)
            if is_new:
                accept(part)
                sync_tree(part)
                if target.exists():
                    exchange(part, target)
                else:
                    part.rename(target)
                sync(self.folder)
        return Entry(target, manifest), is_new

    def verify(self, entry: Entry) -> Bundle:
        """Looks whether all of a bundle is there and unchanged.

        Raises:
            BundleError: it is not.
        """
        with open_bundle(entry.folder) as bundle:
            return bundle

    def switch(self, name: str) -> None:
        """Lets `default` name another bundle, and `previous` the one that it named: in one step."""
        with _explained(self.folder):
            default = self._named_by(DEFAULT)
            if default is None or not (self.folder / default).is_dir():
                self._point(DEFAULT, name)
            else:
                # Whoever is stopped in between leaves the old one speaking, and both links name what is there.
                if self._named_by(PREVIOUS) != name:
                    self._point(PREVIOUS, name)
                exchange(self.folder / DEFAULT, self.folder / PREVIOUS)
                sync(self.folder)

    def restore(self, before: Links) -> None:
        """Undoes `switch`: `before` is what `links` were."""
        with _explained(self.folder):
            if before.default is not None and self.links.default != before.default:
                exchange(self.folder / DEFAULT, self.folder / PREVIOUS)
                sync(self.folder)
            if before.previous is not None:
                self._point(PREVIOUS, before.previous)
            else:
                self._unlink(PREVIOUS)

    def remove(self, entry: Entry) -> None:
        """Removes a bundle. If it was spoken with, the one before it is now, or else any whole one, if there is any."""
        with _explained(self.folder):
            if self.links.default == entry.name:
                successor = self._successor(entry)
                if successor is None:
                    self._unlink(DEFAULT)
                else:
                    self._point(DEFAULT, successor)
            if self.links.previous in {entry.name, self.links.default}:
                self._unlink(PREVIOUS)
            shutil.rmtree(self._undone(entry.folder))

    def speakable(self) -> Iterator[Path]:
        """The bundles to speak with, the best first: what `default` names, what `previous` names, any other."""
        try:
            links = self.links
        except BundleError:
            links = Links(None, None)
        names = [links.default, links.previous, *(entry.name for entry in self.entries())]
        yield from (self.folder / name for name in dict.fromkeys(names) if name is not None)

    def _undone(self, folder: Path) -> Path:
        """Lets a bundle be none, in one step, and returns where its files are."""
        gone = self.folder / f"{_PART}{folder.name}"
        try:
            folder.rename(gone)
        except OSError as error:
            # A folder of a lower layer, on an overlay without redirect_dir. Source: Linux's filesystems/overlayfs.rst.
            if error.errno != errno.EXDEV:
                raise
            (folder / NAME).unlink(missing_ok=True)
            sync(folder)
            return folder
        sync(self.folder)
        return gone

    def _successor(self, entry: Entry) -> str | None:
        for folder in self.speakable():
            if folder != entry.folder:
                try:
                    self.verify(Entry(folder, None))
                except BundleError:
                    continue
                return folder.name
        return None

    def _named_by(self, link: str) -> str | None:
        path = self.folder / link
        if not path.is_symlink():
            if path.exists():
                message = f"{path} is not a link. Move it away, then take what it holds in: melo-edge bundle install."
                raise BundleError(message)
            return None
        target = Path(os.path.normpath(self.folder / path.readlink()))
        if target.parent != self.folder:
            message = f"{path} names {target}, outside of the store. Remove it, then take that in: bundle install."
            raise BundleError(message)
        return target.name

    def _point(self, link: str, name: str) -> None:
        new = self.folder / f"{_PART}{link}"
        new.symlink_to(name)
        new.rename(self.folder / link)
        sync(self.folder)

    def _unlink(self, link: str) -> None:
        (self.folder / link).unlink(missing_ok=True)
        sync(self.folder)

    @contextmanager
    def _part(self) -> Iterator[Path]:
        """A folder in which a bundle comes to be. What is left of it afterwards goes."""
        with _explained(self.folder):
            part = Path(tempfile.mkdtemp(prefix=_PART, dir=self.folder))
            try:
                part.chmod(0o755)
                yield part
            finally:
                shutil.rmtree(part, ignore_errors=True)

    def _clear_away(self) -> None:
        for path in self.folder.glob(f"{_PART}*"):
            if path.is_symlink():
                path.unlink()
            else:
                shutil.rmtree(path)


def _may_be_bundle(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not path.name.startswith(".")


def _manifest(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder)
    except BundleError:
        return None


def _copy(source: Path, part: Path, *, link: bool) -> None:
    with open_bundle(source) as bundle:
        for name in (*described(bundle.folder), *bundle.manifest.files):
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            bring(bundle.folder / name, part / name, link=link)


def _drop_unnamed(folder: Path) -> None:
    named = {*described(folder), *read_manifest(folder).files}
    for path in folder.rglob("*"):
        if path.is_file() and str(path.relative_to(folder)) not in named:
            path.unlink()


def _same(part: Path, target: Path) -> bool:
    """Whether `target` is the bundle `part` already, and whole."""
    try:
        with open_bundle(target):
            return _description(part) == _description(target)
    except BundleError:
        return False


def _description(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in described(folder)]


def _lock(descriptor: int, wait: Callable[[], None]) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        wait()
        fcntl.flock(descriptor, fcntl.LOCK_EX)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        message = f"You may not change the voices in {folder}: {error.strerror}. Use sudo."
        raise BundleError(message) from error
    except OSError as error:
        message = f"The voices in {folder} cannot be changed: {error.strerror}."
        raise BundleError(message) from error
