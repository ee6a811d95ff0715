from collections.abc import Callable
from pathlib import Path

import pytest

from edge.text import es, fr, zh


def packed(factory: pytest.TempPathFactory, pack: Callable[[Path], list[Path]]) -> Path:
    """A bundle's frontend folder; every file in it was named."""
    folder = factory.mktemp("frontend")
    assert sorted(pack(folder)) == sorted(folder.iterdir())
    return folder


@pytest.fixture(scope="session")
def spanish_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed(tmp_path_factory, es.pack)


@pytest.fixture(scope="session")
def french_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed(tmp_path_factory, fr.pack)


@pytest.fixture(scope="session")
def chinese_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed(tmp_path_factory, zh.pack)
