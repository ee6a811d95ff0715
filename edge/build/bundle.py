"""From a source to a bundle in place: load, calibrate, quantise, write, check, judge, swap."""

from __future__ import annotations

import itertools
import platform
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch

import edge
from edge.build import quality, report, sensitivity
from edge.build.bert import BertSource, add_bert, choose, find, refuse_loss
from edge.build.check import Fidelity, fidelity, speak_from_file
from edge.build.describe import Description, describe
from edge.build.frontends import pack_frontend, write_frontend_licences
from edge.build.material import Line, Material, material
from edge.build.phrases import PhraseLine, add_phrases, speakable
from edge.build.place import refuse_foreign, replace_folder
from edge.build.progress import Progress
from edge.build.quality import Quality
from edge.build.reference import Reference, speak_reference, with_other_noise
from edge.build.sensitivity import Sensitivity
from edge.build.sources import Source
from edge.build.utterance import add_utterance
from edge.checkpoints import load_melo, load_piper
from edge.errors import CheckpointError
from edge.int8.calibrate import Calibration, calibrating
from edge.int8.convert import Converter
from edge.int8.layers import FRAME_BLOCK, STAGE_BLOCKS
from edge.model import Synthesizer
from edge.voice import FORMAT, Licence, Manifest
from edge.voice.bundle import MODEL, pack
from edge.voice.manifest import measure
from edge.voice.signature import refuse_other_keys, sign

PEAK = 0.8
"""Where the loudest of the held-out sentences is brought to; the rest of the range is for louder ones."""
MAX_GAIN = 4.0

PROBES = slice(1, 3)
"""The calibration sentences that each layer is tried on: one statement, one question."""

ATTEMPTS = 3
"""How often a build is tried before it is refused because its INT8 is heard. Rounding is a draw: now and then a latent
comes out so far from FP32's that one vowel starts in another phase (docs/int8.md), which moves with the noise that
calibration hears. The held-out sentences are the same each time."""

CONTROLS = 6
"""Sentences that the controls are heard on; they only tell what a score means."""


class Result(NamedTuple):
    """What came out of a build."""

    manifest: Manifest
    fidelity: Fidelity
    quality: Quality


def build(
    source: Source,
    out: Path,
    progress: Progress,
    command: str,
    *,
    phrases: Sequence[PhraseLine] = (),
    bert: str = "",
    without_bert: bool = False,
    allow_quality_loss: bool = False,
    key: Path | None = None,
) -> Result:
    """Builds `source` into `out`, a folder or a `.tar`. What was there stays until the new bundle is whole.

    Args:
        source: weights and configuration.
        out: where the bundle goes.
        progress: told what happens.
        command: how the build was asked for, for the manifest.
        phrases: what to speak now and keep in the bundle.
        bert: whose features the voice gets: a folder, or a name on the model hub.
        without_bert: build without, though the voice was trained with them.
        allow_quality_loss: keep a bundle whose INT8 the judges can hear.
        key: a private ed25519 key that signs the bundle.

    Raises:
        CheckpointError: the source is damaged or not what it says.
        BundleError: the result does not run, is too far from FP32, or would be heard; or the key is no key.
        TextError: a phrase has nothing to speak.
        MissingFrontendError: there are phrases or BERT, and what reads the voice's language is not installed.
    """
    description = describe(source)
    bert = choose(source, description.language, bert, without=without_bert)
    out = out.resolve()  # a link stays one; what it points at is replaced
    refuse_foreign(out)
    if key is not None:
        refuse_other_keys(key, "private")
    out.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        folder = workshop / "bundle"
        attempts = 1 if allow_quality_loss else ATTEMPTS
        for attempt in range(attempts):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            folder.chmod(0o755)
            result = _build_into(folder, source, description, bert, progress, command, phrases, attempt)
            complaints = quality.missed(result.quality)
            if not complaints:
                break
            progress.step(f"Attempt {attempt + 1} of {attempts} would be heard: {'; '.join(complaints)}")
        if not allow_quality_loss:
            refuse_loss(result.manifest.bert)
            quality.refuse_loss(result.quality)
        if key is not None:
            sign(folder, key)
        progress.step(f"Moving the bundle to {out}")
        if out.suffix == ".tar":
            pack(folder, workshop / "bundle.tar")
            (workshop / "bundle.tar").replace(out)
        else:
            replace_folder(folder, out)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return result


