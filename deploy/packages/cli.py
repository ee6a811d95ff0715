"""The command line of `deploy/build_offline_bundle.py`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.status import Status

from deploy.packages import archive, program, rehearsal, repository, source, staging, voice
from deploy.packages.tools import PROJECT, PackagingError

Say = Callable[[str], None]


def main() -> int:
    """Builds what is asked for; returns the exit status."""
    options = _options()
    console = Console(stderr=True)
    try:
        with console.status("") as status:
            say = teller(console, status)
            *_, bundle = build(options.arch, options.voice, options.out, say)
            if options.apt_repository:
                say(f"The repository {options.apt_repository}")
                repository.publish(bundle, options.apt_repository, options.sign_key, options.phased or staging.ALL)
    except PackagingError as error:
        sys.stderr.write(f"build_offline_bundle: {error}\n")
        return 1
    sys.stdout.write(f"{bundle}\n")
    return 0


def build(arch: str, voices: Sequence[Path], out: Path, say: Say = lambda _: None) -> list[Path]:
    """Builds for an architecture, `amd64` or `arm64`, into the folder `out`.

    Returns the package of the program, those of the voices and the archive with all of them, in this order. `say` is
    told what is being done.

    Raises:
        PackagingError: something that it takes cannot be had, or what came out would not run.
    """
    out.mkdir(parents=True, exist_ok=True)
    version, moment = source.version(), source.moment()
    say(f"melo-edge {version} for {arch}, with its Python packages")
    packages = [program.build(arch, version, moment, out)]
    for path in voices:
        say(f"The voice {path.name}")
        packages.append(voice.build(path, version, moment, out))
    say("Having the package speak")
    checks = rehearsal.rehearse(arch, packages[0], voices)
    say("Debian's packages and the archive")
    return [*packages, archive.build(arch, packages, version, moment, out, checks)]


def teller(console: Console, status: Status) -> Say:
    """A line for each step where it goes to a file, and one that changes on a terminal."""

    def say(sentence: str) -> None:
        if console.is_terminal:
            status.update(sentence)
        else:
            console.print(sentence)

    return say


def _options() -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args()
    if options.phased and not options.apt_repository:
        parser.error("--phased is about a repository, which devices upgrade from: name it with --apt-repository.")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Builds one file that brings speech to a device without a network: the program and its voices as "
        "Debian packages, all that they depend on, checksums and an installer.",
    )
    parser.add_argument("--arch", choices=repository.ARCHITECTURES, required=True, help="what the device is")
    parser.add_argument(
        "--voice", type=Path, action="append", required=True, metavar="BUNDLE", help="a voice bundle; may be repeated"
    )
    parser.add_argument(
        "--out", type=Path, default=PROJECT / "dist" / "packages", metavar="FOLDER", help="default: dist/packages"
    )
    parser.add_argument(
        "--apt-repository", type=Path, metavar="FOLDER", help="add the packages to an APT repository, too"
    )
    parser.add_argument(
        "--sign-key", metavar="KEY", help="your GnuPG key that signs the repository (default: one made for it)"
    )
    parser.add_argument(
        "--phased",
        type=staging.percentage,
        metavar="PERCENT",
        help="have that share of the machines upgrade first (default: all)",
    )
    return parser
