"""What does the bundle's file say? Asked in a fresh process, as a device will read it.

Durations and noise are injected, so that it says what FP32 said. The latent `z` and the vocoder's sound are compared
each on its own: sound decoded from two latents that differ by a hair drifts in phase, which nobody hears and every
waveform measure punishes. The judges of `quality` hear the whole.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from edge.build.reference import Reference, snr_db
from edge.errors import BundleError
from edge.int8 import operator
from edge.voice.bundle import MODEL

MIN_SNR_DB = 12.0
"""Below this something is broken: joe's worst is 20 dB, on a sentence of one word."""


class Spoken(NamedTuple):
    """One reference as the file says it."""

    z: Tensor
    decoded: Tensor
    """The sound of FP32's latent."""
    audio: Tensor
    """The sound of `z`: the whole model's."""


class Fidelity(NamedTuple):
    """Signal-to-noise ratio against FP32, in dB, the worst of all references."""

    z_snr_db: float
    audio_snr_db: float


def speak_from_file(folder: Path, references: list[Reference]) -> list[Spoken]:
    """Has `folder`'s model repeat `references` in a process that has loaded nothing but torch and `edge`.

    Raises:
        BundleError: the file does not load or run there.
    """
    recording, answer = folder / "references.pt", folder / "spoken.pt"
    torch.save([tuple(reference) for reference in references], recording)
    command = [sys.executable, "-m", "edge.build.check", str(folder / MODEL), str(recording), str(answer)]
    try:
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            message = f"The built model does not run in a fresh process:\n{done.stderr.strip()}"
            raise BundleError(message)
        return [Spoken(*fields) for fields in torch.load(answer, weights_only=True)]
    finally:
        recording.unlink()
        answer.unlink(missing_ok=True)


def fidelity(references: list[Reference], spoken: list[Spoken]) -> Fidelity:
    """How far the file is from FP32.

    Raises:
        BundleError: further than `MIN_SNR_DB`, or no number at all.
    """
    result = Fidelity(
        min(snr_db(reference.z, said.z) for reference, said in zip(references, spoken, strict=True)),
        min(snr_db(reference.audio, said.decoded) for reference, said in zip(references, spoken, strict=True)),
    )
    if min(result) < MIN_SNR_DB:
        message = (
            f"The built model is too far from FP32: {result.z_snr_db:.1f} dB in the latent and "
            f"{result.audio_snr_db:.1f} dB in the sound; both must reach {MIN_SNR_DB:g} dB."
        )
        raise BundleError(message)
    return result


def _speak(model_path: str, recording: str, answer: str) -> None:
    operator.load()
    model = torch.jit.load(model_path).eval()
    spoken = []
    with torch.inference_mode():
        for fields in torch.load(recording, weights_only=True):
            reference = Reference(*fields)
            z, g, _ = reference.encode(model)
            spoken.append((z, model.decode(reference.z, g), model.decode(z, g)))
    torch.save(spoken, answer)


if __name__ == "__main__":
    _speak(*sys.argv[1:])
