"""What of the source decides about a package: its version, and the moment that everything in it is dated with."""

from __future__ import annotations

import os
import time

import edge
from deploy.packages.tools import PackagingError, run


def moment() -> int:
    """Seconds since 1970: `$SOURCE_DATE_EPOCH`, else when the last commit was made.

    Raises:
        PackagingError: there is neither.
    """
    if "SOURCE_DATE_EPOCH" in os.environ:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    try:
        return int(run("git", "log", "-1", "--format=%ct"))
    except (PackagingError, FileNotFoundError) as error:
        message = "This is no clone of a git repository: set SOURCE_DATE_EPOCH, the time that the packages shall bear."
        raise PackagingError(message) from error


def version() -> str:
    """The release if the last commit bears its tag, else the release that it leads to with the commit's time.

    `~` sorts before: 0.1.0~git20261124135239 is older than 0.1.0, and newer than what an earlier commit made.
    """
    if _is_release():
        return edge.__version__
    return f"{edge.__version__}~git{time.strftime('%Y%m%d%H%M%S', time.gmtime(moment()))}"


def _is_release() -> bool:
    try:
        return f"v{edge.__version__}" in run("git", "tag", "--points-at", "HEAD").split()
    except (PackagingError, FileNotFoundError):
        return True
