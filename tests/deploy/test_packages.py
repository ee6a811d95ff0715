"""What a device installs: what is in the packages and their archive, and that a device gets nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.packages import archive, program, source
from edge.voice import open_bundle
from tests.packages import Built, arch

SITE = "usr/lib/melo-edge/lib/python3.11/site-packages"


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


def test_run_with_debians_python_and_what_only_debian_has() -> None:
    assert {"python3 (>= 3.11)", "python3 (<< 3.12)", "python3-pyaudio", "python3-systemd"} < set(program.DEBIAN)


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


def test_what_a_device_runs_is_compiled_already(unpacked: Path) -> None:
    for module in (unpacked / SITE).rglob("*.py"):
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
        path.name for path in carried.iterdir() if path.name != "SHA256SUMS"
    )


def test_the_archive_holds_the_packages(carried: Path, built: Built) -> None:
    for package in (built.program, built.voice):
        assert (carried / package.name).read_bytes() == package.read_bytes()


def test_the_archive_holds_debians_packages_for_the_device(carried: Path, built: Built) -> None:
    names = {file.name.split("_")[0] for file in carried.glob("*.deb")}
    assert {"python3-pyaudio", "libportaudio2", "libespeak-ng1", "espeak-ng-data", "python3.11"} < names
    assert not {"libc6", "dpkg", "systemd"} & names, "every device has them"
    assert {archive.field(file, "Architecture") for file in carried.glob("*.deb")} <= {"all", arch()}


def test_apts_index_lists_every_package(carried: Path) -> None:
    listed = re.findall(r"^Filename: \./(.+)$", (carried / "Packages").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(file.name for file in carried.glob("*.deb"))


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
    for file in carried.iterdir():
        if file.suffix == ".deb":
            os.link(file, folder / file.name)
        else:
            shutil.copy(file, folder)
    _program(tmp_path / "apt-get", "echo apt-get must not be called; exit 9")
    return folder


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
def test_refuses_another_debian(device: Path) -> None:
    release = device.parent / "os-release"
    release.write_text("ID=debian\nVERSION_CODENAME=trixie\n", encoding="utf-8")
    inside = f'mount --bind {release} /etc/os-release && exec "$0"'
    said = refusal(device, "unshare", "--mount", "sh", "-c", inside)
    assert "for Debian 12 (bookworm) with its Python 3.11, and this system is trixie." in said


@needs_root
def test_refuses_a_file_that_changed_on_the_way(device: Path) -> None:
    with (device / "Packages").open("a", encoding="utf-8") as index:
        index.write("\n")
    _program(device.parent / "dpkg", f"echo {arch()}")
    release = device.parent / "os-release"
    release.write_text("VERSION_CODENAME=bookworm\n", encoding="utf-8")
    inside = f'mount --bind {release} /etc/os-release && exec "$0"'
    said = refusal(device, "unshare", "--mount", "sh", "-c", inside)
    assert "a file is not what it was when the archive was made. Copy the archive again." in said
