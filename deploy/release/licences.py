"""What things are licensed as, in SPDX's names where those who made them leave no doubt about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.message import Message

from edge.voice.manifest import Licence

_CLASSIFIERS = {"MIT License": "MIT", "ISC License (ISCL)": "ISC"}

_PROSE = {
    "espeak-ng": "GPL-3.0-or-later",
    "krb5": "MIT",
    "portaudio19": "MIT",
    "python-pyaudio": "MIT",
    "python3.11": "Python-2.0",
    "sonic": "Apache-2.0",
}
"""Source packages of Debian's whose copyright file is for people alone: what theirs say of the whole."""

_GNU = re.compile(r"(A?GPL|LGPL|GFDL)-(\d)(\.\d)?(\+?)")

_BESIDE = "text frontend"
"""The part of a voice that is a library beside it, espeak-ng, and not in its files."""


def of_python_package(metadata: Message) -> list[str]:
    """As a wheel's `METADATA` says."""
    if "License-Expression" in metadata:
        return [str(metadata["License-Expression"])]
    found = [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier", ()) if line.startswith("License ::")]
    return [_CLASSIFIERS.get(name, name) for name in found] or [str(metadata["License"])]


def of_debian_package(source: str, copyright_file: str) -> list[str]:
    """As its copyright file says, each licence once; empty if that is prose that nobody here has read.

    Source: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
    """
    if not copyright_file.startswith("Format:"):
        return [_PROSE[source]] if source in _PROSE else []
    return sorted(set(_short_names(copyright_file)))


def of_voice(parts: Iterable[Licence]) -> list[str]:
    """As a bundle's manifest says of what is in the bundle."""
    return sorted({part.licence.partition(" (")[0] for part in parts if part.part != _BESIDE})


def _short_names(copyright_file: str) -> Iterator[str]:
    for found in re.finditer(r"^License:[ \t]*(\S.*)$", copyright_file, re.MULTILINE):
        yield _spdx(found[1].strip())


def _spdx(name: str) -> str:
    """SPDX's name for one of Debian's, if it is one word."""
    if gnu := _GNU.fullmatch(name):
        family, major, minor, later = gnu.groups()
        return f"{family}-{major}{minor or '.0'}-{'or-later' if later else 'only'}"
    return "MIT" if name == "Expat" else name
