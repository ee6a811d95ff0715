"""What is spoken with: the same weights, symbols and scales for every row of a subject.

All noise is off (both noise scales are 0), so that a difference between two rows is a difference between two programs.
What computes in other bits than FP32 may still predict a frame more or less here and there, so for the judges a row is
told FP32's durations, or what it is compared with is told the row's.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt

from edge.bench import wire
from edge.bench.texts import Texts, texts
from edge.errors import EdgeError

if TYPE_CHECKING:
    from edge.model import Synthesizer
    from edge.voice import Inputs, Manifest

FP32, INT8 = "fp32", "int8"
"""Whose durations: FP32 weights'; those that the bundle's INT8 predicts."""

MELO, VOICE = "melo", "voice"
"""A model of MeloTTS's architecture and size; the voice that was named, joe."""

NAMES = ("symbols", "tones", "languages", "bert", "ja_bert", "speaker")
"""Of `Inputs`, as the ONNX export has them, too."""

_DESCRIPTION, _LINES = "subject.json", "lines.npz"
Line = tuple[npt.NDArray[Any], ...]


class MissingError(EdgeError):
    """What a row needs is not on this machine: the row is skipped, which is no failure."""


class Asked(msgspec.Struct, frozen=True):
    """What is to be measured."""

    voice: Path
    """A bundle."""
    checkpoint: Path | None = None
    """The MeloTTS checkpoint that `voice` was built from; None: a random one of MeloTTS's size beside it."""
    config: Path | None = None


class SubjectJob(msgspec.Struct, frozen=True):
    """To build one subject."""

    kind: str
    asked: Asked
    folder: Path


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two, as its folder has it."""

    kind: str
    title: str
    sample_rate: int
    weights: int
    """How many the FP32 model has; training's are not among them. 0: not at hand."""
    scales: tuple[float, float, float, float]
    """sdp_ratio, noise_scale, noise_scale_w, length_scale."""
    gain: float
    texts: Texts
    trained: bool
    """Whether it says words that a judge of speech could hear."""
    checkpoint: Path | None = None
    config: Path | None = None
    """Upstream's files, or those of a Piper voice; None: there are none."""
    folder: Path = Path()

    @property
    def bundle(self) -> Path:
        """The voice as this project has it."""
        return self.folder / "bundle"

    def lines(self, sentences: list[str]) -> Iterator[Line]:
        """The inputs of each sentence as arrays, in the order of `NAMES`."""
        with np.load(self.folder / _LINES) as file:
            every = self.texts.all()
            for sentence in sentences:
                yield tuple(file[f"{every.index(sentence)} {name}"] for name in NAMES)

    @property
    def judged(self) -> bool:
        """Whether the judges of speech can hear its rows, beside FP32."""
        return self.trained and self.weights > 0

    def durations(self, sentence: str, whose: str) -> npt.NDArray[np.int64]:
        """Frames of each symbol `(1, L)`, as `FP32` or `INT8` predicts them, of one that is `judged`."""
        with np.load(self.folder / _LINES) as file:
            durations: npt.NDArray[np.int64] = file[f"{self.texts.all().index(sentence)} durations {whose}"]
        return durations

    def inputs(self, sentences: list[str]) -> Iterator[Inputs]:
        """The same as tensors."""
        import torch

        for line in self.lines(sentences):
            symbols, tones, languages, bert, ja_bert, speaker = map(torch.from_numpy, line)
            yield symbols, tones, languages, bert, ja_bert, speaker

    def fp32(self) -> Synthesizer:
        """The model.

        Raises:
            MissingError: its weights are not at hand.
        """
        if not self.weights:
            raise MissingError(
                f"the FP32 weights of {self.title} are not at hand: joe's are, with melo-edge[build], or --checkpoint's"
            )
        if self.checkpoint is None or self.config is None:
            from edge.bench import full_size

            return full_size.random_model()
        from edge.checkpoints import load_melo, load_piper

        load = load_piper if self.checkpoint.suffix == ".onnx" else load_melo
        return load(self.checkpoint, self.config)


def read(folder: Path) -> Subject:
    """The subject that was written into `folder`."""
    content = (folder / _DESCRIPTION).read_bytes()
    return msgspec.structs.replace(wire.decode(content, Subject), folder=folder)


def is_written(folder: Path) -> bool:
    """Whether there is one."""
    return (folder / _DESCRIPTION).exists()


def kinds(asked: Asked) -> tuple[str, ...]:
    """The subjects of a run."""
    return (MELO,) if asked.checkpoint else (VOICE, MELO)


