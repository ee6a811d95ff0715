"""This project as it is meant to be used: streamed by the daemon, over its socket."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

import numpy as np

from edge.bench.memory import Memory
from edge.bench.row import Row, Sound
from edge.bench.running import cpu_seconds, running
from edge.bench.subjects import INT8
from edge.service.synthesis import IDLE_SECONDS


class Daemon(Row):
    """`melo-edge serve`, from text: what a client gets over the Unix socket, as it is made, its cache off."""

    number = "12"
    title = "melo-edge INT8, streamed by the daemon"
    imports = ()
    durations: ClassVar[str | None] = INT8
    cache: tuple[str, ...] = ("--cache-memory-mb", "0", "--cache-disk-mb", "0")

    def files(self) -> list[Path]:
        return [self.bundle]

    @property
    def bundle(self) -> Path:
        """What it speaks with."""
        return self.subject.bundle

    def start(self, threads: int) -> None:
        self.context = ExitStack()
        sound = ("--output", self.folder / "sound.wav")
        self.daemon = self.context.enter_context(
            running(self.bundle, self.folder, "--threads", str(threads), *sound, *self.cache)
        )

    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        begun = time.perf_counter()
        for event in self.daemon.client.synthesize(" ".join(sentences)):
            if event.payload:
                self.stages.setdefault("first block", time.perf_counter() - begun)
                yield np.frombuffer(event.payload, "<i2").astype(np.float32) / 32768
        self.stages["the rest"] = time.perf_counter() - begun - self.stages["first block"]

    def stop(self) -> None:
        self.context.close()

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.daemon.pid)

    def memory(self) -> Memory:
        time.sleep(2 * IDLE_SECONDS)  # it gives back what it only keeps for a next time
        return Memory.of(self.daemon.pid)
