"""The computers that are emulated: what each is, and which Debian is on its disk."""

from __future__ import annotations

from typing import NamedTuple

ARM64 = ("qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu")


class Computer(NamedTuple):
    name: str
    """What it is called in the tests and in the figures: architecture, release, and what is special about it."""
    arch: str
    """amd64 or arm64, as Debian names it."""
    release: str
    """Debian's, by its code name."""
    kernel: str
    """Debian's package of its kernel."""
    page_size: int
    """Bytes, of that kernel."""
    emulator: tuple[str, ...]
    """QEMU's program, with the options that name board and processor."""
    console: str
    """The kernel's name of its first serial port."""


COMPUTERS = (
    Computer(
        "amd64-bookworm", "amd64", "bookworm", "linux-image-amd64", 4096,
        ("qemu-system-x86_64", "-M", "q35", "-cpu", "max", "-vga", "none"), "ttyS0",
    ),
    # A Raspberry Pi 4's processor, which has no dot product.
    Computer(
        "arm64-bookworm-a72", "arm64", "bookworm", "linux-image-arm64", 4096, (*ARM64, "cortex-a72"), "ttyAMA0"
    ),
    # A Raspberry Pi 5's processor, with pages as large as those of the kernel that it is sold with.
    Computer(
        "arm64-trixie-16k-a76", "arm64", "trixie", "linux-image-arm64-16k", 16384, (*ARM64, "cortex-a76"), "ttyAMA0"
    ),
)
