"""The command line of `deploy/build_offline_bundle.py`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deploy.packages import archive, program, source, voice
from deploy.packages.tools import PROJECT, PackagingError


def main() -> int:
    """Builds what is asked for; returns the exit status."""
    options = _parser().parse_args()
    try:
        *_, bundle = build(options.arch, options.voice, options.out)
        sys.stdout.write(f"{bundle}\n")
    except PackagingError as error:
        sys.stderr.write(f"build_offline_bundle: {error}\n")
        return 1
    return 0


def build(arch: str, voices: list[Path], out: Path) -> list[Path]:
    """Builds into the folder `out` the package of the program, that of each voice and the archive, in this order."""
    out.mkdir(parents=True, exist_ok=True)
    version, moment = source.version(), source.moment()
    packages = [
        program.build(arch, version, moment, out),
        *(voice.build(path, version, moment, out) for path in voices),
    ]
    return [*packages, archive.build(arch, packages, version, moment, out)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arch", choices=("amd64", "arm64"), required=True)
    parser.add_argument("--voice", type=Path, action="append", required=True, metavar="BUNDLE")
    parser.add_argument("--out", type=Path, default=PROJECT / "dist" / "packages", metavar="FOLDER")
    return parser
