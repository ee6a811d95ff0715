"""The daemon comes up with a voice, whatever became of the one that it should have."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.update.store import VoiceStore
from edge.voice.bundle import MODEL
from edge.voice.manifest import NAME
from tests.daemons import Daemon, melo_edge

pytestmark = pytest.mark.slow


@pytest.fixture
def store(melo_bundle: Path, english_bundle: Path, tmp_path: Path) -> VoiceStore:
    """`default` names the Spanish voice, `previous` the English one, and there is a copy of the Spanish one."""
    store = VoiceStore(tmp_path / "voices")
    for source, name in ((english_bundle, "english"), (melo_bundle, "spanish"), (melo_bundle, "third")):
        shutil.copytree(source, store.folder / name)
    for name in ("english", "spanish"):
        store.switch(name)
    return store


def speaking(store: VoiceStore) -> Daemon:
    folder = store.folder.parent
    return Daemon(folder, "--voice", store.folder / "default", "--output", folder / "heard.wav")


def voice_of(store: VoiceStore, folder: str) -> str:
    return store.find_one(folder).voice


def truncate(bundle: Path) -> None:
    (bundle / MODEL).write_bytes((bundle / MODEL).read_bytes()[:-1])


def empty_manifest(bundle: Path) -> None:
    (bundle / NAME).write_bytes(b"")


@pytest.mark.parametrize("damage", [shutil.rmtree, truncate, empty_manifest])
def test_a_default_that_is_damaged_gives_way_to_the_one_before(
    store: VoiceStore, damage: Callable[[Path], object]
) -> None:
    damage(store.folder / "spanish")
    with speaking(store) as daemon:
        status = daemon.ready().ask("status", "status")
        assert status["voice"] == voice_of(store, "english")
        assert str(store.folder / "default") in status["fallback"]
        assert f"SPEAKING WITH {store.folder / 'english'} INSTEAD OF" in daemon.log
        shown = melo_edge("status", "--socket", daemon.socket).stdout.decode()
        assert "WARNING" in shown
        with daemon.connect() as line:
            line.until("finished", of=line.say("Hello."))
        doctor = melo_edge("doctor", "--socket", daemon.socket, "--voice", store.folder / "third")
        assert b"because" in doctor.stdout
        assert doctor.returncode == 1


def test_without_both_any_whole_one_speaks(store: VoiceStore) -> None:
    truncate(store.folder / "spanish")
    shutil.rmtree(store.folder / "english")
    with speaking(store) as daemon:
        assert daemon.ready().ask("status", "status")["voice"] == voice_of(store, "third")
        assert f"SPEAKING WITH {store.folder / 'third'}" in daemon.log


def test_a_bundle_that_was_asked_for_by_name_has_no_stand_in(store: VoiceStore) -> None:
    truncate(store.folder / "spanish")
    done = melo_edge("serve", "--voice", store.folder / "spanish", "--socket", store.folder.parent / "tts.sock")
    assert done.returncode == 1
    assert b"cut short" in done.stderr


def test_with_none_left_it_tells_about_the_default(store: VoiceStore) -> None:
    for name in ("spanish", "english", "third"):
        truncate(store.folder / name)
    done = melo_edge("serve", "--voice", store.folder / "default", "--socket", store.folder.parent / "tts.sock")
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[-1].startswith("melo-edge serve: ")
    assert str(store.folder / "spanish") in done.stderr.decode().splitlines()[-1]
