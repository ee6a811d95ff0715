"""The model that is timed is the one that MeloTTS has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from edge.bench import full_size
from edge.bench.export import export
from edge.bench.subjects import NAMES
from edge.bench.texts import texts
from edge.checkpoints.weights import upstream_name
from edge.model import Synthesizer
from edge.voice import Inputs
from tests import golden

pytestmark = pytest.mark.slow


class Stub:
    """What `export` asks of a subject."""

    scales = full_size.SCALES
    texts = texts("en")

    def fp32(self) -> Synthesizer:
        return full_size.random_model()

    def inputs(self, _: list[str]) -> Iterator[Inputs]:
        yield full_size.babble(5)


def test_the_shapes_are_upstreams() -> None:
    expected = json.loads(golden.FULL_STATE_DICT.read_text())["state_dict"]
    with torch.device("meta"):
        state = Synthesizer(full_size.config()).state_dict()
    for name, tensor in state.items():
        upstream = upstream_name(name, full_size.config())
        shape = expected.get(upstream) or expected[f"{upstream}_v"]
        assert list(tensor.shape) == shape, name


def test_every_symbol_lasts_as_long_in_fp32_in_int8_and_in_onnx(tmp_path: Path) -> None:
    inputs = full_size.babble(8)
    model = full_size.random_model()
    with torch.inference_mode():
        z, g, durations = model.encode(*inputs, *full_size.SCALES, None, None, None)
        audio = model.decode(z, g)
    assert durations.tolist() == [[full_size.FRAMES] * 8]

    chosen = full_size.to_int8(model)
    assert {name.partition(".")[0] for name in chosen} == {"flow", "vocoder"}
    with torch.inference_mode():
        z, g, durations = model.encode(*inputs, *full_size.SCALES, None, None, None)
        assert model.decode(z, g).isfinite().all()
    assert durations.tolist() == [[full_size.FRAMES] * 8]

    path = tmp_path / "whole.onnx"
    export(Stub(), path)  # type: ignore[arg-type]
    runtime = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    wanted = {entry.name for entry in runtime.get_inputs()}
    feed = {name: tensor.numpy() for name, tensor in zip(NAMES, inputs, strict=True) if name in wanted}
    # The file was exported with a sentence of another length.
    predicted, told = np.zeros((1, 8), np.int64), np.arange(1, 9)[None]
    assert np.allclose(runtime.run(None, {**feed, "durations": predicted})[0], audio.numpy(), atol=1e-5)
    assert runtime.run(None, {**feed, "durations": told})[0].size == told.sum() * audio.numel() // durations.sum()
