"""Before a package goes anywhere, it speaks here: on arm64, on an emulated Cortex-A72, the oldest that it is for."""

from __future__ import annotations

import os
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

from deploy.packages import elf, emulation, oldest_arm
from deploy.packages.interpreter import HOME
from deploy.packages.tools import PackagingError, run

CPU = "cortex-a72"
TEXT = "Hello."


def rehearse(arch: str, package: Path, voices: Sequence[Path]) -> str:
    """Has the program's package say something with each voice; returns what was found, for people.

    Each voice is read and spoken by that package's own Python with its own packages.

    Raises:
        PackagingError: it has instructions that not every device knows, or it does not speak.
    """
    with tempfile.TemporaryDirectory(prefix="melo-edge-rehearsal-") as name:
        folder = Path(name)
        run("dpkg-deb", "--extract", package, folder)
        home = folder / HOME.relative_to("/")
        found = ["The libraries need nothing newer than Debian 12's."]
        if arch == "arm64":
            for file in elf.compiled(home):
                oldest_arm.refuse_atomics(file)
            found.append("They load on kernels with pages of up to 64 KB.")
            found.append("None uses the atomics of ARMv8.1 without asking the processor first.")
        emulator = emulation.emulator(CPU) if arch == "arm64" else []
        where = f"an emulated {CPU}" if arch == "arm64" else "the machine that built it"
        for voice in voices:
            _speak([*emulator, str(home / "bin" / "python3"), "-I"], voice, folder)
        found.append(f"On {where}, {' and '.join(voice.name for voice in voices)} spoke.")
    return " ".join(found)


def _speak(python: Sequence[str], voice: Path, folder: Path) -> None:
    sound = folder / "spoken.wav"
    environment = {"OMP_NUM_THREADS": str(os.cpu_count())}
    # Where these are set, they name a core of this machine.
    environment |= {"OPENBLAS_CORETYPE": "", "OPENBLAS_L2_SIZE": ""}
    command = (folder / "usr/bin/melo-edge", "synth", "--voice", voice.resolve(), "--output", sound, TEXT)
    run(*python, *command, folder=folder, environment=environment)
    with wave.open(str(sound)) as spoken:
        if not spoken.getnframes():
            raise PackagingError(f"The program runs, but the voice {voice} said nothing.")
