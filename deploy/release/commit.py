"""Whether the commit that is checked out is a release: one version, one tag, one heading, and nothing uncommitted."""

from __future__ import annotations

import edge
from deploy.packages.tools import PROJECT, PackagingError, run
from deploy.release import changelog

CHANGELOG = PROJECT / "CHANGELOG.md"

_SHOWN = 3


def check() -> changelog.Part:
    """What the changelog says of the version that this commit releases.

    Raises:
        PackagingError: it is no release; with what is missing.
    """
    _check_tree()
    _check_tag(edge.__version__)
    return _checked_part(edge.__version__)


def _check_tree() -> None:
    changed = run("git", "status", "--porcelain").splitlines()
    if changed:
        names = ", ".join(line[3:] for line in changed[:_SHOWN])
        more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
        raise PackagingError(f"A release is what its tag says, and no commit has what is in {names}{more}: commit it.")


def _check_tag(version: str) -> None:
    tags = run("git", "tag", "--points-at", "HEAD").split()
    if f"v{version}" in tags:
        return
    if not tags:
        message = f"This commit has no tag. To release it as {version}: git tag -a v{version} -m 'melo-edge {version}'"
        raise PackagingError(message)
    found = ", ".join(tags)
    raise PackagingError(f"This commit has the tag {found}, and pyproject.toml the version {version}: they must agree.")


def _checked_part(version: str) -> changelog.Part:
    text = CHANGELOG.read_text(encoding="utf-8")
    part = changelog.newest(text)
    if not part or part.version != version:
        found = part.version if part else "none"
        message = f"The newest version in CHANGELOG.md is {found}, and the version here is {version}: write its part."
        raise PackagingError(message)
    if changelog.unreleased(text):
        message = f"CHANGELOG.md has changes under Unreleased, and this commit has them: move them below {version}."
        raise PackagingError(message)
    return part
