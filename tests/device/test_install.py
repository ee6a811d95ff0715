"""From one file to a device that boots speaking, and back to one that has nothing of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from edge import cpu
from tests.device.conftest import Device, Installed
from tests.device.files import Snapshot

HIGHEST_EXPOSURE = 2.0


def test_ready_by_itself_after_a_boot(device: Device, facts: dict[str, Any]) -> None:
    state = device.machine.properties("ActiveState", "NRestarts", "StatusText", "ActiveEnterTimestampMonotonic")
    assert (state["ActiveState"], state["NRestarts"]) == ("active", "0")
    assert state["StatusText"] == "Speaking as joe"
    booted = device.machine.properties("UserspaceTimestampMonotonic", unit=None)["UserspaceTimestampMonotonic"]
    facts["machine"] = f"{cpu.model()}, {cpu.cores()} cores"
    facts["boot_to_ready_seconds"] = (int(state["ActiveEnterTimestampMonotonic"]) - int(booted)) / 1e6


def test_nothing_on_the_device_has_failed(device: Device) -> None:
    assert device.machine.run("systemctl", "is-system-running").strip() == "running"


def test_hardened(device: Device, facts: dict[str, Any]) -> None:
    told = device.machine.run("systemd-analyze", "security", "--no-pager", "melo-edge.service")
    exposure = float(re.findall(r"Overall exposure level.*?: ([\d.]+)", told)[0])
    facts["exposure"] = exposure
    assert exposure <= HIGHEST_EXPOSURE


def test_the_daemon_can_change_no_program_and_no_voice(device: Device) -> None:
    for folder in ("/usr/bin", "/usr/lib/melo-edge", "/etc/melo-edge", "/var/lib/melo-edge/voices"):
        touched = device.machine.attempt("nsenter", f"--target={device.process}", "--mount", "touch", f"{folder}/new")
        assert "Read-only file system" in touched.stdout


def test_the_daemon_has_no_network(device: Device) -> None:
    interfaces = device.machine.run("nsenter", f"--target={device.process}", "--net", "cat", "/proc/net/dev")
    assert re.findall(r"(\w+):", interfaces) == ["lo"]
    assert Path(f"/proc/{device.machine.leader}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()


def test_what_it_takes(device: Device, archive: Path, facts: dict[str, Any]) -> None:
    facts["archive_bytes"] = archive.stat().st_size
    facts["package_bytes"] = {file.name.split("_")[0]: file.stat().st_size for file in archive.parent.glob("*.deb")}
    shown = device.machine.run("dpkg-query", "--show", "--showformat=${Package} ${Installed-Size}\n", "melo-edge*")
    sizes = dict(line.split() for line in shown.splitlines())
    facts["installed_bytes"] = {name: 1024 * int(kilobytes) for name, kilobytes in sizes.items()}
    device.speaks("How much memory does this take?")
    with device.connect() as line:
        facts["resident_bytes"] = line.ask("status", "status")["resident_bytes"]
    facts["memory_max_bytes"] = int(device.machine.properties("MemoryMax")["MemoryMax"])
    assert facts["resident_bytes"] < facts["memory_max_bytes"]


def test_installed_again_nothing_changes(device: Device, archive: Path) -> None:
    process = device.process
    machine = device.machine
    machine.run("mkdir", "/var/tmp/archive")
    machine.run("tar", "-C", "/var/tmp/archive", "-xf", f"/media/usb/{archive.name}")
    before = Snapshot.of(machine)
    machine.run("sh", "-c", "/var/tmp/archive/*/install.sh")
    assert Snapshot.of(machine).difference(before) == []
    assert device.process == process


def test_without_a_voice_nothing_waits_and_the_first_one_is_spoken_with(device: Device) -> None:
    machine = device.machine
    machine.run("melo-edge", "bundle", "remove", "joe")
    machine.power_off()
    machine.boot()
    assert machine.properties("ActiveState", "NRestarts") == {"ActiveState": "inactive", "NRestarts": "0"}
    assert machine.run("systemctl", "is-system-running").strip() == "running"
    refused = machine.attempt("melo-edge", "say", "Hello?", user="ann")
    assert refused.returncode == 1
    assert "No daemon answers" in refused.stdout
    machine.run("melo-edge", "bundle", "install", "/media/voice")
    device.speaks("¿Me oyes?")


def test_the_settings_are_read_again_without_a_restart(device: Device) -> None:
    process = device.process
    device.machine.write("/etc/melo-edge/config.toml", "max_text = 10\n")
    device.machine.run("systemctl", "reload", "melo-edge.service")

    def is_limited() -> bool:
        refused = device.machine.attempt("melo-edge", "say", "This is too long.", user="ann")
        return refused.returncode == 1 and "the limit is 10" in refused.stdout

    device.machine.until(is_limited, "the new setting holds")
    assert device.process == process


def test_purged_nothing_is_left(device: Device, installed: Installed) -> None:
    device.speaks("These are my last words.")
    device.machine.run("apt-get", "-y", "-qq", "autoremove", "--purge", "melo-edge")
    assert Snapshot.of(device.machine).difference(installed.before) == []
