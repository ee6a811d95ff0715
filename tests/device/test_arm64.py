"""The arm64 package's own Python, torch and INT8 operator, emulated as a Raspberry Pi 4, sound as x86's do.

What can be compared number for number are the parts of the voice, each on the same input. The whole cannot: the text
encoder's FP32 rounds otherwise by some 4e-6, which flips a level of the 8-bit flow here and there, and a flipped level
is 1e4 times as large (`tests/arm/same_sound.py`; x86 with its prior shaken by as little is as far from itself). So the
whole has to be of the same length, and the same to the ear.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soxr
from pesq import pesq

from deploy.packages.cli import build
from deploy.packages.tools import PackagingError
from edge.speech import Voice
from tests.arm.distances import Distances
from tests.device import emulated
from tests.device.emulated import EmulatedDaemon, EmulatedDevice
from tests.sound_card import SOURCE, SoundCard

ROOT = Path(__file__).parents[2]

TOLERANCE = 1e-4
"""Integer sums are equal on every machine; what is left in FP32 rounds in another order."""

PARTS = ("text", "flow", "vocoder")

ALIKE = 4.4
"""PESQ. 4.64 is identical; x86's sound against x86's own, with its prior shaken by 4e-6, 4.56 to 4.61 in eight draws;
the same sentence with noise, as it is spoken otherwise, 3.4."""

TEXT = "It is half past four, and nobody is at home."

Pcm = npt.NDArray[np.int16]


@pytest.fixture(scope="module")
def device(joe_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> EmulatedDevice:
    with _skipping():
        emulated.prepare()
    *packages, _ = build("arm64", [joe_bundle], tmp_path_factory.mktemp("arm64"))
    with _skipping():
        debian = emulated.debian_12(packages)
    device = EmulatedDevice(tmp_path_factory.mktemp("device"), packages, debian)
    _give_voice(device, joe_bundle)
    return device


@contextmanager
def _skipping() -> Iterator[None]:
    """What this machine cannot do is no failure."""
    try:
        yield
    except PackagingError as error:
        pytest.skip(f"THE ARM64 PACKAGE IS NOT TESTED: {error}")


def _give_voice(device: EmulatedDevice, bundle: Path) -> None:
    """Has the device speak with the voice of its package, without the noise that makes each time another sound."""
    default = device.root / "var/lib/melo-edge/voices/default"
    shutil.copytree(device.root / "usr/share/melo-edge/voices" / _name(bundle), default)
    manifest = json.loads((default / "manifest.json").read_text(encoding="utf-8"))
    manifest["scales"] |= {"noise_scale": 0.0, "noise_scale_w": 0.0}
    (default / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def _name(bundle: Path) -> str:
    name: str = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["name"]
    return name


@pytest.fixture(scope="module")
def card(device: EmulatedDevice) -> SoundCard:
    folder = device.shared / "card"
    folder.mkdir()
    plugin = folder / "recorder.so"
    emulated.compile_plugin(device, SOURCE, plugin)
    return SoundCard(folder, plugin, "")


@pytest.fixture(scope="module")
def daemon(device: EmulatedDevice, card: SoundCard) -> Iterator[EmulatedDaemon]:
    with EmulatedDaemon(device, card.environment) as daemon:
        yield daemon.ready()


@pytest.fixture(scope="module")
def sent(daemon: EmulatedDaemon) -> Pcm:
    """What the daemon sends who asks for the text's sound."""
    with daemon.connect() as line:
        return np.frombuffer(line.synthesize(TEXT), np.int16)


@pytest.fixture(scope="module")
def distances(device: EmulatedDevice, joe_bundle: Path, measured: dict[str, Any]) -> Distances:
    program, recording = device.shared / "distances.py", device.shared / "recording.pt"
    subprocess.run([sys.executable, ROOT / "tests/arm/record.py", joe_bundle, recording], cwd=ROOT, check=True)
    shutil.copy(ROOT / "tests/arm/distances.py", program)
    printed = device.run_python(program, f"/usr/share/melo-edge/voices/{_name(joe_bundle)}", recording)
    found = Distances(**json.loads(printed.splitlines()[-1]))
    measured["arm64_distances"] = {part: getattr(found, part) for part in PARTS}
    return found


@pytest.mark.parametrize("part", PARTS)
def test_each_part_answers_as_on_x86(distances: Distances, part: str) -> None:
    assert getattr(distances, part) <= TOLERANCE


def test_the_daemon_sounds_as_on_x86(device: EmulatedDevice, sent: Pcm, measured: dict[str, Any]) -> None:
    voice = Voice.load(device.root / "var/lib/melo-edge/voices/default")
    here = voice.synthesize(TEXT)
    assert sent.size == here.size
    likeness = pesq(16000, *(soxr.resample(pcm / 32768, voice.sample_rate, 16000) for pcm in (here, sent)), "wb")
    measured["arm64_pesq"] = likeness
    assert likeness >= ALIKE


def test_say_plays_it_on_the_card(
    device: EmulatedDevice, daemon: EmulatedDaemon, card: SoundCard, sent: Pcm
) -> None:
    device.run_python("/usr/bin/melo-edge", "say", "--socket", daemon.socket, "--wait", TEXT)
    rate, heard = card.recording()
    assert rate == 22050
    assert heard[: sent.size].tobytes() == sent.tobytes()
    assert not heard[sent.size :].any()


def test_it_ends_when_it_is_told_to(daemon: EmulatedDaemon) -> None:
    assert daemon.stop() == 0, daemon.log
