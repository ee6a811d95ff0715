"""The package `melo-edge`: the program, its Python and Python packages, its units, and nothing to download later."""

from __future__ import annotations

import shutil
import tempfile
from importlib import metadata
from pathlib import Path

from deploy.packages import deb, elf, operator_file, python_tree
from deploy.packages.deb import Package, install
from deploy.packages.interpreter import HOME, SITE, Interpreter, compile_all, interpreter
from deploy.packages.tools import PROJECT

_DEPLOY = PROJECT / "deploy"
_FILES = {
    _DEPLOY / "melo-edge.service": "usr/lib/systemd/system/melo-edge.service",
    _DEPLOY / "melo-edge.socket": "usr/lib/systemd/system/melo-edge.socket",
    _DEPLOY / "melo-edge.sysusers.conf": "usr/lib/sysusers.d/melo-edge.conf",
    _DEPLOY / "melo-edge.tmpfiles.conf": "usr/lib/tmpfiles.d/melo-edge.conf",
    _DEPLOY / "tcp.conf": "usr/share/doc/melo-edge/examples/tcp.conf",
    PROJECT / "README.md": "usr/share/doc/melo-edge/README.md",
}

_DOCUMENTS = Path("usr/share/doc/melo-edge")

DEBIAN = ("libespeak-ng1", "openssl", "systemd")
"""What the program needs of Debian, besides the libraries that its own need. (openssl: the option bundle_key.)"""


def build(arch: str, version: str, moment: int, out: Path) -> Path:
    """Builds the package for an architecture into the folder `out`.

    Raises:
        PackagingError: something that it takes is missing, or does not fit Debian 12.
    """
    with tempfile.TemporaryDirectory(prefix="melo-edge-package-") as folder:
        root = Path(folder) / "root"
        home, site = root / HOME.relative_to("/"), root / SITE.relative_to("/")
        python = interpreter(arch)
        _add_python(arch, python, home)
        for source, target in _FILES.items():
            install(source, root / target)
        install(deb.SCRIPTS / "melo-edge.command", root / "usr/bin/melo-edge", 0o755)
        shutil.copytree(python.documents, root / _DOCUMENTS, dirs_exist_ok=True)
        (root / _DOCUMENTS / "copyright").write_text(_copyright(python, site), encoding="utf-8")
        libraries = elf.compiled(home)
        if arch == "arm64":
            elf.refuse_small_pages(libraries)
        package = Package(
            name="melo-edge",
            version=version,
            architecture=arch,
            section="sound",
            summary="Offline speech daemon for small computers",
            description="Speaks text that local programs send over a Unix socket, with MeloTTS and Piper voices in "
            "INT8. It never uses a network. Voices are packages of their own (melo-edge-voice-*). Python 3.11, "
            "PyTorch and further Python packages are in it, for its own use alone.",
            depends=(*DEBIAN, *elf.needed_packages(libraries)),
            fields={"Built-Using": ", ".join(python.built_using)},
        )
        scripts = {name: deb.script(f"melo-edge.{name}") for name in ("postinst", "prerm", "postrm")}
        return deb.write(package, root, scripts, out, moment)


def _add_python(arch: str, python: Interpreter, home: Path) -> None:
    """The interpreter, the packages that it imports, and the project itself as one of them."""
    site = home / SITE.relative_to(HOME)
    shutil.copytree(python.home, home, symlinks=True)
    shutil.copytree(python_tree.dependencies(arch), site, dirs_exist_ok=True)
    python_tree.add_project(site)
    compile_all(site / "edge", SITE / "edge")
    install(operator_file.operator(arch), site / "edge" / "int8" / "_operator.so")


def _copyright(python: Interpreter, site: Path) -> str:
    """Whose work is in the package. Each wheel's own licence texts lie beside it, in its `.dist-info`."""
    own = (PROJECT / "LICENSE").read_text(encoding="utf-8")
    lines = ["melo-edge", "", own, f"In {HOME} it brings what Debian built from these sources, whose licences are in"]
    lines += [f"/{_DOCUMENTS}/copyright.*:", "", *python.built_using, ""]
    lines += [f"It brings these Python packages in {SITE}, whose licence texts", "are there:", ""]
    packages = sorted(metadata.distributions(path=[str(site)]), key=lambda found: found.name.lower())
    lines += [f"{found.name} {found.version}: {_licence(found)}" for found in packages if found.name != "melo-edge"]
    return "\n".join(lines) + "\n"


def _licence(package: metadata.Distribution) -> str:
    """A package's licence as it calls it: by SPDX's name, a classifier or a word."""
    about = package.metadata
    if "License-Expression" in about:
        return about["License-Expression"]
    classifiers = [line for line in about.get_all("Classifier", ()) if line.startswith("License ::")]
    return "; ".join(line.rpartition(" :: ")[2] for line in classifiers) or about["License"]
