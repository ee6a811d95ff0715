"""A frontend in a process of its own that may neither reach the network nor write a file.

Nor does it find any package but what `pip install melo-edge` brings, with an extra or without.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"

_PROGRAM = """
import os, sys
from pathlib import Path

def forbid(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.mkdir", "os.rename", "os.system"}:
        raise RuntimeError(f"{event} {args}")
    # A mode, or flags where there is none.
    if event == "open" and (set(args[1] or "") & set("wax+") or args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
        raise RuntimeError(f"{event} {args}")

class Absent:
    names = set(sys.argv[4].split())
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] in cls.names:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent)
sys.addaudithook(forbid)
from edge.text import frontend
print(len(frontend(sys.argv[1], Path(sys.argv[2]))(sys.argv[3]).symbols))
"""


def symbols(language: str, folder: Path, text: str, home: Path, extra: str = "") -> int:
    """How many symbols `text` has; the frontend must say nothing beside that, and leave `home` empty.

    `extra`: of the packages that are not melo-edge's own requirements, the process finds those of this extra.
    """
    environment = {"TMPDIR": str(home), "HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    absent = " ".join(_modules_without(extra))
    command = [sys.executable, "-c", _PROGRAM, language, str(folder), text, absent]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert ended.stderr == ""
    assert list(home.iterdir()) == []
    return int(ended.stdout)


def _modules_without(extra: str) -> set[str]:
    """The modules of all packages here that an installation of melo-edge with `extra` does not bring."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    brought = _brought(project["dependencies"] + (project["optional-dependencies"][extra] if extra else []))
    return {
        module
        for module, packages in metadata.packages_distributions().items()
        if brought.isdisjoint(map(canonicalize_name, packages)) and module != "edge"
    }


def _brought(lines: Iterable[str]) -> set[str]:
    """The names of what these requirements bring, and what that requires, as far as it is here."""
    found: set[str] = set()
    waiting = [Requirement(line) for line in lines]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found or not (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        with contextlib.suppress(metadata.PackageNotFoundError):
            waiting += map(Requirement, metadata.requires(name) or ())
    return found
