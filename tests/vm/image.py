"""Debian for a virtual machine: made once from Debian's packages and kept in the user's cache."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import platformdirs

from tests.vm.computers import Computer

PACKAGES = ("systemd-sysv", "udev", "dbus", "alsa-utils", "initramfs-tools", "kmod")
"""What a minimal system with a sound card has before melo-edge comes, besides its kernel."""

SIZE = "5G"
"""Of the disk; a sparse file, of which Debian fills a fifth."""

INITRAMFS_MODULES = ("ext4", "crc32c_generic", "virtio_pci", "virtio_blk")
"""All that is needed to mount the disk; udev loads the rest, the sound card's driver too."""

FILES = {
    # The person at the machine: a root shell on a virtio port, which needs no driver of a terminal and no network.
    "etc/systemd/system/host-shell.service": """\
[Unit]
BindsTo=dev-virtio\\x2dports-shell.device
After=dev-virtio\\x2dports-shell.device
[Service]
ExecStart=/bin/sh -c 'exec <>/dev/virtio-ports/shell >&0 2>&1; echo shell; exec /bin/sh'
[Install]
WantedBy=multi-user.target
""",
    "etc/udev/rules.d/99-host-shell.rules": 'KERNEL=="vport*", TAG+="systemd"\n',
    "etc/hostname": "device\n",
    "etc/initramfs-tools/modules": "\n".join(INITRAMFS_MODULES) + "\n",
    "etc/initramfs-tools/conf.d/list": "MODULES=list\nCOMPRESS=gzip\n",
}
ENABLED = "etc/systemd/system/multi-user.target.wants/host-shell.service"

BINFMT = Path("/proc/sys/fs/binfmt_misc")
BINFMT_RULE = Path("/usr/lib/binfmt.d/qemu-aarch64.conf")


class Image(NamedTuple):
    disk: Path
    """ext4, without partitions."""
    kernel: Path
    initrd: Path


def debian(computer: Computer) -> Image:
    """The image for a computer; the first time this takes minutes, and root."""
    system = (computer.arch, computer.release, computer.kernel)
    digest = hashlib.sha256(repr((system, PACKAGES, SIZE, sorted(FILES.items()))).encode()).hexdigest()[:12]
    folder = platformdirs.user_cache_path("melo-edge") / "vm" / f"{computer.name}-{digest}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for old in folder.parent.glob(f"{computer.name}-*"):
                shutil.rmtree(old)
            part = folder.with_name(f"{folder.name}.part")
            part.mkdir()
            with emulated(computer.arch):
                _make(computer, part)
            part.rename(folder)
    return Image(folder / "disk", folder / "kernel", folder / "initrd")


def _make(computer: Computer, folder: Path) -> None:
    root, files = folder / "root", folder / "files"
    _write(files)
    left_out = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale")]
    packages = ",".join((*PACKAGES, computer.kernel))
    run(
        *("mmdebstrap", "--quiet", f"--arch={computer.arch}", "--mode=root", "--variant=minbase", "--format=directory"),
        # Before the kernel's package makes its initial RAM disk.
        f'--essential-hook=cp -r --no-preserve=ownership "{files}/." "$1/"',
        *("--dpkgopt=force-unsafe-io", *left_out, f"--include={packages}", computer.release, root),
    )
    [kernel], [initrd] = root.glob("boot/vmlinuz-*"), root.glob("boot/initrd.img-*")
    shutil.copy(kernel, folder / "kernel")
    shutil.copy(initrd, folder / "initrd")
    run("mke2fs", "-q", "-t", "ext4", "-d", root, folder / "disk", SIZE)
    shutil.rmtree(root)
    shutil.rmtree(files)


def _write(files: Path) -> None:
    """Puts into a folder what the system has besides Debian's packages."""
    for name, content in FILES.items():
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text(content, encoding="utf-8")
    (files / "var/log/journal").mkdir(parents=True)  # that the journal outlives a reboot
    (files / ENABLED).parent.mkdir(parents=True)
    (files / ENABLED).symlink_to("../host-shell.service")


@contextmanager
def emulated(arch: str) -> Iterator[None]:
    """The kernel runs programs of `arch` inside, as Debian's binfmt-support has it on a machine with systemd."""
    if arch != "arm64":
        yield
        return
    rule, mounted = BINFMT / "qemu-aarch64", (BINFMT / "register").exists()
    if not mounted:
        run("mount", "-t", "binfmt_misc", "binfmt_misc", BINFMT)
    registered = rule.exists()
    if not registered:
        (BINFMT / "register").write_text(BINFMT_RULE.read_text(encoding="latin-1"), encoding="latin-1")
    try:
        yield
    finally:
        if not registered:
            rule.write_text("-1", encoding="ascii")
        if not mounted:
            run("umount", BINFMT)


def run(*command: str | Path) -> None:
    """Runs a program, which must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[0]} failed with status {done.returncode}: {done.stderr[-2000:]}"