def write(job: SubjectJob) -> Subject:
    """Builds a subject into its folder.

    Raises:
        EdgeError: the voice or the checkpoint cannot be loaded.
    """
    asked, folder = job.asked, job.folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if job.kind == VOICE:
        _write_voice(asked.voice, folder)
    elif asked.checkpoint is None or asked.config is None:
        _write_random(asked.voice, folder)
    else:
        _write_checkpoint(asked.voice, asked.checkpoint, asked.config, folder)
    return read(folder)


def _write_voice(voice: Path, folder: Path) -> None:
    manifest = _silenced(voice, folder / "bundle")
    source = _source(manifest)
    if source is None:
        _describe(VOICE, manifest, folder)
        return
    from edge.checkpoints import load_piper

    _describe(VOICE, manifest, folder, load_piper(*source), *source)


def _write_checkpoint(voice: Path, checkpoint: Path, config: Path, folder: Path) -> None:
    from edge.checkpoints import load_melo
    from edge.voice import FileEntry

    manifest = _silenced(voice, folder / "bundle")
    if FileEntry.of(checkpoint).sha256 != manifest.provenance.get("weights_sha256"):
        raise EdgeError(f"{voice} was not built from {checkpoint}: name the bundle and the checkpoint that it is of.")
    _describe(MELO, manifest, folder, load_melo(checkpoint, config), checkpoint.resolve(), config.resolve())


def _write_random(voice: Path, folder: Path) -> None:
    from edge.bench import full_size

    manifest = _silenced(voice, folder / "bundle", full_size.SCALES)
    model = full_size.random_model()
    _describe(MELO, full_size.into_bundle(folder / "bundle", manifest), folder, model, trained=False)


def _silenced(
    voice: Path, bundle: Path, scales: tuple[float, float, float, float] | None = None
) -> Manifest:
    """A copy of a bundle without noise; hard links, where they are possible, take no room."""
    from edge.voice import Scales, open_bundle

    with open_bundle(voice) as opened:
        copy = shutil.copy2 if opened.unpacked else _link
        shutil.copytree(opened.folder, bundle, copy_function=copy)
        own, manifest = opened.manifest.scales, opened.manifest
    sdp_ratio, _, _, length_scale = scales or (own.sdp_ratio, 0.0, 0.0, own.length_scale)
    silent = Scales(0.0, 0.0, length_scale, sdp_ratio)
    manifest = msgspec.structs.replace(manifest, scales=silent)
    (bundle / "manifest.json").unlink()  # a link, perhaps
    manifest.write(bundle)
    return manifest


def _link(source: str, target: str) -> str:
    try:
        Path(target).hardlink_to(source)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)
    return target


def _source(manifest: Manifest) -> tuple[Path, Path] | None:
    """The ONNX file and the configuration of joe; other voices' are not known."""
    from edge.voice import FileEntry

    if manifest.name != "joe":
        return None
    try:
        from edge.build.sources import named

        source = named("joe")
    except (EdgeError, ImportError):  # no network, or without the extra `build`
        return None
    same = FileEntry.of(source.weights).sha256 == manifest.provenance.get("weights_sha256")
    return (source.weights, source.config) if same else None


def _describe(
    kind: str,
    manifest: Manifest,
    folder: Path,
    model: Synthesizer | None = None,
    checkpoint: Path | None = None,
    config: Path | None = None,
    *,
    trained: bool = True,
) -> None:
    said = texts(manifest.language)
    scales = manifest.scales
    subject = Subject(
        kind=kind,
        title=manifest.name if trained else "a model of MeloTTS's size, random weights",
        sample_rate=manifest.sample_rate,
        weights=0 if model is None else sum(parameter.numel() for parameter in model.parameters()),
        scales=(scales.sdp_ratio, scales.noise_scale, scales.noise_scale_w, scales.length_scale),
        gain=manifest.gain,
        texts=said,
        trained=trained,
        checkpoint=checkpoint,
        config=config,
        folder=folder,
    )
    _write_lines(subject, model)
    (folder / _DESCRIPTION).write_bytes(wire.encode(subject))


def _write_lines(subject: Subject, model: Synthesizer | None) -> None:
    from edge.speech import Voice, computing

    voice = Voice.load(subject.bundle)
    arrays: dict[str, npt.NDArray[Any]] = {}
    for number, sentence in enumerate(subject.texts.all()):
        inputs = voice.prepare(sentence)
        arrays |= {f"{number} {name}": tensor.numpy() for name, tensor in zip(NAMES, inputs, strict=True)}
        if model is not None and subject.judged and sentence in subject.texts.judged:
            for whose, speaks in ((FP32, model), (INT8, voice.model)):
                with computing():
                    _, _, durations = speaks.latent(*inputs, *subject.scales, None, None, None)
                arrays[f"{number} durations {whose}"] = durations.numpy()
    np.savez_compressed(subject.folder / _LINES, **arrays)
