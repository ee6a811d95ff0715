"""A staged release, as the apt of each Debian release takes it on 200 machines."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from hashlib import md5
from io import StringIO
from pathlib import Path

import platformdirs
import pytest

from deploy.packages import cli, debian, repository, staging
from deploy.packages.tools import run
from tests.deploy import stand_ins
from tests.packages import Built, arch

pytestmark = pytest.mark.slow

RELEASES = ("bookworm", "trixie")
MACHINES = [md5(str(number).encode()).hexdigest() for number in range(200)]
OWN = {"melo-edge", "melo-edge-voice-joe"}
DEBIANS = "libespeak-ng1"

# For apt to run, not a whole system: extracting it takes seconds.
_WHAT = "apt,base-files,coreutils,dash,debianutils,dpkg,gpgv,grep"
_PASSED = 11 / 101  # of apt's draw at 10 percent

_INSTALLED = """Package: {name}
Status: install ok installed
Architecture: all
Version: 1.0
Maintainer: x <x@localhost>
Description: small

"""
_SETTINGS = """Dir "/mnt";
Dir::Cache "cache";
Dir::Etc "etc";
Dir::State "state";
Dir::State::status "/mnt/status";
Dir::Bin::ischroot "/bin/false";  # in what it takes for a chroot apt takes all
APT::Sandbox::User "root";
"""
_NAMESPACE = ("unshare", *(() if os.geteuid() == 0 else ("--map-root-user",)), "--mount")
_IN_ROOT = """
mount --bind "$1" "$2/mnt"
mount --rbind /dev "$2/dev"
shift
exec chroot "$@"
"""
_EACH = """
while read -r id; do
    echo "$id" $(apt-get -s -qq -o APT::Machine-ID="$id" "$@" | grep ^Inst | cut -d ' ' -f 2)
done
"""
_CANDIDATES = """
while read -r id; do
    echo "$id" $(apt-cache -o APT::Machine-ID="$id" "$@" policy melo-edge | grep Candidate)
done
"""


# --- Machines ----------------------------------------------------------------------------------------


def root(release: str) -> Path:
    """The files of that release's apt, kept in the user's cache."""
    cache = platformdirs.user_cache_path("melo-edge") / "tests"
    folder = cache / f"apt-{release}-{md5(_WHAT.encode()).hexdigest()[:8]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # runs side by side make it once
        if not folder.exists():
            _make_root(release, folder)
    return folder


def _make_root(release: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as part:
        root = Path(part) / "root"
        debian.extract(arch(), release, _WHAT.split(","), root)
        (root / "mnt").mkdir(exist_ok=True)
        root.rename(folder)


class Fleet:
    """Machines that have the version 1.0 of everything and know one repository."""

    def __init__(self, release: str, folder: Path) -> None:
        self._root, self._folder = root(release), folder
        for place in ("state/lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d"):
            (folder / place).mkdir(parents=True)
        (folder / "apt.conf").write_text(_SETTINGS)
        (folder / "status").write_text("".join(_INSTALLED.format(name=name) for name in (*OWN, DEBIANS)))
        source = f"file:/mnt/repository {release} {repository.COMPONENT}"
        (folder / "etc/sources.list").write_text(f"deb [signed-by=/mnt/repository/{repository.KEYRING}] {source}\n")

    def update(self, published: Path) -> None:
        """Has them know what is published now."""
        shutil.rmtree(self._folder / "repository", ignore_errors=True)
        shutil.copytree(published, self._folder / "repository")
        self._say("apt-get -qq update")

    def upgrades(self, machines: Sequence[str] = MACHINES, how: str = "upgrade") -> dict[str, set[str]]:
        """The packages that an upgrade would bring to each machine."""
        lines = self._say(_EACH, machines, how).splitlines()
        return {line.split()[0]: set(line.split()[1:]) for line in lines}

    def candidates(self, machines: Sequence[str], *settings: str) -> dict[str, str]:
        """The version of the program that each would install by name."""
        lines = self._say(_CANDIDATES, machines, *settings).splitlines()
        return {line.split()[0]: line.split()[-1] for line in lines}

    def _say(self, script: str, machines: Sequence[str] = (), *settings: str) -> str:
        command = ("sh", "-ec", _IN_ROOT, "sh", self._folder, self._root, "/bin/sh", "-c", script, "sh", *settings)
        environment = {"PATH": os.environ["PATH"], "APT_CONFIG": "/mnt/apt.conf", "LC_ALL": "C"}
        done = subprocess.run(
            [*_NAMESPACE, *command],
            input="".join(f"{machine}\n" for machine in machines),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.returncode, done.stderr
        assert not done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def _root_folders() -> None:
    if subprocess.run([*_NAMESPACE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel lets only root make a root folder of one's own, and this user is not root")


@pytest.fixture(scope="module", params=RELEASES)
def fleet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, _root_folders: None) -> Fleet:
    return Fleet(request.param, tmp_path_factory.mktemp(request.param))


# --- What is published -------------------------------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def _keys() -> Iterator[None]:
    with stand_ins.keys():
        yield


def archive(folder: Path, version: str) -> Path:
    """An archive of the program, a voice and, for each release, a package of Debian's, all of that version."""
    needs = f"melo-edge (>= {version})"
    debians = {}
    for release in RELEASES:
        (folder / release).mkdir(parents=True)
        debians[release] = [stand_ins.package(folder / release, DEBIANS, version)]
    packages = [
        stand_ins.package(folder, "melo-edge", version, Depends=f"{DEBIANS} (>= {version})"),
        stand_ins.package(folder, "melo-edge-voice-joe", version, Source="melo-edge", Depends=needs),
    ]
    return stand_ins.archive(folder / f"melo-edge-{version}.tar", packages, **debians)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive with the version 1.1."""
    return archive(tmp_path_factory.mktemp("archives") / "new", "1.1")


@pytest.fixture(scope="module")
def published(new: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that stages the version 1.1."""
    folder = tmp_path_factory.mktemp("published") / "repository"
    repository.publish(archive(new.parent.with_name("old"), "1.0"), folder, None)
    repository.publish(new, folder, None, 10)
    return folder


