"""The APT repository, as apt itself sees it."""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.packages import debian, repository
from deploy.packages.tools import PackagingError

pytestmark = pytest.mark.slow

SUITE = "trixie"


def debian_package(folder: Path, version: str, content: str = "", name: str = "melo-edge") -> Path:
    """A small one."""
    root = folder / f"{name}-{version}"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "etc").mkdir()
    (root / "etc" / "content").write_text(content, encoding="utf-8")
    fields = {"Package": name, "Version": version, "Architecture": "all", "Maintainer": "x <x@localhost>"}
    control = "".join(f"{field}: {value}\n" for field, value in {**fields, "Description": "small"}.items())
    (root / "DEBIAN" / "control").write_text(control, encoding="utf-8")
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", root, folder], check=True, capture_output=True)
    return folder / f"{name}_{version}_all.deb"


def archive(folder: Path, version: str, content: str = "") -> Path:
    """An archive with that one package."""
    folder.mkdir()
    file = folder / "archive.tar"
    with tarfile.open(file, "w") as tar:
        tar.add(debian_package(folder, version, content), f"archive/melo-edge_{version}_all.deb")
    return file


@contextmanager
def home(variable: str) -> Iterator[None]:
    """Keys of nobody's, with a short path: GnuPG's sockets lie there, and a socket's path has 107 bytes at most."""
    keys = tempfile.TemporaryDirectory(prefix="keys-", ignore_cleanup_errors=True)
    with keys as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv(variable, folder)
        yield


@pytest.fixture(scope="module", autouse=True)
def _keys() -> Iterator[None]:
    with home("XDG_DATA_HOME"):
        yield


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    repository.publish(archive(tmp_path / "first", "1.0"), folder, None)
    return folder


class Apt:
    """apt on a device that knows this repository alone."""

    def __init__(self, folder: Path, published: Path, key: Path) -> None:
        for place in ("lists/partial", "cache/archives/partial", "state"):
            (folder / place).mkdir(parents=True)
        (folder / "status").touch()
        (folder / "sources.list").write_text(
            f"deb [signed-by={key}] file:{published} {SUITE} {repository.COMPONENT}\n", encoding="utf-8"
        )
        self._settings = [
            f"-oDir::{name}={folder / place}"
            for name, place in (
                ("State", "state"),
                ("State::Lists", "lists"),
                ("State::status", "status"),
                ("Cache", "cache"),
                ("Etc::SourceList", "sources.list"),
                ("Etc::SourceParts", "none"),
            )
        ] + ["-oAPT::Sandbox::User=root"]

    def update(self) -> subprocess.CompletedProcess[str]:
        command = ["apt-get", *self._settings, "-oAPT::Update::Error-Mode=any", "update"]
        return subprocess.run(command, env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, check=False)

    def candidate(self) -> str:
        """The version that it would install."""
        command = ["apt-cache", *self._settings, "policy", "melo-edge"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return said.partition("Candidate: ")[2].split("\n")[0]


@pytest.fixture
def apt(published: Path, tmp_path: Path) -> Apt:
    return Apt(tmp_path / "apt", published, published / repository.KEYRING)


def test_apt_takes_what_is_published_and_then_what_is_newer(apt: Apt, published: Path, tmp_path: Path) -> None:
    assert apt.update().returncode == 0
    assert apt.candidate() == "1.0"
    repository.publish(archive(tmp_path / "second", "1.1"), published, None)
    assert apt.update().returncode == 0
    assert apt.candidate() == "1.1"


def test_apt_refuses_what_somebody_changed(apt: Apt, published: Path) -> None:
    release = published / "dists" / SUITE / "InRelease"
    release.write_text(release.read_text(encoding="utf-8").replace("Origin: melo-edge", "Origin: somebody"))
    refused = apt.update()
    assert refused.returncode != 0
    assert "is not signed" in refused.stderr


def test_apt_refuses_another_key(published: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with home("XDG_DATA_HOME"):
        repository.publish(archive(tmp_path / "again", "1.0"), other, None)
    refused = Apt(tmp_path / "apt", published, other / repository.KEYRING).update()
    assert refused.returncode != 0
    assert "is not signed" in refused.stderr


def test_signs_with_the_key_of_the_one_who_publishes(tmp_path: Path) -> None:
    making = ["gpg", "--batch", "--passphrase", "", "--pinentry-mode", "loopback", "--quick-generate-key", "somebody"]
    folder = tmp_path / "repository"
    with home("GNUPGHOME"):
        subprocess.run([*making, "ed25519", "sign", "never"], check=True, capture_output=True)
        repository.publish(archive(tmp_path / "first", "1.0"), folder, "somebody")
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=True)
    assert Apt(tmp_path / "apt", folder, folder / repository.KEYRING).update().returncode == 0


def test_the_same_again_is_no_change(published: Path, tmp_path: Path) -> None:
    packages = published / "dists" / SUITE / repository.COMPONENT / "binary-amd64" / "Packages"
    before = packages.read_bytes()
    repository.publish(tmp_path / "first" / "archive.tar", published, None)
    assert packages.read_bytes() == before


def test_other_content_under_the_same_version_is_refused(published: Path, tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match="published already with other content"):
        repository.publish(archive(tmp_path / "other", "1.0", "changed"), published, None)


def test_a_device_half_way_through_an_update_finds_the_indices_it_was_told_of(published: Path, tmp_path: Path) -> None:
    by_hash = published / "dists" / SUITE / repository.COMPONENT / "binary-arm64" / "by-hash" / "SHA256"
    first = {file.name for file in by_hash.iterdir()}
    repository.publish(archive(tmp_path / "second", "1.1"), published, None)
    second = {file.name for file in by_hash.iterdir()} - first
    assert first | second == {file.name for file in by_hash.iterdir()}
    repository.publish(archive(tmp_path / "third", "1.2"), published, None)
    left = {file.name for file in by_hash.iterdir()}
    assert second < left
    assert not first & left, "what was offered two publications ago is gone"


def test_each_release_is_offered_its_own_libraries_alone(tmp_path: Path) -> None:
    file, folder = tmp_path / "archive.tar", tmp_path / "repository"
    with tarfile.open(file, "w") as tar:
        tar.add(debian_package(tmp_path, "1.0"), "archive/melo-edge_1.0_all.deb")
        for suite in debian.SUITES:
            tar.add(debian_package(tmp_path / suite, "2.0", name="library"), f"archive/{suite}/library_{suite}_all.deb")
    repository.publish(file, folder, None)
    for suite in repository.SUITES:
        packages = folder / "dists" / suite / repository.COMPONENT / "binary-arm64" / "Packages"
        offered = {line.rpartition("/")[2] for line in packages.read_text().splitlines() if line.startswith("Filename")}
        assert offered == {"melo-edge_1.0_all.deb", *({f"library_{suite}_all.deb"} if suite in debian.SUITES else ())}
        assert f"\nCodename: {suite}\n" in (folder / "dists" / suite / "Release").read_text()