def _build_into(
    folder: Path,
    source: Source,
    description: Description,
    bert: str,
    progress: Progress,
    command: str,
    phrases: Sequence[PhraseLine],
    attempt: int,
) -> Result:
    progress.step(f"Loading {source.weights.name}")
    synthesizer = (load_piper if source.is_piper else load_melo)(source.weights, source.config)
    _check_ids(description, synthesizer)
    data = pack_frontend(folder, description.frontend)
    ready = speakable(phrases, description, data)
    bert_source = find(bert) if bert else None
    added = add_bert(folder, bert_source, description, progress, data) if bert_source else None
    lines = material(description, added and added.bert, data)
    calibration, references = _speak(synthesizer, lines, description, progress, attempt)
    otherwise = [with_other_noise(synthesizer, r, seed) for seed, r in enumerate(references[:CONTROLS])]
    sensitive, chosen = _quantise(synthesizer, calibration, lines, description, progress)
    torch.jit.save(torch.jit.script(synthesizer), str(folder / MODEL))
    progress.step("Comparing the file with FP32 in a fresh process")
    spoken = speak_from_file(folder, references)
    nearness = fidelity(references, spoken)
    verdict = quality.judge(
        references,
        [line.text for line in lines.held_out],
        [said.audio for said in spoken],
        otherwise,
        description.sample_rate,
        lambda judges: progress.track(judges, "Judging the sound"),
    )
    progress.step("Writing the report and the manifest")
    report.write(
        folder / "report",
        verdict,
        sensitive,
        chosen,
        references[1].audio,
        spoken[1].audio,
        description.sample_rate,
        added and added.cost,
    )
    manifest = Manifest(
        format=FORMAT,
        name=source.name,
        language=description.language,
        frontend=description.frontend,
        sample_rate=description.sample_rate,
        hop_length=synthesizer.hop_length,
        symbols=description.symbols,
        languages=description.languages,
        speakers=description.speakers,
        scales=description.scales,
        gain=round(min(MAX_GAIN, PEAK / max(float(r.audio.abs().max()) for r in references)), 3),
        quantisation=_quantisation(sensitive, chosen, nearness),
        quality=verdict,
        provenance=source.provenance(),
        built_with=_built_with(command),
        licences=(
            *_write_licences(folder, source, description, bert_source),
            *write_frontend_licences(folder, description.frontend),
        ),
        files=measure(folder),
        bert=added and added.entry,
    )
    manifest.write(folder)
    manifest = add_utterance(folder, description, data)
    if ready:
        manifest = add_phrases(folder, ready, progress)
    return Result(manifest, nearness, verdict)


def _quantisation(sensitive: Sensitivity, chosen: list[str], nearness: Fidelity) -> dict[str, str | int | float]:
    blocks = f"blocks of {FRAME_BLOCK} to {STAGE_BLOCKS[-1]} time steps"
    return {
        "weights": "int8, symmetric, one scale per output channel; the text encoder's 10 or 12 bits",
        "activations": f"uint8, one scale and zero point for each of {blocks}",
        "arithmetic": "int32 sums in the layers counted here, float32 in the others",
        "layers": len(chosen),
        "layers_float": len(sensitive.layers) - len(chosen),
        "z_snr_db": round(nearness.z_snr_db, 1),
        "audio_snr_db": round(nearness.audio_snr_db, 1),
    }


