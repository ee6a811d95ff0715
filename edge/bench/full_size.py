"""A model of MeloTTS's size with random weights, in FP32 and in INT8 as the build makes it.

Time and memory do not depend on the weights' values, and an official checkpoint is 200 MB behind a network.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from edge.build import sensitivity
from edge.int8.calibrate import calibrating
from edge.int8.convert import Converter
from edge.model import Synthesizer, SynthesizerConfig
from edge.model.text_encoder import BERT_CHANNELS, JA_BERT_CHANNELS
from edge.voice import FORMAT, Inputs, Manifest, Scales
from edge.voice.manifest import SymbolTable

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

SCALES = (0.2, 0.6, 0.8, 1.0)
"""sdp_ratio, noise_scale, noise_scale_w and length_scale as upstream's `tts_to_file` has them."""

LENGTH = 121
"""Symbols of the sentence, blanks included."""
DURATIONS = (2, 3, 2, 3)
"""Frames of its symbols, over and over: 302 frames, 3.5 s."""

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


class Speech(NamedTuple):
    """One sentence of babble and how long its symbols last, `(1, L)`."""

    inputs: Inputs
    durations: Tensor

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return float(self.durations.sum()) * config().hop_length / SAMPLE_RATE

    def log_durations(self) -> Tensor:
        """What a predictor must say, `(1, 1, L)`: half a frame less than what rounding up makes of it."""
        return torch.log(self.durations.float() - 0.5).unsqueeze(1)


def babble(length: int = LENGTH) -> Speech:
    """Random symbols, no BERT features."""
    generator = torch.Generator().manual_seed(0)
    ids = [torch.randint(limit, (1, length), generator=generator) for limit in (SYMBOLS, TONES, LANGUAGES)]
    features = [torch.zeros(1, channels, length) for channels in (BERT_CHANNELS, JA_BERT_CHANNELS)]
    durations = torch.tensor(DURATIONS).repeat(-(-length // len(DURATIONS)))[:length]
    return Speech((ids[0], ids[1], ids[2], features[0], features[1], torch.zeros(1, dtype=torch.long)), durations[None])


class Fixed(nn.Module):
    """Has a duration predictor work for nothing: the same sentence lasts as long in every model that is compared."""

    def __init__(self, predictor: nn.Module, log_durations: Tensor) -> None:
        super().__init__()
        self.predictor = predictor
        self.register_buffer("log_durations", log_durations)

    def forward(self, hidden: Tensor, g: Tensor) -> Tensor:
        """As `DurationPredictor`; a millionth of what it says keeps compilers from dropping it."""
        return self.log_durations + 1e-6 * self.predictor(hidden, g)


class FixedStochastic(nn.Module):
    """The same for the stochastic predictor."""

    def __init__(self, predictor: nn.Module, log_durations: Tensor) -> None:
        super().__init__()
        self.predictor = predictor
        self.register_buffer("log_durations", log_durations)

    def forward(self, hidden: Tensor, g: Tensor, noise: Tensor) -> Tensor:
        """As `StochasticDurationPredictor`."""
        return self.log_durations + 1e-6 * self.predictor(hidden, g, noise)


def random_model() -> Synthesizer:
    """FP32."""
    torch.manual_seed(0)
    model = Synthesizer(config()).eval().requires_grad_(requires_grad=False)
    for name, parameter in model.named_parameters():
        if not name.endswith("gamma"):
            parameter.normal_(0, DEVIATION)
    return model


def fix_durations(model: Synthesizer, speech: Speech) -> Synthesizer:
    """Has `model`, in place, say `speech` in its time."""
    model.set_submodule("durations", Fixed(model.get_submodule("durations"), speech.log_durations()))
    stochastic = FixedStochastic(model.get_submodule("stochastic_durations"), speech.log_durations())
    model.set_submodule("stochastic_durations", stochastic)
    return model


def to_int8(model: Synthesizer) -> list[str]:
    """Computes flow and vocoder in INT8, in place, and stores the rest as the build does; returns the INT8 layers."""
    with calibrating(model) as calibration, torch.inference_mode():
        z, g, _ = model.encode(*babble(CALIBRATION).inputs, *SCALES, None, None, None)
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


def manifest() -> Manifest:
    """What a bundle of this model would say of itself, as far as speaking symbols asks for it."""
    sdp_ratio, noise_scale, noise_scale_w, length_scale = SCALES
    return Manifest(
        format=FORMAT,
        name="full-size",
        language="",
        frontend="",
        sample_rate=SAMPLE_RATE,
        hop_length=config().hop_length,
        symbols=SymbolTable({}, (), (), ()),
        languages={},
        speakers={},
        scales=Scales(noise_scale, noise_scale_w, length_scale, sdp_ratio),
        gain=1.0,
        quantisation={},
        quality={},
        provenance={},
        built_with={},
        licences=(),
        files={},
    )


def scripted(model: nn.Module) -> torch.jit.ScriptModule:
    """TorchScript, as a bundle has it."""
    return torch.jit.script(model)
