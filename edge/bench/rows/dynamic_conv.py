"""torch's dynamic INT8 of convolutions."""

from __future__ import annotations

from typing import Any

from edge.bench.torch_row import SavedRow


class DynamicConv(SavedRow):
    """The same, and flow and vocoder of torch's dynamic `conv1d`, which quantises its output to its input's range."""

    number = "6b"
    title = "quantize_dynamic over Linear and Conv1d"
    quick = False

    def make(self) -> Any:  # noqa: ANN401
        import torch
        from torch.ao.quantization import quantize_dynamic

        from edge.bench.torch_int8 import dynamic_convolutions

        linear = quantize_dynamic(self.subject.fp32(), {torch.nn.Linear}, dtype=torch.qint8)
        return dynamic_convolutions(linear)
