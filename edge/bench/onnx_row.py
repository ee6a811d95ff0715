"""Rows that run a voice under ONNX Runtime, without torch in their process."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from edge.bench.row import ONNX_RUNTIME, Need, Row, Sound
from edge.bench.subjects import NAMES, Line


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

    def feed(self, line: Line) -> Mapping[str, Any]:
        """A sentence's inputs by the names that the file has for them."""
        wanted = {entry.name for entry in self.session.get_inputs()}
        return {name: array for name, array in zip(NAMES, line, strict=True) if name in wanted}

    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        for line in self.subject.lines(sentences):
            with self.stage("all at once"):
                [audio] = self.session.run(None, self.feed(line))
            yield np.asarray(audio, np.float32).ravel()
