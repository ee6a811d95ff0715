"""A bundle is taken whole and unchanged or not at all, and never reaches outside itself."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

from edge.errors import BundleError
from edge.voice import FileEntry, open_bundle
from edge.voice.bundle import MODEL, pack
from edge.voice.manifest import NAME
from tests.voice.test_manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONTENTS = {MODEL: b"not really a model" * 1000, "LICENSES/voice.txt": b"CC0\n"}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    for name, content in CONTENTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    change_manifest(folder, lambda manifest: None)
    return folder


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where archives are unpacked. Nothing may stay there, nor come to be beside it."""
    folder = tmp_path / "scratch" / "inner"
    folder.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []
    assert list(folder.parent.iterdir()) == [folder]


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / NAME
    if not path.exists():
        MANIFEST.write(folder)
        manifest = json.loads(path.read_text())
        manifest["files"] = {
            name: {"size": (entry := FileEntry.of(folder / name)).size, "sha256": entry.sha256} for name in CONTENTS
        }
    else:
        manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def refused(path: Path, *words: str) -> None:
    with pytest.raises(BundleError) as caught, open_bundle(path):
        pass
    for word in words:
        assert word in str(caught.value)


def packed(bundle: Path) -> Path:
    archive = bundle.with_suffix(".tar")
    pack(bundle, archive)
    return archive


def test_a_whole_bundle_opens_as_a_folder_and_as_a_tar(bundle: Path) -> None:
    for path in (bundle, packed(bundle)):
        with open_bundle(path) as opened:
            assert opened.manifest.files.keys() == CONTENTS.keys()
            assert opened.size == sum(map(len, CONTENTS.values()))
            assert {name: (opened.folder / name).read_bytes() for name in CONTENTS} == CONTENTS


def test_the_same_bundle_packs_to_the_same_bytes(bundle: Path, tmp_path: Path) -> None:
    first = packed(bundle).read_bytes()
    copy = tmp_path / "copy"
    copy.mkdir(mode=0o700)
    for name in (*reversed(CONTENTS), NAME):
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_bytes((bundle / name).read_bytes())
        (copy / name).chmod(0o600)
    assert packed(copy).read_bytes() == first
    with tarfile.open(bundle.with_suffix(".tar")) as tar:
        assert tar.getnames()[0] == NAME


