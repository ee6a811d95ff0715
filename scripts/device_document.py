#!/usr/bin/env python3
"""Writes docs/device.md, on standard output, from what the tests of whole devices left in build/."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BUILD = Path(__file__).parents[1] / "build"

RELEASES = {"bookworm": "Debian 12", "trixie": "Debian 13"}

HEAD = """
# On a device

Made by `scripts/device_document.py` from what these commands leave in `build/`; run them again after a change.

- `sudo make test-device` boots Debian 12 and 13 in containers without a network, installs the offline archive and
  breaks things, upgrades one from 12 to 13, and runs the arm64 package, emulated.
- `FAULTS=build/faults.json .venv/bin/python -m pytest tests/update/test_faults.py` breaks each step of an update.
- `sudo make test-vm` boots Debian 12 and 13 in emulated computers with emulated sound cards.

**No Raspberry Pi was measured.** The container has systemd, Debian's packages and ALSA as a device has, but the kernel,
the processor and the disk of the machine that tests; its sound card is an ALSA plugin that takes sound in real time and
records it. Emulated computers are slower than any device: their times say that it works, not how fast."""

TRIED = """
## What was tried

Raspberry Pi OS 12 and 13 (64-bit) are made from Debian 12 and 13, with a kernel of their own; they were not booted.
Ubuntu 24.04 was not either: its archive could not be reached, so `install.sh` was tried on a Debian that calls itself
so (`tests/deploy/test_installing.py`).

| release | processor | how |
|---|---|---|"""

INSTALLED = """
## Installed

The one archive, by `install.sh`, on a minimal Debian that had nothing of it; then a boot.
"""

RECOVERY = """
## What ended the daemon, and what followed

Each on a device of its own that had just booted. Afterwards a user in the group has it say a sentence, and the card
hears it bit for bit. `RestartSec=5` is in the times.
"""

OTHERS = """
And without a figure: the plug pulled in the middle of a word; a card that comes after the daemon, leaves in the middle
of a sentence and comes back (nothing is lost); a second voice installed, spoken with and gone back from, with a boot in
between; a damaged bundle refused; the plug pulled during an update; a user outside the group refused; `install.sh`
again, which changes nothing; `apt autoremove --purge melo-edge`, which leaves nothing. Each on both releases."""

NOTES = """
## What to know on a Raspberry Pi

- `MemoryMax=` of the unit takes the kernel's memory controller, which the Raspberry Pi's firmware switches off: append
  `cgroup_enable=memory cgroup_memory=1` to the line in `/boot/firmware/cmdline.txt` to have it.
- The log has each utterance as fields: `journalctl -u melo-edge -o verbose MELO_EDGE_OUTCOME=finished` shows
  `MELO_EDGE_UTTERANCE`, `MELO_EDGE_SECONDS` of sound, and `MELO_EDGE_FIRST_AUDIO`, the seconds from the request to the
  first sound, with the outcome `started`. Texts are not in it, unless `log_text` is set.
- Home Assistant: `/usr/share/doc/melo-edge/examples/tcp.conf` opens a port, and says how.
"""

FAULTS = """
## Updates

`melo-edge bundle` was broken at every step that changes something in the store: killed, the power cut (what was not
synced is lost), the disk full. Each time the store was asked what a daemon would speak with: the old voice or the new.

| fault | what was going on | steps | states that followed | old voice | new voice | none |
|---|---|---|---|---|---|---|"""

ARM64 = """
## arm64

The arm64 package with its own Python, torch and operator, emulated as a Raspberry Pi 4's Cortex-A72, against x86-64:
"""

VM = """
## A whole computer, emulated

From the kernel to sound, in QEMU: one core, 1 GB of memory, no network, a USB sound card of 48 kHz. It
is given the archive, installs it, speaks, boots again, and speaks again; no unit may fail. All that the card played is
compared with what the daemon had synthesised before, the first sentence through ALSA's mixer, the second from the bare
card. Not bit for bit, as in the container: on the way 22,050 Hz become 48,000. Converted here as well, each has to be
found in the recording, whole and at its speed, with a correlation of at least 0.999 through the mixer and 0.9999 from
the bare card; a gap of 2 ms or a lost tail of 25 ms brings it below 0.99 (`tests/vm/test_heard.py`). The card may never
run dry.

The seconds are the computer's own, at one instruction a nanosecond: they compare releases, and are no device's.

| what | measured |
|---|---|"""


def main() -> int:
    """Writes what there is; 1 without the device's own tests."""
    device = _read("device.json")
    if not device:
        sys.stderr.write("There is no build/device.json. sudo make test-device makes it.\n")
        return 1
    updates, computer = _read("faults.json"), _read("vm.json")
    parts = [_tried(device, computer), _installed(device), _recovery(device), _faults(updates), _arm64(device)]
    lines = [HEAD, *itertools.chain.from_iterable(parts), *_vm(computer), NOTES]
    sys.stdout.write("\n".join(lines).strip() + "\n")
    return 0


