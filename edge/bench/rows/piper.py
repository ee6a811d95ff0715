"""Piper itself."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np

from edge.bench.row import Need, Program, Sound
from edge.bench.subjects import VOICE

INSTALL = "pip install piper-tts"
PIECE = 1 << 16


class Piper(Program):
    """`python -m piper --output-raw` on the same file, from text.

    It has no option for threads: its cores are limited.
    """

    number = "9a"
    title = "piper-tts, a process for each text"
    subjects = (VOICE,)
    # It brings an espeak-ng of its own, which reads three of the six judged sentences otherwise.
    durations: ClassVar[str | None] = None
    needs = (Need("piper", INSTALL), Need("pathvalidate", INSTALL), Need("onnxruntime", INSTALL))

    def missing(self) -> str:
        at_hand = self.subject.checkpoint is not None
        return super().missing() or ("" if at_hand else "only joe's ONNX file is known where to be had")

    def files(self) -> list[Path]:
        spec = importlib.util.find_spec("piper")
        data = [Path(folder) for folder in (spec.submodule_search_locations or ()) if spec] if spec else []
        return [path for path in (self.subject.checkpoint, self.subject.config) if path] + data

    def start(self, threads: int) -> None:
        self.cores = sorted(os.sched_getaffinity(0))[:threads]

    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        noise = ("--noise-scale", "0", "--noise-w-scale", "0")
        command = [sys.executable, "-m", "piper", "-m", str(self.subject.checkpoint), "--output-raw", *noise]
        taskset = ["/usr/bin/taskset", "--cpu-list", ",".join(map(str, self.cores))]
        with subprocess.Popen(
            [*taskset, *command, "-c", str(self.subject.config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,  # what there is, as soon as there is something
        ) as process:
            assert process.stdin is not None  # noqa: S101  (pipes, as asked for)
            assert process.stdout is not None  # noqa: S101
            process.stdin.write(" ".join(sentences).encode())
            process.stdin.close()
            with self.stage("all at once"):
                pieces = iter(lambda: process.stdout.read(PIECE), b"")  # type: ignore[union-attr]
                rest = b""
                for piece in pieces:
                    whole, rest = _whole_samples(rest + piece)
                    yield whole
        if process.returncode:
            raise RuntimeError(f"piper ended with {process.returncode}")


def _whole_samples(content: bytes) -> tuple[Sound, bytes]:
    even = len(content) // 2 * 2
    return np.frombuffer(content[:even], "<i2").astype(np.float32) / 32768, content[even:]
