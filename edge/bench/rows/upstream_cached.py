"""Upstream's PyTorch with a phrase cache, hit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from edge.bench.row import PHRASE, Sound
from edge.bench.upstream import UpstreamRow


class UpstreamCached(UpstreamRow):
    """The same; the phrase was spoken before and is read from a file. Nothing is computed."""

    number = "4"
    title = "upstream PyTorch, a phrase cache, hit"
    quick = False
    speed = 1.3
    kinds = (PHRASE,)
    threaded = False
    durations = None

    def prepare(self) -> None:
        super().prepare()
        self.start(1)
        for phrase in self.subject.texts.phrases:
            [sound] = super().speak([phrase])
            np.save(self._file([phrase]), sound)

    def files(self) -> list[Path]:
        return [*super().files(), *self.folder.glob("*.npy")]

    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        with self.stage("reading"):
            sound: Sound = np.load(self._file(sentences))
        yield sound

    def _file(self, sentences: list[str]) -> Path:
        return self.folder / f"{hashlib.sha256(' '.join(sentences).encode()).hexdigest()}.npy"
