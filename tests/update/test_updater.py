"""A switch counts when the daemon speaks with it; if it will not, all is as it was.

The daemons are real ones; what systemd would do with them, a restart, is done here.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import torch

from edge.errors import BundleError, DaemonError
from edge.update.store import Links, VoiceStore, identity
from edge.update.updater import Updater
from edge.voice.bundle import MODEL
from edge.voice.manifest import NAME, measure, read_manifest
from tests.daemons import Daemon
from tests.update.bundles import make_bundle


class Service:
    """A daemon that speaks with the default voice of the store in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.starts = 0
        self._daemon: Daemon | None = None

    def restart(self) -> None:
        self.end()
        home = self._folder.parent / f"daemon{self.starts}"
        home.mkdir()
        self.starts += 1
        voice = self._folder / "default"
        self._daemon = Daemon(home, "--voice", voice, "--output", home / "heard.wav").ready()

    def speaks_with(self) -> str:
        assert self._daemon is not None
        return str(self._daemon.ask("status", "status")["bundle"])

    def end(self) -> None:
        if self._daemon is not None:
            self._daemon.stop()


class Recorder:
    """Accepts every bundle, and keeps what is said."""

    def __init__(self) -> None:
        self.checked: list[Path] = []
        self.said: list[str] = []

    def check(self, folder: Path) -> None:
        self.checked.append(folder)


@pytest.fixture
def store(tmp_path: Path) -> VoiceStore:
    return VoiceStore(tmp_path / "voices")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def service(store: VoiceStore) -> Iterator[Service]:
    service = Service(store.folder)
    yield service
    service.end()


def updater(store: VoiceStore, recorder: Recorder, service: Service | None = None) -> Updater:
    return Updater(store, recorder.check, service, recorder.said.append)


def broken(bundle: Path, folder: Path) -> Path:
    """Whole to the last bit, and nothing that could speak."""
    shutil.copytree(bundle, folder)
    torch.jit.save(torch.jit.script(torch.nn.Identity()), str(folder / MODEL))
    msgspec.structs.replace(read_manifest(folder), name="broken", files=measure(folder)).write(folder)
    return folder


def test_a_daemon_follows_and_one_that_cannot_makes_all_as_it_was(
    store: VoiceStore, recorder: Recorder, service: Service, melo_bundle: Path, english_bundle: Path, tmp_path: Path
) -> None:
    update = updater(store, recorder, service)
    spanish, english = (identity(read_manifest(bundle)) for bundle in (melo_bundle, english_bundle))
    update.install(melo_bundle)
    assert service.speaks_with() == spanish
    update.install(english_bundle)
    assert (service.speaks_with(), service.starts) == (spanish, 1), "it was not asked for"
    update.use(english)
    assert service.speaks_with() == english
    assert store.links == Links(english, spanish)
    with pytest.raises(BundleError, match=rf"broken-\w+ was given up: .*speaks with {english}.*{english}, as before"):
        update.install(broken(melo_bundle, tmp_path / "broken"), use=True)
    assert service.speaks_with() == english
    assert store.links == Links(english, spanish)
    update.rollback()
    assert service.speaks_with() == spanish
    assert store.links == Links(spanish, english)
    update.remove(spanish)
    assert service.speaks_with() == english


class DeadService:
    """A daemon that does not come up."""

    def restart(self) -> None:
        message = "it does not start."
        raise DaemonError(message)

    def speaks_with(self) -> str:
        raise AssertionError


def test_a_daemon_that_stays_dead_is_told(store: VoiceStore, recorder: Recorder, tmp_path: Path) -> None:
    updater(store, recorder).install(make_bundle(tmp_path / "anna", "anna"))
    before = store.links
    update = Updater(store, recorder.check, DeadService(), recorder.said.append)
    with pytest.raises(BundleError, match=rf"given up: it does not start.*default is {before.default} again, but"):
        update.install(make_bundle(tmp_path / "bert", "bert"), use=True)
    assert store.links == before


def test_the_first_voice_and_a_newer_build_of_it_are_spoken_with_and_another_voice_is_not(
    store: VoiceStore, recorder: Recorder, tmp_path: Path
) -> None:
    update = updater(store, recorder)
    builds = [make_bundle(tmp_path / str(i), "anna", str(i).encode()) for i in range(4)]
    names = [identity(read_manifest(build)) for build in builds]
    update.install(builds[0])
    assert store.links == Links(names[0], None)
    other = update.install(make_bundle(tmp_path / "bert", "bert")).name
    assert store.links == Links(names[0], None)
    update.install(builds[1])
    assert store.links == Links(names[1], names[0])
    update.install(builds[2])
    assert store.links == Links(names[2], names[1])
    assert {entry.name for entry in store.entries()} == {*names[1:3], other}, "the oldest is gone"
    update.use("bert")
    update.install(builds[3])
    assert store.links == Links(other, names[2])
    assert {entry.name for entry in store.entries()} == {*names[2:], other}


def test_a_damaged_default_gives_way_to_whatever_comes(store: VoiceStore, recorder: Recorder, tmp_path: Path) -> None:
    update = updater(store, recorder)
    anna = update.install(make_bundle(tmp_path / "anna", "anna"))
    (anna.folder / NAME).write_bytes(b"")
    bert = update.install(make_bundle(tmp_path / "bert", "bert"))
    assert store.links.default == bert.name


def test_installed_again_nothing_happens(store: VoiceStore, recorder: Recorder, tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "anna")
    updater(store, recorder).install(bundle)
    updater(store, recorder, Service(store.folder)).install(bundle)
    assert len(recorder.checked) == 1
    assert recorder.said[-1].endswith("is the default voice already.")


def test_a_bundle_that_does_not_say_how_it_should_sound_is_told_of(
    store: VoiceStore, recorder: Recorder, melo_bundle: Path, tmp_path: Path
) -> None:
    update = updater(store, recorder)
    update.install(melo_bundle)
    assert not any("not compared" in sentence for sentence in recorder.said)
    old = update.install(make_bundle(tmp_path / "anna", "anna"))
    assert [sentence for sentence in recorder.said if sentence.startswith(old.name)][1].endswith("not compared.")
    recorder.said.clear()
    update.use(old.name)
    assert recorder.said[0].endswith("not compared.")


def test_what_is_used_is_checked_once_more(store: VoiceStore, recorder: Recorder, tmp_path: Path) -> None:
    update = updater(store, recorder)
    for voice in ("anna", "bert"):
        update.install(make_bundle(tmp_path / voice, voice))
    [bert] = store.find("bert")
    update.use("bert")
    assert recorder.checked[-1] == bert.folder
    [anna] = store.find("anna")
    (anna.folder / MODEL).write_bytes(b"damaged")
    with pytest.raises(BundleError, match=MODEL):
        update.rollback()
    assert store.links == Links(bert.name, anna.name)


def test_without_a_voice_before_there_is_no_way_back(store: VoiceStore, recorder: Recorder, tmp_path: Path) -> None:
    update = updater(store, recorder)
    update.install(make_bundle(tmp_path / "anna"))
    with pytest.raises(BundleError, match="no voice before"):
        update.rollback()


def test_the_last_voice_may_go(store: VoiceStore, recorder: Recorder, tmp_path: Path) -> None:
    update = updater(store, recorder, Service(store.folder))
    updater(store, recorder).install(make_bundle(tmp_path / "anna", "anna"))
    update.remove("anna")
    assert store.links == Links(None, None)
    assert recorder.said[-1] == "No voice is left."
