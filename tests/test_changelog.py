"""One version: the changelog's newest heading, the project's metadata and the program agree."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest

import edge
from deploy.release import changelog
from tests.packages import ROOT

TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
PARTS = changelog.parts(TEXT)
RELEASED = [part for part in PARTS if part.version]
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def declared() -> str:
    """The version that pyproject.toml gives the project."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^\[project\]$.*?^version = "(.+?)"$', text, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_the_newest_heading_the_project_and_the_program_have_one_version() -> None:
    newest = changelog.newest(TEXT)
    assert newest
    assert newest.version == declared() == edge.__version__


def test_every_heading_is_unreleased_or_a_version_with_its_date() -> None:
    assert len(PARTS) == len(re.findall(r"^##\s", TEXT, re.MULTILINE))


def test_what_is_unreleased_comes_first_and_once() -> None:
    assert [part.version for part in PARTS].count("") <= 1
    assert all(part.version for part in PARTS[1:])


def test_versions_are_semantic_and_descend() -> None:
    assert all(re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", part.version) for part in RELEASED)
    numbers = [tuple(map(int, part.version.split("."))) for part in RELEASED]
    assert all(newer > older for newer, older in pairwise(numbers))


def test_dates_exist_and_never_ascend() -> None:
    dates = [date.fromisoformat(part.date) for part in RELEASED]
    assert all(newer >= older for newer, older in pairwise(dates))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.version or "unreleased")
def test_changes_stand_below_a_kind_that_keep_a_changelog_knows(part: changelog.Part) -> None:
    kinds = re.findall(r"^### (.+)$", part.text, re.MULTILINE)
    assert set(kinds) <= KINDS
    assert len(kinds) == len(set(kinds))
    assert not part.version or kinds, "a version without a change"


def test_links_to_files_of_the_project_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\((.+?)\)", TEXT) if "://" not in link]
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


# --- Reading it --------------------------------------------------------------------------------------

SMALL = """# Changelog

## Unreleased

### Fixed
- A thing.

## 0.2.0 - 2026-12-01

### Added
- Another.

## 0.1.0 - 2026-11-29

The first.
"""


def test_parts_are_read_newest_first() -> None:
    assert [(part.version, part.date) for part in changelog.parts(SMALL)] == [
        ("", ""),
        ("0.2.0", "2026-12-01"),
        ("0.1.0", "2026-11-29"),
    ]
    assert changelog.newest(SMALL) == changelog.Part("0.2.0", "2026-12-01", "### Added\n- Another.")
    assert changelog.unreleased(SMALL) == "### Fixed\n- A thing."


def test_a_changelog_without_a_version_has_no_newest() -> None:
    assert changelog.newest("# Changelog\n\n## Unreleased\n") is None
    assert changelog.unreleased("# Changelog\n\n## Unreleased\n") == ""
