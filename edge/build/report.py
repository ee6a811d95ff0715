"""The quality report for people: a table and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from edge.build.bert import BertCost
from edge.build.quality import THRESHOLDS, Quality, missed
from edge.build.sensitivity import LAYER_LIMIT_DB, PART_LIMIT_DB, Sensitivity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FLOOR_DB = -100
SHOWN_LAYERS = 60


def write(
    folder: Path,
    quality: Quality,
    sensitivity: Sensitivity,
    chosen: list[str],
    reference: Tensor,
    spoken: Tensor,
    rate: int,
    bert: BertCost | None = None,
) -> None:
    """Writes `quality.md` and `quality.png` into `folder`; the picture shows one sentence as both say it."""
    folder.mkdir()
    text = table(quality, sensitivity, chosen) + ("" if bert is None else bert_table(bert))
    (folder / "quality.md").write_text(text, encoding="utf-8")
    picture(folder / "quality.png", reference, spoken, rate, sensitivity)


def table(quality: Quality, sensitivity: Sensitivity, chosen: list[str]) -> str:
    """The report as Markdown."""
    lines = [
        "# INT8 against FP32, on the held-out sentences",
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
    layers = sensitivity.layers
    lines += [
        "",
        "| part | SNR in dB when it alone is INT8 | at least |",
        "|---|---|---|",
        *(f"| {part}* | {ratio:.1f} | {PART_LIMIT_DB[part]:g} |" for part, ratio in sensitivity.parts.items()),
        "",
        f"{len(chosen)} convolutions compute in INT8, {len(layers) - len(chosen)} in FP32.",
        "",
        "| convolution | SNR in dB when it alone is INT8 | computes in |",
        "|---|---|---|",
        *(
            f"| {name} | {layers[name]:.1f} | {'INT8' if name in chosen else 'FP32'} |"
            for name in sorted(layers, key=lambda name: layers[name])
        ),
    ]
    return "\n".join(lines) + "\n"


def bert_table(cost: BertCost) -> str:
    """What BERT costs, as Markdown."""
    milliseconds = [f"{1000 * seconds:.1f} ms" for seconds in (cost.seconds, cost.fp32_seconds)]
    return f"""
# BERT

| | in the bundle | FP32 |
|---|---|---|
| on disk | {cost.size / 1e6:.1f} MB | {cost.fp32_size / 1e6:.1f} MB |
| features of a sentence, median on the build machine | {" | ".join(milliseconds)} |

A build with --no-bert saves it. `melo-edge bench` measures it on a device.
"""


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
    figure.savefig(path, dpi=64)
    plt.close(figure)


def _draw_sensitivity(axis: Axes, sensitivity: Sensitivity) -> None:
    layers = sensitivity.layers
    names = sorted(layers, key=lambda name: layers[name])[:SHOWN_LAYERS]
    colours = ["tab:orange" if name.startswith("vocoder.") else "tab:blue" for name in names]
    axis.bar(range(len(names)), [layers[name] for name in names], color=colours)
    for part, colour in (("vocoder.", "tab:orange"), ("flow.", "tab:blue")):
        axis.axhline(LAYER_LIMIT_DB[part], color=colour, linestyle=":", label=f"limit, {part.rstrip('.')}")
    axis.set_xticks(range(len(names)), names, rotation=90, fontsize=6)
    axis.set(title=f"SNR when one layer alone is INT8: the {len(names)} most sensitive", ylabel="dB")
    axis.legend(loc="lower right")
