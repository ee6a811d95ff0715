"""Resident memory, in processes of their own: what a model adds to `import torch`, and the whole daemon."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec

from edge import runtime
from edge.errors import EdgeError
from edge.text import Phonemes

SPOKEN = 2
"""How often the model speaks: compiled on the first run, optimised on the second."""

MEGABYTE = 1e6


class Memory(msgspec.Struct, frozen=True):
    """Of one process, in bytes; proc(5), `status`."""

    resident: int
    """`VmRSS`: with the pages of libraries that it has touched, which other processes share."""
    anonymous: int
    """`RssAnon`: its own."""
    peak: int
    """`VmHWM`: the most that `resident` ever was."""

    @classmethod
    def of(cls, pid: int | None = None) -> Memory:
        """Reads it."""
        status = Path(f"/proc/{pid or os.getpid()}/status").read_text(encoding="ascii")
        kilobytes = {name: int(number) for name, number in re.findall(r"^(\w+):\s+(\d+) kB$", status, re.MULTILINE)}
        return cls(*(1024 * kilobytes[name] for name in ("VmRSS", "RssAnon", "VmHWM")))


class Growth(msgspec.Struct, frozen=True):
    """One model in a fresh process."""

    imported: Memory
    """Python, torch, the operator."""
    loaded: Memory
    spoken: Memory
    """After `SPOKEN` sentences."""
    trimmed: Memory
    """The same after malloc_trim(3)."""


def grow(model: Path, inputs: Path, threads: int, environment: dict[str, str] | None = None) -> Growth:
    """What `model`, a TorchScript file, takes in a fresh process that speaks `inputs`, as `Voice` does."""
    command = [sys.executable, "-m", "edge.bench", "memory", str(model), str(inputs), str(threads)]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, **(environment or {})})
    if done.returncode:
        raise EdgeError(f"{model} cannot be measured: {done.stderr.decode().strip()[-500:]}")
    return msgspec.json.decode(done.stdout, type=Growth)


def grow_here(model: Path, inputs: Path, threads: int) -> Growth:
    """The same in this process."""
    import torch

    from edge.bench.full_size import manifest
    from edge.int8 import operator
    from edge.speech import Voice

    operator.load()
    torch.set_num_threads(threads)
    sentence = tuple(torch.load(inputs, weights_only=True))
    description = manifest()
    imported = Memory.of()
    voice = Voice(description, torch.jit.load(str(model)).eval(), _no_text)
    loaded = Memory.of()
    for seed in range(SPOKEN):
        list(voice.speak(sentence, seed=seed))
    spoken = Memory.of()
    runtime.give_back_memory()
    return Growth(imported, loaded, spoken, Memory.of())


def _no_text(text: str, strict: bool = False) -> Phonemes:  # noqa: ARG001, FBT001, FBT002  (a `Frontend`)
    raise AssertionError(text)  # the sentence is given as tensors: no text is read
