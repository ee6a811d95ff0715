"""Rows that run this project's `Synthesizer` in torch, whatever was made of it: `encode`, then `decode`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.bench.row import Row, Sound
from edge.bench.subjects import FP32

if TYPE_CHECKING:
    from torch import Tensor

    from edge.voice import Inputs


class TorchRow(Row):
    """Speaks sentence by sentence, each in one piece."""

    imports = ("torch", "edge.model")

    def load(self) -> Any:  # noqa: ANN401  (a module, or a scripted one)
        """The model, with the methods of `Synthesizer`."""
        raise NotImplementedError

    def start(self, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self.model = self.load()

    def computing(self) -> AbstractContextManager[Any]:
        """How it runs."""
        import torch

        return torch.inference_mode()

    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        for inputs in self.subject.inputs(sentences):
            yield from self.say(inputs)

    def heard(self, sentence: str) -> Sound:
        import torch

        [inputs] = self.subject.inputs([sentence])
        return np.concatenate(list(self.say(inputs, torch.from_numpy(self.subject.durations(sentence, FP32)))))

    def say(self, inputs: Inputs, durations: Tensor | None = None) -> Iterator[Sound]:
        """One sentence; `durations (1, L)`: frames a symbol; None: predicted, as a voice that speaks has to."""
        with self.computing():
            with self.stage("text to latent"):
                z, g, _ = self.model.encode(*inputs, *self.subject.scales, None, None, durations)
            with self.stage("latent to sound"):
                audio = self.model.decode(z, g)
        yield audio.flatten().numpy()


class SavedRow(TorchRow):
    """One whose model is a Python module: saved whole, as torch saves what it quantised in eager mode."""

    def make(self) -> Any:  # noqa: ANN401  (a module with the methods of `Synthesizer`)
        """Builds it."""
        raise NotImplementedError

    def prepare(self) -> None:
        import torch

        from edge.bench.torch_int8 import choose_engine

        choose_engine()
        torch.save(self.make(), self._path)

    def files(self) -> list[Path]:
        return [self._path]

    def load(self) -> Any:  # noqa: ANN401
        import torch

        from edge.bench.torch_int8 import choose_engine

        choose_engine()
        return torch.load(self._path, weights_only=False)  # this run's own file

    @property
    def _path(self) -> Path:
        return self.folder / "voice.pth"
