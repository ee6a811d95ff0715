"""ONNX Runtime's own INT8."""

from __future__ import annotations

import importlib
import logging

from edge.bench.onnx_row import OnnxRow
from edge.bench.row import ONNX, ONNX_RUNTIME


class OnnxInt8(OnnxRow):
    """`onnxruntime.quantization.quantize_dynamic` of that file, with its defaults."""

    number = "8a"
    title = "ONNX Runtime dynamic INT8, our export"
    quick = False
    needs = (ONNX, ONNX_RUNTIME)

    def prepare(self) -> None:
        from edge.bench.export import export

        logging.disable(logging.WARNING)  # one for each shape that it cannot infer
        fp32 = self.folder / "fp32.onnx"
        export(self.subject, fp32)
        importlib.import_module("onnxruntime.quantization").quantize_dynamic(str(fp32), str(self.path))
        fp32.unlink()
