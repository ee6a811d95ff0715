"""What a store must be like after a process that changed it was killed, or the power failed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec

from edge.update.store import DEFAULT, VoiceStore, identity
from edge.voice import open_bundle
from edge.voice.bundle import pack
from edge.voice.manifest import read_manifest


@dataclass(frozen=True)
class Scenario:
    """One change of a store that has a default voice, one before it and a third."""

    name: str
    arguments: tuple[str, ...]
    """Of `melo-edge bundle`, without the store."""
    old: str
    new: str
    """What is spoken with before and after."""
    source: Path | None = None
    """The folder of a bundle that is taken in."""


class Stage:
    """Voices that are copies of one, and a store to start from, below `folder`."""

    def __init__(self, folder: Path, bundle: Path) -> None:
        """Makes them; `bundle` is a small one."""
        self.folder = folder
        self.template = folder / "template"
        sources = {
            "default": ("anna", 1.0),
            "previous": ("bert", 1.0),
            "third": ("carl", 1.0),
            "other": ("dora", 1.0),
            "build": ("anna", 1.01),
            "older": ("anna", 0.99),
        }
        for name, (voice, gain) in sources.items():
            _variant(bundle, folder / name, voice, gain)
        pack(folder / "other", folder / "other.tar")
        store = VoiceStore(self.template)
        with store.changing():
            names = {name: self._install(store, name) for name in ("third", "older", "previous", "default")}
        store.switch(names["previous"])
        store.switch(names["default"])
        self.names = names | {name: identity(read_manifest(folder / name)) for name in ("other", "build")}

    def scenarios(self) -> list[Scenario]:
        """Everything that changes a store."""
        names, folder = self.names, self.folder
        old = names["default"]
        other, build = folder / "other", folder / "build"
        return [
            Scenario("install", ("install", "--use", str(other)), old, names["other"], other),
            Scenario("install a .tar", ("install", "--use", f"{other}.tar"), old, names["other"], other),
            Scenario("install hard links", ("install", "--use", "--link", str(other)), old, names["other"], other),
            Scenario("install a newer build", ("install", str(build)), old, names["build"], build),
            Scenario("use", ("use", "carl"), old, names["third"]),
            Scenario("rollback", ("rollback",), old, names["previous"]),
            Scenario("remove the default", ("remove", names["default"]), old, names["previous"]),
            Scenario("remove another", ("remove", "carl"), old, old),
        ]

    def fresh(self, folder: Path) -> Path:
        """The store to start from, as `folder`. Its files are those of all others: nothing may write into them."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.template, folder, symlinks=True, copy_function=_link)
        return folder

    def _install(self, store: VoiceStore, name: str) -> str:
        return store.install(self.folder / name, lambda folder: None)[0].name


def survey(store: Path, scenario: Scenario) -> str:
    """The name of the bundle that a daemon speaks with which starts now.

    Raises:
        AssertionError: it is neither the old one nor the new one, or something in the store is not whole.
    """
    with open_bundle(store / DEFAULT) as bundle:
        name = identity(bundle.manifest)
    assert name in {scenario.old, scenario.new}, name
    found = VoiceStore(store)
    known = {entry.name for entry in found.entries()}
    assert {found.links.default, found.links.previous} - {None} <= known
    for other in known - {name}:
        with open_bundle(store / other):
            pass
    return name


def recover(store: Path) -> None:
    """What a fault left is gone before the next change, and the voice is still what it was."""
    found = VoiceStore(store)
    before = found.links
    with found.changing():
        assert found.links == before
        assert not [path for path in store.iterdir() if path.name.startswith(".")]


def _variant(bundle: Path, folder: Path, voice: str, gain: float) -> None:
    shutil.copytree(bundle, folder, copy_function=_link)
    manifest = read_manifest(folder)
    (folder / "manifest.json").unlink()
    msgspec.structs.replace(manifest, name=voice, gain=manifest.gain * gain).write(folder)


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)
