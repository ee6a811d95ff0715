"""Upstream's MeloTTS itself, in eager PyTorch, for comparison: installed into a cache when it is measured, never used.

PyPI `melotts-krqnf` 0.1.2 holds upstream's Python files unchanged.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from edge.bench.full_size import LANGUAGES, SAMPLE_RATE, SCALES, SPEAKERS, SYMBOLS, TONES, UPSTREAM, Speech
from edge.errors import EdgeError

PACKAGE = "melotts-krqnf==0.1.2"
SHA256 = "2faaa3f71dde664e12d5ea7f3eac7724eb30cf2b88c48abc1378e362862b9fb4"

SPECTROGRAM, SEGMENT = 1025, 32
"""Sizes of training's inputs, which speech does not use."""


class _Fixed(nn.Module):
    """As `full_size.Fixed`, for upstream's calls."""

    def __init__(self, predictor: nn.Module, log_durations: Tensor) -> None:
        super().__init__()
        self.predictor = predictor
        self.log_durations = log_durations

    def forward(self, *arguments: Tensor, **options: Any) -> Tensor:  # noqa: ANN401
        return self.log_durations + 0 * self.predictor(*arguments, **options)


def speaking(speech: Speech) -> Callable[[], float]:
    """Says `speech` as upstream's `api.py` does, with random weights; returns seconds of sound.

    Raises:
        EdgeError: upstream's package cannot be had.
    """
    model = _model()
    for name in ("sdp", "dp"):
        model.set_submodule(name, _Fixed(model.get_submodule(name), speech.log_durations()))
    symbols, tones, languages, bert, ja_bert, speaker = speech.inputs
    sdp_ratio, noise_scale, noise_scale_w, length_scale = SCALES

    def say() -> float:
        audio = model.infer(
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
            length_scale=length_scale,
        )[0]
        return float(audio.numel()) / SAMPLE_RATE

    return say


def _model() -> Any:  # noqa: ANN401  (upstream has no types)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses an old weight norm
        return _models().SynthesizerTrn(
            SYMBOLS,
            SPECTROGRAM,
            SEGMENT,
            **UPSTREAM,
            p_dropout=0.1,
            n_speakers=SPEAKERS,
            num_languages=LANGUAGES,
            num_tones=TONES,
            use_spk_conditioned_encoder=True,
        ).eval()


def _models() -> Any:  # noqa: ANN401
    """Upstream's `melo.models`. Its alignment, which only training needs, would import numba."""
    folder = str(_installed())
    sys.modules["melo.monotonic_align"] = types.ModuleType("melo.monotonic_align")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("melo.models")
    except ImportError as error:
        raise EdgeError(f"{PACKAGE} cannot be imported: {error}") from error
    finally:
        sys.path.remove(folder)


def _installed() -> Path:
    """Where the package is; installs it there the first time, without what it depends on."""
    try:
        import platformdirs
    except ImportError as error:
        raise EdgeError('platformdirs missing: pip install "melo-edge[build,test]"') from error
    folder = Path(platformdirs.user_cache_dir("melo-edge")) / "bench" / PACKAGE
    if not (folder / "melo" / "models.py").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        requirements = folder / "requirements.txt"
        requirements.write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n", encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        command = [*pip, "--target", str(folder), "--requirement", str(requirements)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise EdgeError(f"not installed: pip install --no-deps {PACKAGE} failed: {done.stderr.strip()[-300:]}")
    return folder
