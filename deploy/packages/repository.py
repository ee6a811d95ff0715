"""An APT repository: apt itself, mirrors and unattended-upgrades carry the packages to any number of devices.

Its `Release` has no `Valid-Until`: apt refuses a repository past that date, so one that nobody signs anew every week
would stop all updates, and a Raspberry Pi without a clock would refuse it at random. Indices are fetched by their
hashes, those of the publication before included, so that a mirror that is half-way through never gives two that do
not fit.

Each release has its suite, under its own name. All have this project's packages; those of Debian's that they depend on
are in the suite that they were built for alone. Ubuntu's are not here: Ubuntu's own archive has them.
"""

from __future__ import annotations

import hashlib
import lzma
import re
import tarfile
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from deploy.packages import debian, staging
from deploy.packages.signing import Signer, signer
from deploy.packages.tools import PackagingError, need, run

SUITES = (*debian.SUITES, "noble")
COMPONENT = "main"
ARCHITECTURES = ("amd64", "arm64")
KEYRING = "melo-edge-archive-keyring.gpg"
"""The public key, which devices have in `/usr/share/keyrings`."""

_OWN = "melo-edge"
"""The folder below `pool` with the packages that every suite has. A suite's name is that of its own."""

_RELEASE = {
    "Origin": "melo-edge",
    "Label": "melo-edge",
    "Architectures": " ".join(ARCHITECTURES),
    "Components": COMPONENT,
    "Description": "Offline speech for small computers",
    "Acquire-By-Hash": "yes",
}


def index(folder: Path, packages: str = ".", *options: str) -> str:
    """The index of the packages below `folder/packages`, as apt reads it: paths are relative to `folder`."""
    need({"apt-ftparchive": "apt-utils"})
    return run("apt-ftparchive", *options, "packages", packages, folder=folder)


def publish(archive: Path, folder: Path, key: str | None, share: int = staging.ALL) -> None:
    """Adds the packages in an archive to the repository in `folder`, made if it is not there, and signs it.

    What a suite offers changes in one moment, when all else is in place. `key` names one of the caller's GnuPG keys;
    without it, one of this machine's own is used, made the first time. Of the machines with an earlier version,
    `share` percent take this one when they upgrade; who publishes it again with another share changes that.

    Raises:
        PackagingError: a package of the same name and version and other content is there, or signing failed.
    """
    with signer(key) as by:
        files = _add_all(archive, folder / "pool")
        by.export(folder / KEYRING)
        for name in SUITES:
            _offer(folder, name, by, files, share)


def _offer(folder: Path, name: str, by: Signer, files: Collection[str], share: int) -> None:
    """Writes what the suite of that name has in the pool, with `files` offered to `share` percent."""
    suite = folder / "dists" / name
    kept = _hashes(suite)
    for arch in ARCHITECTURES:
        offered = suite / COMPONENT / f"binary-{arch}"
        pools = [f"pool/{pool}" for pool in (_OWN, name) if (folder / "pool" / pool).exists()]
        text = "".join(index(folder, pool, f"--arch={arch}") for pool in pools)
        _write_index(offered, staging.stage(text, _index_before(offered), files, share))
    _sign(suite, by)
    kept |= _hashes(suite)
    for file in suite.rglob("by-hash/SHA256/*"):
        if file.name not in kept:
            file.unlink()


def _add_all(archive: Path, pool: Path) -> set[str]:
    """Adds an archive's packages to the pool; returns their files' names."""
    with tarfile.open(archive) as tar:
        members = {PurePosixPath(member.name): member for member in tar if member.name.endswith(".deb")}
        for path, member in members.items():
            suite = path.parent.name
            _add(path.name, _content(tar, member), pool / (suite if suite in SUITES else _OWN))
    return {path.name for path in members}


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file else b""


def _add(name: str, content: bytes, pool: Path) -> None:
    """Other bytes under a name that devices have seen would be taken for a forgery, and never be installed."""
    target = pool / name
    pool.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        _replace(target, content)
    elif target.read_bytes() != content:
        message = f"{target} is published already with other content: commit what changed, so that the version rises."
        raise PackagingError(message)


def _index_before(folder: Path) -> str:
    file = folder / "Packages"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _write_index(folder: Path, text: str) -> None:
    content = text.encode()
    (folder / "by-hash" / "SHA256").mkdir(parents=True, exist_ok=True)
    for name, data in (("Packages", content), ("Packages.xz", lzma.compress(content))):
        _replace(folder / "by-hash" / "SHA256" / hashlib.sha256(data).hexdigest(), data)
        _replace(folder / name, data)


def _replace(file: Path, content: bytes) -> None:
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(content)
    part.replace(file)


def _hashes(suite: Path) -> set[str]:
    """The indices that are offered now."""
    release = suite / "Release"
    return set(re.findall(r"^ ([0-9a-f]{64}) ", release.read_text(), re.MULTILINE)) if release.exists() else set()


# --- Signing -----------------------------------------------------------------------------------------


def _sign(suite: Path, by: Signer) -> None:
    """`InRelease` is what apt reads, and the last to change."""
    fields = {**_RELEASE, "Suite": suite.name, "Codename": suite.name}
    about = [f"-oAPT::FTPArchive::Release::{name}={value}" for name, value in fields.items()]
    run_on = ("-oAPT::FTPArchive::Release::Default-Patterns=false", "-oAPT::FTPArchive::Release::Patterns=Packages*")
    _replace(suite / "Release", run("apt-ftparchive", *about, *run_on, "release", suite).encode())
    by.sign(suite / "Release", suite / "Release.gpg", "--armor", "--detach-sign")
    by.sign(suite / "Release", suite / "InRelease", "--clearsign")
