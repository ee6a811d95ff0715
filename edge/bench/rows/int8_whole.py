"""This project's INT8, a sentence at a time."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from edge import runtime
from edge.bench.torch_row import TorchRow


class Int8Whole(TorchRow):
    """The bundle's `voice.ts`: block-scaled INT8, `encode`, then `decode`."""

    number = "11"
    title = "melo-edge INT8, whole sentence"
    imports = ("torch", "edge.speech")
    tuned = True

    def files(self) -> list[Path]:
        return [self.subject.bundle]

    def load(self) -> Any:  # noqa: ANN401
        from edge.voice import open_bundle

        with open_bundle(self.subject.bundle) as bundle:
            model = bundle.model().eval()
        runtime.keep_memory()
        return model

    def computing(self) -> AbstractContextManager[Any]:
        from edge.speech import computing

        return computing()
