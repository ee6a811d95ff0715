"""Bundles that cost nothing: whole and verifiable, though nothing in them speaks."""

from __future__ import annotations

from pathlib import Path

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