def _read(name: str) -> Any:  # noqa: ANN401  (what JSON holds)
    path = BUILD / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _releases(device: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What was measured on each release that was booted in a container, by its name for people."""
    return {name: device[codename] for codename, name in RELEASES.items() if codename in device}


def _tried(device: dict[str, Any], vm: dict[str, Any] | None) -> list[str]:
    rows = [(name, facts["machine"], "container: all that is below") for name, facts in _releases(device).items()]
    if "upgraded" in device:
        how = "container: upgraded by apt, booted, spoke, changed voices, purged"
        rows.append(("Debian 12, then 13", device["bookworm"]["machine"], how))
    if "arm64_distances" in device:
        rows.append(("Debian 12", "Cortex-A72, emulated", "programs of the arm64 package: the daemon spoke"))
    for computer, page_size in _computers(vm or {}).items():
        release = next(name for codename, name in RELEASES.items() if codename in computer)
        how = f"emulated computer, pages of {page_size // 1024} KB: installed, booted, spoke"
        rows.append((release, _processor(computer), how))
    return [TRIED, *(f"| {' | '.join(row)} |" for row in rows)]


def _computers(vm: dict[str, Any]) -> dict[str, int]:
    """The emulated computers' pages in bytes, by their names in `tests/vm/computers.py`."""
    pages = ": page size, bytes"
    return {name.removesuffix(pages): size for name, size in vm.items() if name.endswith(pages)}


def _processor(computer: str) -> str:
    """Names end with that of a Cortex, but for amd64's."""
    arch, last = computer.partition("-")[0], computer.rpartition("-")[2]
    return f"Cortex-{last.upper()}, emulated" if arch == "arm64" else "x86-64, emulated"


def _installed(device: dict[str, Any]) -> list[str]:
    columns = _releases(device)
    rows = [
        ("boot to READY, from systemd's start", lambda facts: f"{facts['boot_to_ready_seconds']:.1f} s"),
        (
            "resident memory after a sentence; the limit (`MemoryMax`)",
            lambda facts: f"{facts['resident_bytes'] / 1e6:.0f} MB; {facts['memory_max_bytes'] / 1e6:.0f} MB",
        ),
        ("archive", lambda facts: _megabytes(facts["archive_bytes"])),
        ("of it, packages", lambda facts: _sizes(facts["package_bytes"])),
        ("on disk", lambda facts: _sizes(facts["installed_bytes"])),
        ("exposure, of 10 (`systemd-analyze security`)", lambda facts: f"{facts['exposure']}"),
    ]
    table = [(what, *(value(facts) for facts in columns.values())) for what, value in rows]
    return [INSTALLED, *_table(("what", *columns), table)]


def _recovery(device: dict[str, Any]) -> list[str]:
    columns = _releases(device)
    faults = sorted({fault for facts in columns.values() for fault in facts["recovery_seconds"]})
    table = [(fault, *(_seconds(facts, fault) for facts in columns.values())) for fault in faults]
    return [RECOVERY, *_table(("what, and seconds until it was READY again", *columns), table), OTHERS]


def _seconds(facts: dict[str, Any], fault: str) -> str:
    """Not every machine lends a container what a fault takes."""
    return f"{facts['recovery_seconds'][fault]:.0f}" if fault in facts["recovery_seconds"] else "not tried"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def _faults(faults: list[dict[str, Any]] | None) -> list[str]:
    if not faults:
        return []
    rows = [
        f"| {row['fault']} | {row['scenario']} | {row['points']} | {row['states']} | {row['old']} | {row['new']} "
        f"| {row['states'] - row['old'] - row['new']} |"
        for row in faults
        if row["points"]  # nothing is written there, so no full disk is met
    ]
    return [FAULTS, *rows]


def _arm64(device: dict[str, Any]) -> list[str]:
    if "arm64_distances" not in device:
        return []
    parts = ", ".join(f"{part} {distance:.0g}" for part, distance in device["arm64_distances"].items())
    return [
        ARM64,
        f"- each part of joe on the same input, greatest difference: {parts}",
        f"- the whole sentence through the daemon: PESQ {device['arm64_pesq']:.2f} (4.64 is identical)",
    ]


def _vm(vm: dict[str, Any] | None) -> list[str]:
    if not vm:
        return []
    return [VM, *(f"| {name} | {value} |" for name, value in vm.items())]


def _sizes(by_name: dict[str, int]) -> str:
    return "; ".join(f"`{name}` {_megabytes(size)}" for name, size in sorted(by_name.items()))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


if __name__ == "__main__":
    sys.exit(main())
