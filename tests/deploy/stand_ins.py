"""Small packages and archives where a test is about what is done with them and not about what is in them."""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest


def package(
    folder: Path,
    name: str,
    version: str,
    arch: str = "all",
    *,
    files: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
    **fields: str,
) -> Path:
    """A Debian package in `folder` with text files and links, by their paths, and with further control fields."""
    about = {"Package": name, "Version": version, "Architecture": arch, "Maintainer": "x <x@localhost>", **fields}
    with tempfile.TemporaryDirectory(prefix="stand-in-") as temporary:
        root = Path(temporary)
        for path, text in {"DEBIAN/control": _control(about), **(files or {})}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        for path, target in (links or {}).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).symlink_to(target)
        root.chmod(0o755)
        build = ["dpkg-deb", "--root-owner-group", "--build", root, folder]
        subprocess.run(build, env={**os.environ, "SOURCE_DATE_EPOCH": "0"}, check=True, capture_output=True)
    return folder / f"{name}_{version}_{arch}.deb"


def archive(file: Path, packages: Sequence[Path], **debians: Sequence[Path]) -> Path:
    """A `.tar` with packages in a folder, and Debian's in one below it for each release."""
    with tarfile.open(file, "w") as tar:
        for suite, others in {"": packages, **debians}.items():
            for path in others:
                tar.add(path, f"{file.stem}/{suite}/{path.name}".replace("//", "/"))
    return file


@contextmanager
def keys(variable: str = "XDG_DATA_HOME") -> Iterator[None]:
    """Keys of nobody's, with a short path: GnuPG's sockets lie there, and a socket's path has 107 bytes at most."""
    temporary = tempfile.TemporaryDirectory(prefix="keys-", ignore_cleanup_errors=True)
    with temporary as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv(variable, folder)
        yield


def _control(fields: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in {**fields, "Description": "small"}.items())
