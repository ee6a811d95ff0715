"""Devices with melo-edge installed from its archive, as a person would, and a recording sound card in them.

One of each release. Tests of one run in one process, and those of the other beside them in another: `-n 2`.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from tests.daemons import Line
from tests.device import debian
from tests.device.files import Snapshot
from tests.device.machine import Machine
from tests.packages import Built
from tests.sound_card import SoundCard

RELEASES = {"bookworm": "Debian 12", "trixie": "Debian 13"}

FACTS = Path(__file__).parents[2] / "build" / "device.json"

PROGRAMS = ("mmdebstrap", "systemd-nspawn", "nsenter", "setpriv")

CARD = "/dev/recorder"
"""Where the device sees its card: a place for devices, which the unit's read-only disk does not cover."""
PLUGIN = f"/usr/lib/{platform.machine()}-linux-gnu/alsa-lib/libasound_module_pcm_recorder.so"
ASOUND_CONF = f"""
pcm.recorder {{ type recorder directory "{CARD}" }}
pcm.!default {{ type plug slave.pcm "recorder" }}
"""
AUDIO = 29
"""The group audio on every Debian. Source: base-passwd."""

USB = "/media/usb"
"""Where the device sees what was carried over."""
VOICE = "/media/voice"
"""Where it sees the bundle of another voice."""


class Card(SoundCard):
    """A sound card for the device. Its group may use it, as with every card."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, Path(PLUGIN), "")
        os.chown(folder, 0, AUDIO)
        folder.chmod(0o770)

    @property
    def folder(self) -> Path:
        return self._directory

    def forget(self) -> None:
        """Begins a new recording: one has one format."""
        (self._directory / "card.wav").unlink()


class Device(NamedTuple):
    machine: Machine
    card: Card

    @property
    def socket(self) -> Path:
        """The daemon's socket, seen from outside. The device takes us for its root."""
        return Path(f"/proc/{self.machine.leader}/root/run/melo-edge/tts.sock")

    def connect(self) -> Line:
        return Line(self.socket)

    @property
    def process(self) -> str:
        """The daemon's process, as the device counts them; 0: none."""
        return self.machine.properties("MainPID")["MainPID"]

    def is_heard(self) -> bool:
        """Whether its card has heard anything yet."""
        return bool(self.card.recording()[1].any())

    def is_restarted(self) -> bool:
        """Whether the daemon is ready after it was started again, by systemd itself."""
        state = self.machine.properties("ActiveState", "NRestarts")
        return state["ActiveState"] == "active" and int(state["NRestarts"]) > 0

    def speaks(self, text: str) -> None:
        """Has a user say something, and looks whether the card heard it to its end, and nothing else after it."""
        with self.connect() as line:
            made = np.frombuffer(line.synthesize(text), np.int16)  # kept as a phrase, so that it sounds the same again
        before = self.card.recording()[1].size
        self.machine.run("melo-edge", "say", "--wait", text, user="ann")
        heard = self.card.recording()[1][before:]
        assert made.size > 0
        assert np.array_equal(heard[: made.size], made)
        assert not heard[made.size :].any()


class Installed(NamedTuple):
    """A device on whose disk melo-edge was installed, switched off."""

    disks: tuple[Path, ...]
    """To lay another over."""
    before: Snapshot
    """Its files, users and groups before that."""
    said: str
    """What install.sh printed."""


