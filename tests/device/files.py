"""What is on a device, to compare before and after."""

from __future__ import annotations

from dataclasses import dataclass

from tests.device.machine import Machine

ELSEWHERE = ("/proc", "/sys", "/dev", "/run", "/tmp", "/media", "/var/log", "/var/tmp")
"""Not on its disk, or made to change with time."""

NOTES = (
    "/var/cache/apt",
    "/var/lib/apt",
    "/var/lib/dpkg",
    "/var/cache/debconf",
    "/var/lib/systemd",
    "/var/cache/ldconfig",
    "/etc/ld.so.cache",
    "/etc/passwd-",
    "/etc/group-",
    "/etc/shadow-",
    "/etc/gshadow-",
)
"""What Debian writes down of every installation, of whatever package."""

LIST = r"find / {} -printf '%p\t%y %m %u:%g %l\n'"
"""Each path with its kind, mode, owner and, of a link, where it leads."""


@dataclass(frozen=True)
class Snapshot:
    """Files and accounts."""

    lines: frozenset[str]

    @classmethod
    def of(cls, machine: Machine) -> Snapshot:
        pruned = " ".join(f"-path {path} -prune -o" for path in (*ELSEWHERE, *NOTES))
        files = machine.run("sh", "-c", LIST.format(pruned)).splitlines()
        accounts = machine.run("cat", "/etc/passwd", "/etc/group").splitlines()
        return cls(frozenset([*files, *accounts]))

    def difference(self, before: Snapshot) -> list[str]:
        """What came, and what went."""
        return sorted(self.lines ^ before.lines)
