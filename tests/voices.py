"""Voices to test with, built by the real build step. The default voice's bundle is `tests.conftest.joe_bundle`.

MeloTTS's are random and so small that they build in seconds; with `pytest --full-size` those for all six languages have
the sizes of the official ones.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from edge.checkpoints.weights import upstream_name
from edge.speech import Voice
from tests import berts, golden
from tests.checkpoints.full_size import write_full_size
from tests.model.variants import MELO, random_model
from tests.shared import shared

SYMBOLS: list[str] = json.loads(golden.CONFIG.read_text(encoding="utf-8"))["symbols"]
"""Those of all MeloTTS voices."""

SPEAKERS = {
    "ES": {"ES": 0},
    "EN": {"EN-US": 0, "EN-BR": 1, "EN_INDIA": 2, "EN-AU": 3, "EN-Default": 4},
    "FR": {"FR": 0},
    "ZH_MIX_EN": {"ZH": 1},
    "JP": {"JP": 0},
    "KR": {"KR": 0},
}
"""Of each language's official voice."""

QUICK_BUILD = Path(__file__).parent / "build" / "quick.py"

SMALL_BERT = {"hidden_size": 768, "num_hidden_layers": 4, "num_attention_heads": 12, "max_position_embeddings": 64}
FULL_BERT = SMALL_BERT | {"num_hidden_layers": 12, "intermediate_size": 3072, "max_position_embeddings": 512}


class Checkpoint(NamedTuple):
    """A MeloTTS checkpoint in upstream's format."""

    weights: Path
    config: Path
    language: str = "ES"

    @property
    def options(self) -> tuple[str, ...]:
        return ("--checkpoint", str(self.weights), "--config", str(self.config), "--language", self.language)

    def changed(self, folder: Path, language: str = "", **data: Any) -> Checkpoint:
        """The same with other `data` in its configuration, which goes into `folder`; None: without that key."""
        config = json.loads(self.config.read_text(encoding="utf-8"))
        config["data"] = {name: value for name, value in (config["data"] | data).items() if value is not None}
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        return Checkpoint(self.weights, folder / "config.json", language or self.language)


class Built(NamedTuple):
    """A voice, and the seconds that its build took."""

    bundle: Path
    seconds: float


def pytest_addoption(parser: pytest.Parser) -> None:
    about = "give the MeloTTS voices of all languages the size of the official ones (an hour)"
    parser.addoption("--full-size", action="store_true", help=about)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "full_size: runs with --full-size alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--full-size"):
        items[:] = [item for item in items if item.get_closest_marker("full_size") is None]


def build_command(*source: str, out: Path) -> list[str]:
    """Builds what is random, so that no judge of speech need hear it."""
    return [sys.executable, str(QUICK_BUILD), *source, "--out", str(out), "--allow-quality-loss"]


@pytest.fixture(scope="session")
def small_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """Three speakers, no BERT."""
    folder = shared(tmp_path_factory, "checkpoint", _write_small_checkpoint)
    return Checkpoint(folder / "checkpoint.pth", folder / "config.json")


def _write_small_checkpoint(folder: Path) -> None:
    shape = dataclasses.replace(MELO, n_symbols=len(SYMBOLS), n_tones=16, n_languages=8, n_speakers=5, n_flows=4)
    tensors = {upstream_name(name, shape): value for name, value in random_model(shape).state_dict().items()}
    config = {
        "data": {
            "sampling_rate": 8000,
            "hop_length": shape.hop_length,
            "n_speakers": shape.n_speakers,
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
    torch.save({"model": tensors}, folder / "checkpoint.pth")
    (folder / "config.json").write_text(json.dumps(config))


@pytest.fixture(scope="session")
def melo_bundle(small_checkpoint: Checkpoint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small checkpoint as a Spanish voice. Not to be changed: copy it."""

    def build(folder: Path) -> None:
        subprocess.run(build_command(*small_checkpoint.options, out=folder / "melo"), check=True)

    return shared(tmp_path_factory, "voice", build) / "melo"


@pytest.fixture(scope="session")
def melo_bert(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A language's random BERT as on the hub. Not to be changed: copy it."""
    is_full = request.config.getoption("--full-size")

    @functools.cache
    def write(language: str) -> Path:
        name, family = f"bert-{language.lower()}", berts.FAMILIES[language]
        if not is_full:
            family = family._replace(vocabulary=len(berts.VOCABULARY.read_text(encoding="utf-8").splitlines()))

        def make(folder: Path) -> None:
            vocabulary = _vocabulary(language, family, folder / "vocabulary", is_full=is_full)
            model = berts.random_bert(**(FULL_BERT if is_full else SMALL_BERT), vocab_size=family.vocabulary)
            berts.write_bert(folder / name, model, vocabulary, family.habits)

        return shared(tmp_path_factory, f"{name}-of-its-hub", make) / name

    return write


def _vocabulary(language: str, family: berts.Family, folder: Path, *, is_full: bool) -> Path:
    if language == "EN":
        return berts.fetch_english_vocabulary(folder) if is_full else berts.VOCABULARY
    name = {"ZH_MIX_EN": "zh"}.get(language, language.lower())
    rows = json.loads((golden.HERE / "text" / f"{name}.json").read_text(encoding="utf-8"))
    return berts.train_vocabulary(folder / "vocab.txt", [row["text"] for row in rows], family)


@pytest.fixture(scope="session")
def melo_voice(
    request: pytest.FixtureRequest,
    small_checkpoint: Checkpoint,
    melo_bert: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Built]:
    """A voice for any of the six languages, with BERT and the speakers of the official one. Not to be changed."""
    is_full = request.config.getoption("--full-size")
    checkpoint = small_checkpoint
    if is_full:
        checkpoint = Checkpoint(*write_full_size(tmp_path_factory.mktemp("full")))

    def build(language: str) -> Built:
        name = f"melo-{language.lower()}"

        def make(folder: Path) -> None:
            own = checkpoint.changed(folder, language, disable_bert=None, spk2id=SPEAKERS[language])
            bert = melo_bert(language)
            begun = time.monotonic()
            subprocess.run(build_command(*own.options, "--bert", str(bert), out=folder / name), check=True)
            if is_full:
                shutil.rmtree(bert)  # half a gigabyte
            (folder / "seconds").write_text(str(time.monotonic() - begun))

        folder = shared(tmp_path_factory, f"voice-{language.lower()}", make)
        return Built(folder / name, float((folder / "seconds").read_text()))

    return build


@pytest.fixture(scope="session")
def english_bundle(melo_voice: Callable[[str], Built]) -> Path:
    """Not to be changed: copy it."""
    return melo_voice("EN").bundle


@pytest.fixture(scope="session")
def joe(joe_bundle: Path) -> Voice:
    """The default voice in memory, to speak with in one thread."""
    return Voice.load(joe_bundle)
