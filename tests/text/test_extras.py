"""What to install, by the record of a melo-edge that is installed, old or not at all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from edge.errors import MissingFrontendError
from edge.text import extras

REQUIREMENTS = """\
Requires-Dist: numpy<2.0,>=1.26
Requires-Dist: anyascii<1,>=0.3; extra == "en"
Requires-Dist: tokenizers<1,>=0.20; extra == "english"
Requires-Dist: melo-edge[en]; extra == "jp"
Requires-Dist: MeCab_Python3<2,>=1.0.9 ; extra == 'jp'
"""


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a melo-edge that is installed, in front of the real one's."""
    folder = tmp_path / "melo_edge-0.0.1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: melo-edge\nVersion: 0.0.1\n{REQUIREMENTS}")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(
    ("extra", "missing", "command"),
    [
        ("en", ["anyascii"], 'pip install "melo-edge[en]"'),
        ("jp", ["mecab-python3", "anyascii"], 'pip install "melo-edge[jp]"'),
        ("jp", ["unidic-lite", "anyascii"], "pip install unidic-lite anyascii"),
        ("en", ["tokenizers"], "pip install tokenizers"),
        ("kr", ["python-mecab-ko"], "pip install python-mecab-ko"),
    ],
    ids=["as recorded", "by way of another extra", "an old record", "another extra", "an extra that it does not know"],
)
def test_the_command_installs_what_is_missing(extra: str, missing: list[str], command: str) -> None:
    assert extras.command(extra, missing) == command


def test_without_a_record_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    assert extras.command("en", ["anyascii"]) == "pip install anyascii"


def test_what_is_there_has_a_folder_and_is_not_imported() -> None:
    sys.modules.pop("g2p_en", None)
    [place] = extras.require("Reading", "en", {"g2p_en": "g2p-en"})
    assert (place / "checkpoint20.npz").is_file()
    assert "g2p_en" not in sys.modules


@pytest.mark.usefixtures("record")
def test_all_that_is_missing_is_named_once() -> None:
    packages = {"no_such_module": "mecab-python3", "nor_this": "mecab-python3", "json": "json", "nor_that": "anyascii"}
    with pytest.raises(MissingFrontendError) as refused:
        extras.require("Reading", "jp", packages, extras.BUNDLED)
    assert str(refused.value) == (
        "Reading needs mecab-python3 and anyascii, or a voice bundle that was built with it. "
        'Install it with `pip install "melo-edge[jp]"`.'
    )
