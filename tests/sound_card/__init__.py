"""pytest plugin: a recording sound card that PyAudio cannot tell from a real one.

Load with `pytest_plugins = ["tests.sound_card"]`. ALSA reads its configuration once per PortAudio
initialisation in a process; `SoundCard.environment`, merged into a child's environment, makes the card that
child's only one. `in_process` does the same for the test process itself.
"""

from __future__ import annotations

import os
import subprocess
import wave
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

SOURCE = Path(__file__).with_name("pcm_recorder.c")

# "default" is what a user gets: a plug, which converts. "recorder" is the bare card, which refuses. "sysdefault"
# is here for its name, which contains the other's.
ASOUND_CONF = """
pcm_type.recorder {{ lib "{plugin}" }}
pcm.recorder {{ type recorder directory "{directory}" {limits} }}
pcm.sysdefault {{ type recorder directory "{directory}" rate 8000 }}
pcm.!default {{ type plug slave.pcm "recorder" }}
ctl.!default {{ type null }}
"""


class LogEntry(NamedTuple):
    time: float
    """Seconds, `time.monotonic()`."""
    event: str
    """start, stop, drop, xrun, unplugged."""
    heard: int
    """Frames recorded before it."""
    discarded: int
    """Frames that were written and will not be heard."""


class SoundCard:
    """A card in a folder of its own, plugged in until `pull_out`."""

    def __init__(self, directory: Path, plugin: Path, limits: str) -> None:
        self._directory = directory
        config = directory / "asound.conf"
        config.write_text(ASOUND_CONF.format(plugin=plugin, directory=directory, limits=limits))
        self.environment = {"ALSA_CONFIG_PATH": str(config)}
        self.plug_in()

    def plug_in(self) -> None:
        (self._directory / "plugged").touch()

    def pull_out(self) -> None:
        """From now on every call fails with ENODEV, also those of streams that are open."""
        (self._directory / "plugged").unlink()

    def stall(self) -> None:
        """Stop the card's clock: it takes nothing more, and says nothing."""
        (self._directory / "stalled").touch()

    def resume(self) -> None:
        (self._directory / "stalled").unlink()

    def recording(self) -> tuple[int, npt.NDArray[np.int16]]:
        """Return the rate in Hz and all that was heard, shape `(frames,)`, or `(frames, 2)` in stereo."""
        path = self._directory / "card.wav"
        if not path.exists():
            return 0, np.empty(0, np.int16)
        with wave.open(str(path)) as file:
            pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16)
            return file.getframerate(), pcm.reshape(-1, 2) if file.getnchannels() == 2 else pcm

    def log(self) -> list[LogEntry]:
        path = self._directory / "card.log"
        lines = path.read_text().splitlines() if path.exists() else []
        return [
            LogEntry(float(time), event, int(heard), int(discarded))
            for time, event, heard, discarded in (line.split() for line in lines)
        ]


class MakeSoundCard(Protocol):
    def __call__(self, *, rate: int | None = None, channels: int | None = None) -> SoundCard:
        """Make a card; with `rate` (Hz) or `channels` the bare card can do only that."""


@pytest.fixture(scope="session")
def recorder_plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ALSA plugin, built once a session."""
    plugin = tmp_path_factory.mktemp("alsa") / "libasound_module_pcm_recorder.so"
    command = ["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O2", "-fPIC", "-DPIC", "-shared"]
    subprocess.run([*command, "-o", plugin, SOURCE, "-lasound"], check=True)
    return plugin


@pytest.fixture
def make_sound_card(recorder_plugin: Path, tmp_path_factory: pytest.TempPathFactory) -> MakeSoundCard:
    def make(*, rate: int | None = None, channels: int | None = None) -> SoundCard:
        wanted = {"rate": rate, "channels": channels}
        limits = " ".join(f"{name} {value}" for name, value in wanted.items() if value is not None)
        return SoundCard(tmp_path_factory.mktemp("card"), recorder_plugin, limits)

    return make


@pytest.fixture
def sound_card(make_sound_card: MakeSoundCard) -> SoundCard:
    return make_sound_card()


@pytest.fixture
def in_process(sound_card: SoundCard) -> Iterator[SoundCard]:
    """`sound_card` as the test process's own card."""
    with pytest.MonkeyPatch.context() as patch:
        use_in_process(sound_card, patch)
        yield sound_card


def use_in_process(card: SoundCard, patch: pytest.MonkeyPatch) -> None:
    """Make `card` the one that PortAudio finds when it is next initialised in this process."""
    for name, value in card.environment.items():
        patch.setitem(os.environ, name, value)
