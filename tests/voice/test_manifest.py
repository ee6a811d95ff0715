from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from edge.errors import BundleError, RequestError
from edge.voice import FORMAT, FileEntry, LanguageIds, Licence, Manifest, Scales, Score, SymbolTable
from edge.voice.manifest import NAME, read_manifest

MANIFEST = Manifest(
    format=FORMAT,
    name="émile",
    language="fr",
    frontend="espeak:fr",
    sample_rate=22050,
    hop_length=256,
    symbols=SymbolTable({"a": (1, 2), "ɑ̃": (3,)}, prefix=(0,), blank=(0,), suffix=()),
    languages={"FR": LanguageIds(6, 13)},
    speakers={"anna": 4, "bert": 2},
    scales=Scales(0.6, 0.8, 1.0, 0.2),
    gain=1.25,
    quantisation={"weights": "int8", "layers": 7, "z_snr_db": 30.5},
    quality={"PESQ-wb": Score(4.55, 4.4, 4.2, 3.9)},
    provenance={"origin": "here"},
    built_with={"torch": "2.13.0"},
    licences=(Licence("voice", "CC0-1.0", "LICENSES/voice.txt"),),
    files={"voice.ts": FileEntry(3, "ab" * 32)},
)


def test_it_comes_back_as_it_was_written(tmp_path: Path) -> None:
    MANIFEST.write(tmp_path)
    assert read_manifest(tmp_path) == MANIFEST


def test_its_bytes_are_stable(tmp_path: Path) -> None:
    MANIFEST.write(tmp_path)
    first = (tmp_path / NAME).read_bytes()
    read_manifest(tmp_path).write(tmp_path)
    assert (tmp_path / NAME).read_bytes() == first


def test_a_field_from_a_later_version_of_the_same_format_is_no_obstacle(tmp_path: Path) -> None:
    content = json.loads(msgspec.json.encode(MANIFEST)) | {"mood": "cheerful"}
    (tmp_path / NAME).write_text(json.dumps(content))
    assert read_manifest(tmp_path) == MANIFEST


def test_a_newer_format_is_told_apart_even_if_nothing_else_is_understood(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(json.dumps({"format": FORMAT + 1, "files": "elsewhere"}))
    with pytest.raises(BundleError, match=rf"format {FORMAT + 1}.*up to {FORMAT}"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"format": "1"}', b'{"format": 1}', b'{"a": "\xff"}', b'{"a":' + b"[" * 100_000],
    ids=range(7),
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(BundleError, match=NAME):
        read_manifest(tmp_path)


REQUIRED = [row.name for row in msgspec.structs.fields(Manifest) if row.required and row.name != "format"]


@pytest.mark.parametrize("field", REQUIRED)
def test_a_missing_field_is_named(tmp_path: Path, field: str) -> None:
    content = json.loads(msgspec.json.encode(MANIFEST))
    del content[field]
    (tmp_path / NAME).write_text(json.dumps(content))
    with pytest.raises(BundleError, match=field):
        read_manifest(tmp_path)


def test_a_folder_without_a_manifest_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="No such file"):
        read_manifest(tmp_path)


def test_a_speaker_is_found_by_name_and_the_first_without_one() -> None:
    assert MANIFEST.speaker_id("anna") == 4
    assert MANIFEST.speaker_id(None) == 2
    assert msgspec.structs.replace(MANIFEST, speakers={}).speaker_id(None) == 0


@pytest.mark.parametrize("name", ["carla", "", "ANNA", "4"])
def test_an_unknown_speaker_is_named_beside_the_known(name: str) -> None:
    with pytest.raises(RequestError, match=f"'{name}'.*anna, bert"):
        MANIFEST.speaker_id(name)
