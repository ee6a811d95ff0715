"""torch's static INT8 for the vocoder."""

from __future__ import annotations

from typing import Any

from edge.bench.torch_row import SavedRow


class StaticVocoder(SavedRow):
    """The vocoder's plain convolutions as torch's static `quantized.Conv1d`, per tensor in and out; the rest FP32."""

    number = "7"
    title = "torch static INT8 vocoder"
    quick = False

    def make(self) -> Any:  # noqa: ANN401
        from edge.bench.torch_int8 import static_vocoder

        subject = self.subject
        return static_vocoder(subject.fp32(), list(subject.inputs(list(subject.texts.phrases))), subject.scales)
