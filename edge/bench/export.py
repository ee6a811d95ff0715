"""The FP32 model as one ONNX file: what ONNX Runtime would make of it."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from edge.bench.subjects import NAMES, Subject
from edge.model import Synthesizer

OPSET = 17


class Whole(nn.Module):
    """Text to sound in one graph, for a sentence of any length.

    Frames come from a comparison and a product, as upstream's do: ONNX has no `repeat_interleave` but a loop.
    """

    def __init__(self, model: Synthesizer, scales: tuple[float, float, float, float]) -> None:
        super().__init__()
        self.model = model
        self.scales = scales

    def forward(
        self,
        symbols: Tensor,
        tones: Tensor,
        languages: Tensor,
        bert: Tensor,
        ja_bert: Tensor,
        speaker: Tensor,
        durations: Tensor,
    ) -> Tensor:
        """The arguments of `Synthesizer.encode`, to `audio (1, 1, samples)`; `durations` of 0 are predicted."""
        model, (sdp_ratio, noise_scale, noise_scale_w, length_scale) = self.model, self.scales
        g = torch.zeros(1, 0, 1) if model.speakers is None else model.speakers(speaker).unsqueeze(-1)
        hidden, mean, log_deviation = model.text_encoder(symbols, tones, languages, bert, ja_bert, g)
        logs = model._log_durations(hidden, g, sdp_ratio, noise_scale_w, None)  # noqa: SLF001
        predicted = torch.ceil(torch.exp(logs) * length_scale)
        ends = torch.cumsum(torch.where(durations[None] > 0, durations[None].float(), predicted), 2).transpose(1, 2)
        # A tensor, not an int: the exporter would take the number of this sentence's frames for everyone's.
        frames = torch.arange(cast("int", ends[0, -1, 0]))[None, None]
        before = (frames < ends).float()
        path = before - torch.nn.functional.pad(before, [0, 0, 1, -1])
        mean, deviation = mean @ path, torch.exp(log_deviation @ path)
        z = model.flow(mean + torch.randn_like(mean) * deviation * noise_scale, g)
        return model.decode(z, g)


def export(subject: Subject, path: Path) -> None:
    """Writes the subject's FP32 model to `path`."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    lengths = {name: {2 if name in NAMES[3:5] else 1: "symbols"} for name in (*NAMES[:5], "durations")}
    inputs = next(subject.inputs(list(subject.texts.sentences[:1])))
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Whole(subject.fp32(), subject.scales).eval(),
            (*inputs, torch.zeros_like(inputs[0])),
            str(path),
            input_names=[*NAMES, "durations"],
            output_names=["audio"],
            dynamic_axes={**lengths, "audio": {2: "samples"}},
            opset_version=OPSET,
            dynamo=False,
        )
