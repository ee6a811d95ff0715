"""The package of a voice: its bundle, as it was built."""

from __future__ import annotations

import tempfile
from pathlib import Path

from deploy.packages import deb
from deploy.packages.deb import Package, install
from deploy.packages.tools import PackagingError
from edge.errors import BundleError
from edge.voice import open_bundle
from edge.voice.bundle import described
from edge.voice.manifest import Manifest


def build(bundle: Path, version: str, moment: int, out: Path) -> Path:
    """Builds the package of the voice in `bundle`, a folder or a `.tar`, into the folder `out`.

    Raises:
        PackagingError: it is no bundle, or damaged.
    """
    try:
        with open_bundle(bundle) as opened, tempfile.TemporaryDirectory(prefix="melo-edge-voice-") as folder:
            manifest = opened.manifest
            package = _package(manifest, version)
            root = Path(folder) / "root"
            for name in (*described(opened.folder), *manifest.files):
                install(opened.folder / name, root / "usr/share/melo-edge/voices" / manifest.name / name)
            documents = root / "usr/share/doc" / package.name
            documents.mkdir(parents=True)
            (documents / "copyright").write_text(_copyright(manifest), encoding="utf-8")
            scripts = {name: deb.script(f"voice.{name}", NAME=manifest.name) for name in ("postinst", "prerm")}
            return deb.write(package, root, scripts, out, moment)
    except BundleError as error:
        raise PackagingError(str(error)) from error


def package_name(voice: str) -> str:
    """Debian's name for a voice's package: lower case, and no underscores."""
    return f"melo-edge-voice-{voice.lower().replace('_', '-')}"


def _package(manifest: Manifest, version: str) -> Package:
    return Package(
        name=package_name(manifest.name),
        version=version,
        architecture="all",
        section="sound",
        summary=f"Voice {manifest.name} ({manifest.language}) for the offline speech daemon",
        description=f"A voice bundle with an INT8 model, {manifest.sample_rate} Hz. Installing it makes it the voice "
        "that melo-edge speaks with if there is none yet.",
        depends=(f"melo-edge (>= {version})",),
        fields={"Source": "melo-edge"},  # apt draws by it which machines take a staged release: voice and program alike
    )


def _copyright(manifest: Manifest) -> str:
    where = f"/usr/share/melo-edge/voices/{manifest.name}"
    lines = [f"The voice {manifest.name}. More is in {where}/.", ""]
    lines += [f"{part.part}: {part.licence} ({part.file})" for part in manifest.licences]
    return "\n".join(lines) + "\n"
