"""scripts/needs.tsv: what tests and builders ask of the machine is in it, so nothing is found by luck."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]

ROWS = [
    line.split("\t")
    for line in (ROOT / "scripts" / "needs.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
NAMES: dict[tuple[str, str], set[str]] = defaultdict(set)
for target, source, names, _ in ROWS:
    NAMES[target, source] |= set(names.split())

TESTED = [*sorted((ROOT / "deploy").rglob("*.py")), *sorted((ROOT / "tests").rglob("*.py"))]


def of_debian(*targets: str) -> set[str]:
    return set().union(*(NAMES[target, "debian"] for target in targets))


def asked_for(file: Path) -> set[str]:
    """The Debian packages that a file's calls of `need({program: package})` name."""
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    tables = [call.args[0] for call in calls if getattr(call.func, "id", "") == "need" and call.args]
    values = [value for table in tables if isinstance(table, ast.Dict) for value in table.values]
    return {str(value.value) for value in values if isinstance(value, ast.Constant)}


def test_every_row_has_a_known_source_names_and_a_reason() -> None:
    for row in ROWS:
        assert len(row) == 4, row
        assert row[1] in {"debian", "pypi", "pypi-alone", "npm"}, row
        assert all(row), row


def test_extras_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {name for (_, source), names in NAMES.items() if source == "pypi" for name in names}
    assert named <= set(project["optional-dependencies"])


def test_what_is_installed_alone_is_one_release() -> None:
    alone = {name for (_, source), names in NAMES.items() if source == "pypi-alone" for name in names}
    assert {name for name in alone if "==" not in name} == {"tqdm"}  # any of its releases does


@pytest.mark.parametrize("file", TESTED, ids=lambda file: str(file.relative_to(ROOT)))
def test_programs_that_builders_and_tests_need_are_in_the_table(file: Path) -> None:
    assert asked_for(file) <= of_debian("demo", "test", "arm", "device", "vm")


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="set-up installs Debian packages on a Debian alone")
def test_set_up_installed_what_the_tests_need_of_debian() -> None:
    wanted = of_debian("demo", "test")
    command = ["dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Package}\n", *wanted]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert {f"installed {name}" for name in wanted} <= set(said.splitlines())
