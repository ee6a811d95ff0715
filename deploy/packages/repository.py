"""An APT repository: apt itself, mirrors and unattended-upgrades carry the packages to any number of devices.

Its `Release` has no `Valid-Until`: apt refuses a repository past that date, so one that nobody signs anew every week
would stop all updates, and a Raspberry Pi without a clock would refuse it at random. Indices are fetched by their
hashes, those of the publication before included, so that a mirror that is half-way through never gives two that do
not fit.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import re
import tarfile
from pathlib import Path, PurePosixPath

from deploy.packages.tools import PackagingError, need, run

SUITE, COMPONENT = "bookworm", "main"
ARCHITECTURES = ("amd64", "arm64")
KEYRING = "melo-edge-archive-keyring.gpg"
"""The public key, which devices have in `/usr/share/keyrings`."""

_RELEASE = {
    "Origin": "melo-edge",
    "Label": "melo-edge",
    "Suite": SUITE,
    "Codename": SUITE,
    "Architectures": " ".join(ARCHITECTURES),
    "Components": COMPONENT,
    "Description": "Offline speech for small computers",
    "Acquire-By-Hash": "yes",
}


def index(folder: Path, packages: str = ".", *options: str) -> str:
    """The index of the packages below `folder/packages`, as apt reads it: paths are relative to `folder`."""
    need({"apt-ftparchive": "apt-utils"})
    return run("apt-ftparchive", *options, "packages", packages, folder=folder)


def publish(archive: Path, folder: Path, key: str | None) -> None:
    """Adds the packages in an archive to the repository in `folder`, made if it is not there, and signs it.

    What it offers changes in one moment, when all else is in place. `key` names one of the caller's GnuPG keys; without
    it, one of this machine's own is used, made the first time.

    Raises:
        PackagingError: a package of the same name and version and other content is there, or signing failed.
    """
    need({"gpg": "gpg", "gpg-agent": "gpg-agent", "gpgconf": "gpgconf", "apt-ftparchive": "apt-utils"})
    pool = folder / "pool" / COMPONENT
    pool.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.endswith(".deb"):
                _add(PurePosixPath(member.name).name, _content(tar, member), pool)
    suite = folder / "dists" / SUITE
    kept = _hashes(suite)
    for arch in ARCHITECTURES:
        _write_index(suite / COMPONENT / f"binary-{arch}", index(folder, "pool", f"--arch={arch}"))
    _sign(suite, folder / KEYRING, key)
    kept |= _hashes(suite)
    for file in suite.rglob("by-hash/SHA256/*"):
        if file.name not in kept:
            file.unlink()


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file else b""


def _add(name: str, content: bytes, pool: Path) -> None:
    """Other bytes under a name that devices have seen would be taken for a forgery, and never be installed."""
    target = pool / name
    if not target.exists():
        _replace(target, content)
    elif target.read_bytes() != content:
        message = f"{target} is published already with other content: commit what changed, so that the version rises."
        raise PackagingError(message)


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


def _sign(suite: Path, keyring: Path, key: str | None) -> None:
    """`InRelease` is what apt reads, and the last to change."""
    gpg = ["gpg", "--batch", "--yes", *(() if key else _own_keys())]
    signer = key or _OWN
    run(*gpg, "--output", keyring, "--export", signer)
    about = [f"-oAPT::FTPArchive::Release::{name}={value}" for name, value in _RELEASE.items()]
    run_on = ("-oAPT::FTPArchive::Release::Default-Patterns=false", "-oAPT::FTPArchive::Release::Patterns=Packages*")
    _replace(suite / "Release", run("apt-ftparchive", *about, *run_on, "release", suite).encode())
    for name, how in (("Release.gpg", ("--armor", "--detach-sign")), ("InRelease", ("--clearsign",))):
        part = suite / f".{name}.part"
        run(*gpg, "--local-user", signer, "--output", part, *how, suite / "Release")
        part.replace(suite / name)
    if not key:
        run("gpgconf", *gpg[3:], "--kill", "gpg-agent")


_OWN = "melo-edge repository"


def _own_keys() -> list[str]:
    """Options for this machine's own key, which is made unless it is there: who publishes again signs with it again."""
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    home = data / "melo-edge" / "repository-key"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    gpg = ["--homedir", str(home)]
    if not run("gpg", "--batch", *gpg, "--list-secret-keys", "--with-colons"):
        making = ("--quick-generate-key", _OWN, "ed25519", "sign", "never")
        run("gpg", "--batch", *gpg, "--pinentry-mode", "loopback", "--passphrase", "", *making)
    return gpg
