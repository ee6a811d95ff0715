"""Small packages and archives where a test is about what is done with them and not about what is in them."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path


def package(
    folder: Path, name: str, version: str, arch: str = "all", *, files: Mapping[str, str] | None = None, **fields: str
) -> Path:
    """A Debian package in `folder` with text files, by their paths below the root, and further control fields."""
    about = {"Package": name, "Version": version, "Architecture": arch, "Maintainer": "x <x@localhost>", **fields}
    with tempfile.TemporaryDirectory(prefix="stand-in-") as temporary:
        root = Path(temporary)
        for path, text in {"DEBIAN/control": _control(about), **(files or {})}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        root.chmod(0o755)
        subprocess.run(["dpkg-deb", "--root-owner-group", "--build", root, folder], check=True, capture_output=True)
    return folder / f"{name}_{version}_{arch}.deb"


def archive(file: Path, packages: Sequence[Path]) -> Path:
    """A `.tar` with packages in a folder, as `deploy/packages/archive.py` makes them."""
    with tarfile.open(file, "w") as tar:
        for path in packages:
            tar.add(path, f"{file.stem}/{path.name}")
    return file


def _control(fields: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in {**fields, "Description": "small"}.items())
