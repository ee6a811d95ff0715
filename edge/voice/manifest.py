"""`manifest.json`: everything about a voice that is not in its tensors."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from edge.errors import BundleError, RequestError
from edge.text import Phonemes

FORMAT = 1
"""Raised when a reader of the old format would misread the new one."""

NAME = "manifest.json"

PHRASES = "phrases/"
"""The folder of ready-made phrases, each in a file that has its key (`edge.phrases.Phrase.key`) for a name."""

_SILENT = (PHRASES, "report/", "LICENSES/")
"""The files that do not change how a voice sounds."""


class FileEntry(msgspec.Struct, frozen=True):
    """One file of the bundle, by its path inside it."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> FileEntry:
        """Measures a file."""
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        return cls(path.stat().st_size, digest.hexdigest())


def measure(folder: Path) -> dict[str, FileEntry]:
    """Every file in `folder` but its manifest, by its path inside it."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): FileEntry.of(path) for path in paths if path != folder / NAME}


class LanguageIds(msgspec.Struct, frozen=True):
    """What the model calls a language, and where its tones begin among all languages' tones."""

    id: int
    tone_start: int


class SymbolTable(msgspec.Struct, frozen=True):
    """Symbols to ids, and the ids that go around them.

    A sentence's ids are `prefix`, then each symbol's ids followed by `blank`, then `suffix`. MeloTTS: prefix and
    blank are the blank. Piper: prefix is begin and blank, suffix is end.
    """

    ids: dict[str, tuple[int, ...]]
    prefix: tuple[int, ...]
    blank: tuple[int, ...]
    suffix: tuple[int, ...]


class Scales(msgspec.Struct, frozen=True):
    """The sampling scales that the voice was tuned for; see `Synthesizer.encode`."""

    noise_scale: float
    noise_scale_w: float
    length_scale: float
    sdp_ratio: float


class Score(msgspec.Struct, frozen=True):
    """One judge's scores of INT8: against FP32, or, where a judge knows no reference, the difference to FP32's."""

    mean: float
    worst: float
    other_noise: float
    """Control: the mean for FP32 that drew other noise, a difference that nobody minds."""
    white_noise: float
    """Control: the mean for FP32 with white noise 40 dB below it."""


class Licence(msgspec.Struct, frozen=True):
    """What one part of the bundle may be used for; `file` tells more."""

    part: str
    licence: str
    file: str


class BertEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The BERT in `bert.ts`, whose features the voice takes besides symbols."""

    origin: str
    weights_sha256: str
    channels: int
    layers: int
    """Those that are used, and therefore there."""
    products_int8: int
    products_float: int
    """How many of its products compute in INT8, and how many do not."""
    cosine_mean: float
    """Of its features against FP32's, over the pieces of the held-out sentences."""
    cosine_worst: float


class Utterance(msgspec.Struct, frozen=True):
    """A sentence and how the voice says it, to know on a device that it still does."""

    text: str
    phonemes: Phonemes
    """Of the text, as the build machine read it: another release of a frontend may read it otherwise."""
    seed: int
    """Of the noise."""
    fingerprint: tuple[str, ...]
    """As `edge.voice.fingerprint` makes it."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The bundle's description of itself."""

    format: int
    name: str
    language: str
    frontend: str
    """As `edge.text.frontend` takes it."""
    sample_rate: int
    hop_length: int
    symbols: SymbolTable
    languages: dict[str, LanguageIds]
    speakers: dict[str, int]
    """Empty for a voice with one speaker and no name for it."""
    scales: Scales
    gain: float
    """Brings the voice's usual peaks near full scale; found at build time, since a stream cannot look ahead."""
    quantisation: dict[str, str | int | float]
    quality: dict[str, Score]
    """INT8 against FP32, by judge; `report/` tells it to people."""
    provenance: dict[str, str]
    """Where the weights came from, with the sha256 of each source file."""
    built_with: dict[str, str]
    licences: tuple[Licence, ...]
    files: dict[str, FileEntry]
    bert: BertEntry | None = None
    """None: the voice takes none, or was built to do without (`--no-bert`)."""
    utterance: Utterance | None = None
    """None: built by a melo-edge that wrote none."""

    def speaker_id(self, name: str | None) -> int:
        """The id of the speaker called `name`; None: the first.

        Raises:
            RequestError: the voice has no such speaker.
        """
        if name is None:
            return min(self.speakers.values(), default=0)
        if name not in self.speakers:
            known = ", ".join(self.speakers) or "one, without a name"
            message = f"The voice {self.name} has no speaker {name!r}. Its speakers: {known}."
            raise RequestError(message)
        return self.speakers[name]

    @property
    def sound(self) -> str:
        """64 hexadecimal digits: the SHA-256 over everything here that changes how a text sounds."""
        files = {name: entry.sha256 for name, entry in self.files.items() if not name.startswith(_SILENT)}
        rest = (self.frontend, self.language, self.sample_rate, self.symbols, self.languages, self.scales, self.gain)
        return hashlib.sha256(msgspec.json.encode((files, rest), order="sorted")).hexdigest()

    def write(self, folder: Path) -> None:
        """Writes `manifest.json` into `folder`, readable and with stable bytes."""
        (folder / NAME).write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")


class _Version(msgspec.Struct):
    format: int


def read_manifest(folder: Path) -> Manifest:
    """Reads `folder/manifest.json`.

    Raises:
        BundleError: missing, damaged, or of a newer format than this version of melo-edge reads.
    """
    path = folder / NAME
    try:
        content = path.read_bytes()
        version = msgspec.json.decode(content, type=_Version).format
        if version > FORMAT:
            message = (
                f"The bundle {folder} has format {version}; this melo-edge reads up to {FORMAT}. "
                "Upgrade melo-edge, or build the bundle again with this version."
            )
            raise BundleError(message)
        return msgspec.json.decode(content, type=Manifest)
    except OSError as error:
        message = f"{folder} is not a voice bundle: {NAME} cannot be read ({error.strerror})."
        raise BundleError(message) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"The bundle {folder} has a damaged {NAME}: {error}. Copy or build it again."
        raise BundleError(message) from error
