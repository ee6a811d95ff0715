"""All that an archive brings to a device, read from the archive itself."""

from __future__ import annotations

import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_string
from pathlib import Path

import msgspec

from deploy.packages import interpreter
from deploy.packages.tools import run, unpack
from deploy.release import licences
from edge.voice.manifest import Licence

PROGRAM = "melo-edge"

_TOLD = re.compile(
    r"\./usr/(share/doc/[^/]+/copyright.*|.+\.dist-info/METADATA|share/melo-edge/voices/[^/]+/manifest\.json)"
)
_DOCUMENTS = re.compile(r"\./usr/share/doc/([^/]+)/?")
_USED = re.compile(r"(\S+) \(= (\S+)\)")


@dataclass(frozen=True)
class Component:
    """A thing that somebody else could ask about."""

    kind: str
    """Of `pypi`, `deb` and `voice`."""
    name: str
    version: str
    licences: tuple[str, ...]
    """Empty: see `terms`."""
    terms: str = ""
    """Its copyright file, where that does not name a licence in a form for programs."""
    arch: str = ""
    suite: str = ""
    """The release of Debian that it is of."""


class _Voice(msgspec.Struct):
    """Of a voice's manifest."""

    name: str
    licences: list[Licence]


@dataclass
class _Told:
    """What the packages of an archive say of themselves in files."""

    texts: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    """Folders of documents that are another package's."""

    def copyright_file(self, package: str) -> str:
        return self.texts.get(f"./usr/share/doc/{self.links.get(package, package)}/copyright", "")


def components(archive: Path) -> list[Component]:
    """What is in an archive, besides the program itself."""
    with tempfile.TemporaryDirectory(prefix="melo-edge-components-") as temporary:
        unpack(archive, Path(temporary))
        folders = sorted({package.parent for package in Path(temporary).rglob("*.deb")})
        found = [component for folder in folders for component in _in_folder(folder)]
        return sorted(found, key=lambda component: (component.kind, component.name, component.suite))


def _in_folder(folder: Path) -> Iterator[Component]:
    """The folder of the project's own packages, or the one of those that a release of Debian lacks."""
    packages = sorted(folder.glob("*.deb"))
    told = _Told()
    for package in packages:
        _read(package, told)
    yield from _python_packages(told)
    yield from _voices(told)
    for package in packages:
        yield from _used(package, told) if _is_own(package) else [_debian(package, told)]


def _is_own(package: Path) -> bool:
    return package.name.startswith(f"{PROGRAM}_") or package.name.startswith(f"{PROGRAM}-voice-")


def _read(package: Path, told: _Told) -> None:
    unpack = subprocess.Popen(["/usr/bin/dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE)
    with unpack as files, tarfile.open(fileobj=files.stdout, mode="r|") as tar:
        for member in tar:
            document = _DOCUMENTS.fullmatch(member.name)
            if member.issym() and document:
                told.links[document[1]] = member.linkname
            elif member.isfile() and _TOLD.fullmatch(member.name) and (content := tar.extractfile(member)):
                told.texts[member.name] = content.read().decode(errors="replace")


def _python_packages(told: _Told) -> Iterator[Component]:
    for name, text in told.texts.items():
        if name.endswith("/METADATA"):
            about = message_from_string(text)
            if about["Name"] != PROGRAM:
                yield Component("pypi", about["Name"], about["Version"], tuple(licences.of_python_package(about)))


def _voices(told: _Told) -> Iterator[Component]:
    for name, text in told.texts.items():
        if name.endswith("/manifest.json"):
            voice = msgspec.json.decode(text, type=_Voice)
            yield Component("voice", voice.name, "", tuple(licences.of_voice(voice.licences)))


def _debian(package: Path, told: _Told) -> Component:
    shown = "--showformat=${Package} ${source:Package} ${Version} ${Architecture}"
    name, source, version, arch = run("dpkg-deb", "--show", shown, package).split()
    terms = told.copyright_file(name)
    names = tuple(licences.of_debian_package(source, terms))
    return Component("deb", name, version, names, "" if names else terms, arch, package.parent.name)


def _used(package: Path, told: _Told) -> Iterator[Component]:
    """Debian's programs and libraries that are unpacked within a package of ours: its `Built-Using`."""
    for name, version in _USED.findall(run("dpkg-deb", "--field", package, "Built-Using")):
        terms = _copyright_of_used(name, told)
        names = tuple(licences.of_debian_package(name, terms))
        yield Component("deb", name, version, names, "" if names else terms, "source", interpreter.SUITE)


def _copyright_of_used(source: str, told: _Told) -> str:
    """Their copyright files lie beside ours, with binary packages' names: python3-pyaudio for python-pyaudio."""
    stem = re.sub(r"^python3?-", "", source)
    names = (f"./usr/share/doc/{PROGRAM}/copyright.{prefix}{stem}" for prefix in ("", "python3-", "python-"))
    return next((told.texts[name] for name in names if name in told.texts), "")
