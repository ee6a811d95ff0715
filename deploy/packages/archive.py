"""The one file to carry over: packages, all that they depend on, checksums and an installer."""

from __future__ import annotations

import hashlib
import re
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
    """Packs `packages` with what a minimal Debian 12 lacks of their dependencies into one `.tar` in `out`.

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
        debian.download(arch, dependencies(packages), folder)
        (folder / "Packages").write_text(repository.index(folder), encoding="utf-8")
        values = {
            "VERSION": version,
            "ARCHITECTURE": arch,
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


def dependencies(packages: Sequence[Path]) -> list[str]:
    """The names of what `packages` depend on and are not themselves."""
    own = {field(package, "Package") for package in packages}
    listed = ",".join(field(package, "Depends") for package in packages)
    return sorted({re.split(r"[ (]", name.strip())[0] for name in listed.split(",")} - own)


def _fill(template: Path, target: Path, values: dict[str, str]) -> None:
    text = template.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    target.write_text(text, encoding="utf-8")
    target.chmod(template.stat().st_mode)


def _contents(folder: Path) -> str:
    lines = ["| file | MB |", "|---|---|"]
    lines += [f"| {file.name} | {file.stat().st_size / 1e6:.1f} |" for file in sorted(folder.glob("*.deb"))]
    return "\n".join(lines)


def _sums(folder: Path) -> str:
    files = sorted(folder.iterdir())
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def _pack(folder: Path, file: Path, moment: int) -> Path:
    """The same bytes for the same content: sorted, and with nothing of this machine's users and times."""
    with tarfile.open(file, "w", format=tarfile.GNU_FORMAT) as tar:
        for path in (folder, *sorted(folder.iterdir())):
            info = tar.gettarinfo(path, path.relative_to(folder.parent).as_posix())
            info.uid, info.gid, info.uname, info.gname, info.mtime = 0, 0, "root", "root", moment
            info.mode = 0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644
            if path.is_dir():
                tar.addfile(info)
                continue
            with path.open("rb") as content:
                tar.addfile(info, content)
    return file
