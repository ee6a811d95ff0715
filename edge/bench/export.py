"""The FP32 model as one ONNX file: what ONNX Runtime would make of it."""

from __future__ import annotations

import importlib.util
import logging
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from edge.bench.full_size import SAMPLE_RATE, SCALES, Speech
from edge.bench.original import session
from edge.errors import EdgeError
from edge.model import Synthesizer

OPSET = 17
NAMES = ("symbols", "tones", "languages", "bert", "ja_bert", "speaker")


class Whole(nn.Module):
    """Text to sound in one graph.

    Frames come from a comparison and a product, as upstream's do: ONNX has no `repeat_interleave` but a loop.
    """

    def __init__(self, model: Synthesizer) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, symbols: Tensor, tones: Tensor, languages: Tensor, bert: Tensor, ja_bert: Tensor, speaker: Tensor
    ) -> Tensor:
        """The arguments of `Synthesizer.encode`, to `audio (1, 1, samples)`."""
        model, (sdp_ratio, noise_scale, noise_scale_w, length_scale) = self.model, SCALES
        assert model.speakers is not None  # noqa: S101  (MeloTTS has them)
        g = model.speakers(speaker).unsqueeze(-1)
        hidden, mean, log_deviation = model.text_encoder(symbols, tones, languages, bert, ja_bert, g)
        logs = model._log_durations(hidden, g, sdp_ratio, noise_scale_w, None)  # noqa: SLF001
        ends = torch.cumsum(torch.ceil(torch.exp(logs) * length_scale), 2).transpose(1, 2)
        frames = torch.arange(int(ends[0, -1, 0]))[None, None]
        before = (frames < ends).float()
        path = before - torch.nn.functional.pad(before, [0, 0, 1, -1])
        mean, deviation = mean @ path, torch.exp(log_deviation @ path)
        z = model.flow(mean + torch.randn_like(mean) * deviation * noise_scale, g)
        return model.decode(z, g)


def export(model: Synthesizer, speech: Speech, path: Path) -> None:
    """Writes `model` to `path`, for sentences as long as `speech`."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Whole(model).eval(),
            speech.inputs,
            str(path),
            input_names=list(NAMES),
            output_names=["audio"],
            opset_version=OPSET,
            dynamo=False,
        )


def speaking(model: Synthesizer, speech: Speech, folder: Path, number_of_threads: int) -> Callable[[], float]:
    """Says `speech` under ONNX Runtime; returns seconds of sound.

    Raises:
        EdgeError: a package is missing.
    """
    absent = [name for name in ("onnx", "onnxruntime") if importlib.util.find_spec(name) is None]
    if absent:
        raise EdgeError(f'{", ".join(absent)} missing: pip install "melo-edge[build,test]"')
    path = folder / "whole.onnx"
    export(model, speech, path)
    runtime = session(path, number_of_threads)
    wanted = {entry.name for entry in runtime.get_inputs()}
    feed = {name: tensor.numpy() for name, tensor in zip(NAMES, speech.inputs, strict=True) if name in wanted}
    return lambda: float(runtime.run(None, feed)[0].size) / SAMPLE_RATE
