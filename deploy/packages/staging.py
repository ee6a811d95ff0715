"""A release that some of a fleet's machines take before the others do.

apt itself decides which: it draws from the machine's id and the version, so a machine that was left out at 10 % may be
in at 50 %, and one that was in stays in. The draw goes by source package, so a voice and its program come together.
Source: apt-pkg/upgrade.cc of apt 2.6 and 3.0, where 10 % means 11 of 101 numbers.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Collection
from pathlib import PurePosixPath

ALL = 100

_FIELD = "Phased-Update-Percentage"
_STAGED = re.compile(rf"^{_FIELD}: (\d+)$", re.MULTILINE)

_OWN = re.compile(r"melo-edge(-voice-[^_]+)?_.+\.deb")
"""Files of the packages that this project builds; all others in a repository are Debian's."""


def percentage(text: str) -> int:
    """The option `--phased`.

    Raises:
        ArgumentTypeError: it is no whole number from 1 to 100.
    """
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= ALL:
        raise argparse.ArgumentTypeError(f"{text!r} is no share of the machines: say a whole number from 1 to {ALL}.")
    return int(text)


def stage(index: str, before: str, files: Collection[str], share: int) -> str:
    """A repository's index with this project's packages among `files` offered to `share` percent of the machines.

    The project's other packages stay staged as they are in the index `before`. Debian's never are.
    """
    shares = {_file(stanza): int(found[1]) for stanza in _stanzas(before) if (found := _STAGED.search(stanza))}
    shares |= dict.fromkeys(filter(_OWN.fullmatch, files), share)
    return "".join(_offered(stanza, shares.get(_file(stanza), ALL)) for stanza in _stanzas(index))


def _offered(stanza: str, share: int) -> str:
    return f"{stanza}\n\n" if share == ALL else f"{stanza}\n{_FIELD}: {share}\n\n"


def _stanzas(index: str) -> list[str]:
    """Each package's lines, without the empty line that ends them."""
    return [stanza for stanza in index.strip().split("\n\n") if stanza]


def _file(stanza: str) -> str:
    """The name of a package's file, which has its version and architecture in it."""
    path = re.search(r"^Filename: (.+)$", stanza, re.MULTILINE)
    return PurePosixPath(path[1] if path else "").name
