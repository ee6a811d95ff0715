from pathlib import Path

import pytest

from edge.text import packed_once


def write(folder: Path) -> None:
    (folder / "data").write_text("packed", encoding="ascii")


def test_what_is_there_is_not_packed_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path))
    folder = packed_once.kept("xx-1", write)
    assert folder is not None
    assert [path.name for path in folder.iterdir()] == ["data"]
    assert packed_once.kept("xx-1", lambda _: pytest.fail("packed again")) == folder
    assert [path.name for path in folder.parent.iterdir()] == ["xx-1"]


def test_a_folder_that_another_program_makes_meanwhile_is_as_good(tmp_path: Path) -> None:
    packed_once.write_whole(tmp_path / "xx-1", write)
    packed_once.write_whole(tmp_path / "xx-1", write)
    assert [path.name for path in tmp_path.iterdir()] == ["xx-1"]


def test_nothing_is_left_of_what_could_not_be_packed(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        write(folder)
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        packed_once.write_whole(tmp_path / "xx-1", fail)
    assert not list(tmp_path.iterdir())


def test_without_a_cache_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHE_DIRECTORY", "/proc/no-such-folder")
    assert packed_once.kept("xx-1", write) is None
