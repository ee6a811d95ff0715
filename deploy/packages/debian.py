"""Debian's own packages that a device may lack, checked by apt against Debian's signature."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.packages.tools import CACHE, PackagingError, need, run

MINIMAL = ("?essential", "apt", "systemd-sysv")
"""What every device has: the packages that a Debian cannot be without, apt, and systemd as its init."""

_KEY = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_SOURCES = (
    "http://deb.debian.org/debian bookworm main",
    "http://deb.debian.org/debian bookworm-updates main",
    "http://deb.debian.org/debian-security bookworm-security main",
)


def download(arch: str, wanted: Sequence[str], folder: Path) -> None:
    """Puts into `folder` what a minimal Debian 12 lacks of the packages `wanted` and all that they depend on.

    Raises:
        PackagingError: Debian cannot be reached, or has no such package.
    """
    if not _KEY.exists():
        need({str(_KEY): "debian-archive-keyring"})
    with _apt(arch) as apt:
        run(*apt, "update")
        everything = _installed(apt, (*MINIMAL, *wanted))
        present = _installed(apt, MINIMAL)
        missing = sorted(everything - present)
        missing = sorted({*missing, *(_exact(apt, missing) & present)})
        said = run(*apt, "download", "--print-uris", *missing)
        for name, digest in re.findall(r"^'.+' (\S+) \d+ SHA256:([0-9a-f]{64})$", said, re.MULTILINE):
            shutil.copyfile(_cached(apt, name, digest), folder / name)


@contextmanager
def _apt(arch: str) -> Iterator[list[str]]:
    """The command apt-get of a machine with nothing on it: its settings and state are apart from this machine's."""
    with tempfile.TemporaryDirectory(prefix="melo-edge-apt-") as name:
        folder = Path(name)
        for place in ("lists/partial", "cache/archives/partial", "state", "etc"):
            (folder / place).mkdir(parents=True)
        (folder / "status").touch()
        (folder / "sources.list").write_text("".join(f"deb [signed-by={_KEY}] {source}\n" for source in _SOURCES))
        settings = {
            "APT::Architecture": arch,
            "APT::Architectures": arch,
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
            "Dir::Cache": folder / "cache",
            "Dir::Etc": folder / "etc",
            "Dir::Etc::SourceList": folder / "sources.list",
            "Dir::Etc::SourceParts": "/nonexistent",
            "Dir::State": folder / "state",
            "Dir::State::Lists": folder / "lists",
            "Dir::State::status": folder / "status",
        }
        yield ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in settings.items())]


def _installed(apt: list[str], wanted: Sequence[str]) -> set[str]:
    """What apt would install, dependencies and all."""
    return set(re.findall(r"^Inst (\S+)", run(*apt, "install", "--simulate", *wanted), re.MULTILINE))


def _exact(apt: list[str], packages: Sequence[str]) -> set[str]:
    """What `packages` need in one exact version, which a device of an older point release may not have."""
    said = run("apt-cache", *apt[2:], "show", "--no-all-versions", *packages)
    depends = re.findall(r"^(?:Pre-)?Depends: (.*)$", said, re.MULTILINE)
    return {name for line in depends for name in re.findall(r"(\S+) \(= ", line)}


def _cached(apt: list[str], name: str, digest: str) -> Path:
    """The file of a package, loaded unless an earlier build did."""
    file = CACHE / "debian" / name
    if not (file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == digest):
        file.parent.mkdir(parents=True, exist_ok=True)
        package, version, _ = name.split("_")
        run(*apt, "download", f"{package}={version.replace('%3a', ':')}", folder=file.parent)
    if hashlib.sha256(file.read_bytes()).hexdigest() != digest:
        raise PackagingError(f"{file} is not what Debian's index says. Build again.")
    return file
