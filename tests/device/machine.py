"""A device without a network: a Debian in a container that boots systemd as a device does.

`systemd-nspawn` boots it: real units, a real journal and real packages on the kernel of the machine that tests.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.device.debian import UnavailableError

BOOT_SECONDS = 120
PATIENCE = 600
"""Seconds after which a test gives up, on a boot and on all else; nothing is measured by them."""

PROGRAMS = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}

CGROUPS = Path("/sys/fs/cgroup")
CONTROLLERS = ("memory", "devices", "cpu", "cpuacct", "pids", "blkio")
"""Of cgroup v1, those that systemd's units use."""

INIT = "/lib/systemd/systemd SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"
"""Debian 13's refuses cgroup v1 without that word, which in a container stands here instead of the kernel's line."""
UNLOCK = f"""
for controller in {" ".join(CONTROLLERS)}; do
    mount -o remount,bind,rw /sys/fs/cgroup/$controller
done 2>/dev/null
exec {INIT}
"""
"""nspawn gives a container cgroup v1's controllers to look at only, and without them MemoryMax= and DeviceAllow= would
be words. Version 2's it may use."""

JOIN = """
while [ "$1" != -- ]; do
    echo $$ >"$1/cgroup.procs"
    shift
done
shift
exec "$@"
"""
"""Runs a command in the cgroups that stand in front of `--`."""


