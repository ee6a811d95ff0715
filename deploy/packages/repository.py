"""An APT repository: apt itself, mirrors and unattended-upgrades carry the packages to any number of devices."""

from __future__ import annotations

from pathlib import Path

from deploy.packages.tools import need, run


def index(folder: Path) -> str:
    """The index of the packages in a folder, as apt reads it."""
    need({"apt-ftparchive": "apt-utils"})
    return run("apt-ftparchive", "packages", ".", folder=folder)
