"""The command line of `scripts/release.py`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from deploy.packages.tools import PROJECT, PackagingError
from deploy.release import commit

OUT = PROJECT / "dist" / "release"


def main() -> int:
    """Makes the release that this commit is; returns the exit status."""
    options = _parser().parse_args()
    try:
        _release(options)
    except PackagingError as error:
        return _refused(str(error))
    except OSError as error:
        return _refused(f"{error.filename or 'This machine'}: {error.strerror}. Make room or mend it, and start again.")
    return 0


def _refused(sentence: str) -> int:
    sys.stderr.write(f"release: {sentence}\n")
    return 1


def _release(options: argparse.Namespace) -> None:
    notes = commit.check()
    if options.check:
        return
    # Loaded now, as it takes torch seconds, and a refusal none.
    from deploy.packages.cli import teller
    from deploy.release import assembly

    console = Console(stderr=True)
    with console.status("") as status:
        assembly.make(options.voice, notes, options.sign_key, OUT, teller(console, status))
    for file in sorted(OUT.iterdir()):
        size = f"{file.stat().st_size / 1e6:8.1f} MB" if file.is_file() else ""
        sys.stdout.write(f"{size:>11}  {file.relative_to(PROJECT)}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Builds all that is published of a version into dist/release: archives, APT repository, wheels, "
        "lists of components, notes, checksums and a signature. The commit must be clean and have the version's tag.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="only say whether this commit is a release")
    what.add_argument("--voice", type=Path, action="append", metavar="BUNDLE", help="a voice bundle; may be repeated")
    parser.add_argument("--sign-key", metavar="KEY", help="your GnuPG key (default: the repository's, made for it)")
    return parser
