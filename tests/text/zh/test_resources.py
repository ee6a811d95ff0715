from pathlib import Path

import pytest

from edge.text.zh import resources


def test_a_cache_that_cannot_be_written_costs_time_and_no_more(
    chinese_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CACHE_DIRECTORY", "/proc/no-such-folder")
    made = resources.pack(tmp_path)
    assert [path.read_bytes() for path in made] == [(chinese_folder / path.name).read_bytes() for path in made]
    monkeypatch.setattr(resources, "_made", lambda: resources._read(tmp_path))
    segmenter, readings = resources.load(None)
    assert segmenter.cut("这家银行很好") == [("这家", "r"), ("银行", "n"), ("很", "d"), ("好", "a")]
    assert readings.finals("银行很好") == ["in2", "ang2", "en3", "ao3"]
