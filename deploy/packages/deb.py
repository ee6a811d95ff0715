"""One Debian package from a folder of files: the same bytes for the same content."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import format_datetime
from pathlib import Path

from deploy.packages.tools import PROJECT, run

SCRIPTS = PROJECT / "deploy" / "debian"
MAINTAINER = "melo-edge maintainers <melo-edge@localhost>"

_SUITES = "bookworm trixie noble"

# zstd, which Debian 12's dpkg reads: a Raspberry Pi unpacks it several times as fast as xz. Level 12 for torch's
# library: 90 MB in 12 s; level 19 would save 5 MB and take minutes. One thread, or the bytes would depend on the cores.
_COMPRESSION = ("-Zzstd", "-z12", "--threads-max=1")


@dataclass(frozen=True)
class Package:
    """What a package says of itself."""

    name: str
    version: str
    architecture: str
    section: str
    summary: str
    description: str
    depends: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    """Further fields of the control file."""

    @property
    def file_name(self) -> str:
        return f"{self.name}_{self.version}_{self.architecture}.deb"

    def control(self, installed_kib: int) -> str:
        """The control file; source: deb-control(5)."""
        fields = {
            "Package": self.name,
            "Version": self.version,
            "Architecture": self.architecture,
            "Maintainer": MAINTAINER,
            "Installed-Size": str(installed_kib),
            "Section": self.section,
            "Priority": "optional",
            "Depends": ", ".join(self.depends),
            **self.fields,
            "Description": f"{self.summary}\n{textwrap.indent(textwrap.fill(self.description, 78), ' ')}",
        }
        return "".join(f"{name}: {value}\n" for name, value in fields.items())


def write(package: Package, root: Path, scripts: Mapping[str, str], out: Path, moment: int) -> Path:
    """Packs `root`, a folder that holds what the device's root shall hold, and returns the package's file.

    `scripts` are the maintainer scripts by their names; every file is dated `moment`, in seconds since 1970.

    Raises:
        PackagingError: dpkg-deb refused it.
    """
    _add_changelog(package, root, moment)
    size = sum(-(-path.stat().st_size // 1024) if path.is_file() else 1 for path in root.rglob("*"))
    debian = root / "DEBIAN"
    debian.mkdir()
    (debian / "control").write_text(package.control(size), encoding="utf-8")
    (debian / "md5sums").write_text(_sums(root), encoding="utf-8")
    for name, text in scripts.items():
        (debian / name).write_text(text, encoding="utf-8")
        (debian / name).chmod(0o755)
    _settle(root, moment)
    file = out / package.file_name
    run("dpkg-deb", "--root-owner-group", *_COMPRESSION, "--build", root, file,
        environment={"SOURCE_DATE_EPOCH": str(moment)})
    return file


def script(name: str, **values: str) -> str:
    """The text of `deploy/debian/<name>` with `@NAME@` and the like replaced."""
    text = (SCRIPTS / name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


def install(source: Path, target: Path, mode: int = 0o644) -> None:
    """Copies a file to where a device shall have it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)


def _add_changelog(package: Package, root: Path, moment: int) -> None:
    """One entry, for this version: the history is the repository's. Source: deb-changelog(5)."""
    when = format_datetime(datetime.fromtimestamp(moment, timezone.utc))
    entry = f"{package.name} ({package.version}) {_SUITES}; urgency=medium\n\n  * Built from this version's sources.\n"
    content = f"{entry}\n -- {MAINTAINER}  {when}\n".encode()
    file = root / "usr/share/doc" / package.name / "changelog.gz"
    file.write_bytes(gzip.compress(content, mtime=0))


def _sums(root: Path) -> str:
    """What `dpkg --verify` compares with."""
    files = sorted(path for path in root.glob("usr/**/*") if path.is_file() and not path.is_symlink())
    return "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root)}\n"
        for path in files
    )


def _settle(root: Path, moment: int) -> None:
    """One time and the usual rights for all, whatever the umask here is."""
    for path in (root, *root.rglob("*")):
        if path.is_symlink():
            pass
        elif path.is_dir():
            path.chmod(0o755)
        else:
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)
