"""What is packed from installed packages and takes seconds is packed once, and kept in the user's cache."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

from edge import places

_log = logging.getLogger(__name__)


def kept(name: str, write: Callable[[Path], object]) -> Path | None:
    """The folder `name` in the user's cache, with what `write` puts into it where it is new; None: cannot be made."""
    folder = places.text_folder() / name
    if not folder.exists():
        try:
            write_whole(folder, write)
        except OSError as error:
            _log.info("%s cannot be written (%s): words are packed anew, which takes seconds.", folder, error)
            return None
    return folder


def write_whole(folder: Path, write: Callable[[Path], object]) -> None:
    """Make `folder` appear with all its files or not at all; another program may be doing the same."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        made = Path(temporary) / "made"
        made.mkdir()
        write(made)
        try:
            made.rename(folder)
        except OSError:
            if not folder.exists():
                raise
