"""A place to run a program in that has no network, and may write nowhere but into the folders that it is given."""

from __future__ import annotations

import os
import subprocess
import warnings
from pathlib import Path

_SCRIPT = """
set -e
mount --make-rprivate /
writable=
while [ "$1" != -- ]; do
    mount --bind "$1" "$1"  # a mount of its own, which stays as it is
    writable="$writable $1 "
    shift
done
shift
while read -r _ place _; do
    case $place in /proc* | /sys* | /dev*) continue ;; esac
    case $writable in *" $place "*) continue ;; esac
    mount -o remount,bind,ro "$place"
done </proc/self/mounts
exec "$@"
"""


def sandbox(*writable: Path) -> tuple[str, ...]:
    """The program, with arguments, that runs another one so, by Linux namespaces.

    Where the kernel does not let this user make any, it is empty and a warning tells.
    """
    user = () if os.geteuid() == 0 else ("--map-root-user",)
    wrapper = ("unshare", *user, "--net", "--mount", "sh", "-c", _SCRIPT, "sh", *map(str, writable), "--")
    if subprocess.run([*wrapper, "true"], capture_output=True, check=False).returncode:
        warnings.warn("no namespaces here: run without cutting off network and disk", stacklevel=2)
        return ()
    return wrapper
