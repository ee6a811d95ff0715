"""What a device installs: what is in the packages and their archive, and that a device gets nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.packages import archive, debian, program, source, tools
from edge.voice import open_bundle
from tests.packages import Built, arch

pytestmark = pytest.mark.slow

HOME = "usr/lib/melo-edge"
SITE = f"{HOME}/lib/python3.11/dist-packages"


def say(*command: str | Path, folder: Path | None = None) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="session")
def unpacked(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A device's root with both packages' files and control files in it, and nothing else."""
    root = tmp_path_factory.mktemp("unpacked")
    for package in (built.program, built.voice):
        say("dpkg-deb", "--raw-extract", package, root)
        (root / "DEBIAN").rename(root / f"{package.name}.control")
    yield root
    shutil.rmtree(root)  # half a gigabyte


@pytest.fixture(scope="session")
def carried(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive, unpacked as on a device."""
    folder = tmp_path_factory.mktemp("carried")
    say("tar", "-xf", built.archive, "-C", folder)
    [inside] = folder.iterdir()
    return inside


# --- The packages ------------------------------------------------------------------------------------


def test_needs_no_python_of_the_system(built: Built) -> None:
    assert "python" not in archive.field(built.program, "Depends")


def test_needs_a_library_under_whichever_name_a_release_has_it(built: Built) -> None:
    depends = archive.field(built.program, "Depends").split(", ")
    assert {"libc6 (>= 2.36)", "libssl3t64 | libssl3", "libportaudio2", "libsystemd0"} <= set(depends)


def test_brings_a_python_that_looks_nowhere_else(unpacked: Path) -> None:
    where = "import sys; print(*sys.path, sys.prefix, sep='\\n')"
    said = say(unpacked / HOME / "bin/python3", "-I", "-c", where).splitlines()
    assert [path for path in said if not path.startswith(str(unpacked / HOME))] == []


@pytest.mark.parametrize("module", ["pyaudio", "systemd.daemon", "systemd.journal", "sqlite3", "ssl", "ctypes", "lzma"])
def test_its_python_can_import(unpacked: Path, module: str) -> None:
    say(unpacked / HOME / "bin/python3", "-I", "-c", f"import {module}")


def test_its_python_has_every_module_that_is_imported(unpacked: Path) -> None:
    """By the program's own modules; edge.build alone is for machines where bundles are built."""
    modules = [path.relative_to(unpacked / SITE).with_suffix("") for path in (unpacked / SITE / "edge").rglob("*.py")]
    used = [module for module in sorted(modules) if "build" not in module.parts and module.name != "__main__"]
    names = [".".join(module.parts).removesuffix(".__init__") for module in used]
    program = f"import importlib\nfor name in {names}:\n    importlib.import_module(name)"
    say(unpacked / HOME / "bin/python3", "-I", "-c", program)


def test_tells_whose_python_it_is(built: Built, unpacked: Path) -> None:
    sources = archive.field(built.program, "Built-Using")
    copyright_file = (unpacked / "usr/share/doc/melo-edge/copyright").read_text(encoding="utf-8")
    for name in ("python3.11", "python-pyaudio", "python-systemd"):
        [version] = re.findall(rf"{re.escape(name)} \(= (\S+)\)", sources)
        assert f"{name} (= {version})" in copyright_file
    assert "PSF" in (unpacked / "usr/share/doc/melo-edge/copyright.python3.11").read_text(encoding="utf-8")


def test_a_voice_comes_with_a_program_that_can_speak_it(built: Built) -> None:
    version = archive.field(built.program, "Version")
    assert archive.field(built.voice, "Depends") == f"melo-edge (>= {version})"
    assert archive.field(built.voice, "Architecture") == "all"


def test_holds_the_program_and_its_units(unpacked: Path) -> None:
    for name in (
        "usr/bin/melo-edge",
        "usr/lib/systemd/system/melo-edge.service",
        "usr/lib/systemd/system/melo-edge.socket",
        "usr/lib/sysusers.d/melo-edge.conf",
        "usr/lib/tmpfiles.d/melo-edge.conf",
        "usr/share/doc/melo-edge/copyright",
    ):
        assert (unpacked / name).is_file(), name


def test_holds_the_voice_as_it_was_built(unpacked: Path, joe_bundle: Path) -> None:
    with open_bundle(unpacked / "usr/share/melo-edge/voices/joe") as packed, open_bundle(joe_bundle) as voice:
        assert packed.manifest == voice.manifest


def test_holds_nothing_that_no_device_uses(unpacked: Path) -> None:
    site = unpacked / SITE
    assert not [path for path in site.rglob("*") if path.suffix in {".a", ".cpp", ".h", ".pyi"}]
    assert not (site / "torch/include").exists()
    assert not (site / "numpy/tests").exists()


def test_no_link_leads_to_a_python_of_the_system(unpacked: Path) -> None:
    links = [path for path in (unpacked / HOME).rglob("*") if path.is_symlink()]
    assert [path for path in links if path.readlink().is_absolute() or not path.exists()] == []


def test_what_a_device_runs_is_compiled_already(unpacked: Path) -> None:
    for module in (unpacked / HOME).rglob("*.py"):
        compiled = module.parent / "__pycache__" / f"{module.stem}.cpython-311.pyc"
        assert compiled.exists(), module
        # Never compared with the source, which has another date on the device. Source: PEP 552.
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == 0b01, module


def test_belongs_to_root_and_only_root_may_write(built: Built) -> None:
    for package in (built.program, built.voice):
        for line in say("dpkg-deb", "--contents", package).splitlines():
            mode, owner = line.split()[:2]
            assert owner == "root/root", line
            assert mode[0] == "l" or re.fullmatch(r"[-d]rw[-x]r-[-x]r-[-x]", mode), line


def test_dpkg_can_verify_every_file(unpacked: Path) -> None:
    for sums in unpacked.glob("*.control/md5sums"):
        assert say("md5sum", "--check", "--quiet", sums, folder=unpacked) == ""
    listed = [line for sums in unpacked.glob("*.control/md5sums") for line in sums.read_text().splitlines()]
    files = [path for path in unpacked.glob("usr/**/*") if path.is_file() and not path.is_symlink()]
    assert len(listed) == len(files)


def test_everything_is_dated_alike(built: Built) -> None:
    for package in (built.program, built.voice):
        unpack = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE)
        with unpack as files, tarfile.open(fileobj=files.stdout, mode="r|") as tar:
            assert len({member.mtime for member in tar}) == 1