class Machine:
    """One device. Its disk lasts from boot to boot, and is laid over others that stay as they are.

    Args:
        folder: for its disk.
        layers: disks below it, the upper ones first.
        binds: folders of this machine that it sees, by where it sees them.
    """

    def __init__(self, folder: Path, *layers: Path, binds: dict[str, Path] | None = None) -> None:
        self.disk = folder / "disk"
        """What differs from the layers below."""
        self.root = folder / "root"
        """All files, as the device sees them, but for what is mounted there."""
        self.leader = 0
        """The process that is the device's first."""
        self._binds = binds or {}
        self._container: subprocess.Popen[bytes] | None = None
        self._cgroups: list[Path] = []
        work = folder / "work"
        for new in (self.disk, self.root, work):
            new.mkdir(parents=True)
        lower = ":".join(map(str, layers))
        # Without redirect_dir, folders of lower layers could not be renamed.
        options = f"lowerdir={lower},upperdir={self.disk},workdir={work},redirect_dir=on"
        _run("mount", "-t", "overlay", "-o", options, "overlay", self.root)

    def destroy(self) -> None:
        """Pulls the plug and lets go of the disk, which stays in its folder."""
        self.pull_the_plug()
        subprocess.run(["umount", "--lazy", self.root], check=False)

    def boot(self) -> None:
        """Returns when systemd has started all that it was told to.

        Raises:
            UnavailableError: it does not boot.
        """
        self._cgroups = _new_cgroups()
        with _notifications() as (address, news):
            self._container = subprocess.Popen(
                self._command(),
                env=PROGRAMS | {"NOTIFY_SOCKET": address},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            told: dict[str, str] = {}
            deadline = time.monotonic() + BOOT_SECONDS
            while "READY" not in told:
                if self._container.poll() is not None or time.monotonic() > deadline:
                    raise UnavailableError(f"systemd-nspawn does not boot a Debian: {self._last_words()}")
                with contextlib.suppress(TimeoutError):
                    told |= dict(line.split("=", 1) for line in news.recv(4096).decode().splitlines())
        self.leader = int(told["X_NSPAWN_LEADER_PID"])

    def power_off(self) -> None:
        """As the power button does."""
        assert self._container is not None
        self._enter("systemctl", "poweroff", "--no-block")
        self._container.wait(PATIENCE)
        self.pull_the_plug()

    def pull_the_plug(self) -> None:
        if self._container is not None:
            if self.leader and self._container.poll() is None:
                os.kill(self.leader, signal.SIGKILL)  # the kernel ends all others with it
            else:
                self._give_up()
            self._container.wait(PATIENCE)
            self._container, self.leader = None, 0
        for cgroup in self._cgroups:
            _remove_cgroup(cgroup)
        self._cgroups = []

    def run(self, *command: str, user: str = "root", stdin: str = "", check: bool = True) -> str:
        """Runs a command as systemd starts one for that user, and returns what it prints, errors too."""
        done = self.attempt(*command, user=user, stdin=stdin)
        assert not check or done.returncode == 0, f"{command} ended with {done.returncode}: {done.stdout}"
        return done.stdout

    def attempt(self, *command: str, user: str = "root", stdin: str = "") -> subprocess.CompletedProcess[str]:
        """The same, and whether it succeeds."""
        start = ("systemd-run", "--quiet", "--pipe", "--wait", "--collect", f"--uid={user}")
        literal = (word.replace("$", "$$") for word in command)  # systemd 252 always expands variables
        return self._enter(*start, "--", *literal, stdin=stdin)

    def properties(self, *names: str, unit: str | None = "melo-edge.service") -> dict[str, str]:
        """What systemd knows of a unit; None: of itself."""
        shown = self._enter("systemctl", "show", f"--property={','.join(names)}", *filter(None, [unit])).stdout
        return dict(line.split("=", 1) for line in shown.splitlines())

    def journal(self, *matches: str) -> list[dict[str, Any]]:
        """The journal's entries since the disk's first boot, each with all its fields."""
        self._enter("journalctl", "--sync")
        shown = self._enter("journalctl", "--output=json", "--all", "--no-pager", *matches).stdout
        return [json.loads(line) for line in shown.splitlines()]

    def write(self, path: str, text: str) -> None:
        """Writes a file as an administrator does."""
        self.run("sh", "-c", 'mkdir -p "$(dirname "$0")" && cat > "$0"', path, stdin=text)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Waits for something that is to happen on the device."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"{what}: this did not happen\n{self.last_lines()}"
            time.sleep(0.05)

    def last_lines(self) -> str:
        """The end of the journal, to read."""
        return self._enter("journalctl", "--no-pager", "--lines=60", "--output=short-monotonic").stdout

    def _enter(self, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        enter = ["nsenter", f"--target={self.leader}", "--all", "--wd=/", "--", *command]
        return subprocess.run(
            enter,
            input=stdin,
            env=PROGRAMS,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def _command(self) -> list[str | Path]:
        # However the tests end, it is switched off.
        nspawn = ["setpriv", "--pdeathsig=TERM", "systemd-nspawn", "--quiet", "--register=no", "--notify-ready=yes"]
        # From systemd 257 on, two of one name do not run side by side.
        nspawn.append(f"--machine=melo-edge-{secrets.token_hex(4)}")
        if not Path("/run/systemd/system").exists():
            nspawn.append("--keep-unit")  # there is nobody to ask for another
        binds = [f"--bind={here}:{there}" for there, here in self._binds.items()]
        boot = [f"--directory={self.root}", "--private-network", "--console=pipe", "--kill-signal=SIGRTMIN+3", *binds]
        return ["sh", "-c", JOIN, "join", *self._cgroups, "--", *nspawn, *boot, "sh", "-c", UNLOCK]

    def _last_words(self) -> str:
        assert self._container is not None
        self._give_up()
        _, errors = self._container.communicate(timeout=PATIENCE)
        return " ".join(errors.decode(errors="replace").split())[-500:] or "it says nothing"

    def _give_up(self) -> None:
        """Ends a boot: nspawn takes the first SIGTERM for a shutdown, and kills what is still there at the second."""
        assert self._container is not None
        while self._container.poll() is None:
            self._container.terminate()
            time.sleep(0.5)


@contextlib.contextmanager
def _notifications() -> Iterator[tuple[str, socket.socket]]:
    """A socket such as systemd's, to be told by nspawn when the device is up."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as news:
        address = str(Path(folder) / "notify")
        news.bind(address)
        news.settimeout(1)
        yield address, news


def _new_cgroups() -> list[Path]:
    """One for the device in each hierarchy of cgroup v1, where this machine has that: its limits are to be its own.

    All have one name: nspawn takes it that the first two, systemd's own, have the same folders.
    """
    name = f"melo-edge-device-{secrets.token_hex(4)}"
    made = []
    for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
        _, controllers, path = line.split(":", 2)
        hierarchy = controllers.removeprefix("name=") or "unified"
        parent = CGROUPS / hierarchy / path.lstrip("/")
        if hierarchy in {"unified", "systemd", *CONTROLLERS} and (parent / "cgroup.procs").exists():
            (parent / name).mkdir()
            made.append(parent / name)
    return made


def _remove_cgroup(cgroup: Path) -> None:
    """With those that systemd made in it. They are busy until the kernel has done away with the last process."""
    deadline = time.monotonic() + PATIENCE
    for folder in [*sorted((path for path in cgroup.rglob("*") if path.is_dir()), reverse=True), cgroup]:
        while folder.exists() and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                folder.rmdir()
            time.sleep(0.01)


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UnavailableError(f"{command[0]} is not possible here: {' '.join(done.stderr.split())}")
