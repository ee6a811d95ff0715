"""A virtual computer, emulated by QEMU down to its sound card: nothing in it knows that it is tested."""

from __future__ import annotations

import itertools
import os
import select
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tests.vm.computers import Computer
from tests.vm.image import Image

if TYPE_CHECKING:
    from typing_extensions import Self

PATIENCE = 3600
"""Seconds after which a command in the machine, or its boot, is given up. Nothing is measured by them."""

MEMORY_MB = 1024
"""Of the smallest computer that melo-edge is for, a Raspberry Pi with 1 GB."""

# One instruction is one nanosecond of the machine's own time, whatever else this one does: its clocks, its time-outs
# and its sound card's pace are those of a computer with one core of 10^9 instructions a second. No KVM: not every
# machine has it, and nothing would say how fast it is.
EMULATION = ("-accel", "tcg,thread=single", "-icount", "shift=0", "-rtc", "clock=vm", "-smp", "1")

SOUND_CARD = ("-device", "qemu-xhci", "-device", "usb-audio,audiodev=card")


class Machine:
    """Boots a copy of `image`, in `folder`; powered off at the end of the `with`.

    Args:
        computer: what it is.
        image: what is on its disk.
        stick: a file that it finds as its second disk, /dev/vdb, read-only.
        folder: for its disk, what its card played (`card.wav`) and its kernel's messages (`console`).
    """

    def __init__(self, computer: Computer, image: Image, stick: Path, folder: Path) -> None:
        self.recording = folder / "card.wav"
        self._console = folder / "console"
        self._marks = itertools.count()
        disk = folder / "disk"
        subprocess.run(["cp", "--sparse=always", image.disk, disk], check=True)
        kernel = f"root=/dev/vda rw quiet console={computer.console}"
        self._qemu = subprocess.Popen(
            [
                *("setpriv", "--pdeathsig=KILL"),  # however the tests end, it is switched off
                *computer.emulator,
                *EMULATION,
                *("-m", str(MEMORY_MB), "-nodefaults", "-display", "none", "-serial", f"file:{self._console}"),
                *("-kernel", image.kernel, "-initrd", image.initrd, "-append", kernel),
                *disk_drive("vda", disk),
                *disk_drive("vdb", stick, "readonly=on"),
                *("-audiodev", f"wav,id=card,path={self.recording},out.frequency=48000", *SOUND_CARD),
                *("-chardev", "stdio,id=shell,signal=off", "-device", "virtio-serial-pci"),
                *("-device", "virtserialport,chardev=shell,name=shell"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._qemu.kill()
        self._qemu.wait()

    @property
    def console(self) -> str:
        return self._console.read_text(encoding="utf-8", errors="replace")

    def booted(self) -> Self:
        """Waits until it has booted, and asserts that nothing failed to start."""
        self._until("shell\n")
        state = self.run("systemctl is-system-running --wait || systemctl --failed --no-legend --plain")
        assert state == "running\n", state + self.console
        return self

    def reboot(self) -> None:
        self._send("systemctl reboot\n")
        self.booted()

    def power_off(self) -> None:
        """Ends it in order, which completes the recording."""
        self._send("systemctl poweroff\n")
        self._qemu.wait(PATIENCE)

    def run(self, command: str) -> str:
        """What a shell command prints; it must succeed."""
        mark = f"<{next(self._marks)}>"
        self._send(f"{{ {command}\n}} </dev/null; echo '{mark}'$?\n")
        printed = self._until(mark)
        status = self._until("\n").strip()
        assert status == "0", f"{command!r} ended with status {status}:\n{printed}"
        return printed

    def _send(self, line: str) -> None:
        assert self._qemu.stdin is not None
        self._qemu.stdin.write(line.encode())

    def _until(self, mark: str) -> str:
        """What the machine sends in front of `mark`."""
        assert self._qemu.stdout is not None
        received = bytearray()
        deadline = time.monotonic() + PATIENCE
        while not received.endswith(mark.encode()):
            readable, _, _ = select.select([self._qemu.stdout], [], [], max(0.0, deadline - time.monotonic()))
            assert readable, f"no {mark!r} in {PATIENCE} s, only {received.decode()!r}\n{self.console}"
            # One byte, so that nothing behind the mark is taken with it.
            byte = os.read(self._qemu.stdout.fileno(), 1)
            assert byte, f"the machine ended in front of {mark!r}\n{self.console}"
            received += byte
        return received.decode(errors="replace").removesuffix(mark)


def disk_drive(name: str, file: Path, *options: str) -> tuple[str, ...]:
    drive = ",".join((f"file={file}", "if=none", f"id={name}", "format=raw", *options))
    return "-drive", drive, "-device", f"virtio-blk-pci,drive={name}"
