"""The packages that a language takes: are they there, and if not, what installs them?"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

from edge.errors import MissingFrontendError

_PROJECT = "melo-edge"

BUNDLED = ", or a voice bundle that was built with it"
"""What would do instead of packages whose data a bundle brings."""


def require(what: str, extra: str, packages: Mapping[str, str], otherwise: str = "") -> list[Path]:
    """The folders of `packages`, each by the name of the module that it brings, which is not imported.

    Raises:
        MissingFrontendError: `what` needs some that are not there, `otherwise` what would do instead; with the command
            that installs them, of melo-edge's `extra`.
    """
    places = {module: _place(module) for module in packages}
    missing = list(dict.fromkeys(package for module, package in packages.items() if places[module] is None))
    if missing:
        message = f"{what} needs {' and '.join(missing)}{otherwise}. Install it with `{command(extra, missing)}`."
        raise MissingFrontendError(message)
    return [place for place in places.values() if place is not None]


def _place(module: str) -> Path | None:
    found = importlib.util.find_spec(module)
    return None if found is None or found.origin is None else Path(found.origin).parent


def command(extra: str, missing: Sequence[str]) -> str:
    """The command that installs the packages that are `missing` of melo-edge's `extra`.

    pip asks the record of the installed melo-edge what its extras are. A checkout's is as old as its last set-up, and a
    device's package has none: pip would install nothing, or look for a melo-edge to install. Where the record does not
    know them, they are named one by one.
    """
    if set(map(_normalized, missing)) <= _recorded(extra):
        return f'pip install "{_PROJECT}[{extra}]"'
    return f"pip install {' '.join(missing)}"


def _recorded(extra: str) -> set[str]:
    """The packages of an extra, and of those that it takes in, that melo-edge was installed with."""
    try:
        requirements = metadata.requires(_PROJECT) or ()
    except metadata.PackageNotFoundError:
        return set()
    packages = set()
    wanted = re.compile(rf"([\w.-]+)(?:\[([\w-]+)\])?.*; *extra == [\"']{re.escape(extra)}[\"']$")
    for name, another in (found.groups() for found in map(wanted.match, requirements) if found):
        packages |= {_normalized(name)} if another is None else _recorded(another)
    return packages


def _normalized(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()
