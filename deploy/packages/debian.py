"""Debian's own packages that a device may lack, checked by apt against Debian's signature."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.packages.tools import CACHE, PackagingError, need, run, unpack

SUITES = ("bookworm", "trixie")
"""Debian 12 and 13, and Raspberry Pi OS of the same numbers, by their names."""

MINIMAL = ("?essential", "apt", "systemd-sysv")
"""What every device has: the packages that a Debian cannot be without, apt, and systemd as its init."""

_KEY = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def extract(arch: str, suite: str, packages: Sequence[str], folder: Path) -> None:
    """Unpacks `packages` and all that they depend on into `folder`. Nothing is configured; whoever runs this owns it.

    Raises:
        PackagingError: Debian cannot be reached, or has no such package.
    """
    need({"mmdebstrap": "mmdebstrap"})
    with tempfile.TemporaryDirectory(prefix="melo-edge-root-") as temporary:
        archive = Path(temporary) / "root.tar"
        options = ("--quiet", f"--arch={arch}", "--variant=extract", "--format=tar", f"--include={','.join(packages)}")
        run("mmdebstrap", *options, suite, archive)
        unpack(archive, folder)


def download(arch: str, suite: str, packages: Sequence[Path], folder: Path) -> None:
    """Puts into `folder` what a minimal Debian lacks of all that `packages`, files of ours, depend on.

    Raises:
        PackagingError: Debian cannot be reached, or cannot meet what they depend on.
    """
    with apt_get(arch, suite, packages) as apt:
        for file in files(apt, _lacking(apt, packages)):
            shutil.copy(file, folder)


def dependencies(arch: str, suite: str, packages: Sequence[Path]) -> list[str]:
    """The names of all that `packages`, files of ours, depend on in a release, directly or not.

    Raises:
        PackagingError: Debian cannot be reached, or cannot meet what they depend on.
    """
    own = _names(packages)
    with apt_get(arch, suite, packages) as apt:
        return sorted(_installed(apt, own) - set(own))


def fetch(arch: str, suite: str, names: Sequence[str]) -> list[Path]:
    """The files of these packages and of no others, by name.

    Raises:
        PackagingError: Debian cannot be reached, or has no such package.
    """
    with apt_get(arch, suite) as apt:
        return files(apt, names)


@contextmanager
def apt_get(arch: str, suite: str, packages: Sequence[Path] = (), status: str = "") -> Iterator[list[str]]:
    """The command apt-get of a machine on which is what `status`, a file of dpkg's, says: nothing, if it is empty.

    It knows Debian's packages of a release and the files `packages`. Its settings and state are apart from this
    machine's.

    Raises:
        PackagingError: Debian cannot be reached.
    """
    need({str(_KEY): "debian-archive-keyring"})
    with tempfile.TemporaryDirectory(prefix="melo-edge-apt-") as name:
        folder = Path(name)
        for place in ("lists/partial", "cache/archives/partial", "state", "etc", "own"):
            (folder / place).mkdir(parents=True)
        (folder / "status").write_text(status, encoding="utf-8")
        (folder / "own" / "Packages").write_text("".join(_stanza(file) for file in packages), encoding="utf-8")
        sources = (f"deb [trusted=yes] file:{folder}/own ./\n", *_sources(suite))
        (folder / "sources.list").write_text("".join(sources), encoding="utf-8")
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
        apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in settings.items())]
        run(*apt, "update")
        yield apt


def _sources(suite: str) -> Iterator[str]:
    for place in (f"debian {suite}", f"debian {suite}-updates", f"debian-security {suite}-security"):
        yield f"deb [signed-by={_KEY}] http://deb.debian.org/{place} main\n"


def _stanza(package: Path) -> str:
    """What an index says of a package, as far as apt needs it to choose what to install."""
    return f"{run('dpkg-deb', '--field', package).strip()}\nFilename: ./{package.name}\nSize: 1\nSHA256: {'0' * 64}\n\n"


def _names(packages: Sequence[Path]) -> list[str]:
    return [run("dpkg-deb", "--field", package, "Package").strip() for package in packages]


def _lacking(apt: list[str], packages: Sequence[Path]) -> list[str]:
    own, present = _names(packages), _installed(apt, MINIMAL)
    missing = _installed(apt, (*MINIMAL, *own)) - present - set(own)
    return sorted(missing | (_exact(apt, sorted(missing)) & present))


def _installed(apt: list[str], wanted: Sequence[str]) -> set[str]:
    return planned(apt, "install", *wanted)


def planned(apt: list[str], *command: str) -> set[str]:
    """What a command of apt's would install, dependencies and all."""
    return set(re.findall(r"^Inst (\S+)", run(*apt, "--simulate", *command), re.MULTILINE))


def _exact(apt: list[str], packages: Sequence[str]) -> set[str]:
    """What `packages` need in one exact version, which a device of an older point release may not have."""
    said = run("apt-cache", *apt[2:], "show", "--no-all-versions", *packages)
    depends = re.findall(r"^(?:Pre-)?Depends: (.*)$", said, re.MULTILINE)
    return {name for line in depends for name in re.findall(r"(\S+) \(= ", line)}


def files(apt: list[str], names: Sequence[str]) -> list[Path]:
    """The files of packages, in the versions that apt would install."""
    said = run(*apt, "download", "--print-uris", *names)
    found = re.findall(r"^'.+' (\S+) \d+ SHA256:([0-9a-f]{64})$", said, re.MULTILINE)
    return [_cached(apt, name, digest) for name, digest in sorted(found)]


def _cached(apt: list[str], name: str, digest: str) -> Path:
    """The file of a package, loaded unless an earlier build did."""
    file = CACHE / "debian" / name
    if not (file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == digest):
        file.parent.mkdir(parents=True, exist_ok=True)
        package, version, _ = name.split("_")
        with tempfile.TemporaryDirectory(dir=file.parent) as part:
            run(*apt, "download", f"{package}={version.replace('%3a', ':')}", folder=Path(part))
            (Path(part) / name).replace(file)
    if hashlib.sha256(file.read_bytes()).hexdigest() != digest:
        raise PackagingError(f"{file} is not what Debian's index says. Build again.")
    return file
