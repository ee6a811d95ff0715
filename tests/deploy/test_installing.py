"""The packages on a minimal Debian 12 without a network: installed in each way, and gone again without a trace.

Nothing is booted here; `tests/device` does that.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.packages import repository
from deploy.packages.tools import PackagingError, need
from tests.device import debian
from tests.packages import Built

_KEY = f"/etc/apt/keyrings/{repository.KEYRING}"
_SOURCE = f"deb [signed-by={_KEY}] file:/usb/repository {repository.SUITE} {repository.COMPONENT}"
WAYS = {
    "install.sh": "/usb/archive/install.sh",
    "apt, its files": "apt-get install --yes --quiet --no-install-recommends /usb/archive/*.deb",
    "apt, the repository": f"install -m 644 /usb/repository/{repository.KEYRING} {_KEY} && "
    f"echo '{_SOURCE}' >/etc/apt/sources.list && apt-get update && "
    "apt-get install --yes --quiet --no-install-recommends melo-edge-voice-joe",
}

# What every installation of whatever package writes: logs, apt's and dpkg's own records, and the copies that the
# programs that change users keep of the lists before.
_RECORDS = (
    *("etc/apt", "etc/ld.so.cache"),
    *("var/cache/apt", "var/cache/ldconfig", "var/lib/apt", "var/lib/dpkg", "var/log"),
)
_COPIES = ("etc/passwd-", "etc/shadow-", "etc/group-", "etc/gshadow-")


class Debian:
    """A root folder, whose programs run with nothing of this machine but its kernel."""

    def __init__(self, root: Path, usb: Path) -> None:
        self.root = root
        self._usb = usb

    def run(self, script: str) -> str:
        """Runs it as root, without a network; `/usb` holds what was carried over."""
        command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--pipe"]
        command += [f"--directory={self.root}", f"--bind-ro={self._usb}:/usb", "sh", "-ec", script]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def files(self) -> dict[str, str]:
        """What is there, without the records: the time a file was changed, a link's target, nothing for a folder."""
        found = {}
        for path in self.root.rglob("*"):
            name = str(path.relative_to(self.root))
            if name.startswith(_RECORDS) or name in _COPIES:
                continue
            if path.is_symlink():
                found[name] = str(path.readlink())
            else:
                found[name] = "" if path.is_dir() else str(path.stat().st_mtime_ns)
        return found

    def users(self) -> list[str]:
        return [(self.root / "etc" / name).read_text(encoding="utf-8") for name in ("passwd", "group", "shadow")]


@pytest.fixture(scope="module")
def minimal() -> Path:
    """The files of a minimal Debian 12, the one that `tests/device` boots; not to be changed."""
    if os.geteuid():
        pytest.skip("!!! INSTALLING THE PACKAGES IS NOT TESTED: that takes root")
    try:
        need({"mmdebstrap": "mmdebstrap", "systemd-nspawn": "systemd-container"})
        return debian.root()
    except (PackagingError, debian.UnavailableError) as error:
        pytest.skip(f"!!! INSTALLING THE PACKAGES IS NOT TESTED: {error}")


@pytest.fixture(scope="module")
def usb(built: Built) -> Iterator[Path]:
    """The archive, unpacked, and a repository with the same packages."""
    with tempfile.TemporaryDirectory(prefix="usb-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", f"{folder}/keys")
        subprocess.run(["tar", "-xf", built.archive, "-C", folder], check=True)
        [unpacked] = Path(folder).glob("melo-edge-*")
        unpacked.rename(Path(folder) / "archive")
        repository.publish(built.archive, Path(folder) / "repository", None)
        Path(folder).chmod(0o755)  # apt reads as a user of its own
        yield Path(folder)


@contextmanager
def copied(minimal: Path, usb: Path) -> Iterator[Debian]:
    with tempfile.TemporaryDirectory(prefix="melo-edge-debian-") as folder:
        root = Path(folder) / "root"
        subprocess.run(["cp", "-a", "--reflink=auto", minimal, root], check=True)
        (root / "usb").mkdir()
        yield Debian(root, usb)


@pytest.mark.parametrize("way", WAYS)
def test_speaks_when_installed_and_leaves_nothing_when_purged(minimal: Path, usb: Path, way: str) -> None:
    with copied(minimal, usb) as device:
        before, users = device.files(), device.users()
        device.run(WAYS[way])
        device.run("melo-edge bundle verify && melo-edge synth --output /tmp/spoken.wav Hello")
        assert (device.root / "etc/systemd/system/multi-user.target.wants/melo-edge.service").is_symlink()
        assert (device.root / "etc/systemd/system/sockets.target.wants/melo-edge.socket").is_symlink()

        installed = device.files()
        device.run(WAYS[way])
        assert device.files() == installed, "installed again, something changed"

        device.run("apt-get remove --yes --quiet melo-edge")
        assert not (device.root / "usr/lib/melo-edge").exists()
        assert "melo-edge" in device.users()[0], "whoever removes it may want it back as it was"

        device.run("apt-get purge --yes --quiet melo-edge && apt-get purge --yes --quiet --autoremove")
        assert device.users() == users
        assert "melo" not in device.run("dpkg --get-selections")
        left = device.files()
        # Installed by hand, Debian's packages stay until somebody removes them by hand.
        assert [name for name in left if name not in before and ("melo" in name or not way.endswith("files"))] == []
