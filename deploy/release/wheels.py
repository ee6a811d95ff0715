"""The project as Python packages: a wheel for each architecture, and the sources.

A wheel has the compiled operator, which uses nothing of Python's interface: one wheel does for every Python. But it
fits one release of torch only, and its requirement says which.
"""

from __future__ import annotations

import gzip
import io
import re
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from deploy.packages import elf, operator_file, python_tree
from deploy.packages.deb import install
from deploy.packages.tools import run
from edge.int8.operator import built_for

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_GLIBC = "_".join(map(str, elf.DEBIAN_12["GLIBC"]))
_WHEEL = """Wheel-Version: 1.0
Generator: melo-edge
Root-Is-Purelib: false
Tag: {tag}

"""


def wheel(arch: str, moment: int, out: Path) -> Path:
    """Builds the wheel for an architecture into the folder `out`.

    Raises:
        PackagingError: the operator cannot be had.
    """
    return assemble(arch, operator_file.operator(arch), moment, out)


def assemble(arch: str, operator: Path, moment: int, out: Path) -> Path:
    """Builds a wheel with a compiled operator in it."""
    with tempfile.TemporaryDirectory(prefix="melo-edge-wheel-") as temporary:
        folder, packed = Path(temporary) / "wheel", Path(temporary) / "packed"
        python_tree.add_project(folder)
        install(operator, folder / "edge/int8/_operator.so", 0o755)
        [about] = folder.glob("*.dist-info")
        (about / "WHEEL").write_text(_WHEEL.format(tag=_tag(arch)), encoding="utf-8")
        _require_torch(about / "METADATA", built_for(operator))
        packed.mkdir()
        _settle(folder)
        packing = (sys.executable, "-m", "wheel", "pack", "--dest-dir", packed, folder)
        run(*packing, environment={"SOURCE_DATE_EPOCH": str(moment)})
        [file] = packed.iterdir()
        return Path(shutil.move(file, out / file.name))


def sources(moment: int, out: Path) -> Path:
    """Builds the source distribution of the commit, which nothing that lies about here gets into."""
    with tempfile.TemporaryDirectory(prefix="melo-edge-sources-") as temporary:
        folder, packed = Path(temporary) / "tree", Path(temporary) / "packed"
        folder.mkdir()
        run("git", "archive", "--output", folder.with_suffix(".tar"), "HEAD")
        run("tar", "-xf", folder.with_suffix(".tar"), "-C", folder)
        making = ("setup.py", "--quiet", "sdist", "--formats=tar", "--dist-dir", packed)
        run(sys.executable, *making, folder=folder)
        [file] = packed.iterdir()
        target = out / f"{file.name}.gz"
        target.write_bytes(gzip.compress(_settled(file, moment), mtime=moment))
        return target


def _tag(arch: str) -> str:
    return f"py3-none-manylinux_{_GLIBC}_{_MACHINES[arch]}"


def _require_torch(metadata: Path, release: str) -> None:
    text = metadata.read_text(encoding="utf-8")
    text = re.sub(r"^Requires-Dist: torch[^a-z\n;]*$", f"Requires-Dist: torch=={release}", text, flags=re.MULTILINE)
    metadata.write_text(text, encoding="utf-8")


def _settle(folder: Path) -> None:
    """The usual rights, whatever the umask here is."""
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.suffix == ".so" else 0o644)


def _settled(archive: Path, moment: int) -> bytes:
    """A `.tar` with nothing of this machine's users and times in it."""
    content = io.BytesIO()
    with tarfile.open(archive) as old, tarfile.open(fileobj=content, mode="w", format=tarfile.GNU_FORMAT) as new:
        for member in sorted(old, key=lambda item: item.name):
            member.uid, member.gid, member.uname, member.gname, member.mtime = 0, 0, "root", "root", moment
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.pax_headers = {}
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
    return content.getvalue()
