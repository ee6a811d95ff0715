"""The packages on a minimal Debian without a network: installed in each way, and gone again without a trace.

Nothing is booted here; `tests/device` does that.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.packages import debian, repository
from deploy.packages.tools import PackagingError, need
from tests.device.debian import UnavailableError, root
from tests.packages import Built

pytestmark = pytest.mark.slow

_KEY = f"/etc/apt/keyrings/{repository.KEYRING}"
_SOURCE = f"deb [signed-by={_KEY}] file:/usb/repository $(. /etc/os-release && echo $VERSION_CODENAME)"
WAYS = {
    "install.sh": "/usb/archive/install.sh",
    "apt, its files": "apt-get install --yes --quiet --no-install-recommends /usb/archive/*.deb "
    "/usb/archive/$(. /etc/os-release && echo $VERSION_CODENAME)/*.deb",
    "apt, the repository": f"install -m 644 /usb/repository/{repository.KEYRING} {_KEY} && "
    f'echo "{_SOURCE} {repository.COMPONENT}" >/etc/apt/sources.list && apt-get update && '
    "apt-get install --yes --quiet --no-install-recommends melo-edge-voice-joe",
}

# What every installation of whatever package writes: logs, apt's and dpkg's own records, and the copies that the
# programs that change users keep of the lists before.
_RECORDS = (
    *("etc/apt", "etc/ld.so.cache"),
    *("var/cache/apt", "var/cache/debconf", "var/cache/ldconfig", "var/lib/apt", "var/lib/dpkg", "var/log"),
)
_COPIES = ("etc/passwd-", "etc/shadow-", "etc/group-", "etc/gshadow-")


class Debian:
    """A root folder, whose programs run with nothing of this machine but its kernel."""

    def __init__(self, root: Path, usb: Path) -> None:
        self.root = root
        self._usb = usb

    def run(self, script: str) -> str:
        """What a script prints; it must succeed."""
        done = self.attempt(script)
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def attempt(self, script: str) -> subprocess.CompletedProcess[str]:
        """Runs it as root, without a network; `/usb` holds what was carried over."""
        # A name of its own: from systemd 257 on, two of one name do not run side by side.
        name = f"--machine=melo-edge-{secrets.token_hex(4)}"
        command = ["systemd-nspawn", "--quiet", name, "--register=no", "--keep-unit", "--private-network", "--pipe"]
        command += [f"--directory={self.root}", f"--bind-ro={self._usb}:/usb", "sh", "-ec", script]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

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


@pytest.fixture(scope="module", params=debian.SUITES)
def minimal(request: pytest.FixtureRequest) -> Path:
    """The files of a minimal Debian, the one that `tests/device` boots; not to be changed."""
    if os.geteuid():
        pytest.skip("!!! INSTALLING THE PACKAGES IS NOT TESTED: that takes root")
    try:
        need({"mmdebstrap": "mmdebstrap", "systemd-nspawn": "systemd-container"})
        return root(request.param)
    except (PackagingError, UnavailableError) as error:
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


@pytest.mark.parametrize("minimal", ["trixie"], indirect=True)
def test_ubuntu_brings_what_the_packages_depend_on(minimal: Path, usb: Path) -> None:
    """Ubuntu 24.04's archive is not at hand: the release beside it stands in, with a source of its own for apt."""
    with copied(minimal, usb) as device:
        device.run("sed -i 's/^VERSION_CODENAME=.*/VERSION_CODENAME=noble/' /etc/os-release")
        refused = device.attempt("/usb/archive/install.sh")
        assert refused.returncode == 1
        assert "With a network, run `sudo apt update`, then this again." in refused.stderr
        assert "melo" not in device.run("dpkg --get-selections")
        device.run("echo 'deb [trusted=yes] file:/usb/archive/trixie ./' >/etc/apt/sources.list && apt-get update")
        device.run("/usb/archive/install.sh && melo-edge synth --output /tmp/spoken.wav Hello")
        lists = device.run("ls /var/lib/apt/lists").split()
        assert [name for name in lists if name.startswith("_")] == ["_usb_archive_trixie_._Packages"]


@pytest.mark.parametrize("minimal", ["trixie"], indirect=True)
def test_refuses_a_disk_without_room_before_anything_changes(minimal: Path, usb: Path, tmp_path: Path) -> None:
    with small_disk(minimal, usb, tmp_path) as device:
        before = device.files()
        refused = device.attempt("/usb/archive/install.sh")
        assert refused.returncode == 1
        assert re.search(r"this takes 6\d\d MB on the disk with /usr, and \d{3} MB are free there", refused.stderr)
        assert device.files() == before


@contextmanager
def small_disk(minimal: Path, usb: Path, folder: Path) -> Iterator[Debian]:
    """A Debian that can write 500 MB."""
    disk, root = folder / "disk", folder / "root"
    disk.mkdir()
    root.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=500M", "tmpfs", disk], check=True)
    try:
        for name in ("upper", "work"):
            (disk / name).mkdir()
        layers = f"lowerdir={minimal},upperdir={disk}/upper,workdir={disk}/work"
        subprocess.run(["mount", "-t", "overlay", "-o", layers, "overlay", root], check=True)
        (root / "usb").mkdir()
        yield Debian(root, usb)
    finally:
        subprocess.run(["umount", root], check=False)
        subprocess.run(["umount", disk], check=False)
