"""From a source to a bundle in place: load, quantise, write, check, swap."""

from __future__ import annotations

import itertools
import platform
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch

import edge
from edge.build.check import Fidelity, Reference, fidelity, speak_reference
from edge.build.describe import Description, describe
from edge.build.place import refuse_foreign, replace_folder
from edge.build.sources import Source
from edge.checkpoints import load_melo, load_piper
from edge.errors import CheckpointError, MissingFrontendError
from edge.int8.weights import store_weights_as_int8
from edge.model import Synthesizer
from edge.text import Phonemes, frontend
from edge.voice import FORMAT, FileEntry, Inputs, Licence, Manifest, model_inputs
from edge.voice.bundle import MODEL, pack

# Spoken by the check and to find the voice's loudness. Short and long, a question, an exclamation, numbers.
SENTENCES = (
    "Hello.",
    "The quick brown fox jumps over the lazy dog, and then it sleeps.",
    "Is it raining in the mountains today?",
    "What a wonderful surprise!",
    "The train leaves at seven fifteen from platform nine.",
)
PEAK = 0.8
"""Where the loudest of `SENTENCES` is brought to; the rest of the range is for louder ones."""
MAX_GAIN = 4.0

Progress = Callable[[str], None]


def build(source: Source, out: Path, progress: Progress, command: str) -> tuple[Manifest, Fidelity]:
    """Builds `source` into `out`, a folder or a `.tar`. What was there stays until the new bundle is whole.

    Args:
        progress: told each step as it begins.
        command: how the build was asked for, for the manifest.

    Raises:
        CheckpointError: the source is damaged or not what it says.
        BundleError: the result does not run, or is too far from FP32.
    """
    out = out.resolve()  # a link stays one; what it points at is replaced
    refuse_foreign(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        folder = workshop / "bundle"
        folder.mkdir()
        folder.chmod(0o755)
        manifest, result = _build_into(folder, source, progress, command)
        progress(f"Moving the bundle to {out}")
        if out.suffix == ".tar":
            pack(folder, workshop / "bundle.tar")
            (workshop / "bundle.tar").replace(out)
        else:
            replace_folder(folder, out)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return manifest, result


def _build_into(folder: Path, source: Source, progress: Progress, command: str) -> tuple[Manifest, Fidelity]:
    progress(f"Loading {source.weights.name}")
    description = describe(source)
    synthesizer = (load_piper if source.is_piper else load_melo)(source.weights, source.config)
    _check_ids(description, synthesizer)
    progress("Speaking the references in FP32")
    references = _references(synthesizer, description)
    progress("Storing the weights as INT8 and compiling TorchScript")
    layers = store_weights_as_int8(synthesizer)
    torch.jit.save(torch.jit.script(synthesizer), str(folder / MODEL))
    progress("Comparing the file with FP32 in a fresh process")
    result = fidelity(folder, references)
    progress("Writing the manifest")
    licences = _write_licences(folder, source, description)
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
        quantisation={
            "weights": "int8, symmetric, one scale per output channel",
            "activations": "float32",
            "arithmetic": "float32: weights are multiplied out when the bundle is loaded",
            "layers": len(layers),
            "z_snr_db": round(result.z_snr_db, 1),
            "audio_snr_db": round(result.audio_snr_db, 1),
        },
        provenance=source.provenance(),
        built_with={
            "melo-edge": edge.__version__,
            "torch": str(torch.__version__),
            "python": platform.python_version(),
            "command": command,
        },
        licences=licences,
        files={
            str(path.relative_to(folder)): FileEntry.of(path) for path in sorted(folder.rglob("*")) if path.is_file()
        },
    )
    manifest.write(folder)
    return manifest, result


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


def _references(synthesizer: Synthesizer, description: Description) -> list[Reference]:
    speaker = min(description.speakers.values(), default=0)
    return [
        speak_reference(synthesizer, inputs, description.scales, seed)
        for seed, inputs in enumerate(_reference_inputs(description, speaker))
    ]


def _reference_inputs(description: Description, speaker: int) -> list[Inputs]:
    """`SENTENCES` as the model takes them; without a frontend for the language, the voice's symbols in a row."""
    try:
        text = frontend(description.frontend)
        phonemes = [text(sentence) for sentence in SENTENCES]
    except MissingFrontendError:
        symbols = tuple(description.symbols.ids)[:100]
        language = next(iter(description.languages), "")
        phonemes = [Phonemes(symbols, (0,) * len(symbols), (language,) * len(symbols), (), "")]
    return [model_inputs(spoken, description.symbols, description.languages, speaker) for spoken in phonemes]


def _write_licences(folder: Path, source: Source, description: Description) -> tuple[Licence, ...]:
    (folder / "LICENSES").mkdir()
    voice = Licence("voice", source.licence, "LICENSES/voice.txt")
    (folder / voice.file).write_text(
        f"Voice: {source.name}\nOrigin: {source.origin}\nLicence: {source.licence}\n\n{source.notes.strip()}\n",
        encoding="utf-8",
    )
    if not description.frontend.startswith("espeak:"):
        return (voice,)
    espeak = Licence("text frontend", "GPL-3.0-or-later", "LICENSES/espeak-ng.txt")
    (folder / espeak.file).write_text(
        "This voice reads text through espeak-ng, GPL-3.0-or-later, https://github.com/espeak-ng/espeak-ng,\n"
        "a separate library that is installed beside melo-edge and is not part of this bundle.\n",
        encoding="utf-8",
    )
    return (voice, espeak)
