"""INT8 as the notes that this project grew from had it: upstream's model, its linear layers quantised by torch."""

from __future__ import annotations

from typing import Any

from edge.bench.upstream import UpstreamRow


class SeedInt8(UpstreamRow):
    """`torch.ao.quantization.quantize_dynamic(model, {nn.Linear})` on upstream's model, as loaded."""

    number = "6"
    title = "the seed's INT8: quantize_dynamic on upstream"
    quick = False

    def load(self) -> Any:  # noqa: ANN401
        import torch
        from torch.ao.quantization import quantize_dynamic

        return quantize_dynamic(super().load(), {torch.nn.Linear}, dtype=torch.qint8)
