"""ONNX of the whole model, which the notes that this project grew from held to be impossible."""

from __future__ import annotations

from edge.bench.onnx_row import OnnxRow
from edge.bench.row import ONNX, ONNX_RUNTIME


class OnnxFp32(OnnxRow):
    """This project's FP32 model exported whole, text to sound, any length; ONNX Runtime, no torch in the process."""

    number = "8"
    title = "ONNX Runtime FP32, our export"
    needs = (ONNX, ONNX_RUNTIME)

    def prepare(self) -> None:
        from edge.bench.export import export

        export(self.subject, self.path)
