"""This project's INT8, streamed, without the daemon around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from edge import runtime
from edge.bench.row import Row, Sound
from edge.bench.subjects import INT8


class Int8Streamed(Row):
    """The same file, block by block as the daemon has it, in one process: what streaming itself costs."""

    number = "11b"
    title = "melo-edge INT8, streamed"
    imports = ("torch", "edge.speech")
    tuned = True
    durations: ClassVar[str | None] = INT8

    def files(self) -> list[Path]:
        return [self.subject.bundle]

    def start(self, threads: int) -> None:
        import torch

        from edge.speech import Voice

        torch.set_num_threads(threads)
        self.voice = Voice.load(self.subject.bundle)
        runtime.keep_memory()
        self.voice.warm_up()

    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        for inputs in self.subject.inputs(sentences):
            for audio in self.voice.speak(inputs):
                yield audio.flatten().numpy()
