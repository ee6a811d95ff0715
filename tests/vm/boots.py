"""From the kernel to sound: whole computers, emulated, are given the archive, are switched on again, and speak.

`make test-vm` runs this, and nothing else does: it takes an hour. What it measures goes into `build/vm.json`. Its
seconds are the emulated computer's own, at one instruction a nanosecond on one core: they compare releases, and are
those of no real one.
"""

from __future__ import annotations

import base64
import json
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from deploy.packages import tools
from deploy.packages.cli import build
from tests.vm import heard, image
from tests.vm.computers import COMPUTERS, Computer
from tests.vm.machine import Machine

FIGURES = Path(__file__).parents[2] / "build" / "vm.json"

PROGRAMS = {
    "amd64": {"qemu-system-x86_64": "qemu-system-x86"},
    "arm64": {"qemu-system-aarch64": "qemu-system-arm", "qemu-aarch64-static": "qemu-user-static"},
}
ALWAYS = {"mmdebstrap": "mmdebstrap", "mke2fs": "e2fsprogs", "arch-test": "arch-test"}
"""What it takes, by the Debian packages that have it."""

FIRST, SECOND = "The kettle is boiling.", "It is half past four, and nobody is at home."
RATE = 22050
"""Hz, joe's."""
BARE = heard.RATE / RATE
MIXED = 1024 / round(1024 / BARE)
"""How many frames of the card's are one of the voice's: at the card itself, and through ALSA's mixer. That one converts
whole periods of 1024 frames, for which it takes 470 rather than 470.4: what it plays is 0.09 % too slow."""

SOUND_OF = """
import base64, sys
from edge import Client
with Client() as client:
    sound = b"".join(event.payload for event in client.synthesize(sys.argv[1]))
sys.stdout.write(base64.b64encode(sound).decode())
"""
PYTHON = "/usr/lib/melo-edge/bin/python3 -I"

Pcm = npt.NDArray[np.int16]


class Life(NamedTuple):
    """What was seen of a computer from its first boot until it was switched off."""

    computer: Computer
    page_size: int
    """Bytes, as the computer says."""
    services: dict[str, str]
    """What systemd says of melo-edge.service after the second boot."""
    networks: list[str]
    spoken: dict[str, Pcm]
    """The sounds that it made of the texts that it was to say, one before and one after the second boot."""
    recording: Path
    """All that its card played."""
    underruns: int


@pytest.fixture(scope="module")
def figures() -> Iterator[dict[str, float]]:
    """What is measured on the way; the file keeps what earlier runs measured of other computers."""
    measured: dict[str, float] = {}
    yield measured
    before = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(before | measured, indent=1, sort_keys=True) + "\n", encoding="utf-8")


@pytest.fixture(scope="module", params=COMPUTERS, ids=lambda computer: computer.name)
def life(
    request: pytest.FixtureRequest,
    joe_bundle: Path,
    figures: dict[str, float],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Life]:
    computer: Computer = request.param
    tools.need(PROGRAMS[computer.arch] | ALWAYS)
    folder = tmp_path_factory.mktemp(computer.name)
    archive = build(computer.arch, [joe_bundle], folder)[-1]
    with Machine(computer, image.debian(computer), archive, folder) as machine:
        machine.booted()
        page_size = int(machine.run("getconf PAGESIZE"))
        installed = _install(machine)
        spoken = {FIRST: _say(machine, FIRST)}
        first = _status(machine)
        # The card itself, which plays 48 kHz only, rather than ALSA's mixer, which converts.
        machine.run("echo 'device = \"hw:0,0\"' >/etc/melo-edge/config.toml")
        machine.reboot()
        services = _properties(machine)
        networks = machine.run("ls /sys/class/net").split()
        spoken[SECOND] = _say(machine, SECOND)
        status = _status(machine)
        machine.power_off()
    name, ready = computer.name, int(services["ActiveEnterTimestampMonotonic"]) / 1e6
    figures |= {
        f"{name}: install.sh, seconds": round(installed, 1),
        f"{name}: from the kernel to READY, seconds": round(ready, 1),
        f"{name}: from `say` to the first sound of a known phrase, seconds": first["first_audio_seconds"]["mean"],
        f"{name}: real-time factor": status["real_time_factor"],
        f"{name}: resident memory, MB": round(status["resident_bytes"] / 1e6),
        f"{name}: page size, bytes": page_size,
    }
    underruns = first["underruns"] + status["underruns"]
    yield Life(computer, page_size, services, networks, spoken, machine.recording, underruns)
    shutil.rmtree(folder)


def _install(machine: Machine) -> float:
    """As a person does who has carried the archive over; returns how many seconds it took."""
    machine.run("mkdir /root/archive && tar -x -f /dev/vdb -C /root/archive --strip-components=1")
    begun = _now(machine)
    machine.run("/root/archive/install.sh 2>&1")
    return _now(machine) - begun


def _say(machine: Machine, text: str) -> Pcm:
    """Has a text said, and returns its sound when it was heard.

    It is synthesised before and then in the phrase cache: a core of 10^9 instructions a second makes a sound in little
    less time than it lasts, so that the daemon's first guesses of its pace may be too good, and this judges the way to
    the card.
    """
    encoded = machine.run(f"{PYTHON} -c {shlex.quote(SOUND_OF)} {shlex.quote(text)}")
    machine.run(f"melo-edge say --wait {shlex.quote(text)} 2>&1")
    return np.frombuffer(base64.b64decode(encoded), np.int16)


def _now(machine: Machine) -> float:
    return float(machine.run("cut -d ' ' -f 1 /proc/uptime"))


def _properties(machine: Machine) -> dict[str, str]:
    names = "ActiveState,NRestarts,ActiveEnterTimestampMonotonic"
    shown = machine.run(f"systemctl show --property {names} melo-edge.service")
    return dict(line.split("=", 1) for line in shown.splitlines())


def _status(machine: Machine) -> dict[str, Any]:
    status: dict[str, Any] = json.loads(machine.run("melo-edge status --json"))
    return status


def test_has_no_network(life: Life) -> None:
    assert life.networks == ["lo"]


def test_is_ready_by_itself_after_a_boot(life: Life) -> None:
    assert (life.services["ActiveState"], life.services["NRestarts"]) == ("active", "0")


def test_its_pages_are_as_large_as_its_kernel_is_built_for(life: Life) -> None:
    assert life.page_size == life.computer.page_size


def test_what_it_says_is_heard_through_alsas_mixer(life: Life, figures: dict[str, float]) -> None:
    correlation = _found(life, FIRST, MIXED).correlation
    figures[f"{life.computer.name}: correlation of what is heard, through the mixer"] = round(correlation, 4)
    assert correlation >= 0.999


def test_what_it_says_is_heard_from_the_bare_card(life: Life, figures: dict[str, float]) -> None:
    correlation = _found(life, SECOND, BARE).correlation
    figures[f"{life.computer.name}: correlation of what is heard, from the bare card"] = round(correlation, 4)
    assert correlation >= 0.9999


def test_the_card_never_ran_dry(life: Life) -> None:
    assert life.underruns == 0


def _found(life: Life, text: str, factor: float) -> heard.Found:
    return heard.find(heard.resampled(life.spoken[text], factor), heard.recorded(life.recording))