@contextmanager
def republished(new: Path, folder: Path, share: int, staged: int = 10) -> Iterator[None]:
    """The same version for another share of the machines, and then as it was."""
    repository.publish(new, folder, None, share)
    try:
        yield
    finally:
        repository.publish(new, folder, None, staged)


@pytest.fixture(scope="module")
def tenth(fleet: Fleet, published: Path) -> dict[str, set[str]]:
    """What an upgrade brings to each machine while the release is staged at 10 percent."""
    fleet.update(published)
    return fleet.upgrades()


# --- Tests -------------------------------------------------------------------------------------------


def takers(upgrades: dict[str, set[str]]) -> list[str]:
    return [machine for machine, packages in upgrades.items() if "melo-edge" in packages]


def test_of_200_machines_about_that_share_takes_it(tenth: dict[str, set[str]]) -> None:
    expected, spread = len(MACHINES) * _PASSED, (len(MACHINES) * _PASSED * (1 - _PASSED)) ** 0.5
    assert abs(len(takers(tenth)) - expected) < 3 * spread


def test_a_voice_comes_with_its_program_or_not_at_all(tenth: dict[str, set[str]]) -> None:
    assert {frozenset(packages & OWN) for packages in tenth.values()} == {frozenset(OWN), frozenset()}


def test_a_built_voice_names_the_program_as_its_source(built: Built) -> None:
    """The draw goes by the name of the source package: without it, a voice would be drawn for on its own."""
    assert run("dpkg-deb", "--field", built.voice, "Source").strip() == "melo-edge"


def test_debians_packages_are_for_all_at_once(tenth: dict[str, set[str]]) -> None:
    assert all(DEBIANS in packages for packages in tenth.values())


def test_a_full_upgrade_takes_it_on_the_same_machines(fleet: Fleet, tenth: dict[str, set[str]]) -> None:
    some = MACHINES[:20]
    assert fleet.upgrades(some, "dist-upgrade") == {machine: tenth[machine] for machine in some}


def test_installed_by_name_it_is_the_newest_on_every_machine(fleet: Fleet, tenth: dict[str, set[str]]) -> None:
    assert set(fleet.candidates(MACHINES[:20]).values()) == {"1.1"}


