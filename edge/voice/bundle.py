"""A bundle on disk: a folder, or the same folder as one `.tar`."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from edge.errors import BundleError
from edge.text import Frontend, lexicon
from edge.text.inline import Alphabet
from edge.text.lexicon import Lexicon
from edge.voice.manifest import NAME, PHRASES, FileEntry, Manifest, read_manifest
from edge.voice.signature import SIGNATURE

if TYPE_CHECKING:
    # Verifying a bundle needs no torch: it must not cost a small device the memory.
    import torch

    from edge.text.bert import Bert

MODEL = "voice.ts"
FRONTEND = "frontend"
"""The folder with what the text frontend reads, and with a lexicon if there is one."""
BERT, TOKENIZER = "bert.ts", "tokenizer.json"


@dataclass(frozen=True)
class Bundle:
    """A verified bundle: every file that the manifest names is there, whole and unchanged."""

    folder: Path
    manifest: Manifest
    unpacked: bool = False
    """The folder is a temporary one, which goes when the bundle is closed."""

    @property
    def size(self) -> int:
        """Bytes on disk, without the manifest."""
        return sum(entry.size for entry in self.manifest.files.values())

    def phrases(self) -> dict[str, Path | bytes]:
        """The ready-made phrases by their key: their files, or what is in them where these go with the bundle."""
        names = [PurePosixPath(name) for name in self.manifest.files if name.startswith(PHRASES)]
        paths = {name.stem: self.folder / name for name in names}
        return {key: path.read_bytes() if self.unpacked else path for key, path in paths.items()}

    def model(self) -> torch.jit.ScriptModule:
        """Loads the TorchScript model.

        Raises:
            BundleError: torch cannot read it.
        """
        import torch

        model = self._load(MODEL)
        if not hasattr(model, "sound"):
            message = f"{self.folder / MODEL} was built by an older melo-edge and cannot stream. Build the voice again."
            raise BundleError(message)
        if not model.flow.attends:
            # Where the flow is streamed, too, calls of layers, each a graph of its own, take a twentieth of the time.
            # MeloTTS's vocoder computes for so long that it would gain nothing, for 33 MB; joe takes 8.
            torch._C._jit_pass_inline(model.sound.graph)  # noqa: SLF001  (torch has no public name for it)
        return model

    def bert(self) -> Bert | None:
        """Loads what gives BERT's features; None: the voice has none.

        Raises:
            BundleError: torch or `tokenizers` cannot read it, or the two do not fit.
            MissingFrontendError: `tokenizers` is not installed.
        """
        if self.manifest.bert is None:
            return None
        from edge.text.bert import Bert, Wordpieces

        pieces = Wordpieces(self.folder / TOKENIZER)
        return Bert(self._load(BERT).eval(), pieces)

    def reader(self) -> Frontend:
        """Loads what reads text, phones in it as well; from the installed packages where the bundle has no data.

        Raises:
            BundleError: its data is damaged.
            MissingFrontendError: it, or a library that it needs, is not installed.
        """
        from edge.voice.inputs import reader

        has_data = any(name.startswith(f"{FRONTEND}/") for name in self.manifest.files)
        return reader(self.manifest.frontend, self.folder / FRONTEND if has_data else None, self.manifest.symbols)

    def lexicon(self, *others: Path) -> Lexicon:
        """Reads the bundle's own lexicon, if there is one, and `others` over it.

        Raises:
            LexiconError: a line is not right.
        """
        alphabet = Alphabet.of(self.manifest.frontend, self.manifest.symbols.ids)
        return lexicon.load((self.folder / FRONTEND / lexicon.NAME, *others), alphabet)

    def _load(self, name: str) -> torch.jit.ScriptModule:
        import torch

        from edge.int8 import operator

        operator.load()
        try:
            return torch.jit.load(str(self.folder / name), map_location="cpu")
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[0].rstrip(".")
            message = (
                f"torch {torch.__version__} cannot load {self.folder / name}: {reason}. "
                f"It was built with torch {self.manifest.built_with.get('torch', 'unknown')}."
            )
            raise BundleError(message) from error


@contextmanager
def open_bundle(path: str | Path) -> Iterator[Bundle]:
    """Opens and verifies a bundle. A `.tar` is unpacked to a temporary folder, which goes with the context.

    A link is followed once: what it names later makes no difference to an open bundle.

    Raises:
        BundleError: not a bundle, damaged, from a newer format, or an archive that reaches outside itself.
    """
    path = Path(path)
    if path.is_dir():
        yield _verified(path.resolve())
    elif path.is_file():
        with tempfile.TemporaryDirectory(prefix="melo-edge-") as folder:
            unpack(path, Path(folder))
            yield replace(_verified(Path(folder)), unpacked=True)
    else:
        message = f"There is no voice bundle at {path}. Build one with scripts/build_torchscript.py, or mend the path."
        raise BundleError(message)


def pack(folder: Path, archive: Path) -> None:
    """Writes the bundle in `folder` as one `.tar`, manifest first, the same bytes each time."""
    manifest = read_manifest(folder)
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as tar:
        for name in (*described(folder), *sorted(manifest.files)):
            info = tarfile.TarInfo(name)
            info.size = (folder / name).stat().st_size
            info.mode = 0o644
            with (folder / name).open("rb") as file:
                tar.addfile(info, file)


def described(folder: Path) -> tuple[str, ...]:
    """The files of a bundle that its manifest cannot name: itself and, if it is signed, the signature."""
    return (NAME, SIGNATURE) if (folder / SIGNATURE).is_file() else (NAME,)


def unpack(archive: Path, folder: Path) -> None:
    """Writes the files of a `.tar` into `folder`, and nothing outside of it.

    Raises:
        BundleError: it is no whole archive, holds other things than files, reaches outside, or cannot be written.
    """
    try:
        with tarfile.open(archive, "r:") as tar:
            for member in tar:
                _unpack_member(tar, member, archive, folder)
    except (tarfile.TarError, EOFError) as error:
        message = f"{archive} is not a whole .tar bundle: {error}. Copy it again."
        raise BundleError(message) from error
    except OSError as error:
        message = f"{archive} cannot be unpacked: {error.strerror}."
        raise BundleError(message) from error


def _verified(folder: Path) -> Bundle:
    manifest = read_manifest(folder)
    for name in (MODEL,) if manifest.bert is None else (MODEL, BERT, TOKENIZER):
        if name not in manifest.files:
            message = f"The bundle {folder} names no {name} in its manifest. Build it again."
            raise BundleError(message)
    try:
        for name, expected in manifest.files.items():
            _verify(folder, name, expected)
    except OSError as error:
        message = f"The bundle {folder} cannot be read: {error.strerror}."
        raise BundleError(message) from error
    return Bundle(folder, manifest)


def _verify(folder: Path, name: str, expected: FileEntry) -> None:
    path = folder / _inside(name, folder)
    if not path.is_file():
        message = f"The bundle {folder} lacks {name}. Copy it again."
        raise BundleError(message)
    if path.stat().st_size != expected.size:
        message = (
            f"{path} has {path.stat().st_size} bytes, but the manifest says {expected.size}: it was cut short or "
            "changed. Copy the bundle again."
        )
        raise BundleError(message)
    if FileEntry.of(path) != expected:
        message = f"{path} does not have the checksum that the manifest says. Copy the bundle again."
        raise BundleError(message)


def _unpack_member(tar: tarfile.TarFile, member: tarfile.TarInfo, archive: Path, folder: Path) -> None:
    target = folder / _inside(member.name, archive)
    if member.isdir():
        return
    content = tar.extractfile(member) if member.isreg() else None
    if content is None:
        message = f"{archive} holds {member.name!r}, which is a link or a device: refused. A bundle holds plain files."
        raise BundleError(message)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        shutil.copyfileobj(content, file)


def _inside(name: str, source: Path) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\0" in name:
        message = f"{source} names {name!r}, a path outside the bundle: refused."
        raise BundleError(message)
    return path