@pytest.mark.parametrize("name", CONTENTS)
def test_one_changed_bit_is_found(bundle: Path, name: str) -> None:
    content = bytearray(CONTENTS[name])
    content[len(content) // 2] ^= 1
    (bundle / name).write_bytes(content)
    refused(bundle, name, "checksum")


@pytest.mark.parametrize("name", CONTENTS)
def test_a_truncated_file_is_found(bundle: Path, name: str) -> None:
    (bundle / name).write_bytes(CONTENTS[name][:-1])
    refused(bundle, name, "cut short")


@pytest.mark.parametrize("name", [*CONTENTS, NAME])
def test_a_missing_file_is_named(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    refused(bundle, name)


def test_a_manifest_without_a_model_is_refused(bundle: Path) -> None:
    change_manifest(bundle, lambda manifest: manifest["files"].pop(MODEL))
    refused(bundle, MODEL)


@pytest.mark.parametrize("as_tar", [False, True], ids=["folder", "tar"])
def test_a_newer_format_is_refused(bundle: Path, as_tar: bool) -> None:
    change_manifest(bundle, lambda manifest: manifest.update(format=99))
    if as_tar:
        archive = bundle.with_suffix(".tar")
        with tarfile.open(archive, "w") as tar:
            for name in (NAME, *CONTENTS):
                tar.add(bundle / name, name)
    refused(bundle.with_suffix(".tar") if as_tar else bundle, "format 99", "Upgrade")


@pytest.mark.parametrize(
    "name",
    ["../outside", "LICENSES/../../out", "/etc/hostname", "a\0b", "..", ".", "", "LICENSES", f"{MODEL}/x", "x" * 300],
)
def test_a_path_in_the_manifest_that_is_no_file_of_the_bundle_is_refused(bundle: Path, name: str) -> None:
    (bundle.parent / "outside").write_bytes(b"")
    change_manifest(bundle, lambda manifest: manifest["files"].update({name: manifest["files"][MODEL]}))
    refused(bundle)


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, size
    return info


@pytest.mark.parametrize(
    "hostile",
    [
        member("../outside"),
        member("LICENSES/../../outside"),
        member("/outside"),
        member("LICENSES/..", tarfile.DIRTYPE),
        member("link", tarfile.SYMTYPE, "/etc/hostname"),
        member(MODEL, tarfile.SYMTYPE, NAME),
        member("hard", tarfile.LNKTYPE, "/etc/hostname"),
        member("hard", tarfile.LNKTYPE, NAME),
        member("device", tarfile.CHRTYPE),
        member("device", tarfile.BLKTYPE),
        member("pipe", tarfile.FIFOTYPE),
        member("."),
        member(f"{NAME}/file"),
        member("x" * 300),
    ],
    ids=lambda info: f"{info.name[:30]}-{info.type.decode()}",
)
@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
def test_a_tar_that_reaches_outside_or_holds_more_than_files_is_refused(
    bundle: Path, hostile: tarfile.TarInfo, first: bool
) -> None:
    archive = bundle.with_suffix(".tar")
    with tarfile.open(archive, "w") as tar:
        if first:
            tar.addfile(hostile)
        for name in (NAME, *CONTENTS):
            tar.add(bundle / name, name)
        if not first:
            tar.addfile(hostile)
    refused(archive, str(archive))


def test_a_link_and_a_file_through_it_do_not_get_outside(bundle: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    archive = bundle.with_suffix(".tar")
    with tarfile.open(archive, "w") as tar:
        tar.addfile(member("LICENSES", tarfile.SYMTYPE, str(target)))
        tar.addfile(member("LICENSES/planted", size=3), io.BytesIO(b"abc"))
    refused(archive)
    assert list(target.iterdir()) == []


def test_a_truncated_tar_is_refused_wherever_it_was_cut(bundle: Path) -> None:
    archive = packed(bundle)
    whole = archive.read_bytes()
    end = whole.rstrip(b"\0")
    for cut in (0, 1, 100, 511, 512, 513, 1024, len(end) // 2, len(end) - 1):
        archive.write_bytes(whole[:cut])
        refused(archive)


@pytest.mark.parametrize("content", [b"", b"hello", b"\0" * 10240, b"\x1f\x8b\x08" + b"\0" * 99], ids=range(4))
def test_what_is_no_tar_is_refused(tmp_path: Path, content: bytes) -> None:
    archive = tmp_path / "voice.tar"
    archive.write_bytes(content)
    refused(archive)


def test_a_path_where_nothing_is_is_named(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", str(tmp_path / "nowhere"))


def test_a_model_that_torch_cannot_read_names_both_versions(bundle: Path) -> None:
    with open_bundle(bundle) as opened, pytest.raises(BundleError, match=MODEL) as caught:
        opened.model()
    assert str(torch.__version__) in str(caught.value)
    assert "built with torch 2.13.0" in str(caught.value)


def test_a_model_that_cannot_stream_says_to_build_it_again(bundle: Path) -> None:
    with open_bundle(bundle) as opened:
        torch.jit.save(torch.jit.script(torch.nn.Identity()), str(opened.folder / MODEL))
        with pytest.raises(BundleError, match="by an older melo-edge and cannot stream"):
            opened.model()


def test_a_real_bundle_speaks_from_its_tar_after_the_archive_is_gone(melo_bundle: Path, tmp_path: Path) -> None:
    archive = tmp_path / "voice.tar"
    pack(melo_bundle, archive)
    with open_bundle(archive) as opened:
        model = opened.model()
    archive.unlink()
    shutil.rmtree(opened.folder, ignore_errors=True)
    ids = torch.tensor([[0, 5, 0]])
    nothing = (torch.zeros(1, 1024, 3), torch.zeros(1, 768, 3))
    z, g, durations = model.encode(ids, ids, ids, *nothing, torch.tensor([0]), 0.2, 0.6, 0.8, 1.0, None, None, None)
    assert model.decode(z, g).numel() == int(durations.sum()) * opened.manifest.hop_length
