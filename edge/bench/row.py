"""What every row of the benchmark is made of: one class, in a file of its own in `edge/bench/rows`."""

from __future__ import annotations

import importlib.util
import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from edge.bench.memory import Memory
from edge.bench.subjects import FP32, MELO, VOICE, Subject
from edge.runtime import give_back_memory

Sound = npt.NDArray[np.float32]
"""Mono, -1..1, `(n,)`."""

PHRASE, SENTENCE, PARAGRAPH = "phrase", "sentence", "paragraph"
"""The kinds of text: two words; three seconds; twelve seconds."""


class Need(NamedTuple):
    """A Python package or a program, and the line that installs it."""

    name: str
    install: str

    @property
    def is_met(self) -> bool:
        """Whether it is there."""
        return shutil.which(self.name) is not None or importlib.util.find_spec(self.name) is not None


ONNX = Need("onnx", 'pip install "melo-edge[bench]"')
ONNX_RUNTIME = Need("onnxruntime", 'pip install "melo-edge[bench]"')


class Row:
    """One way to speak. It is prepared in one process, and each time that it is measured it starts in a fresh one.

    A row's docstring is what the report says of it.

    Nothing heavy is imported by a row's module or constructor: what `imports` names is, before `start`, and counted.
    """

    number: ClassVar[str]
    """Its place in the table: `6b`."""
    title: ClassVar[str]
    subjects: ClassVar[tuple[str, ...]] = (MELO, VOICE)
    needs: ClassVar[tuple[Need, ...]] = ()
    imports: ClassVar[tuple[str, ...]] = ("torch",)
    tuned: ClassVar[bool] = False
    """Whether its process is set up as this project's are, by `edge.runtime`."""
    kinds: ClassVar[tuple[str, ...]] = (PHRASE, SENTENCE, PARAGRAPH)
    """What it can be asked for."""
    threaded: ClassVar[bool] = True
    """Whether it can be told how many threads to compute on."""
    starts: ClassVar[bool] = True
    """Whether it is started once and then asked; others start anew for each text."""
    quick: ClassVar[bool] = True
    """Whether `--quick` has time for it."""
    durations: ClassVar[str | None] = FP32
    """Whose its sounds' are when judges hear it: they lay beside it what FP32 says with the same. None: others."""

    def __init__(self, subject: Subject, folder: Path) -> None:
        """`folder`: its own, for what it prepares."""
        self.subject = subject
        self.folder = folder
        self.stages: dict[str, float] = {}
        """Seconds of the last text's parts, by name; empty where it has none that can be told apart."""

    def prepare(self) -> None:
        """Writes what `start` needs, in a process of its own.

        Raises:
            MissingError: it cannot be had on this machine.
        """

    def files(self) -> list[Path]:
        """What a device must have of the voice: files, or folders with all that is in them."""
        return []

    def start(self, threads: int) -> None:
        """Gets ready to speak: what a cold start is made of."""

    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        """Says them, in as many pieces as it makes; whoever asks looks at the clock at each."""
        raise NotImplementedError

    def heard(self, sentence: str) -> Sound:
        """What the judges hear of it, with the durations of `durations`."""
        return np.concatenate(list(self.speak([sentence])))

    def stop(self) -> None:
        """Ends what `start` has started."""

    def cpu_seconds(self) -> float:
        """Of all its threads and processes, so far."""
        return time.process_time()

    def memory(self) -> Memory:
        """What it takes now, less what malloc only keeps for a next time."""
        give_back_memory()
        return Memory.of()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times a part of what `speak` does."""
        begun = time.perf_counter()
        yield
        self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - begun

    @classmethod
    def about(cls) -> str:
        """What runs."""
        return " ".join((cls.__doc__ or "").split())

    def missing(self) -> str:
        """What is not installed, and the line that mends it, or not at hand; empty if nothing is missing."""
        absent = [need for need in self.needs if not need.is_met]
        names, lines = (", ".join(dict.fromkeys(need[i] for need in absent)) for i in range(2))
        return f"{names} missing: {lines}" if absent else ""


class Program(Row):
    """A row that is a program of its own, started for each text."""

    imports = ()
    starts = False

    def cpu_seconds(self) -> float:
        """Of the programs that have ended."""
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    def memory(self) -> Memory:
        """The largest of them, which is gone: nothing is left of it."""
        return Memory(0, 0, 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
