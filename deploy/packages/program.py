"""The package `melo-edge`: the program with its Python packages, its units, and nothing to download later."""

from __future__ import annotations

import shutil
import tempfile
from importlib import metadata
from pathlib import Path

from deploy.packages import deb, elf, operator_file, python_tree
from deploy.packages.deb import Package, install
from deploy.packages.python_tree import SITE
from deploy.packages.tools import PROJECT

HOME = Path("usr/lib/melo-edge")

_DEPLOY = PROJECT / "deploy"
_FILES = {
    _DEPLOY / "melo-edge.service": "usr/lib/systemd/system/melo-edge.service",
    _DEPLOY / "melo-edge.socket": "usr/lib/systemd/system/melo-edge.socket",
    _DEPLOY / "melo-edge.sysusers.conf": "usr/lib/sysusers.d/melo-edge.conf",
    _DEPLOY / "melo-edge.tmpfiles.conf": "usr/lib/tmpfiles.d/melo-edge.conf",
    _DEPLOY / "tcp.conf": "usr/share/doc/melo-edge/examples/tcp.conf",
    PROJECT / "README.md": "usr/share/doc/melo-edge/README.md",
}

# A virtual environment's: the private packages come first, then Debian's own (PyAudio and systemd-python).
_PYVENV = "home = /usr/bin\ninclude-system-site-packages = true\nversion = 3.11\n"

DEBIAN = (
    *("python3 (>= 3.11)", "python3 (<< 3.12)", "python3-pyaudio", "python3-systemd"),
    *("libespeak-ng1", "openssl", "systemd"),
)
"""What the program needs of Debian, besides the libraries that its own need."""


def build(arch: str, version: str, moment: int, out: Path) -> Path:
    """Builds the package for an architecture into the folder `out`.

    Raises:
        PackagingError: something that it takes is missing, or does not fit Debian 12.
    """
    with tempfile.TemporaryDirectory(prefix="melo-edge-package-") as folder:
        root = Path(folder) / "root"
        site = root / SITE.relative_to("/")
        shutil.copytree(python_tree.dependencies(arch), site)
        python_tree.add_project(site)
        python_tree.compile_all(site / "edge", SITE / "edge")
        install(operator_file.operator(arch), site / "edge" / "int8" / "_operator.so")
        for source, target in _FILES.items():
            install(source, root / target)
        install(deb.SCRIPTS / "melo-edge.command", root / "usr/bin/melo-edge", 0o755)
        _add_python(root / HOME)
        (root / "usr/share/doc/melo-edge/copyright").write_text(_copyright(site), encoding="utf-8")
        package = Package(
            name="melo-edge",
            version=version,
            architecture=arch,
            section="sound",
            summary="Offline speech daemon for small computers",
            description="Speaks text that local programs send over a Unix socket, with MeloTTS and Piper voices in "
            "INT8. It never uses a network. Voices are packages of their own (melo-edge-voice-*). PyTorch and the "
            "other Python packages that Debian lacks are in it, for its own use alone.",
            depends=(*DEBIAN, *elf.needed_packages(elf.libraries(site))),
            fields={"Suggests": "openssl"},  # for who wants signed voices only: the option bundle_key
        )
        scripts = {name: deb.script(f"melo-edge.{name}") for name in ("postinst", "prerm", "postrm")}
        return deb.write(package, root, scripts, out, moment)


def _add_python(home: Path) -> None:
    (home / "bin").mkdir()
    (home / "bin" / "python3.11").symlink_to("/usr/bin/python3.11")
    (home / "bin" / "python3").symlink_to("python3.11")
    (home / "pyvenv.cfg").write_text(_PYVENV, encoding="utf-8")


def _copyright(site: Path) -> str:
    """Whose work is in the package. Each wheel's own licence texts lie beside it, in its `.dist-info`."""
    own = (PROJECT / "LICENSE").read_text(encoding="utf-8")
    lines = ["melo-edge", "", own, f"It brings these Python packages in {SITE}, whose licence texts", "are there:", ""]
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
