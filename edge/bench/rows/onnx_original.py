"""The ONNX file that a Piper voice is distributed as."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edge.bench.onnx_row import OnnxRow
from edge.bench.subjects import VOICE, Line


class OnnxOriginal(OnnxRow):
    """The voice's own ONNX file under ONNX Runtime, the same symbols. It predicts its own durations, in FP32, too."""

    number = "9"
    title = "ONNX Runtime FP32, the original file"
    subjects = (VOICE,)

    def missing(self) -> str:
        at_hand = self.subject.checkpoint is not None
        return super().missing() or ("" if at_hand else "only joe's ONNX file is known where to be had")

    @property
    def path(self) -> Path:
        return self.subject.checkpoint or Path()

    def feed(self, line: Line, durations: npt.NDArray[np.int64]) -> Mapping[str, Any]:  # noqa: ARG002  (it has no such input)
        _, noise_scale, noise_scale_w, length_scale = self.subject.scales
        scales = np.array([noise_scale, length_scale, noise_scale_w], np.float32)
        return {"input": line[0], "input_lengths": np.array([line[0].shape[1]]), "scales": scales}
