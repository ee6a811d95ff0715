"""Upstream's PyTorch, as a script that is called for each text uses it."""

from __future__ import annotations

from collections.abc import Iterator

from edge.bench.row import Sound
from edge.bench.upstream import UpstreamRow, models


class UpstreamPerRequest(UpstreamRow):
    """MeloTTS 0.1.2's own code, eager FP32; imports are done, the checkpoint is read anew for each text."""

    number = "1"
    title = "upstream PyTorch, model loaded per request"
    quick = False

    def start(self, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        models()

    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        with self.stage("loading"):
            self.model = self.load()
        yield from super().speak(sentences)
        del self.model