def test_who_took_it_at_10_percent_does_so_at_50(
    fleet: Fleet, tenth: dict[str, set[str]], new: Path, published: Path
) -> None:
    early = takers(tenth)
    others = [machine for machine in MACHINES if machine not in early][:20]
    with republished(new, published, 50):
        fleet.update(published)
    now = takers(fleet.upgrades([*early, *others]))
    assert set(early) < set(now)
    assert len(now) < len(early) + len(others)


def test_all_take_it_at_100(fleet: Fleet, tenth: dict[str, set[str]], new: Path, published: Path) -> None:
    with republished(new, published, 100):
        fleet.update(published)
    assert takers(fleet.upgrades()) == MACHINES


def test_with_the_setting_for_unattended_upgrades_the_version_itself_is_withheld(
    fleet: Fleet, tenth: dict[str, set[str]], published: Path
) -> None:
    """It asks apt which version is the one to install, and not whether it is staged."""
    fleet.update(published)
    early = takers(tenth)
    some = [*early[:5], *(machine for machine in MACHINES[:10] if machine not in early)]
    found = fleet.candidates(some, "-oAPT::Get::Phase-Policy=true")
    assert found == {machine: "1.1" if machine in early else "1.0" for machine in some}


@pytest.mark.usefixtures("_root_folders")
def test_both_releases_draw_alike(published: Path, tmp_path: Path) -> None:
    drawn = []
    for release in RELEASES:
        fleet = Fleet(release, tmp_path / release)
        fleet.update(published)
        drawn.append(takers(fleet.upgrades(MACHINES[:40])))
    assert drawn[0] == drawn[1]
    assert drawn[0]


# --- The index ---------------------------------------------------------------------------------------


def shares(folder: Path, release: str = "bookworm") -> dict[str, str]:
    """The packages' files that the index of a release stages, and for whom."""
    text = (folder / "dists" / release / repository.COMPONENT / "binary-arm64" / "Packages").read_text()
    stanzas = [dict(line.split(": ", 1) for line in stanza.splitlines()) for stanza in text.strip().split("\n\n")]
    field = "Phased-Update-Percentage"
    return {Path(stanza["Filename"]).name: stanza[field] for stanza in stanzas if field in stanza}


@pytest.mark.parametrize("release", repository.SUITES)
def test_only_the_new_version_of_the_projects_packages_is_staged(published: Path, release: str) -> None:
    assert shares(published, release) == {"melo-edge_1.1_all.deb": "10", "melo-edge-voice-joe_1.1_all.deb": "10"}


@pytest.mark.parametrize("share", [{}, {"share": 100}])
def test_publishing_it_again_ends_it(share: dict[str, int], new: Path, tmp_path: Path) -> None:
    repository.publish(new, tmp_path / "repository", None, 10)
    repository.publish(new, tmp_path / "repository", None, **share)
    assert shares(tmp_path / "repository") == {}


def test_publishing_something_else_does_not_end_it(new: Path, tmp_path: Path) -> None:
    repository.publish(new, tmp_path / "repository", None, 10)
    before = shares(tmp_path / "repository")
    repository.publish(archive(tmp_path / "other", "1.0"), tmp_path / "repository", None)
    assert shares(tmp_path / "repository") == before


# --- The option --------------------------------------------------------------------------------------


def refusal(*options: str) -> str:
    """The sentence that the command refuses options with."""
    command = ["build_offline_bundle.py", "--arch=amd64", "--voice=none", *options]
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(StringIO()) as said:
        patch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit, match="2"):
            cli.main()
    return said.getvalue().splitlines()[-1]


@pytest.mark.parametrize("share", ["0", "101", "x", "-1", "1.5", "", "١٠"])
def test_no_such_share_is_a_sentence(share: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no share of the machines: say a whole number"):
        staging.percentage(share)


def test_a_share_of_a_word_is_refused() -> None:
    assert refusal("--apt-repository=/none", "--phased=x").endswith(
        "argument --phased: 'x' is no share of the machines: say a whole number from 1 to 100."
    )


def test_a_share_without_a_repository_is_refused() -> None:
    assert refusal("--phased=10").endswith("name it with --apt-repository.")
