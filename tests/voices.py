"""Voices to test with, built by the real build step. The default voice's bundle is `tests.conftest.joe_bundle`."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from edge.checkpoints.weights import upstream_name
from edge.speech import Voice
from tests import golden
from tests.model.variants import MELO, random_model

SYMBOLS: list[str] = json.loads(golden.CONFIG.read_text(encoding="utf-8"))["symbols"]
"""Those of all MeloTTS voices."""

SPEAKERS = {"EN-US": 0, "EN-BR": 1, "EN_INDIA": 2}
"""Of the English voice: upstream's names, which have a dash or an underscore."""

QUICK_BUILD = Path(__file__).parent / "build" / "quick.py"


class Checkpoint(NamedTuple):
    """A MeloTTS checkpoint in upstream's format, random and so small that it builds in seconds."""

    weights: Path
    config: Path

    @property
    def options(self) -> tuple[str, ...]:
        return ("--checkpoint", str(self.weights), "--config", str(self.config), "--language", "ES")


def build_command(*source: str, out: Path) -> list[str]:
    """Builds what is random, so that no judge of speech need hear it."""
    return [sys.executable, str(QUICK_BUILD), *source, "--out", str(out), "--allow-quality-loss"]


@pytest.fixture(scope="session")
def small_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    shape = dataclasses.replace(MELO, n_symbols=len(SYMBOLS), n_tones=16, n_languages=8, n_flows=4)
    tensors = {upstream_name(name, shape): value for name, value in random_model(shape).state_dict().items()}
    config = {
        "data": {
            "sampling_rate": 8000,
            "hop_length": shape.hop_length,
            "n_speakers": 3,
            "disable_bert": True,
            "spk2id": {"A": 0, "B": 1, "C": 2},
        },
        "model": {
            name: value
            for name, value in dataclasses.asdict(shape).items()
            if name.startswith(("inter", "hidden", "filter", "n_heads", "n_layers", "kernel", "gin", "res", "up"))
        }
        | {"n_layers_trans_flow": shape.n_flow_layers},
        "symbols": SYMBOLS,
        "num_tones": shape.n_tones,
        "num_languages": shape.n_languages,
    }
    folder = tmp_path_factory.mktemp("checkpoint")
    torch.save({"model": tensors}, folder / "checkpoint.pth")
    (folder / "config.json").write_text(json.dumps(config))
    return Checkpoint(folder / "checkpoint.pth", folder / "config.json")


@pytest.fixture(scope="session")
def melo_bundle(small_checkpoint: Checkpoint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small checkpoint as a Spanish voice. Not to be changed: copy it."""
    bundle = tmp_path_factory.mktemp("voices") / "melo"
    subprocess.run(build_command(*small_checkpoint.options, out=bundle), check=True)
    return bundle


@pytest.fixture(scope="session")
def english_bundle(small_checkpoint: Checkpoint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three speakers with upstream's names. Not to be changed: copy it."""
    folder = tmp_path_factory.mktemp("english")
    config = json.loads(small_checkpoint.config.read_text(encoding="utf-8"))
    config["data"]["spk2id"] = SPEAKERS
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    checkpoint = Checkpoint(small_checkpoint.weights, folder / "config.json")
    subprocess.run(build_command(*checkpoint.options, "--language", "EN", out=folder / "en"), check=True)
    return folder / "en"


@pytest.fixture(scope="session")
def joe(joe_bundle: Path) -> Voice:
    """The default voice in memory, to speak with in one thread."""
    return Voice.load(joe_bundle)