def _built_with(command: str) -> dict[str, str]:
    return {
        "melo-edge": edge.__version__,
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "command": command,
    }


def _speak(
    synthesizer: Synthesizer, lines: Material, description: Description, progress: Progress, attempt: int
) -> tuple[Calibration, list[Reference]]:
    """Has FP32 say everything: the calibration sentences while it is watched, then the held-out ones.

    Each attempt has other noise in the calibration sentences.
    """
    seeds = len(lines.calibration) + len(lines.held_out)

    def say(part: list[Line], first_seed: int, what: str) -> list[Reference]:
        return [
            speak_reference(synthesizer, line.inputs, description.scales, seed)
            for seed, line in enumerate(progress.track(part, what), first_seed)
        ]

    with calibrating(synthesizer) as calibration:
        say(lines.calibration, attempt * seeds, "Calibrating")
    return calibration, say(lines.held_out, len(lines.calibration), "Speaking the held-out sentences in FP32")


def _quantise(
    synthesizer: Synthesizer, calibration: Calibration, lines: Material, description: Description, progress: Progress
) -> tuple[Sensitivity, list[str]]:
    """Tries every layer in INT8, and converts those that stay inaudible."""
    probes = [
        speak_reference(synthesizer, line.inputs, description.scales, seed)
        for seed, line in enumerate(lines.calibration[PROBES])
    ]
    converter = Converter(synthesizer, calibration)
    sensitive = sensitivity.measure(
        synthesizer, converter, probes, lambda trials: progress.track(trials, "Trying each layer in INT8")
    )
    chosen = sensitivity.choose_int8(sensitive, calibration)
    progress.step(f"Converting {len(chosen)} layers to INT8 and compiling TorchScript")
    weights = {name: converter.weights(name) for name in sensitive.layers}
    total = sum(parameter.numel() for parameter in synthesizer.parameters())
    converter.convert(chosen, sensitivity.choose_finely(sensitive, chosen, weights, total))
    return sensitive, chosen


def _check_ids(description: Description, synthesizer: Synthesizer) -> None:
    table, speakers = description.symbols, synthesizer.speakers
    symbols = [*table.prefix, *table.blank, *table.suffix, *itertools.chain(*table.ids.values())]
    for kind, ids, known in (
        ("symbol", symbols, synthesizer.n_symbols),
        ("speaker", description.speakers.values(), 1 if speakers is None else speakers.num_embeddings),
    ):
        unknown = [i for i in ids if not 0 <= i < known]
        if unknown:
            message = f"The configuration gives a {kind} the id {unknown[0]}, but the checkpoint knows {known} {kind}s."
            raise CheckpointError(message)


def _write_licences(
    folder: Path, source: Source, description: Description, bert: BertSource | None
) -> tuple[Licence, ...]:
    (folder / "LICENSES").mkdir()
    voice = Licence("voice", source.licence, "LICENSES/voice.txt")
    (folder / voice.file).write_text(
        f"Voice: {source.name}\nOrigin: {source.origin}\nLicence: {source.licence}\n\n{source.notes.strip()}\n",
        encoding="utf-8",
    )
    if bert is not None:
        features = Licence("BERT", "see its source", "LICENSES/bert.txt")
        (folder / features.file).write_text(
            f"BERT: {bert.name}\nOrigin: {bert.origin}\n\nIts licence is what its source says.\n", encoding="utf-8"
        )
        return (voice, features)
    if not description.frontend.startswith("espeak:"):
        return (voice,)
    espeak = Licence("text frontend", "GPL-3.0-or-later", "LICENSES/espeak-ng.txt")
    (folder / espeak.file).write_text(
        "This voice reads text through espeak-ng, GPL-3.0-or-later, https://github.com/espeak-ng/espeak-ng,\n"
        "a separate library that is installed beside melo-edge and is not part of this bundle.\n",
        encoding="utf-8",
    )
    return (voice, espeak)
