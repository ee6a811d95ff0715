"""The command line of `scripts/publish.py`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deploy.packages import repository, staging
from deploy.packages.tools import PackagingError


def main() -> int:
    """Adds a release to a repository; returns the exit status."""
    options = _parser().parse_args()
    try:
        publish(options.release, options.repository, options.sign_key, options.phased)
    except PackagingError as error:
        sys.stderr.write(f"publish: {error}\n")
        return 1
    return 0


def publish(release: Path, folder: Path, key: str | None, share: int) -> None:
    """Adds the archives of the release in a folder to the repository in another.

    Raises:
        PackagingError: there is no archive, or it cannot be published.
    """
    archives = sorted(release.glob("melo-edge-*.tar"))
    if not archives:
        raise PackagingError(f"{release} has no archive, melo-edge-*.tar. `make release` leaves them in dist/release.")
    for archive in archives:
        repository.publish(archive, folder, key, share)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Adds a release's packages to an APT repository, for all or some.")
    parser.add_argument("release", type=Path, help="what `make release` made: dist/release")
    parser.add_argument("repository", type=Path, help="the repository's folder, made if it is not there")
    parser.add_argument(
        "--phased",
        type=staging.percentage,
        default=staging.ALL,
        metavar="PERCENT",
        help="have that share of the machines upgrade first (default: all)",
    )
    parser.add_argument("--sign-key", metavar="KEY", help="your GnuPG key (default: the repository's, made for it)")
    return parser
