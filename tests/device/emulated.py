"""An arm64 device without a network, run by QEMU's user mode: the packages' own files on an emulated processor.

Nothing of the machine that tests is in it but its kernel. It is no boot: that is `tests/vm`.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from deploy.packages import debian, tools
from tests.daemons import Line

if TYPE_CHECKING:
    from typing_extensions import Self

PATIENCE = 900
"""Seconds after which a test gives up; nothing is measured by them."""

CPU = "cortex-a72"
"""The Raspberry Pi 4's: ARMv8.0, neither LSE atomics nor dot products. An instruction of a later one is a SIGILL."""

EMULATOR = Path("usr/bin/qemu-aarch64-static")
COMPILER = "aarch64-linux-gnu-gcc"
PROGRAMS = {
    EMULATOR.name: "qemu-user-static",
    COMPILER: "gcc-aarch64-linux-gnu",
    "/usr/aarch64-linux-gnu/lib/crti.o": "libc6-dev-arm64-cross",
    "mmdebstrap": "mmdebstrap",
}
"""What it takes, programs and what every library begins with, by the Debian packages that have it."""

ISOLATE = ("unshare", "--net", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))
INSIDE = """
for folder in proc sys dev; do mkdir -p "$0/$folder"; mount --rbind "/$folder" "$0/$folder"; done
mkdir -p "$0$1"; mount --bind "$1" "$0$1"; shift
exec chroot "$0" "$@"
"""
"""In a namespace of mounts, which end with its last process."""


class EmulatedDevice:
    """melo-edge's packages and those of Debian that they depend on: unpacked, not configured.

    Args:
        folder: for its root, and for what is shared with it at the same path.
        packages: the files of melo-edge's packages.
        debian: a folder with what they depend on.
    """

    def __init__(self, folder: Path, packages: list[Path], debian: Path) -> None:
        self.root = folder / "root"
        self.shared = folder / "shared"
        self.shared.mkdir()
        tools.run("cp", "-a", "--reflink=auto", debian, self.root)
        for package in packages:
            tools.run("dpkg-deb", "--extract", package, self.root)
        emulator = shutil.which(EMULATOR.name)
        assert emulator is not None
        shutil.copy(emulator, self.root / EMULATOR)
        first, *_ = (self.root / "usr/bin/melo-edge").read_text(encoding="utf-8").splitlines()
        self.python = first.removeprefix("#!").split()
        """What runs its command. QEMU's user mode does not read the first line of a script, as a kernel does."""

    def start(
        self, *command: str | Path, environment: dict[str, str] | None = None, log: Path | None = None
    ) -> subprocess.Popen[str]:
        """Starts a program, by its path on the device; it has no network. What it says goes to the log, or a pipe."""
        enter = [*ISOLATE, "sh", "-ec", INSIDE, self.root, self.shared, f"/{EMULATOR}", "-cpu", CPU]
        settings = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **(environment or {})}
        with contextlib.ExitStack() as stack:
            output = subprocess.PIPE if log is None else stack.enter_context(log.open("w"))
            return subprocess.Popen(
                [*enter, *command], env=settings, stdout=output, stderr=subprocess.STDOUT, text=True
            )

    def run_python(self, *arguments: str | Path, environment: dict[str, str] | None = None) -> str:
        """What melo-edge's Python prints; it must succeed."""
        process = self.start(*self.python, *arguments, environment=environment)
        printed, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, f"{arguments} ended with status {process.returncode}:\n{printed}"
        return printed


class EmulatedDaemon:
    """`melo-edge serve` with a socket of systemd's to be told when it is ready; killed at the end of the `with`."""

    def __init__(self, device: EmulatedDevice, environment: dict[str, str]) -> None:
        self.socket = device.shared / "tts.sock"
        self._device = device
        self._log = device.shared / "log"
        address = device.shared / "notify"
        self._news = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._news.bind(str(address))
        self._news.settimeout(1)
        serve = (*device.python, "/usr/bin/melo-edge", "serve", "--socket", self.socket)
        self._process = device.start(*serve, environment=environment | {"NOTIFY_SOCKET": str(address)}, log=self._log)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._news.close()

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def ready(self) -> Self:
        """Waits until it says so."""
        for _ in range(PATIENCE):
            with contextlib.suppress(TimeoutError):
                if b"READY=1" in self._news.recv(4096).splitlines():
                    return self
            assert self._process.poll() is None, self.log
        raise AssertionError(self.log)

    def connect(self) -> Line:
        line = Line(self.socket)
        line.socket.settimeout(PATIENCE)
        return line

    def stop(self) -> int:
        """Ends it as systemd does, and returns its exit status."""
        self._process.terminate()
        return self._process.wait(PATIENCE)


def prepare() -> None:
    """Installs what is missing here.

    Raises:
        PackagingError: it cannot be, or a program cannot be isolated on this machine.
    """
    tools.need(PROGRAMS)
    tools.run(*ISOLATE, "true")


def compile_plugin(device: EmulatedDevice, source: Path, plugin: Path) -> None:
    """Compiles a plugin of ALSA's for the device, with the headers that are here: they are of no architecture."""
    library = device.root / "usr/lib/aarch64-linux-gnu/libasound.so.2"
    flags = ("-std=gnu11", "-D_GNU_SOURCE", "-O2", "-fPIC", "-DPIC", "-shared", "-idirafter", "/usr/include")
    tools.run(COMPILER, *flags, "-o", plugin, source, library)


def debian_12(packages: list[Path]) -> Path:
    """A folder with the files of all that `packages` depend on, made once and kept.

    They are unpacked only: no program of theirs need run for that.

    Raises:
        PackagingError: mmdebstrap cannot make it.
    """
    names = ",".join(debian.dependencies("arm64", "bookworm", packages))
    cache = tools.CACHE / "device"
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"arm64-{hashlib.sha256(names.encode()).hexdigest()[:12]}"
    with (cache / "arm64.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # runs side by side make it once
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=cache) as part:
                debian.extract("arm64", "bookworm", names.split(","), Path(part) / "root")
                (Path(part) / "root").rename(folder)
    return folder
