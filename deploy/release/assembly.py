"""A folder with all that is published of one version, whole or not there at all."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.packages import cli, repository, source
from deploy.packages.signing import Signer, signer
from deploy.release import bom, wheels
from deploy.release.changelog import Part

Say = Callable[[str], None]

NOTES = "RELEASE_NOTES.md"
SUMS = "SHA256SUMS"
APT = "apt"


def make(voices: Sequence[Path], notes: Part, key: str | None, out: Path, say: Say) -> None:
    """Builds everything into the folder `out`, which stays as it was until all is done.

    Raises:
        PackagingError: something that it takes cannot be had; with what to do.
    """
    with signer(key) as by, replaced(out) as folder:
        archives = [_archive(arch, voices, folder, say) for arch in repository.ARCHITECTURES]
        for arch in repository.ARCHITECTURES:
            say(f"The wheel for {arch}")
            wheels.wheel(arch, source.moment(), folder)
        say("The sources")
        wheels.sources(source.moment(), folder)
        finish(archives, notes, key, by, folder, say)


def finish(archives: Sequence[Path], notes: Part, key: str | None, by: Signer, folder: Path, say: Say) -> None:
    """Adds to a folder with archives and wheels what is made of them: lists, repository, notes, sums and signature."""
    for archive in archives:
        say(f"What is in {archive.name}")
        bom.write(archive, notes.version, source.moment(), folder)
        say(f"The repository, with {archive.name}")
        repository.publish(archive, folder / APT, key)
    (folder / NOTES).write_text(f"# melo-edge {notes.version}\n\n{notes.text}\n", encoding="utf-8")
    by.export(folder / repository.KEYRING)
    (folder / SUMS).write_text(_sums(folder), encoding="utf-8")
    by.sign(folder / SUMS, folder / f"{SUMS}.asc", "--armor", "--detach-sign")


def _archive(arch: str, voices: Sequence[Path], folder: Path, say: Say) -> Path:
    with tempfile.TemporaryDirectory(prefix=".packages-", dir=folder) as packages:
        *_, archive = cli.build(arch, voices, Path(packages), say)
        return archive.rename(folder / archive.name)


def _sums(folder: Path) -> str:
    """Of each file that somebody may load alone. The repository's own signature covers what is in it."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place if all goes well."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as temporary:
        new, old = Path(temporary) / "new", Path(temporary) / "old"
        new.mkdir()
        yield new
        if out.exists():
            out.rename(old)
        new.rename(out)
