"""espeak-ng: what costs nearly nothing, and sounds like it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import numpy as np

from edge.bench.row import Need, Program, Sound
from edge.bench.subjects import VOICE

HEADER = 44
"""Bytes of a WAV header."""


class Espeak(Program):
    """`espeak-ng --stdout`, from text: formants and no network. The floor of cost, and of how it sounds."""

    number = "10"
    title = "espeak-ng, a process for each text"
    subjects = (VOICE,)
    needs = (Need("espeak-ng", "apt install espeak-ng"),)
    threaded = False
    durations = None

    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        command = ["espeak-ng", "--stdout", "-v", "en-us", " ".join(sentences)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None  # noqa: S101  (a pipe, as asked for)
            process.stdout.read(HEADER)
            with self.stage("all at once"):
                content = process.stdout.read()
        yield np.frombuffer(content[: len(content) // 2 * 2], "<i2").astype(np.float32) / 32768
