"""A device with Debian 12 whose system is upgraded to Debian 13 by apt: it speaks on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.packages import debian, repository
from deploy.packages.tools import PackagingError
from tests.device.conftest import CARD, USB, VOICE, Card, Device, Installed
from tests.device.machine import Machine
from tests.packages import arch

SENTENCE = "It is the same voice on another system."
MIRROR = "/media/mirror"
"""Where the device sees Debian 13's packages; no network is in it."""
APT = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "-qq", "-o", "Dpkg::Options::=--force-confnew")

# Of one device: each test goes on where the one before it ended.
pytestmark = pytest.mark.parametrize("release", ["bookworm"], indirect=True, scope="session")


@pytest.fixture(scope="module")
def mirror(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Debian 13 has newer of all that is on the device, and what that depends on."""
    folder = tmp_path_factory.mktemp("mirror")
    [status] = (disk / "var/lib/dpkg/status" for disk in installed.disks[:1])
    try:
        with debian.apt_get(arch(), "trixie", status=status.read_text(encoding="utf-8")) as apt:
            for file in debian.files(apt, sorted(debian.planned(apt, "dist-upgrade"))):
                shutil.copy(file, folder)
    except PackagingError as error:
        pytest.skip(f"!!! THE UPGRADE TO DEBIAN 13 IS NOT TESTED: {error}")
    (folder / "Packages").write_text(repository.index(folder), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def upgraded(
    installed: Installed, archive: Path, mirror: Path, melo_bundle: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Device]:
    """The device, upgraded while it ran, and booted again."""
    card = Card(tmp_path_factory.mktemp("card"))
    binds = {CARD: card.folder, USB: archive.parent, VOICE: melo_bundle, MIRROR: mirror}
    machine = Machine(tmp_path_factory.mktemp("upgraded"), *installed.disks, binds=binds)
    device = Device(machine, card)
    try:
        machine.boot()
        device.speaks(SENTENCE)
        machine.write("/etc/apt/sources.list", f"deb [trusted=yes] file:{MIRROR} ./\n")
        machine.run(*APT, "update")
        machine.run(*APT, "full-upgrade")
        machine.run(*APT, "autoremove", "--purge")
        machine.power_off()
        machine.boot()
        yield device
    finally:
        machine.destroy()


def test_the_system_is_the_new_one_and_nothing_on_it_has_failed(
    upgraded: Device, measured: dict[str, Any]
) -> None:
    assert "VERSION_CODENAME=trixie" in upgraded.machine.run("cat", "/etc/os-release")
    assert upgraded.machine.run("systemctl", "is-system-running").strip() == "running"
    assert upgraded.machine.run("dpkg", "--audit") == ""
    measured["upgraded"] = True


def test_speaks_on(upgraded: Device) -> None:
    state = upgraded.machine.properties("ActiveState", "NRestarts")
    assert state == {"ActiveState": "active", "NRestarts": "0"}
    upgraded.speaks(SENTENCE)


def test_takes_another_voice_and_goes_back(upgraded: Device) -> None:
    upgraded.machine.run("melo-edge", "bundle", "install", "--use", VOICE)
    upgraded.card.forget()
    upgraded.speaks("¿De quién es esta voz?")
    upgraded.machine.run("melo-edge", "bundle", "rollback")
    upgraded.card.forget()
    upgraded.speaks(SENTENCE)


def test_installed_again_from_the_archive_nothing_is_replaced(upgraded: Device, archive: Path) -> None:
    process = upgraded.process
    upgraded.machine.run("mkdir", "/var/tmp/archive")
    upgraded.machine.run("tar", "-C", "/var/tmp/archive", "-xf", f"{USB}/{archive.name}")
    upgraded.machine.run("sh", "-c", "/var/tmp/archive/*/install.sh")
    upgraded.machine.run("rm", "-r", "/var/tmp/archive")
    assert upgraded.process == process


def test_purged_nothing_is_left(upgraded: Device) -> None:
    machine = upgraded.machine
    machine.run(*APT, "autoremove", "--purge", "melo-edge")
    elsewhere = "-path /proc -prune -o -path /sys -prune -o -path /media -prune -o -path /dev -prune -o -path /var/log"
    found = machine.run("sh", "-c", f"find / {elsewhere} -prune -o -iname '*melo*' -print")
    # systemd's own note of a unit's timer or user is none; apt keeps no list of the archive either.
    assert found.splitlines() == []
    assert "melo" not in machine.run("dpkg", "--get-selections")
    assert "melo" not in machine.run("cat", "/etc/passwd", "/etc/group", "/etc/shadow")
