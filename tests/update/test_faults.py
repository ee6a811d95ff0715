"""Whatever strikes while `melo-edge bundle` changes a store: a daemon that starts next has the old voice or the new.

Killed at every call that changes something in the store; the power cut behind each of them; no room on the disk from
each of them on. With `FAULTS=build/faults.json` every scenario is struck, and the file says what came of it; without,
some.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.errors import BundleError
from edge.update.store import VoiceStore, identity
from edge.voice.manifest import read_manifest
from tests.daemons import Daemon, eventually, quiet
from tests.update.bundles import make_bundle
from tests.update.faults.power import read_calls
from tests.update.mounts import mounted

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "faults"
SOME = {
    "kill": ("install", "use", "rollback", "remove the default"),
    "power": ("install", "use", "rollback", "remove the default"),
    "full": ("install",),
}
REPORT = os.environ.get("FAULTS")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("faults") / "faults.so"
    compiler = ["gcc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, FOLDER / "faults.c", "-ldl"]
    subprocess.run(compiler, check=True)
    return library


@pytest.fixture(scope="module")
def report() -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    yield rows
    if REPORT:
        Path(REPORT).parent.mkdir(parents=True, exist_ok=True)
        Path(REPORT).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


@pytest.mark.parametrize(("fault", "points"), [("kill", 50), ("power", 50), ("full", 20)])
def test_there_is_always_a_voice(
    melo_bundle: Path, library: Path, report: list[dict[str, Any]], tmp_path: Path, fault: str, points: int
) -> None:
    command = [sys.executable, "-m", "tests.update.faults.driver", fault, melo_bundle, tmp_path]
    environment = quiet() | {"LD_PRELOAD": str(library)}
    scenarios = () if REPORT else SOME[fault]
    done = subprocess.run([*command, *scenarios], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert {outcome["scenario"] for outcome in outcomes} >= set(SOME[fault])
    assert sum(outcome["points"] for outcome in outcomes) >= points
    assert all(outcome["old"] + outcome["new"] == outcome["states"] for outcome in outcomes)
    report.extend(outcomes)


class Device:
    """A store that speaks Spanish and is to speak English, and the command that is to see to that."""

    def __init__(self, folder: Path, melo_bundle: Path, english_bundle: Path, **faults: str | Path) -> None:
        self.folder = folder
        self.store = VoiceStore(folder / "voices")
        with self.store.changing():
            self.store.switch(self.store.install(melo_bundle, lambda folder: None)[0].name)
        command = [sys.executable, "-m", "edge.cli", "bundle", "install", "--store", self.store.folder, "--use"]
        environment = quiet() | {name: str(value) for name, value in faults.items()}
        if faults:
            environment["FAULT_FOLDER"] = str(self.store.folder)
        self.command = subprocess.Popen([*command, english_bundle], env=environment)

    def speaks(self) -> str:
        """The voice of a daemon that starts now, without a word about another one."""
        arguments = ("--voice", self.store.folder / "default", "--output", self.folder / "heard.wav")
        with Daemon(self.folder, *arguments) as daemon:
            status = daemon.ready().ask("status", "status")
        assert status["fallback"] is None
        return str(status["voice"])


def test_the_command_killed_on_both_sides_of_the_switch(
    melo_bundle: Path, english_bundle: Path, library: Path, tmp_path: Path
) -> None:
    """With nothing left out: the command, its check in a process of its own, a daemon that starts afterwards."""
    bundles = (melo_bundle, english_bundle)
    log = tmp_path / "calls"
    whole = Device(tmp_path / "whole", *bundles, LD_PRELOAD=library, FAULT_LOG=log)
    assert whole.command.wait() == 0
    [switch] = [call.point for call in read_calls(log) if call.name == "exchange"]
    for point, bundle in zip((switch, switch + 1), bundles, strict=True):
        voice = read_manifest(bundle).name
        device = Device(tmp_path / voice, *bundles, LD_PRELOAD=library, FAULT_AT=str(point))
        assert device.command.wait() == -signal.SIGKILL
        assert device.speaks() == voice


def test_the_command_killed_while_a_bundle_is_checked(
    melo_bundle: Path, english_bundle: Path, tmp_path: Path
) -> None:
    device = Device(tmp_path / "device", melo_bundle, english_bundle)
    eventually(lambda: has_child(device.command.pid) or device.command.poll() is not None)
    device.command.kill()
    device.command.wait()
    known = {identity(read_manifest(bundle)) for bundle in (melo_bundle, english_bundle)}
    with device.store.changing():
        assert device.store.links.default in known
        assert not [path for path in device.store.folder.iterdir() if path.name.startswith(".")]
    for entry in device.store.entries():
        device.store.verify(entry)


def has_child(process: int) -> bool:
    """Source of the field: proc_pid_stat(5)."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]) == process:
                return True
    return False


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A megabyte."""
    with mounted(tmp_path / "disk", "tmpfs", "size=1m") as folder:
        yield folder


def test_a_full_disk_leaves_the_old_voice_and_lets_everybody_switch_and_remove(
    small_disk: Path, tmp_path: Path
) -> None:
    store = VoiceStore(small_disk / "voices")
    small = [make_bundle(tmp_path / voice, voice) for voice in ("anna", "bert")]
    large = make_bundle(tmp_path / "carl", "carl", b"large" * 250)
    with store.changing():
        anna, bert = (store.install(bundle, lambda folder: None)[0] for bundle in small)
        store.switch(anna.name)
        before = store.links
        with pytest.raises(BundleError, match="No space left on device"):
            store.install(large, lambda folder: None)
        assert store.links == before
        assert {path.name for path in store.folder.iterdir()} == {"default", anna.name, bert.name}
        with pytest.raises(OSError, match="No space left"):
            shutil.copyfile("/dev/zero", small_disk / "rest")
        store.switch(bert.name)
        store.remove(anna)
        store.verify(bert)
        assert store.links.default == bert.name
