"""docs/protocol.md tells of every request, and of nothing that there is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.daemons import Daemon

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")


def names(header: str) -> set[str]:
    """The first column of all tables whose first header is `header`."""
    tables = [table for table in TEXT.split("\n\n") if table.startswith(f"| {header} |")]
    return set(re.findall(r"^\| `([a-z-]+)` \|", "\n".join(tables), re.MULTILINE))


def test_the_requests_are_those_that_the_daemon_knows(daemon: Daemon) -> None:
    with daemon.connect() as line:
        line.send("dance")
        known = line.expect("error")["text"].partition("There are: ")[2]
    assert names("request") == set(known.rstrip(".").split(", "))


@pytest.mark.parametrize("request_line", re.findall(r"^\{.*\}$", TEXT, re.MULTILINE))
def test_what_it_shows_works(daemon: Daemon, request_line: str) -> None:
    with daemon.connect() as line:
        line.send_bytes(f"{request_line}\n".encode())
        assert line.until("finished") == ["queued", "started", "finished"]


def test_the_codes_are_those_in_the_sources() -> None:
    files = (ROOT / "edge" / "errors.py", *(ROOT / "edge" / "service").rglob("*.py"))
    sources = "\n".join(file.read_text(encoding="utf-8") for file in files)
    codes = set(re.findall(r"""(?:code = |"code": )"([a-z-]+)\"""", sources))
    # These never reach a socket: the daemon does not start, or cannot be reached.
    elsewhere = {"bad-bundle", "bad-checkpoint", "bad-lexicon", "missing-frontend", "no-daemon"}
    assert names("code") == codes - elsewhere
