"""The quality report for people: a table and a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from torch import Tensor

from edge.build.quality import THRESHOLDS, Quality, missed
from edge.build.sensitivity import LATENT_LIMIT_DB, SOUND_LIMIT_DB, Sensitivity

FLOOR_DB = -100
SHOWN_LAYERS = 60


def table(quality: Quality, sensitivity: Sensitivity, chosen: list[str], sentences: int) -> str:
    """The report as Markdown."""
    lines = [
        f"# INT8 against FP32, {sentences} held-out sentences",
        "",
        "Durations and noise are the same for both. Judges that know no reference show the difference to FP32.",
        "",
        "| judge | INT8, mean | worst | must reach | control: FP32, other noise | control: white noise at -40 dB |",
        "|---|---|---|---|---|---|",
    ]
    for name, score in quality.items():
        limit = THRESHOLDS.get(name)
        wanted = "-" if limit is None else f"{limit.mean:g}" + (f" ({limit.worst:g})" if limit.worst > -np.inf else "")
        numbers = (score.mean, score.worst, wanted, score.other_noise, score.white_noise)
        lines.append(f"| {name} | {' | '.join(n if isinstance(n, str) else f'{n:.3f}' for n in numbers)} |")
    lines += ["", *(f"Missed: {complaint}." for complaint in missed(quality))]
    kept = [name for name in sensitivity if name not in chosen]
    lines += [
        "",
        f"{len(chosen)} convolutions compute in INT8, {len(kept)} in FP32.",
        "",
        "| convolution | SNR in dB when it alone is INT8 | computes in |",
        "|---|---|---|",
        *(
            f"| {name} | {sensitivity[name]:.1f} | {'INT8' if name in chosen else 'FP32'} |"
            for name in sorted(sensitivity, key=lambda name: sensitivity[name])
        ),
    ]
    return "\n".join(lines) + "\n"


def picture(path: Path, reference: Tensor, spoken: Tensor, rate: int, sensitivity: Sensitivity) -> None:
    """Spectrograms of FP32, INT8 and their difference, and the most sensitive layers, as a PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(4, 1, figsize=(11, 15), height_ratios=[1, 1, 1, 1.6], layout="constrained")
    sounds = [sound.flatten().numpy() for sound in (reference, spoken, spoken - reference)]
    for axis, sound, title in zip(axes, sounds, ("FP32", "INT8", "difference of the waveforms"), strict=False):
        image = axis.specgram(sound + 1e-9, NFFT=1024, noverlap=768, Fs=rate, vmin=FLOOR_DB - 20, vmax=-30)[3]
        axis.set(title=title, ylabel="Hz")
    figure.colorbar(image, ax=axes[:3], label="dB")
    _draw_sensitivity(axes[3], sensitivity)
    figure.savefig(path, dpi=80)
    plt.close(figure)


def _draw_sensitivity(axis: npt.NDArray[np.object_], sensitivity: Sensitivity) -> None:
    names = sorted(sensitivity, key=lambda name: sensitivity[name])[:SHOWN_LAYERS]
    colours = ["tab:orange" if name.startswith("vocoder.") else "tab:blue" for name in names]
    axis.bar(range(len(names)), [sensitivity[name] for name in names], color=colours)
    axis.axhline(SOUND_LIMIT_DB, color="tab:orange", linestyle=":", label="limit, vocoder (SNR of the sound)")
    axis.axhline(LATENT_LIMIT_DB, color="tab:blue", linestyle=":", label="limit, others (SNR of the latent)")
    axis.set_xticks(range(len(names)), names, rotation=90, fontsize=6)
    axis.set(title=f"SNR when one layer alone is INT8: the {len(names)} most sensitive", ylabel="dB")
    axis.legend(loc="lower right")
