"""Bundles that cost nothing: whole and verifiable, though nothing in them speaks."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

import msgspec

from edge.voice.bundle import MODEL
from edge.voice.manifest import measure
from tests.voice.test_manifest import MANIFEST


def make_bundle(folder: Path, voice: str = "anna", model: bytes = b"first") -> Path:
    """A bundle of the voice; with another `model` it is another build of it."""
    (folder / "LICENSES").mkdir(parents=True)
    (folder / MODEL).write_bytes(model * 1000)
    (folder / "LICENSES" / "voice.txt").write_bytes(b"CC0\n")
    msgspec.structs.replace(MANIFEST, name=voice, files=measure(folder)).write(folder)
    return folder


class Keys(NamedTuple):
    """Both halves of an ed25519 key, PEM files."""

    private: Path
    public: Path


def make_keys(folder: Path) -> Keys:
    folder.mkdir(exist_ok=True)
    keys = Keys(folder / "bundle.key", folder / "bundle.pub")
    for command in (
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", keys.private],
        ["openssl", "pkey", "-in", keys.private, "-pubout", "-out", keys.public],
    ):
        subprocess.run(command, check=True)
    return keys
