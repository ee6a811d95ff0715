"""A bundle is taken that sounds here as it did where it was built, and no other."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import torch

from edge.errors import BundleError
from edge.update import health
from edge.update.health import check, check_apart
from edge.voice import Manifest, open_bundle
from edge.voice.bundle import MODEL
from edge.voice.manifest import measure, read_manifest


@pytest.fixture
def copied(joe_bundle: Path, tmp_path: Path) -> Path:
    return shutil.copytree(joe_bundle, tmp_path / "joe")


def rewrite(folder: Path, change: Callable[[Manifest], Manifest]) -> None:
    change(msgspec.structs.replace(read_manifest(folder), files=measure(folder))).write(folder)


def change_weights(folder: Path, part: str) -> None:
    """Puts a bundle's weights into another order: nothing is missing, and nothing is right."""
    with open_bundle(folder) as bundle:
        model = bundle.model()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if part in name:
                weight.copy_(weight.flip(max(weight.dim() - 2, 0)))  # by channel, whatever the layer
    torch.jit.save(model, str(folder / MODEL))


def test_it_speaks_here_as_where_it_was_built(joe_bundle: Path) -> None:
    check(joe_bundle)


def test_another_processor_is_no_obstacle(joe_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain C++ instead of what this processor does best, in the operator and in torch."""
    monkeypatch.setenv("EDGE_INT8_ISA", "reference")
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "default")
    check_apart(joe_bundle)


@pytest.mark.parametrize("part", ["text_encoder", "flow", "vocoder"])
def test_other_weights_are_heard(copied: Path, part: str) -> None:
    change_weights(copied, part)
    rewrite(copied, lambda manifest: manifest)
    with pytest.raises(BundleError, match="does not sound as it did"):
        check(copied)


def test_other_noise_is_heard(copied: Path) -> None:
    def reseed(manifest: Manifest) -> Manifest:
        assert manifest.utterance is not None
        return msgspec.structs.replace(manifest, utterance=msgspec.structs.replace(manifest.utterance, seed=7))

    rewrite(copied, reseed)
    with pytest.raises(BundleError, match=r"does not sound as it did.* dB off"):
        check(copied)


def test_another_voice_is_heard(copied: Path, melo_bundle: Path) -> None:
    other = read_manifest(melo_bundle)
    (copied / MODEL).write_bytes((melo_bundle / MODEL).read_bytes())
    rewrite(copied, lambda joe: msgspec.structs.replace(joe, symbols=other.symbols, languages=other.languages))
    with pytest.raises(BundleError, match="does not sound as it did"):
        check(copied)


def test_silence_is_heard(copied: Path) -> None:
    rewrite(copied, lambda manifest: msgspec.structs.replace(manifest, gain=0.0))
    with pytest.raises(BundleError, match="nothing is heard"):
        check(copied)


def test_a_bundle_of_an_older_release_need_only_speak(melo_bundle: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(melo_bundle, tmp_path / "melo")
    rewrite(folder, lambda manifest: msgspec.structs.replace(manifest, utterance=None))
    check(folder)


def test_a_bundle_that_cannot_be_loaded_says_why_through_the_process(copied: Path) -> None:
    (copied / MODEL).write_bytes(b"not TorchScript")
    rewrite(copied, lambda manifest: manifest)
    with pytest.raises(BundleError, match=rf"cannot load .*{MODEL}"):
        check_apart(copied)


def python_that(folder: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    python = folder / "python"
    python.write_text(f"#!/bin/sh\n{program}\n", encoding="ascii")
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))


@pytest.mark.parametrize(("program", "words"), [("kill -SEGV $$", "dies of SIGSEGV"), ("exit 3", "status 3")])
def test_a_process_that_dies_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, words: str
) -> None:
    python_that(tmp_path, monkeypatch, program)
    with pytest.raises(BundleError, match=words):
        check_apart(tmp_path)


def test_a_process_that_hangs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python_that(tmp_path, monkeypatch, "exec sleep 600")
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 1)
    with pytest.raises(BundleError, match="within 1 s"):
        check_apart(tmp_path)


def test_it_is_this_edge_that_checks_wherever_it_is_called(
    melo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "edge").mkdir()
    (tmp_path / "edge" / "__init__.py").write_text("raise SystemExit('another edge')", encoding="ascii")
    monkeypatch.chdir(tmp_path)
    check_apart(melo_bundle)
