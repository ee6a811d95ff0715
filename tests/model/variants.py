"""Small models of every kind that the configuration can ask for, with random weights."""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor

from edge.model import Synthesizer, SynthesizerConfig
from edge.model.config import DurationKind, FlowKind, ResBlockKind

MELO = SynthesizerConfig(
    n_symbols=20,
    n_tones=4,
    n_languages=3,
    n_speakers=3,
    inter_channels=8,
    hidden_channels=16,
    filter_channels=24,
    n_heads=2,
    n_layers=3,
    kernel_size=3,
    gin_channels=6,
    speaker_conditioned_encoder=True,
    flow="transformer",
    n_flow_layers=3,
    n_flows=2,
    durations="mixed",
    resblock="1",
    resblock_kernel_sizes=(3, 5),
    resblock_dilation_sizes=((1, 3), (1, 5)),
    upsample_rates=(4, 2),
    upsample_kernel_sizes=(8, 4),
    upsample_initial_channel=16,
)


def _variant(
    flow: FlowKind, durations: DurationKind, resblock: ResBlockKind, speakers: str, text: str
) -> SynthesizerConfig:
    return dataclasses.replace(
        MELO,
        n_tones=4 if text == "melo" else 0,
        n_languages=3 if text == "melo" else 0,
        n_speakers=3 if speakers == "many" else 1,
        gin_channels=6 if speakers == "many" else 0,
        speaker_conditioned_encoder=text == "melo" and speakers == "many",
        flow=flow,
        durations=durations,
        resblock=resblock,
    )


# Every choice, and every pair of a part and having speakers.
VARIANTS = {
    "-".join(choices): _variant(*choices)
    for choices in (
        ("transformer", "mixed", "1", "many", "melo"),
        ("transformer", "stochastic", "2", "one", "melo"),
        ("transformer", "deterministic", "2", "many", "vits"),
        ("transformer", "mixed", "1", "one", "vits"),
        ("residual", "stochastic", "2", "one", "vits"),
        ("residual", "stochastic", "1", "many", "vits"),
        ("residual", "deterministic", "1", "one", "melo"),
        ("residual", "mixed", "2", "many", "melo"),
    )
}


def random_model(config: SynthesizerConfig) -> Synthesizer:
    torch.manual_seed(1)
    model = Synthesizer(config).eval().requires_grad_(requires_grad=False)
    for parameter in model.parameters():
        # What starts as zeros or ones would hide a mistake.
        if parameter.unique().numel() == 1:
            parameter.add_(torch.randn_like(parameter) * 0.3)
    return model


def random_inputs(length: int) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(length)
    ids = [torch.randint(0, high, (1, length), generator=generator) for high in (20, 4, 3)]
    features = [torch.randn(1, channels, length, generator=generator) for channels in (1024, 768)]
    return (*ids, *features, torch.tensor([0]))
