"""A release: what it refuses to be, what it leaves, and that the same commit leaves the same."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.packages import repository
from deploy.packages.signing import signer
from deploy.packages.tools import PackagingError, need
from deploy.release import assembly, bom, cli, publishing, wheels
from deploy.release.changelog import Part
from edge.int8.operator import LIBRARY, built_for
from tests.deploy import stand_ins
from tests.packages import ROOT, Built, arch

pytestmark = pytest.mark.slow

VERSION = "9.8.7"
NOTES = Part(VERSION, "2026-12-01", "### Added\n- A thing.")
MOMENT = 1_764_000_000


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return done.stdout


# --- What is no release ------------------------------------------------------------------------------


class Checkout:
    """The project's files as they are now, in a repository of its own where they are one commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = run("git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
        for name in filter(lambda name: (ROOT / name).is_file(), listed):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=All")

    def git(self, *command: str) -> str:
        who = ("-c", "user.name=somebody", "-c", "user.email=somebody@localhost")
        return run("git", "-C", self.folder, *who, *command)

    def prepare(self, version: str) -> None:
        """Gives the version to the project, the program and the changelog, in one commit."""
        self.edit("pyproject.toml", r'(?m)^version = ".*"$', f'version = "{version}"')
        self.edit("edge/__init__.py", r'__version__ = ".*"', f'__version__ = "{version}"')
        self.edit("CHANGELOG.md", r"(?m)^## Unreleased$", f"## {version} - 2026-12-01\n\nNew.")
        self.git("commit", "--quiet", "--all", "--message=Release")

    def edit(self, name: str, pattern: str, text: str) -> None:
        file = self.folder / name
        file.write_text(re.sub(pattern, text, file.read_text(encoding="utf-8"), count=1), encoding="utf-8")

    def release(self, *options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, self.folder / "scripts/release.py", *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def refusal(self) -> str:
        """What the command says in a folder that is no release."""
        done = self.release("--check")
        assert done.returncode == 1, done.stderr
        assert not (self.folder / "dist").exists()
        [sentence] = done.stderr.splitlines()
        return sentence.removeprefix("release: ")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return Checkout(tmp_path_factory.mktemp("checkout") / "melo-edge")


@pytest.fixture
def checkout(original: Checkout, tmp_path: Path) -> Checkout:
    """One to change."""
    copy = object.__new__(Checkout)
    copy.folder = Path(shutil.copytree(original.folder, tmp_path / "melo-edge"))
    return copy


def test_a_tree_with_changes_is_no_release(checkout: Checkout) -> None:
    (checkout.folder / "README.md").write_text("changed", encoding="utf-8")
    (checkout.folder / "new.txt").touch()
    assert checkout.refusal() == (
        "A release is what its tag says, and no commit has what is in README.md, new.txt: commit it."
    )


def test_a_commit_without_a_tag_is_told_how_to_become_one(checkout: Checkout) -> None:
    checkout.prepare(VERSION)
    assert checkout.refusal() == (
        f"This commit has no tag. To release it as {VERSION}: git tag -a v{VERSION} -m 'melo-edge {VERSION}'"
    )


def test_a_tag_that_is_not_the_version_is_refused(checkout: Checkout) -> None:
    checkout.prepare(VERSION)
    checkout.git("tag", "v9.9.9")
    assert checkout.refusal() == (
        f"This commit has the tag v9.9.9, and pyproject.toml the version {VERSION}: they must agree."
    )


def test_a_version_that_the_changelog_does_not_begin_with_is_refused(checkout: Checkout) -> None:
    checkout.prepare(VERSION)
    checkout.edit("CHANGELOG.md", VERSION, "9.9.9")
    checkout.git("commit", "--quiet", "--all", "--message=Another")
    checkout.git("tag", f"v{VERSION}")
    assert checkout.refusal() == (
        f"The newest version in CHANGELOG.md is 9.9.9, and the version here is {VERSION}: write its part."
    )


def test_changes_that_no_version_has_yet_are_refused(checkout: Checkout) -> None:
    checkout.prepare(VERSION)
    checkout.edit("CHANGELOG.md", f"## {VERSION}", f"## Unreleased\n\n### Fixed\n- A thing.\n\n## {VERSION}")
    checkout.git("commit", "--quiet", "--all", "--message=More")
    checkout.git("tag", f"v{VERSION}")
    assert checkout.refusal() == (
        f"CHANGELOG.md has changes under Unreleased, and this commit has them: move them below {VERSION}."
    )


def test_a_tagged_commit_is_a_release(checkout: Checkout) -> None:
    checkout.prepare(VERSION)
    checkout.git("tag", f"v{VERSION}")
    done = checkout.release("--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_key_that_is_not_there_is_a_sentence_before_anything_is_built(checkout: Checkout) -> None:
    checkout.prepare(VERSION)
    checkout.git("tag", f"v{VERSION}")
    done = checkout.release("--voice=none", "--sign-key=nobody@nowhere")
    assert done.returncode == 1
    assert done.stderr == (
        "release: GnuPG has no secret key 'nobody@nowhere' here to sign with; `gpg --list-secret-keys` shows which it "
        "has.\n"
    )
    assert not (checkout.folder / "dist").exists()


# --- What it leaves ----------------------------------------------------------------------------------

WHEEL = "Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{licence}\n\n"
SITE = "usr/lib/melo-edge/lib/python3.11/dist-packages"
MACHINE_READABLE = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nLicense: {}\n"
PROSE = "This package was debianized by somebody.\n"
DEBIANS = {
    "libespeak-ng1": ["GPL-3.0-or-later"],
    "libogg-data": ["GPL-2.0-only", "MIT"],
    "libogg0": ["GPL-2.0-only", "MIT"],
    "libxau6": ["see the text"],
}
MANIFEST = {
    "name": "joe",
    "licences": [
        {"part": "voice", "licence": "CC0-1.0 (data set)", "file": "LICENSES/voice.txt"},
        {"part": "text frontend", "licence": "GPL-3.0-or-later", "file": "LICENSES/espeak-ng.txt"},
    ],
}


def archive(folder: Path, architecture: str) -> Path:
    """An archive with the parts that a real one has, each of a few bytes."""
    inside = folder / architecture
    for place in (inside, inside / "bookworm", inside / "trixie"):
        place.mkdir(parents=True)
    own = {
        f"{SITE}/numpy-1.26.4.dist-info/METADATA": WHEEL.format(
            name="numpy", version="1.26.4", licence="Classifier: License :: OSI Approved :: BSD License"
        ),
        f"{SITE}/torch-2.9.1.dist-info/METADATA": WHEEL.format(
            name="torch", version="2.9.1", licence="License-Expression: Apache-2.0 AND MIT"
        ),
        f"{SITE}/melo_edge-{VERSION}.dist-info/METADATA": WHEEL.format(
            name="melo-edge", version=VERSION, licence="License: MIT License"
        ),
        "usr/share/doc/melo-edge/copyright.python3.11": PROSE,
        "usr/share/doc/melo-edge/copyright.python3-systemd": MACHINE_READABLE.format("LGPL-2.1+"),
    }
    used = "python3.11 (= 3.11.2-6+deb12u9), python-systemd (= 235-1)"
    voice = {"usr/share/melo-edge/voices/joe/manifest.json": json.dumps(MANIFEST)}
    packages = [
        stand_ins.package(inside, "melo-edge", VERSION, architecture, files=own, **{"Built-Using": used}),
        stand_ins.package(inside, "melo-edge-voice-joe", VERSION, files=voice, Source="melo-edge"),
    ]
    debians = {suite: _debians(inside / suite, architecture, suite) for suite in ("bookworm", "trixie")}
    return stand_ins.archive(folder / f"melo-edge-{VERSION}-{architecture}.tar", packages, **debians)


def _debians(folder: Path, architecture: str, suite: str) -> list[Path]:
    """An engine whose licence is known by its source, a library with another's documents, and one with prose alone."""
    version = {"bookworm": "1.51-10", "trixie": "1.52-1"}[suite]
    texts = {
        "libespeak-ng1": PROSE,
        "libogg-data": MACHINE_READABLE.format("Expat\n\nFiles: x\nLicense: GPL-2"),
        "libxau6": PROSE,
    }
    files = {name: {f"usr/share/doc/{name}/copyright": text} for name, text in texts.items()}
    sources = {"libespeak-ng1": "espeak-ng"}
    packages = [
        stand_ins.package(folder, name, version, architecture, files=files[name], Source=sources.get(name, name))
        for name in files
    ]
    links = {"usr/share/doc/libogg0": "libogg-data"}
    return [*packages, stand_ins.package(folder, "libogg0", version, architecture, links=links)]


@pytest.fixture(scope="module", autouse=True)
def _keys() -> Iterator[None]:
    with stand_ins.keys():
        yield


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("archives")
    return [archive(folder, architecture) for architecture in repository.ARCHITECTURES]


def finished(archives: list[Path], folder: Path) -> Path:
    """A folder with what is made of archives, beside them."""
    folder.mkdir()
    copies = [Path(shutil.copy(archive, folder)) for archive in archives]
    with pytest.MonkeyPatch.context() as patch, signer(None) as by:
        patch.setenv("SOURCE_DATE_EPOCH", str(MOMENT))
        assembly.finish(copies, NOTES, None, by, folder, lambda _: None)
    return folder


@pytest.fixture(scope="module")
def release(archives: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(archives, tmp_path_factory.mktemp("releases") / "release")


def test_leaves_all_that_is_published(release: Path) -> None:
    assert {path.name for path in release.iterdir()} == {
        f"melo-edge-{VERSION}-amd64.tar",
        f"melo-edge-{VERSION}-amd64.cdx.json",
        f"melo-edge-{VERSION}-arm64.tar",
        f"melo-edge-{VERSION}-arm64.cdx.json",
        "RELEASE_NOTES.md",
        "SHA256SUMS",
        "SHA256SUMS.asc",
        "apt",
        repository.KEYRING,
    }


def test_the_notes_are_the_changelogs_newest_part(release: Path) -> None:
    assert (release / "RELEASE_NOTES.md").read_text() == f"# melo-edge {VERSION}\n\n### Added\n- A thing.\n"


def test_the_sums_are_of_every_file_that_can_be_loaded_alone(release: Path) -> None:
    listed = {line.split()[1] for line in (release / "SHA256SUMS").read_text().splitlines()}
    files = {path.name for path in release.iterdir() if path.is_file()}
    assert listed == files - {"SHA256SUMS", "SHA256SUMS.asc"}
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=release, check=True)


def test_the_repositorys_key_signs_the_sums(release: Path, tmp_path: Path) -> None:
    need({"gpgv": "gpgv"})
    verify = ("gpgv", "--keyring", release / repository.KEYRING, release / "SHA256SUMS.asc")
    run(*verify, release / "SHA256SUMS")
    forged = tmp_path / "SHA256SUMS"
    forged.write_text((release / "SHA256SUMS").read_text().replace("0", "1"))
    assert subprocess.run([*verify, forged], capture_output=True, check=False).returncode != 0


def test_the_repository_has_both_architectures(release: Path) -> None:
    for architecture in repository.ARCHITECTURES:
        index = release / "apt/dists/bookworm/main" / f"binary-{architecture}" / "Packages"
        assert f"melo-edge_{VERSION}_{architecture}.deb" in index.read_text()


def test_the_same_archives_make_the_same(archives: list[Path], release: Path, tmp_path: Path) -> None:
    again = finished(archives, tmp_path / "again")
    assert (again / "SHA256SUMS").read_text() == (release / "SHA256SUMS").read_text()


# --- Components --------------------------------------------------------------------------------------


def described(file: Path) -> dict[str, Any]:
    """A list of components, as CycloneDX's own validator has it."""
    text = file.read_text(encoding="utf-8")
    assert not JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    found: dict[str, Any] = json.loads(text)
    return found


def licences(component: Mapping[str, Any]) -> list[str]:
    """The licences of one, by SPDX's identifier, as an expression or by name."""
    said = [{**entry, **entry.get("license", {})} for entry in component.get("licenses", ())]
    return [entry.get("id") or entry.get("expression") or entry["name"] for entry in said]


@pytest.fixture(scope="module")
def listed(release: Path) -> dict[str, Any]:
    return described(release / f"melo-edge-{VERSION}-arm64.cdx.json")


def test_the_list_is_of_the_program_that_it_names(listed: dict[str, Any]) -> None:
    whole = listed["metadata"]["component"]
    assert (whole["name"], whole["version"], licences(whole)) == ("melo-edge", VERSION, ["MIT"])


def test_the_list_has_each_component_with_its_licences(listed: dict[str, Any]) -> None:
    found = {part.get("purl", part["bom-ref"]): licences(part) for part in listed["components"]}
    assert found == {
        "pkg:pypi/numpy@1.26.4": ["BSD License"],
        "pkg:pypi/torch@2.9.1": ["Apache-2.0 AND MIT"],
        "voice:joe": ["CC0-1.0"],
        "pkg:deb/debian/python3.11@3.11.2-6%2Bdeb12u9?arch=source&distro=bookworm": ["Python-2.0"],
        "pkg:deb/debian/python-systemd@235-1?arch=source&distro=bookworm": ["LGPL-2.1-or-later"],
        **{
            f"pkg:deb/debian/{name}@{version}?arch=arm64&distro={suite}": names
            for version, suite in (("1.51-10", "bookworm"), ("1.52-1", "trixie"))
            for name, names in DEBIANS.items()
        },
    }


def test_a_licence_in_prose_comes_along_whole(listed: dict[str, Any]) -> None:
    entries = [part["licenses"][0]["license"] for part in listed["components"] if part["name"] == "libxau6"]
    assert [entry["text"]["content"] for entry in entries] == [PROSE, PROSE]


def test_the_program_depends_on_all_of_them(listed: dict[str, Any]) -> None:
    [needs] = [entry["dependsOn"] for entry in listed["dependencies"] if entry["ref"] == "melo-edge"]
    assert set(needs) == {part["bom-ref"] for part in listed["components"]}


def test_the_list_bears_the_commits_time_and_another_number_for_another_archive(release: Path) -> None:
    lists = [described(file) for file in sorted(release.glob("*.cdx.json"))]
    assert {found["metadata"]["timestamp"] for found in lists} == {"2025-11-24T16:00:00+00:00"}
    assert len({found["serialNumber"] for found in lists}) == len(lists)


def test_every_component_of_a_real_archive_has_a_licence(built: Built, tmp_path: Path) -> None:
    parts = described(bom.write(built.archive, VERSION, MOMENT, tmp_path))["components"]
    assert {"joe", "libespeak-ng1", "msgspec", "numpy", "python3.11", "torch"} <= {part["name"] for part in parts}
    assert not [part["name"] for part in parts if not licences(part)]
    espeak = [licences(part) for part in parts if part["name"] == "libespeak-ng1"]
    assert all(names == ["GPL-3.0-or-later"] for names in espeak)


# --- Python packages ---------------------------------------------------------------------------------


def metadata(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as packed:
        return packed.read(f"{wheel.name.split('-py3')[0]}.dist-info/METADATA").decode()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For this machine."""
    return wheels.assemble(arch(), LIBRARY, MOMENT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheels.sources(MOMENT, tmp_path_factory.mktemp("sources"))


def test_a_wheel_is_for_every_python_and_one_release_of_torch(wheel: Path) -> None:
    machine = {"amd64": "x86_64", "arm64": "aarch64"}[arch()]
    assert wheel.name.endswith(f"-py3-none-manylinux_2_36_{machine}.whl")
    assert re.findall("^Requires-Dist: (torch.*)$", metadata(wheel), re.MULTILINE) == [f"torch=={built_for(LIBRARY)}"]


def test_the_wheel_for_arm_names_the_torch_that_its_operator_was_compiled_for(tmp_path: Path) -> None:
    operator = tmp_path / "operator.so"
    operator.write_bytes(b"\x7fELF melo-edge INT8 operator for torch 2.9.1\0")
    wheel = wheels.assemble("arm64", operator, MOMENT, tmp_path)
    assert wheel.name.endswith("-py3-none-manylinux_2_36_aarch64.whl")
    assert "\nRequires-Dist: torch==2.9.1\n" in metadata(wheel)
    with zipfile.ZipFile(wheel) as packed:
        assert packed.read("edge/int8/_operator.so") == operator.read_bytes()


def test_pip_installs_the_wheel_and_its_operator_loads(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", tmp_path, wheel)
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from edge.int8.operator import LIBRARY, load; load()"
    loaded = run(sys.executable, "-c", f"{program}; print(LIBRARY)")
    assert Path(loaded.strip()) == tmp_path / "edge/int8/_operator.so"


def test_the_sources_are_those_of_the_commit_with_what_the_operator_is_compiled_from(sources: Path) -> None:
    with tarfile.open(sources) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
        assert {member.mtime for member in packed} == {MOMENT}
    listed = run("git", "-C", ROOT, "ls-tree", "-r", "--name-only", "HEAD", "edge").splitlines()
    assert set(listed) == {name for name in names if name.startswith("edge/") and Path(name).suffix}


def test_two_builds_give_the_same_bytes(wheel: Path, sources: Path, tmp_path: Path) -> None:
    assert wheels.assemble(arch(), LIBRARY, MOMENT, tmp_path).read_bytes() == wheel.read_bytes()
    assert wheels.sources(MOMENT, tmp_path).read_bytes() == sources.read_bytes()


# --- Whole or not at all -----------------------------------------------------------------------------


def test_a_release_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    out = tmp_path / "dist" / "release"
    for content in ("first", "second"):
        with assembly.replaced(out) as folder:
            (folder / content).touch()
    assert [path.name for path in out.iterdir()] == ["second"]
    assert list(out.parent.iterdir()) == [out]


def test_what_fails_on_the_way_changes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "dist" / "release"
    with assembly.replaced(out) as folder:
        (folder / "first").touch()
    with pytest.raises(FileNotFoundError), assembly.replaced(out) as folder:
        (folder / "second" / "file").touch()
    assert [path.name for path in out.iterdir()] == ["first"]
    assert list(out.parent.iterdir()) == [out]


ON_A_SMALL_DISK = """
mount -t tmpfs -o size=64k none "$1"
mkdir "$1/release"
echo whole >"$1/release/SHA256SUMS"
"$2" -c "$3" "$1" "$4" 2>&1 | tail -n 1
find "$1" -mindepth 1
"""
FINISH = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from deploy.packages.signing import signer
from deploy.release import assembly
from deploy.release.changelog import Part
with signer(None) as by, assembly.replaced(Path(sys.argv[1], "release")) as folder:
    archive = folder / "melo-edge-{VERSION}-amd64.tar"
    archive.write_bytes(Path(sys.argv[2]).read_bytes())
    assembly.finish([archive], Part("{VERSION}", "", ""), None, by, folder, lambda _: None)
"""


def test_a_disk_that_is_full_on_the_way_changes_nothing(archives: list[Path], tmp_path: Path) -> None:
    """The archive has room, and what is made of it has not."""
    namespaces = ("unshare", *(() if os.geteuid() == 0 else ("--map-root-user",)), "--mount")
    if subprocess.run([*namespaces, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel lets only root mount a disk of one's own, and this user is not root")
    (tmp_path / "dist").mkdir()
    arguments = (tmp_path / "dist", sys.executable, FINISH, archives[0])
    error, *left = run(*namespaces, "sh", "-ec", ON_A_SMALL_DISK, "sh", *arguments).splitlines()
    assert "No space left on device" in error
    assert left == [str(tmp_path / "dist/release"), str(tmp_path / "dist/release/SHA256SUMS")]


def test_a_full_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "dist/x")

    monkeypatch.setattr(cli, "_release", full)
    monkeypatch.setattr(sys, "argv", ["release.py", "--voice=none"])
    assert cli.main() == 1
    assert capsys.readouterr().err == (
        "release: dist/x: No space left on device. Make room or mend it, and start again.\n"
    )


# --- Publishing --------------------------------------------------------------------------------------


def offered(folder: Path, architecture: str) -> dict[str, str]:
    """The versions of the program in a repository, and for how many machines each is."""
    text = (folder / "dists/bookworm/main" / f"binary-{architecture}" / "Packages").read_text()
    stanzas = [dict(re.findall(r"^(\S+): (.+)$", stanza, re.MULTILINE)) for stanza in text.split("\n\n")]
    ours = [stanza for stanza in stanzas if stanza.get("Package") == "melo-edge"]
    return {stanza["Version"]: stanza.get("Phased-Update-Percentage", "100") for stanza in ours}


def test_a_release_is_staged_and_then_for_all(release: Path, tmp_path: Path) -> None:
    for share in (10, 50, 100):
        publishing.publish(release, tmp_path / "apt", None, share)
        for architecture in repository.ARCHITECTURES:
            assert offered(tmp_path / "apt", architecture) == {VERSION: str(share)}


def test_a_release_is_withdrawn_as_docs_releasing_says(release: Path, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    for architecture in repository.ARCHITECTURES:
        package = stand_ins.package(before, "melo-edge", "9.8.6", architecture)
        stand_ins.archive(before / f"melo-edge-9.8.6-{architecture}.tar", [package])
    for folder in (before, release):
        publishing.publish(folder, tmp_path / "apt", None, 100)
    [command] = re.findall(r"^    (find /srv/apt.+)$", (ROOT / "docs/releasing.md").read_text(), re.MULTILINE)
    run("sh", "-ec", command.replace("/srv/apt", str(tmp_path / "apt")).replace("0.2.0", VERSION))
    publishing.publish(before, tmp_path / "apt", None, 100)
    assert offered(tmp_path / "apt", "arm64") == {"9.8.6": "100"}


def test_a_folder_without_a_release_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match=r"has no archive, melo-edge-\*\.tar\. `make release` leaves them"):
        publishing.publish(tmp_path, tmp_path / "apt", None, 100)
    assert not (tmp_path / "apt").exists()
