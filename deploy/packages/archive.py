"""The one file to carry over: packages, all that they depend on, checksums and an installer."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from deploy.packages import debian, repository
from deploy.packages.tools import PROJECT, run

_INSTALLER = PROJECT / "deploy" / "install.sh"
_README = PROJECT / "deploy" / "ARCHIVE.md"


def build(arch: str, packages: Sequence[Path], version: str, moment: int, out: Path, checks: str) -> Path:
    """Packs `packages` with what a minimal Debian of each release lacks of their dependencies into one `.tar` in `out`.

    `checks` says, in the archive's README, what was looked at.

    Raises:
        PackagingError: Debian's packages cannot be had.
    """
    name = f"melo-edge-{version}-{arch}"
    with tempfile.TemporaryDirectory(prefix="melo-edge-archive-") as temporary:
        folder = Path(temporary) / name
        folder.mkdir()
        for package in packages:
            shutil.copy(package, folder)
        (folder / "Packages").write_text(repository.index(folder), encoding="utf-8")
        for suite in debian.SUITES:
            _add_suite(arch, suite, packages, folder / suite)
        values = {
            "VERSION": version,
            "ARCHITECTURE": arch,
            "SUITES": " ".join(debian.SUITES),
            "PACKAGES": " ".join(field(package, "Package") for package in packages),
            "CONTENTS": _contents(folder),
            "CHECKS": checks,
        }
        _fill(_INSTALLER, folder / "install.sh", values)
        _fill(_README, folder / "README.md", values)
        (folder / "SHA256SUMS").write_text(_sums(folder), encoding="utf-8")
        return _pack(folder, out / f"{name}.tar", moment)


def field(package: Path, name: str) -> str:
    """What a package says of itself."""
    return run("dpkg-deb", "--field", package, name).strip()


def _add_suite(arch: str, suite: str, packages: Sequence[Path], folder: Path) -> None:
    """A folder of its own with an index of its own: apt never takes a package of another release."""
    folder.mkdir()
    debian.download(arch, suite, packages, folder)
    (folder / "Packages").write_text(repository.index(folder), encoding="utf-8")


def _fill(template: Path, target: Path, values: dict[str, str]) -> None:
    text = template.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    target.write_text(text, encoding="utf-8")
    target.chmod(template.stat().st_mode)


def _contents(folder: Path) -> str:
    lines = ["| file | MB |", "|---|---|"]
    files = sorted(folder.glob("**/*.deb"), key=lambda file: (len(file.parts), file))
    lines += [f"| {file.relative_to(folder)} | {file.stat().st_size / 1e6:.1f} |" for file in files]
    return "\n".join(lines)


def _sums(folder: Path) -> str:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    sums = ((hashlib.sha256(file.read_bytes()).hexdigest(), file.relative_to(folder)) for file in files)
    return "".join(f"{digest}  {name}\n" for digest, name in sums)


def _pack(folder: Path, file: Path, moment: int) -> Path:
    """The same bytes for the same content: sorted, and with nothing of this machine's users and times."""
    with tarfile.open(file, "w", format=tarfile.GNU_FORMAT) as tar:
        for path in (folder, *sorted(folder.rglob("*"))):
            info = tar.gettarinfo(path, path.relative_to(folder.parent).as_posix())
            info.uid, info.gid, info.uname, info.gname, info.mtime = 0, 0, "root", "root", moment
            info.mode = 0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644
            if path.is_dir():
                tar.addfile(info)
                continue
            with path.open("rb") as content:
                tar.addfile(info, content)
    return file
