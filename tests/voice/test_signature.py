"""A signature says who built a bundle. The keys are made as the documentation says, by openssl."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from edge.errors import BundleError
from edge.voice import open_bundle
from edge.voice.bundle import pack
from edge.voice.manifest import NAME
from edge.voice.signature import SIGNATURE, check_signature, sign
from tests.update.bundles import make_bundle, make_keys


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return make_bundle(tmp_path / "bundle")


def test_what_is_signed_is_accepted_by_the_other_half_alone(bundle: Path, tmp_path: Path) -> None:
    mine, theirs = make_keys(tmp_path / "mine"), make_keys(tmp_path / "theirs")
    sign(bundle, mine.private)
    check_signature(bundle, mine.public)
    with pytest.raises(BundleError, match=rf"not by the owner of {theirs.public}"):
        check_signature(bundle, theirs.public)


def test_without_a_signature_it_is_refused(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="not signed"):
        check_signature(bundle, make_keys(tmp_path).public)


@pytest.mark.parametrize("file", [NAME, SIGNATURE])
def test_one_changed_bit_is_found(bundle: Path, tmp_path: Path, file: str) -> None:
    keys = make_keys(tmp_path)
    sign(bundle, keys.private)
    content = bytearray((bundle / file).read_bytes())
    content[20] ^= 1
    (bundle / file).write_bytes(content)
    with pytest.raises(BundleError, match="refused"):
        check_signature(bundle, keys.public)


def test_a_signature_goes_with_the_tar(bundle: Path, tmp_path: Path) -> None:
    keys = make_keys(tmp_path)
    sign(bundle, keys.private)
    pack(bundle, tmp_path / "bundle.tar")
    with open_bundle(tmp_path / "bundle.tar") as opened:
        check_signature(opened.folder, keys.public)


@pytest.mark.parametrize("content", ["", "not a key", "rsa", "private"])
def test_a_key_that_is_none_is_explained(bundle: Path, tmp_path: Path, content: str) -> None:
    keys = make_keys(tmp_path)
    sign(bundle, keys.private)
    key = tmp_path / "key"
    if content == "rsa":
        subprocess.run(["openssl", "genrsa", "-out", tmp_path / "rsa", "1024"], check=True, capture_output=True)
        rsa = ["openssl", "pkey", "-in", tmp_path / "rsa", "-pubout", "-out", key]
        subprocess.run(rsa, check=True)
    else:
        key.write_bytes(keys.private.read_bytes() if content == "private" else content.encode())
    with pytest.raises(BundleError, match=r"no public ed25519 key.*genpkey"):
        check_signature(bundle, key)
    with pytest.raises(BundleError, match=r"no private ed25519 key.*genpkey"):
        sign(bundle, keys.public)
    with pytest.raises(BundleError, match="no key at"):
        check_signature(bundle, tmp_path / "nothing")


def test_without_openssl_it_says_what_to_install(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = make_keys(tmp_path)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(BundleError, match="apt install openssl"):
        check_signature(bundle, keys.public)
