"""What tests of programs without network and disk rely on."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.sandbox import sandbox


@pytest.fixture
def wrapper(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "own").mkdir()
    wrapper = sandbox(tmp_path / "own")
    if not wrapper:
        pytest.skip("this user may not make namespaces here")
    return wrapper


@pytest.mark.parametrize(("path", "status"), [("own/file", 0), ("file", 1), ("own/../file", 1)])
def test_it_writes_into_its_own_folder_alone(wrapper: tuple[str, ...], tmp_path: Path, path: str, status: int) -> None:
    done = subprocess.run([*wrapper, "touch", str(tmp_path / path)], capture_output=True, check=False)
    assert done.returncode == status
    assert (tmp_path / path).exists() == (status == 0)


def test_it_has_no_network(wrapper: tuple[str, ...]) -> None:
    connect = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"
    done = subprocess.run([*wrapper, "python3", "-c", connect], capture_output=True, text=True, check=False)
    assert "Network is unreachable" in done.stderr
