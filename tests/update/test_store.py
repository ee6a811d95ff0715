"""A store has whole bundles or none, and its links name what is there."""

from __future__ import annotations

import errno
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.errors import BundleError
from edge.update.store import Entry, Links, VoiceStore, identity
from edge.voice.bundle import MODEL, pack
from edge.voice.manifest import NAME, read_manifest
from tests.daemons import PATIENCE
from tests.update.bundles import make_bundle
from tests.update.mounts import mounted


@pytest.fixture
def store(tmp_path: Path) -> VoiceStore:
    return VoiceStore(tmp_path / "store")


def anything(folder: Path) -> None:
    """Accepts it."""


def install(store: VoiceStore, bundle: Path) -> Entry:
    with store.changing():
        return store.install(bundle, anything)[0]


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_bundle_gets_in_whole_from_a_folder_and_from_a_tar(store: VoiceStore, tmp_path: Path) -> None:
    for voice in ("anna", "bert"):
        bundle = source = make_bundle(tmp_path / voice, voice)
        if voice == "bert":
            source = tmp_path / "bert.tar"
            pack(bundle, source)
        entry = install(store, source)
        assert entry.name == identity(read_manifest(bundle))
        assert content(entry.folder) == content(bundle)
        assert store.verify(entry).manifest.name == voice
    assert [entry.voice for entry in store.entries()] == ["anna", "bert"]
    assert store.links == Links(None, None)


def test_what_the_manifest_does_not_name_stays_outside(store: VoiceStore, tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "anna")
    before = content(bundle)
    (bundle / "frontend").mkdir()
    (bundle / "frontend" / "lexicon.toml").write_text("not what was checked")
    assert content(install(store, bundle).folder) == before


def test_installed_again_it_is_left_alone_and_damaged_it_is_mended(store: VoiceStore, tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "anna")
    with store.changing():
        entry, is_new = store.install(bundle, anything)
        assert is_new
        inode = (entry.folder / MODEL).stat().st_ino
        assert store.install(bundle, anything) == (entry, False)
        assert (entry.folder / MODEL).stat().st_ino == inode
        (entry.folder / MODEL).write_bytes(b"damaged")
        assert store.install(bundle, anything) == (entry, True)
    assert content(entry.folder) == content(bundle)


def test_links_share_the_disk_with_a_folder_that_never_changes(store: VoiceStore, tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "anna")
    with store.changing():
        entry, _ = store.install(bundle, anything, link=True)
    assert (entry.folder / MODEL).samefile(bundle / MODEL)
    (bundle / MODEL).unlink()  # as dpkg does before it puts another there
    store.verify(entry)


@pytest.mark.parametrize("file", [NAME, MODEL])
def test_a_damaged_bundle_leaves_the_store_as_it_was(store: VoiceStore, tmp_path: Path, file: str) -> None:
    bundle = make_bundle(tmp_path / "anna")
    (bundle / file).write_bytes(b"cut")
    with pytest.raises(BundleError):
        install(store, bundle)
    assert list(store.folder.iterdir()) == []


def test_a_bundle_that_is_not_accepted_leaves_the_store_as_it_was(store: VoiceStore, tmp_path: Path) -> None:
    def refuse(folder: Path) -> None:
        assert content(folder)
        message = "mute"
        raise BundleError(message)

    with store.changing(), pytest.raises(BundleError, match="mute"):
        store.install(make_bundle(tmp_path / "anna"), refuse)
    assert list(store.folder.iterdir()) == []


def test_a_voice_called_like_a_way_out_stays_inside(store: VoiceStore, tmp_path: Path) -> None:
    for i, voice in enumerate(("../../out", "/etc/voice", ".hidden", "default", "a\nb", "x" * 300)):
        entry = install(store, make_bundle(tmp_path / f"voice{i}", voice))
        assert entry.folder.parent == store.folder
        assert entry in store.entries()


def test_the_switch_and_the_way_back_are_one(store: VoiceStore, tmp_path: Path) -> None:
    first, second = (install(store, make_bundle(tmp_path / name, name)).name for name in ("anna", "bert"))
    store.switch(first)
    assert store.links == Links(first, None)
    before = store.links
    store.switch(second)
    assert store.links == Links(second, first)
    store.restore(before)
    assert store.links == before
    store.switch(second)
    store.switch(first)
    assert store.links == Links(first, second)
    assert (store.folder / "default" / NAME).is_file()
    assert (store.folder / "default").readlink() == Path(first)


def test_nobody_goes_back_to_what_is_not_there(store: VoiceStore, tmp_path: Path) -> None:
    entry = install(store, make_bundle(tmp_path / "anna"))
    (store.folder / "default").symlink_to("gone")
    store.switch(entry.name)
    assert store.links == Links(entry.name, None)