def test_two_builds_give_the_same_bytes(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = int(tarfile.open(built.archive).next().mtime)  # type: ignore[union-attr]  # noqa: SIM115  (not empty)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    umask = os.umask(0o077)
    try:
        again = program.build(arch(), archive.field(built.program, "Version"), moment, tmp_path)
    finally:
        os.umask(umask)
    assert again.name == built.program.name
    assert again.read_bytes() == built.program.read_bytes()


def test_a_later_commit_is_newer_and_a_release_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_is_release", lambda: False)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    earlier = source.version()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000001")
    later = source.version()
    monkeypatch.setattr(source, "_is_release", lambda: True)
    for older, newer in ((earlier, later), (later, source.version())):
        say("dpkg", "--compare-versions", older, "lt", newer)


@pytest.mark.parametrize("name", ["melo-edge.postinst", "melo-edge.prerm", "melo-edge.postrm"])
def test_maintainer_scripts_are_a_shells(name: str) -> None:
    say("sh", "-n", Path("deploy/debian") / name)


# --- The archive -------------------------------------------------------------------------------------


def test_the_archive_is_whole(carried: Path) -> None:
    assert say("sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS", folder=carried) == ""
    sums = (carried / "SHA256SUMS").read_text(encoding="utf-8")
    assert sorted(line.split("  ")[1] for line in sums.splitlines()) == sorted(
        str(path.relative_to(carried)) for path in carried.rglob("*") if path.is_file() and path.name != "SHA256SUMS"
    )


def test_the_archive_holds_the_packages(carried: Path, built: Built) -> None:
    for package in (built.program, built.voice):
        assert (carried / package.name).read_bytes() == package.read_bytes()


@pytest.mark.parametrize(("suite", "alsa"), [("bookworm", "libasound2"), ("trixie", "libasound2t64")])
def test_the_archive_holds_debians_packages_for_the_device(carried: Path, suite: str, alsa: str) -> None:
    packages = list((carried / suite).glob("*.deb"))
    names = {file.name.split("_")[0] for file in packages}
    assert {alsa, "libportaudio2", "libespeak-ng1", "espeak-ng-data"} < names
    assert not {"libc6", "dpkg", "systemd"} & names, "every device has them"
    assert not [name for name in names if "python" in name]
    assert {archive.field(file, "Architecture") for file in packages} <= {"all", arch()}


