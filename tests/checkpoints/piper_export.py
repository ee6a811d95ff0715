"""Random Piper voices, from Piper's own model code and exported as its `export_onnx.py` does it."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

N_SYMBOLS = 30
N_SPEAKERS = 3


def piper_models() -> Any:
    """Piper's model code. Where CI runs it must be there: without it nothing says what a Piper voice is."""
    if os.environ.get("CI") == "true":
        from piper.train.vits import models
    else:
        models = pytest.importorskip("piper.train.vits.models", exc_type=ImportError)
    return models


def export(path: Path, *, n_speakers: int, resblock: str, use_sdp: bool, as_initialised: bool = False) -> None:
    """Writes `path` and the JSON beside it.

    Args:
        as_initialised: leaves layers that training starts with zeros or ones so, whereby many tensors are equal.
    """
    torch.manual_seed(0)
    model = piper_models().SynthesizerTrn(
        N_SYMBOLS,
        spec_channels=17,
        segment_size=32,
        inter_channels=8,
        hidden_channels=16,
        filter_channels=24,
        n_heads=2,
        n_layers=2,
        kernel_size=3,
        p_dropout=0.1,
        resblock=resblock,
        resblock_kernel_sizes=(3, 5),
        resblock_dilation_sizes=((1, 3, 5), (1, 3, 5)) if resblock == "1" else ((1, 2), (2, 6)),
        upsample_rates=(4, 2),
        upsample_initial_channel=16,
        upsample_kernel_sizes=(8, 4),
        n_speakers=n_speakers,
        gin_channels=6 if n_speakers > 1 else 0,
        use_sdp=use_sdp,
    ).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if not as_initialised and parameter.unique().numel() == 1:
                parameter.normal_(std=0.3)
            elif name.startswith("dec.conv_post"):
                parameter.mul_(50)  # as loud as a voice
        model.dec.remove_weight_norm()

    def infer(text: Tensor, text_lengths: Tensor, scales: Tensor, sid: Tensor | None = None) -> Tensor:
        audio, *_ = model.infer(
            text, text_lengths, noise_scale=scales[0], length_scale=scales[1], noise_scale_w=scales[2], sid=sid
        )
        return audio.unsqueeze(1)

    model.forward = infer
    sid = torch.tensor([0]) if n_speakers > 1 else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (torch.randint(0, N_SYMBOLS, (1, 50)), torch.tensor([50]), torch.tensor([0.667, 1.0, 0.8]), sid),
            path,
            opset_version=15,
            input_names=["input", "input_lengths", "scales", "sid"],
            output_names=["output"],
            dynamic_axes={
                "input": {0: "batch_size", 1: "phonemes"},
                "input_lengths": {0: "batch_size"},
                "output": {0: "batch_size", 2: "time"},
            },
            dynamo=False,
        )
    config = {
        "audio": {"sample_rate": 22050},
        "espeak": {"voice": "en-us"},
        "phoneme_id_map": {symbol: [i] for i, symbol in enumerate("_^$ abcdefghijklmnopqrstuvwxyz")},
        "num_speakers": n_speakers,
        "speaker_id_map": {f"speaker {i}": i for i in range(n_speakers)} if n_speakers > 1 else {},
    }
    path.with_name(f"{path.name}.json").write_text(json.dumps(config))
