"""TorchScript in FP32."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.bench.torch_row import TorchRow


class TorchScriptFp32(TorchRow):
    """This project's model, weight norm folded, scripted and frozen; what quality is compared with."""

    number = "5"
    title = "TorchScript FP32, scripted and frozen"
    quick = False

    def prepare(self) -> None:
        import torch

        scripted = torch.jit.script(self.subject.fp32())
        torch.jit.save(torch.jit.freeze(scripted, preserved_attrs=["encode", "decode"]), str(self._path))

    def files(self) -> list[Path]:
        return [self._path]

    def load(self) -> Any:  # noqa: ANN401
        import torch

        return torch.jit.load(str(self._path))

    @property
    def _path(self) -> Path:
        return self.folder / "voice.ts"
