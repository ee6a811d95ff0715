"""What upstream MeloTTS (commit 2091453, MIT) itself computed; inputs made for this project.

`melo_tiny` is a small random checkpoint in upstream's exact format and four cases of inference with it. Its `enc_q`,
which speech does not need, keeps its names and shapes but holds zeros, stored as one number each.
`melo_full_state_dict.json` has the names and shapes of the full-size model, from upstream's default configuration.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

HERE = Path(__file__).parent
CHECKPOINT = HERE / "melo_tiny" / "checkpoint.pth"
CONFIG = HERE / "melo_tiny" / "config.json"
CASES = HERE / "melo_tiny" / "cases.npz"
FULL_STATE_DICT = HERE / "melo_full_state_dict.json"


class Case(NamedTuple):
    """One call of upstream's `infer`: what `Synthesizer.encode` takes, and what came out."""

    arguments: tuple[Tensor | float | None, ...]
    durations: Tensor
    z: Tensor
    audio: Tensor


def cases() -> list[Case]:
    with np.load(CASES) as file:
        arrays = {name: torch.from_numpy(file[name]) for name in file.files}
    return [_case({name[2:]: value for name, value in arrays.items() if name[0] == str(i)}) for i in range(4)]


def _case(fields: dict[str, Tensor]) -> Case:
    ids = (fields[name].long() for name in ("symbols", "tones", "languages"))
    numbers = (float(fields[name]) for name in ("sdp_ratio", "noise_scale", "noise_scale_w", "length_scale"))
    noise = (fields["duration_noise"], fields["prior_noise"])
    arguments = (*ids, fields["bert"], fields["ja_bert"], fields["speaker"].view(1), *numbers, *noise, None)
    return Case(arguments, fields["durations"].long().view(1, -1), fields["z"], fields["audio"])