class ByRelease(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist carries no types of it
    """Tests of one release share what was installed, so one process has them all.

    pytest-xdist's own groups are no help: 3.8 names them where pytest 9.2 no longer looks.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((release for release in RELEASES if f"[{release}" in nodeid), nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByRelease:
    return ByRelease(config, log)


@pytest.fixture(scope="session", params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """The release of Debian that is on the device, by its name."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def measured() -> Iterator[dict[str, Any]]:
    """What the tests measure on the way, for docs/device.md. A run of some of them leaves what others measured."""
    found: dict[str, Any] = {}
    yield found
    FACTS.parent.mkdir(exist_ok=True)
    with FACTS.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process of the same run writes what it measured
        before = json.loads(FACTS.read_text(encoding="utf-8")) if FACTS.exists() else {}
        FACTS.write_text(json.dumps(_merged(before, found), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _merged(before: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    both = before.keys() & found.keys()
    return before | found | {
        name: _merged(before[name], found[name])
        for name in both
        if isinstance(before[name], dict) and isinstance(found[name], dict)
    }


@pytest.fixture(scope="session")
def facts(measured: dict[str, Any], release: str) -> dict[str, Any]:
    """What is measured on this release."""
    found: dict[str, Any] = measured.setdefault(release, {})
    return found


@pytest.fixture(scope="session")
def hardware(recorder_plugin: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A disk with a driver for the recording card, and nothing else."""
    disk = tmp_path_factory.mktemp("hardware")
    driver = disk / PLUGIN.lstrip("/")
    driver.parent.mkdir(parents=True)
    shutil.copy(recorder_plugin, driver)
    (disk / "etc").mkdir()
    (disk / "etc" / "asound.conf").write_text(ASOUND_CONF)
    for folder in disk.rglob("*"):
        folder.chmod(0o755)
    return disk


@pytest.fixture(scope="session")
def empty_device(release: str, hardware: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The disks of a device that has nothing of ours, and which was seen to boot here."""
    if os.geteuid() != 0:
        pytest.skip("!!! THE DEVICE IS NOT TESTED: booting a container takes root")
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        pytest.skip(f"!!! THE DEVICE IS NOT TESTED: no {', '.join(missing)}; scripts/test_device.sh installs them")
    machine = None
    try:
        disks = (hardware, debian.root(release))
        machine = Machine(tmp_path_factory.mktemp("probe"), *disks)
        machine.boot()
        machine.run("true")
        machine.power_off()
    except debian.UnavailableError as error:
        pytest.skip(f"!!! THE DEVICE IS NOT TESTED: {error}")
    finally:
        if machine is not None:
            machine.destroy()
    return disks


@pytest.fixture(scope="session")
def archive(empty_device: tuple[Path, ...], request: pytest.FixtureRequest) -> Path:
    """The one file to carry over. Only when there is a device: building it takes a minute."""
    built: Built = request.getfixturevalue("built")
    return built.archive


@pytest.fixture(scope="session")
def installed(
    empty_device: tuple[Path, ...], archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installed]:
    binds = {CARD: Card(tmp_path_factory.mktemp("card")).folder, USB: archive.parent}
    machine = Machine(tmp_path_factory.mktemp("installed"), *empty_device, binds=binds)
    try:
        machine.boot()
        machine.run("adduser", "--quiet", "--disabled-password", "--gecos", "", "ann")
        machine.run("adduser", "--quiet", "--disabled-password", "--gecos", "", "bob")
        before = Snapshot.of(machine)
        machine.run("mkdir", "/var/tmp/archive")
        machine.run("tar", "-C", "/var/tmp/archive", "-xf", f"{USB}/{archive.name}")
        said = machine.run("sh", "-c", "/var/tmp/archive/*/install.sh")
        machine.run("adduser", "--quiet", "ann", "melo-edge")
        machine.run("rm", "-r", "/var/tmp/archive")
        machine.power_off()
        yield Installed((machine.disk, *empty_device), before, said)
    finally:
        machine.destroy()


@pytest.fixture
def device(
    installed: Installed, archive: Path, melo_bundle: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Device]:
    """A device of the test's own, with melo-edge installed, that has just booted: nobody has asked it for anything."""
    card = Card(tmp_path_factory.mktemp("card"))
    binds = {CARD: card.folder, USB: archive.parent, VOICE: melo_bundle}
    machine = Machine(tmp_path_factory.mktemp("device"), *installed.disks, binds=binds)
    try:
        machine.boot()
        yield Device(machine, card)
    finally:
        machine.destroy()
