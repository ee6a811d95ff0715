"""What compiled files may need: a Debian 12, and on arm64 a Raspberry Pi 4."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from deploy.packages import elf, oldest_arm
from deploy.packages.tools import PackagingError, need

COUNT = "int count(int *value) { return __atomic_fetch_add(value, 1, __ATOMIC_SEQ_CST); }\n"


def compiled(folder: Path, source: str, *options: str, compiler: str = "gcc", name: str = "library") -> Path:
    text = folder / f"{name}.c"
    text.write_text(source, encoding="utf-8")
    library = folder / f"lib{name}.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", text, *options, "-o", library], cwd=folder, check=True)
    return library


@pytest.fixture
def arm() -> str:
    # The compiler alone links nothing: what begins every library is in the package of the C library.
    compiler, begin = "aarch64-linux-gnu-gcc", "/usr/aarch64-linux-gnu/lib/crti.o"
    need({compiler: "gcc-aarch64-linux-gnu", begin: "libc6-dev-arm64-cross"})
    return compiler


@pytest.mark.parametrize("option", ["-mno-outline-atomics", "-moutline-atomics"])
def test_atomics_of_armv8_0_and_those_that_ask_first_may_be(arm: str, option: str, tmp_path: Path) -> None:
    oldest_arm.refuse_atomics(compiled(tmp_path, COUNT, "-march=armv8-a", option, compiler=arm))


@pytest.mark.parametrize(
    "source",
    [
        COUNT,
        "int swap(int *value) { return __atomic_exchange_n(value, 1, __ATOMIC_SEQ_CST); }",
        "_Bool change(long *value, long *old) { return __atomic_compare_exchange_n(value, old, 1, 0, 5, 5); }",
    ],
)
def test_atomics_that_kill_a_raspberry_pi_4_may_not(arm: str, source: str, tmp_path: Path) -> None:
    library = compiled(tmp_path, source, "-march=armv8.1-a", compiler=arm)
    with pytest.raises(PackagingError, match=r"atomic instruction of ARMv8\.1 at 0x[0-9a-f]+, in (count|swap|change),"):
        oldest_arm.refuse_atomics(library)


def test_the_instruction_is_found_without_names_too(arm: str, tmp_path: Path) -> None:
    library = compiled(tmp_path, COUNT, "-march=armv8.1-a", "-s", "-fvisibility=hidden", compiler=arm)
    with pytest.raises(PackagingError, match="in a nameless function"):
        oldest_arm.refuse_atomics(library)


def test_names_the_debian_packages_of_what_a_library_needs(tmp_path: Path) -> None:
    library = compiled(tmp_path, "#include <math.h>\ndouble f(double x) { return sin(x); }", "-lm")
    assert elf.needed_packages([library]) == ["libc6 (>= 2.36)"]


def test_a_library_that_comes_along_needs_no_package(tmp_path: Path) -> None:
    own = compiled(tmp_path, "int own(void) { return 1; }", "-Wl,-soname,libown.so", name="own")
    user = compiled(tmp_path, "int own(void);\nint use(void) { return own(); }", "-L.", "-lown", name="user")
    assert elf.needed_packages([own, user]) == []
    with pytest.raises(PackagingError, match=r"needs libown\.so"):
        elf.needed_packages([user])


def test_a_library_for_a_newer_debian_is_refused(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    versions.write_text("GLIBC_2.41 { global: *; };\n", encoding="utf-8")
    newer = compiled(tmp_path, "int newer(void) { return 1; }", f"-Wl,--version-script={versions}", name="newer")
    user = compiled(tmp_path, "int newer(void);\nint use(void) { return newer(); }", "-L.", "-lnewer", name="user")
    with pytest.raises(elf.NewerSystemError, match=r"needs GLIBC 2\.41, and Debian 12 has 2\.36"):
        elf.needed_packages([newer, user])


@pytest.mark.parametrize("size", [4096, 16384])
def test_a_library_for_small_pages_of_memory_is_refused(arm: str, size: int, tmp_path: Path) -> None:
    library = compiled(tmp_path, COUNT, f"-Wl,-z,max-page-size={size}", compiler=arm)
    with pytest.raises(PackagingError, match=f"is linked for pages of {size // 1024} KB"):
        elf.refuse_small_pages([library])


def test_a_library_for_pages_of_every_size_may_be(arm: str, tmp_path: Path) -> None:
    elf.refuse_small_pages([compiled(tmp_path, COUNT, compiler=arm)])


def test_programs_are_looked_at_too(arm: str, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    library = compiled(tmp_path, COUNT, compiler=arm)
    program = library.rename(tmp_path / "bin" / "program")
    (tmp_path / "bin" / "script").write_text("#!/bin/sh\n", encoding="utf-8")
    assert elf.compiled(tmp_path) == [program]
