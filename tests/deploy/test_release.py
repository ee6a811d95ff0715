"""A release: what it refuses to be, what it leaves, and that the same commit leaves the same."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.packages import repository
from deploy.packages.signing import signer
from deploy.packages.tools import PackagingError
from deploy.release import assembly, bom, publishing, wheels
from deploy.release.changelog import Part
from edge.int8.operator import LIBRARY, built_for
from tests.deploy import stand_ins
from tests.packages import ROOT, Built, arch

VERSION = "9.8.7"
NOTES = Part(VERSION, "2026-12-01", "### Added\n- A thing.")
MOMENT = 1_764_000_000

# --- What is no release ------------------------------------------------------------------------------


class Clone:
    """The project's last commit in a folder of its own, as a maintainer has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        run("git", "clone", "--quiet", "--no-hardlinks", "--depth=1", f"file://{ROOT}", folder)

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

    def refusal(self) -> str:
        """What the command says in a folder that is no release."""
        command = [sys.executable, self.folder / "scripts/release.py", "--voice=none"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stderr
        assert not (self.folder / "dist").exists()
        [sentence] = done.stderr.splitlines()
        return sentence.removeprefix("release: ")


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return Clone(tmp_path_factory.mktemp("clone") / "melo-edge")


@pytest.fixture
def clone(original: Clone, tmp_path: Path) -> Clone:
    """One to change."""
    copy = object.__new__(Clone)
    copy.folder = Path(shutil.copytree(original.folder, tmp_path / "melo-edge"))
    return copy


def test_a_tree_with_changes_is_no_release(clone: Clone) -> None:
    (clone.folder / "README.md").write_text("changed", encoding="utf-8")
    (clone.folder / "new.txt").touch()
    assert clone.refusal() == "A release is what its tag says, and no commit has what is in README.md, new.txt: commit it."


def test_a_commit_without_a_tag_is_told_how_to_become_one(clone: Clone) -> None:
    clone.prepare(VERSION)
    assert clone.refusal() == (
        f"This commit has no tag. To release it as {VERSION}: git tag -a v{VERSION} -m 'melo-edge {VERSION}'"
    )


def test_a_tag_that_is_not_the_version_is_refused(clone: Clone) -> None:
    clone.prepare(VERSION)
    clone.git("tag", "v9.9.9")
    assert clone.refusal() == f"This commit has the tag v9.9.9, and pyproject.toml the version {VERSION}: they must agree."


def test_a_version_that_the_changelog_does_not_begin_with_is_refused(clone: Clone) -> None:
    clone.prepare(VERSION)
    clone.edit("CHANGELOG.md", VERSION, "9.9.9")
    clone.git("commit", "--quiet", "--all", "--message=Another")
    clone.git("tag", f"v{VERSION}")
    assert clone.refusal() == (
        f"The newest version in CHANGELOG.md is 9.9.9, and the version here is {VERSION}: write its part."
    )


def test_changes_that_no_version_has_yet_are_refused(clone: Clone) -> None:
    clone.prepare(VERSION)
    clone.edit("CHANGELOG.md", f"## {VERSION}", f"## Unreleased\n\n### Fixed\n- A thing.\n\n## {VERSION}")
    clone.git("commit", "--quiet", "--all", "--message=More")
    clone.git("tag", f"v{VERSION}")
    assert clone.refusal() == (
        f"CHANGELOG.md has changes under Unreleased, and this commit has them: move them below {VERSION}."
    )


def test_a_tagged_commit_is_a_release_and_goes_on_to_build(clone: Clone) -> None:
    clone.prepare(VERSION)
    clone.git("tag", f"v{VERSION}")
    command = [sys.executable, clone.folder / "scripts/release.py", "--voice=none", "--sign-key=nobody@nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "release: GnuPG has no secret key 'nobody@nowhere' here to sign with; `gpg --list-secret-keys` shows which it has.\n"
    )
    assert not list((clone.folder / "dist").glob("*")), "a release is whole or not there"
