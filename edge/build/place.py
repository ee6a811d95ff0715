"""Putting a finished bundle into place in one step."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from edge.durable import exchange
from edge.errors import BundleError
from edge.voice.manifest import NAME


def refuse_foreign(target: Path) -> None:
    """Refuses to replace what is no bundle: a mistyped `--out` must not cost anybody a folder.

    Raises:
        BundleError: `target` exists and is neither a bundle nor empty.
    """
    is_tar = target.suffix == ".tar" and target.is_file() and _starts_with_manifest(target)
    is_bundle = target.is_dir() and ((target / NAME).is_file() or not any(target.iterdir()))
    if target.exists() and not is_tar and not is_bundle:
        message = f"{target} exists and is not a voice bundle; it is left alone. Choose another --out."
        raise BundleError(message)


def _starts_with_manifest(archive: Path) -> bool:
    try:
        with tarfile.open(archive, "r:") as tar:
            first = tar.next()
    except tarfile.TarError:
        return False
    return first is not None and first.name == NAME


def replace_folder(new: Path, target: Path) -> None:
    """Makes the folder `new` be `target`, whose old content, if any, is there until then and gone afterwards.

    Both lie on one file system.
    """
    if not target.exists():
        new.rename(target)
        return
    exchange(new, target)
    shutil.rmtree(new)