def test_apts_indices_list_every_package(carried: Path) -> None:
    for folder in (carried, *(carried / suite for suite in debian.SUITES)):
        listed = re.findall(r"^Filename: \./(.+)$", (folder / "Packages").read_text(encoding="utf-8"), re.MULTILINE)
        assert sorted(listed) == sorted(file.name for file in folder.glob("*.deb"))


def test_the_archive_says_nothing_of_where_it_was_made(built: Built) -> None:
    with tarfile.open(built.archive) as tar:
        members = tar.getmembers()
    assert {(member.uid, member.gid, member.uname, member.gname) for member in members} == {(0, 0, "root", "root")}
    assert len({member.mtime for member in members}) == 1
    assert [member.name for member in members] == sorted(member.name for member in members)


# --- The installer says no ----------------------------------------------------------------------------


@pytest.fixture
def device(carried: Path, tmp_path: Path) -> Path:
    """A folder with the archive's small files, and no apt-get that could install anything here."""
    folder = tmp_path / "device"
    folder.mkdir()
    shutil.copytree(carried, folder, copy_function=_linked, dirs_exist_ok=True)
    _program(tmp_path / "apt-get", "echo apt-get must not be called; exit 9")
    return folder


def _linked(source: str, target: str) -> None:
    if source.endswith(".deb"):
        os.link(source, target)
    else:
        shutil.copy(source, target)


def _program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def refusal(device: Path, *command: str | Path) -> str:
    """What `install.sh` says when it refuses."""
    path = f"{device.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [*command, device / "install.sh"], env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "must not be called" not in done.stdout
    return done.stderr


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="INSTALL.SH IS NOT TESTED: that takes root")


@needs_root
def test_refuses_a_user_who_is_not_root(device: Path) -> None:
    text = (device / "install.sh").read_text(encoding="utf-8")  # where this is, another user may not look
    said = refusal(device, "setpriv", "--reuid=65534", "--clear-groups", "sh", "-c", text)
    assert said == f"install.sh: installing takes root's rights. Run: sudo {device}/install.sh\n"


@needs_root
def test_refuses_another_processor(device: Path) -> None:
    _program(device.parent / "dpkg", "echo armhf")
    assert f"these packages are for {arch()}, and this system is armhf." in refusal(device)


@needs_root
@pytest.mark.parametrize("codename", ["bullseye", "jammy", "forky", "unknown"])
def test_refuses_a_release_that_it_does_not_know_and_names_those_that_it_does(device: Path, codename: str) -> None:
    said = refusal_on(device, codename)
    assert f"(bookworm, trixie), and Ubuntu 24.04 (noble), and this system is {codename}." in said


@needs_root
@pytest.mark.parametrize("name", ["Packages", "trixie/Packages"])
def test_refuses_a_file_that_changed_on_the_way(device: Path, name: str) -> None:
    with (device / name).open("a", encoding="utf-8") as index:
        index.write("\n")
    said = refusal_on(device, "bookworm")
    damaged = f"{name} is not what it was when the archive was made (damaged or missing, all in all: 1)."
    assert f"install.sh: {damaged} Copy the archive again.\n" in said


@needs_root
def test_refuses_a_file_that_was_cut_off_on_the_way(device: Path) -> None:
    [package] = device.glob("melo-edge_*.deb")
    content = package.read_bytes()
    package.unlink()  # a link to what all tests have
    package.write_bytes(content[: len(content) // 2])
    shutil.rmtree(device / "trixie")  # an archive that was cut off ends there
    said = refusal_on(device, "trixie").splitlines()
    assert said[-1].startswith(f"install.sh: {package.name} is not what it was when the archive was made")
    assert len(said) <= 2


def refusal_on(device: Path, codename: str) -> str:
    """What `install.sh` says when it refuses a system of that name."""
    _program(device.parent / "dpkg", f"echo {arch()}")
    release = device.parent / "os-release"
    release.write_text(f"VERSION_CODENAME={codename}\n", encoding="utf-8")
    inside = f'mount --bind {release} /etc/os-release && exec "$0"'
    return refusal(device, "unshare", "--mount", "sh", "-c", inside)


def test_what_two_builds_need_at_once_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "CACHE", tmp_path)
    made = []

    def make() -> str:
        with tools.made_once(tmp_path / "folder") as part:
            if part:
                made.append(part)
                time.sleep(0.2)  # long enough that the others come meanwhile
                (part / "file").write_text("whole", encoding="utf-8")
        return (tmp_path / "folder" / "file").read_text(encoding="utf-8")

    with ThreadPoolExecutor(4) as pool:
        assert [future.result() for future in [pool.submit(make) for _ in range(4)]] == ["whole"] * 4
    assert len(made) == 1
