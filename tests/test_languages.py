"""docs/languages.md says of each language what scripts/languages.py finds."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINES = (ROOT / "docs" / "languages.md").read_text(encoding="utf-8").splitlines()
ROWS = {cells[1]: cells[1:-1] for line in LINES if (cells := [cell.strip() for cell in line.split("|")])[2:]}
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "languages.py"))


def test_the_table_has_every_language_and_the_column_s_names() -> None:
    assert [name for name in ROWS if name in SCRIPT["LANGUAGES"]] == list(SCRIPT["LANGUAGES"])
    assert SCRIPT["HEAD"].splitlines() == LINES[: len(SCRIPT["HEAD"].splitlines())]
    assert SCRIPT["LEGEND"].strip() in "\n".join(LINES)


@pytest.mark.parametrize("language", SCRIPT["LANGUAGES"])
def test_what_is_the_same_everywhere_is_as_it_says(language: str, tmp_path: Path) -> None:
    """Not how long it takes, and how large installed packages are."""
    _, rows, passed, _, _, _, size, packages = ROWS[language]
    found = SCRIPT["facts"](language, tmp_path)
    assert rows == str(found.parity)
    assert passed == f"{found.passed} of {found.cases}"
    assert found.passed == found.cases
    assert float(size.removesuffix(" MB")) == pytest.approx(found.megabytes, abs=0.11)  # compressed by any zlib
    assert packages.partition(":")[0] == (", ".join(SCRIPT["PACKAGES"].get(language, ())) or "none")
    differing = [line for line in LINES if line.startswith(f"- {language}: ")]
    assert differing == [SCRIPT["deviation_line"](language, text) for text in found.parity.deviations]
