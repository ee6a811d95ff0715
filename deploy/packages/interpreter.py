"""The Python that the package brings: Debian 12's, with Debian's PyAudio and systemd-python, for every release.

numpy below 2 has no wheel for a newer Python, and the releases that the package is for have three different ones. Its
own Python is the same on all of them, and stays when the system is upgraded. A security update of it is a new package
of ours.
"""

from __future__ import annotations

import functools
import hashlib
import platform
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from deploy.packages import debian
from deploy.packages.tools import CACHE, made_once, run

SUITE = "bookworm"
PACKAGES = (
    *("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "python3.11"),
    *("python3-pyaudio", "python3-systemd"),
)

HOME = Path("/usr/lib/melo-edge")
"""Where it lies on a device. Python finds its own library from where its program is."""
LIBRARY = HOME / "lib/python3.11"
SITE = LIBRARY / "dist-packages"
"""Where Debian's Python looks for further packages."""

_DOCUMENTED = ("python3.11", "python3-pyaudio", "python3-systemd")
"""Packages whose copyright files tell of all."""

_NEVER_USED = (
    # To write, test and document programs.
    *("test", "venv", "pydoc_data", "distutils", "turtle.py", "antigravity.py", "__phello__"),
    *("lib-dynload/*test*", "lib-dynload/xx*", "lib-dynload/_xx*"),
    # Terminals, databases and networks that nothing here speaks to. Each would bring a library.
    *("curses", "lib-dynload/_curses*", "lib-dynload/readline*", "dbm", "lib-dynload/_dbm*"),
    *("lib-dynload/nis.*", "lib-dynload/_crypt*", "lib-dynload/ossaudiodev*", "xmlrpc"),
    # East Asian encodings other than Unicode.
    *("lib-dynload/_codecs_*", "lib-dynload/_multibytecodec*"),
    # Of a system's Python: notes for pip.
    *("EXTERNALLY-MANAGED", "LICENSE.txt"),
    "dist-packages/systemd/test",
)


class Interpreter(NamedTuple):
    """A folder for each: what `HOME` shall hold, and the copyright files."""

    home: Path
    documents: Path
    built_using: tuple[str, ...]
    """Debian's source packages with their versions, as the control file's field `Built-Using` has them."""


@functools.cache  # Debian is asked once in a process
def interpreter(arch: str) -> Interpreter:
    """The interpreter for an architecture, made once for each version of Debian's packages.

    Raises:
        PackagingError: Debian's packages cannot be had.
    """
    files = debian.fetch(arch, SUITE, PACKAGES)
    what = Path(__file__).read_bytes() + " ".join(file.name for file in files).encode()
    folder = CACHE / f"python-{arch}-{hashlib.sha256(what).hexdigest()[:12]}"
    with made_once(folder) as part:
        if part:
            _unpack(files, part)
            _prune(part / "home" / "lib" / LIBRARY.name)
            native = part / "home" if arch == native_arch() else interpreter(native_arch()).home
            _compile(native, part / "home" / "lib" / LIBRARY.name, LIBRARY)
    return Interpreter(folder / "home", folder / "documents", _sources(files))


def native_arch() -> str:
    """Debian's name for this machine's architecture."""
    return {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]


def compile_all(folder: Path, place: Path) -> None:
    """Compiles every module below a folder, in place, by the Python that will run it: a Raspberry Pi takes minutes.

    The compiled files hold no time and are never compared with their sources, which only the package manager changes.
    One process and a fixed hash seed give the same bytes each time. Tracebacks name `place`, on the device.
    """
    _compile(interpreter(native_arch()).home, folder, place)


def _compile(home: Path, folder: Path, place: Path) -> None:
    run(
        # -B and -f: what it imports to do so would be compiled otherwise, and then be left as it is.
        *(home / "bin/python3.11", "-B", "-s", "-P", "-m", "compileall"),
        *("-f", "-q", "-j1", "--invalidation-mode", "unchecked-hash", "-s", folder, "-p", place, folder),
        environment={"PYTHONHASHSEED": "0", "PYTHONPATH": ""},
    )


def _unpack(files: Sequence[Path], folder: Path) -> None:
    home, documents = folder / "home", folder / "documents"
    for new in (home / "bin", home / "lib", documents):
        new.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="melo-edge-python-") as temporary:
        root = Path(temporary)
        for file in files:
            run("dpkg-deb", "--extract", file, root)
        shutil.copy(root / "usr/bin/python3.11", home / "bin")
        (home / "bin" / "python3").symlink_to("python3.11")
        library = home / "lib" / LIBRARY.name
        shutil.copytree(root / "usr/lib/python3.11", library, symlinks=True)
        shutil.copytree(root / "usr/lib/python3/dist-packages", library / "dist-packages")
        for name in _DOCUMENTED:
            shutil.copy(root / "usr/share/doc" / name / "copyright", documents / f"copyright.{name}")


def _prune(library: Path) -> None:
    for pattern in _NEVER_USED:
        for path in list(library.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    # Links to what the system has, such as sitecustomize.py in /etc. A pattern without a star finds none that dangle.
    for path in list(library.rglob("*")):
        if path.is_symlink() and path.readlink().is_absolute():
            path.unlink()


def _sources(files: Sequence[Path]) -> tuple[str, ...]:
    shown = "--showformat=${source:Package} (= ${source:Version})\n"
    return tuple(sorted({run("dpkg-deb", "--show", shown, file).strip() for file in files}))