def test_what_is_removed_gives_way_to_what_was_before_or_to_any_other(store: VoiceStore, tmp_path: Path) -> None:
    names = ("anna", "bert", "carl", "dora")
    entries = {name: install(store, make_bundle(tmp_path / name, name)) for name in names}
    (entries["anna"].folder / MODEL).write_bytes(b"damaged")
    store.switch(entries["bert"].name)
    store.switch(entries["carl"].name)
    with store.changing():
        store.remove(entries["carl"])
        assert store.links == Links(entries["bert"].name, None)
        store.remove(entries["bert"])
        assert store.links == Links(entries["dora"].name, None), "anna is damaged"
        store.remove(entries["dora"])
        store.remove(entries["anna"])
    assert list(store.folder.iterdir()) == []


@pytest.fixture
def lower_layer(tmp_path: Path) -> Iterator[Path]:
    """A store in the lower layer of an overlay, the disk of many a device, where folders cannot be renamed."""
    with mounted(tmp_path / "disk", "tmpfs", "size=1m") as disk:
        for layer in ("lower", "upper", "work"):
            (disk / layer).mkdir()
        for name in ("anna", "bert"):
            install(VoiceStore(disk / "lower" / "store"), make_bundle(tmp_path / name, name))
        options = f"lowerdir={disk}/lower,upperdir={disk}/upper,workdir={disk}/work,redirect_dir=off"
        with mounted(tmp_path / "root", "overlay", options) as root:
            yield root / "store"


def test_a_bundle_of_an_overlays_lower_layer_goes_as_well(lower_layer: Path) -> None:
    store = VoiceStore(lower_layer)
    anna, bert = store.entries()
    with pytest.raises(OSError, match="cross-device"):
        anna.folder.rename(lower_layer / "another")
    with store.changing():
        store.switch(bert.name)
        store.switch(anna.name)
        store.remove(anna)
        assert store.links == Links(bert.name, None)
        assert store.entries() == [bert]


def test_what_a_cut_left_of_it_is_no_bundle(lower_layer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Removed once more, it is gone."""
    store = VoiceStore(lower_layer)
    anna, bert = store.entries()
    with store.changing():
        with monkeypatch.context() as cut:
            cut.setattr(shutil, "rmtree", cut_off)
            with pytest.raises(BundleError):
                store.remove(anna)
        [left] = store.find(anna.name)
        assert left.manifest is None
        store.remove(left)
        assert store.entries() == [bert]


def cut_off(_folder: Path) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_the_best_to_speak_with_comes_first(store: VoiceStore, tmp_path: Path) -> None:
    anna, bert, carl = (install(store, make_bundle(tmp_path / name, name)) for name in ("anna", "bert", "carl"))
    assert list(store.speakable()) == [anna.folder, bert.folder, carl.folder]
    store.switch(bert.name)
    store.switch(carl.name)
    assert list(store.speakable()) == [carl.folder, bert.folder, anna.folder]


def test_a_default_that_is_a_folder_is_not_touched(store: VoiceStore, tmp_path: Path) -> None:
    make_bundle(store.folder / "default")
    with pytest.raises(BundleError, match="not a link"):
        store.switch(install(store, make_bundle(tmp_path / "bert", "bert")).name)
    assert store.verify(Entry(store.folder / "default", None))


def test_a_link_to_the_outside_is_not_followed(store: VoiceStore, tmp_path: Path) -> None:
    install(store, make_bundle(tmp_path / "anna"))
    (store.folder / "default").symlink_to(make_bundle(tmp_path / "bert"))
    with pytest.raises(BundleError, match="outside"):
        assert store.links


def test_a_voice_is_found_by_its_build_or_by_its_name(store: VoiceStore, tmp_path: Path) -> None:
    first = install(store, make_bundle(tmp_path / "1", "anna"))
    assert store.find_one(first.name) == store.find_one("anna") == first
    second = install(store, make_bundle(tmp_path / "2", "anna", b"second"))
    assert store.find("anna") == sorted((first, second), key=lambda entry: entry.name)
    with pytest.raises(BundleError, match=rf"several builds.*{second.name}"):
        store.find_one("anna")
    with pytest.raises(BundleError, match=rf"no voice 'bert'.*{first.name}"):
        store.find("bert")


def test_what_a_cut_left_goes_before_the_next_change(store: VoiceStore) -> None:
    (store.folder / ".part-1" / "LICENSES").mkdir(parents=True)
    assert store.entries() == []
    with store.changing():
        assert list(store.folder.iterdir()) == []


ANOTHER = """
import sys
from collections.abc import Iterator
from pathlib import Path
from edge.update.store import VoiceStore
with VoiceStore(Path(sys.argv[1])).changing(lambda: print("waits", flush=True)):
    print("enters", flush=True)
"""


def test_one_waits_for_the_other(store: VoiceStore) -> None:
    with store.changing():
        command = [sys.executable, "-c", ANOTHER, store.folder]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "waits\n"
        assert select.select([process.stdout], [], [], 0)[0] == []
    assert process.communicate(timeout=PATIENCE)[0] == "enters\n"


def test_a_store_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BundleError, match="cannot be changed"), VoiceStore(tmp_path / "file" / "store").changing():
        pass
