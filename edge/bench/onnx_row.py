"""Rows that run a voice under ONNX Runtime, without torch in their process."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from edge.bench.row import ONNX_RUNTIME, Need, Row, Sound
from edge.bench.subjects import FP32, NAMES, Line


class OnnxRow(Row):
    """Speaks sentence by sentence, each in one piece."""

    needs: ClassVar[tuple[Need, ...]] = (ONNX_RUNTIME,)
    imports = ("numpy", "onnxruntime")

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / "voice.onnx"

    def files(self) -> list[Path]:
        return [self.path]

    def start(self, threads: int) -> None:
        onnxruntime = importlib.import_module("onnxruntime")  # without types
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session: Any = onnxruntime.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])

    def feed(self, line: Line, durations: npt.NDArray[np.int64]) -> Mapping[str, Any]:
        """A sentence's inputs by the names that the file has for them; `durations (1, L)`: zeros are predicted."""
        wanted = {entry.name for entry in self.session.get_inputs()}
        arrays = zip((*NAMES, "durations"), (*line, durations), strict=True)
        return {name: array for name, array in arrays if name in wanted}

    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        for line in self.subject.lines(sentences):
            yield self._say(line, np.zeros_like(line[0]))

    def heard(self, sentence: str) -> Sound:
        [line] = self.subject.lines([sentence])
        return self._say(line, self.subject.durations(sentence, FP32))

    def _say(self, line: Line, durations: npt.NDArray[np.int64]) -> Sound:
        with self.stage("all at once"):
            [audio] = self.session.run(None, self.feed(line, durations))
        return np.asarray(audio, np.float32).ravel()
