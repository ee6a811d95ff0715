"""A model of MeloTTS's size with random weights, in FP32 and in INT8 as the build makes it.

Time and memory do not depend on the weights' values, and an official checkpoint is 200 MB behind a network.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import Tensor

from edge.build import sensitivity
from edge.int8.calibrate import calibrating
from edge.int8.convert import Converter
from edge.model import Synthesizer, SynthesizerConfig
from edge.model.text_encoder import BERT_CHANNELS, JA_BERT_CHANNELS
from edge.voice import FileEntry, Inputs, Manifest
from edge.voice.bundle import MODEL

UPSTREAM: dict[str, Any] = {
    "inter_channels": 192,
    "hidden_channels": 192,
    "filter_channels": 768,
    "n_heads": 2,
    "n_layers": 6,
    "n_layers_trans_flow": 3,
    "kernel_size": 3,
    "resblock": "1",
    "resblock_kernel_sizes": (3, 7, 11),
    "resblock_dilation_sizes": ((1, 3, 5), (1, 3, 5), (1, 3, 5)),
    "upsample_rates": (8, 8, 2, 2, 2),
    "upsample_kernel_sizes": (16, 16, 8, 2, 2),
    "upsample_initial_channel": 512,
    "gin_channels": 256,
}
"""Section `model` of MeloTTS 0.1.2's own configuration."""

SYMBOLS, TONES, LANGUAGES, SPEAKERS = 219, 16, 8, 256
SAMPLE_RATE = 44100
"""Hertz; with a hop of 512 samples 86.13 frames a second."""

SCALES = (0.2, 0.0, 0.0, 1.0)
"""sdp_ratio and length_scale as upstream's `tts_to_file` has them; noise_scale and noise_scale_w are off."""

FRAMES = 2
"""Of each symbol, blanks included: read as joe reads, a sentence lasts as long as it does with joe."""
NOTHING = 10.0
"""The logarithm by which what the stochastic predictor says is divided: it works, and is not heard."""

CALIBRATION = 8
"""Symbols of the sentence that the INT8 layers are calibrated on: scales hardly change the time."""

DEVIATION = 0.02
"""Of the random weights. Larger ones might drive the random durations and the vocoder's tanh anywhere."""


def config() -> SynthesizerConfig:
    """The shape of an official MeloTTS voice."""
    same = {name: value for name, value in UPSTREAM.items() if name != "n_layers_trans_flow"}
    return SynthesizerConfig(
        n_symbols=SYMBOLS,
        n_tones=TONES,
        n_languages=LANGUAGES,
        n_speakers=SPEAKERS,
        speaker_conditioned_encoder=True,
        flow="transformer",
        n_flow_layers=UPSTREAM["n_layers_trans_flow"],
        n_flows=4,
        durations="mixed",
        **same,
    )


def random_model() -> Synthesizer:
    """FP32, always the same, and steady: each symbol lasts `FRAMES`, whatever it is, as if by heart."""
    torch.manual_seed(0)
    model = Synthesizer(config()).eval().requires_grad_(requires_grad=False)
    for name, parameter in model.named_parameters():
        if not name.endswith("gamma"):
            parameter.normal_(0, DEVIATION)
    sdp_ratio = SCALES[0]
    model.get_parameter("durations.proj.weight").mul_(DEVIATION)
    model.get_parameter("durations.proj.bias").fill_(math.log(FRAMES - 0.5) / (1 - sdp_ratio))
    model.get_parameter("stochastic_durations.affine_log_scale").fill_(NOTHING)
    return model


def babble(length: int) -> Inputs:
    """Random symbols, no BERT features."""
    generator = torch.Generator().manual_seed(0)
    ids = [torch.randint(limit, (1, length), generator=generator) for limit in (SYMBOLS, TONES, LANGUAGES)]
    features = [torch.zeros(1, channels, length) for channels in (BERT_CHANNELS, JA_BERT_CHANNELS)]
    return ids[0], ids[1], ids[2], features[0], features[1], torch.zeros(1, dtype=torch.long)


def to_int8(model: Synthesizer) -> list[str]:
    """Computes flow and vocoder in INT8, in place, and stores the rest as the build does; returns the INT8 layers."""
    with calibrating(model) as calibration, torch.inference_mode():
        z, g, _ = model.encode(*babble(CALIBRATION), *SCALES, None, None, None)
        model.decode(z, g)
    # Rounding to the inputs' correlations takes minutes and changes neither time nor size.
    calibration.correlations.clear()
    converter = Converter(model, calibration)
    names = converter.candidates()
    chosen = [name for name in names if not name.startswith("text_encoder.")]
    weights = {name: _weight(model, name).numel() for name in names}
    total = sum(parameter.numel() for parameter in model.parameters())
    # No layer of random weights is more sensitive than another; all that fit get 12 bits.
    equal = sensitivity.Sensitivity(dict.fromkeys(names, 0.0), {})
    converter.convert(chosen, sensitivity.choose_finely(equal, chosen, weights, total))
    return chosen


def _weight(model: Synthesizer, name: str) -> Tensor:
    return model.get_parameter(f"{name}.weight")


def into_bundle(bundle: Path, manifest: Manifest) -> Manifest:
    """Has a voice's bundle speak with the random model in INT8, and read as it did; returns its new manifest."""
    model = random_model()
    to_int8(model)
    (bundle / MODEL).unlink()  # perhaps a link to the voice's own
    torch.jit.save(torch.jit.script(model), str(bundle / MODEL))
    full_size = msgspec.structs.replace(
        manifest,
        name="full-size",
        sample_rate=SAMPLE_RATE,
        hop_length=config().hop_length,
        files={**manifest.files, MODEL: FileEntry.of(bundle / MODEL)},
    )
    full_size.write(bundle)
    return full_size
