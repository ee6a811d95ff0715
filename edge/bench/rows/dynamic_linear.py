"""torch's dynamic INT8 of linear layers, where it can be applied: on this project's model, which has no weight norm."""

from __future__ import annotations

from typing import Any

from edge.bench.torch_row import SavedRow


class DynamicLinear(SavedRow):
    """The same call on this project's FP32 model: all but the speaker's projections are convolutions, and stay FP32."""

    number = "6a"
    title = "quantize_dynamic over Linear"
    quick = False

    def make(self) -> Any:  # noqa: ANN401
        import torch
        from torch.ao.quantization import quantize_dynamic

        return quantize_dynamic(self.subject.fp32(), {torch.nn.Linear}, dtype=torch.qint8)
