"""`CHANGELOG.md`, in the form of https://keepachangelog.com/en/1.1.0/: its headings are what a release is named by."""

from __future__ import annotations

import re
from typing import NamedTuple

_HEADING = re.compile(r"^## (?:(?P<unreleased>Unreleased)|(?P<version>\S+) - (?P<date>\d{4}-\d\d-\d\d))$", re.MULTILINE)


class Part(NamedTuple):
    """What changed in one version."""

    version: str
    """Empty for what no version has yet."""
    date: str
    text: str


def parts(changelog: str) -> list[Part]:
    """The parts, newest first."""
    headings = list(_HEADING.finditer(changelog))
    ends = [heading.start() for heading in headings[1:]] + [len(changelog)]
    return [
        Part(heading["version"] or "", heading["date"] or "", changelog[heading.end() : end].strip())
        for heading, end in zip(headings, ends, strict=True)
    ]


def unreleased(changelog: str) -> str:
    """What changed since the newest version."""
    return "\n".join(part.text for part in parts(changelog) if not part.version)


def newest(changelog: str) -> Part | None:
    """The newest version's part, if there is any."""
    return next((part for part in parts(changelog) if part.version), None)
