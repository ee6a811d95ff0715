"""The model that is timed is the one that MeloTTS has."""

from __future__ import annotations

import json

import torch

from edge.bench import export, full_size
from edge.checkpoints.weights import upstream_name
from edge.model import Synthesizer
from tests import golden


def test_the_shapes_are_upstreams() -> None:
    expected = json.loads(golden.FULL_STATE_DICT.read_text())["state_dict"]
    with torch.device("meta"):
        state = Synthesizer(full_size.config()).state_dict()
    for name, tensor in state.items():
        upstream = upstream_name(name, full_size.config())
        shape = expected.get(upstream) or expected[f"{upstream}_v"]
        assert list(tensor.shape) == shape, name


def test_every_model_says_the_sentence_in_the_same_time() -> None:
    speech = full_size.babble(12)
    model = full_size.fix_durations(full_size.random_model(), speech)
    with torch.inference_mode():
        _, _, durations = model.encode(*speech.inputs, *full_size.SCALES, None, None, None)
    assert torch.equal(durations, speech.durations)


def test_the_onnx_export_computes_what_the_model_computes() -> None:
    speech = full_size.babble(6)
    model = full_size.fix_durations(full_size.random_model(), speech)
    with torch.inference_mode():
        torch.manual_seed(1)
        audio = export.Whole(model)(*speech.inputs)
        torch.manual_seed(1)
        z, g, _ = model.encode(*speech.inputs, *full_size.SCALES, None, None, None)
        assert torch.allclose(model.decode(z, g), audio, atol=1e-5)


def test_flow_and_vocoder_compute_in_int8_and_the_text_encoder_does_not() -> None:
    model = full_size.random_model()
    chosen = full_size.to_int8(model)
    assert {name.partition(".")[0] for name in chosen} == {"flow", "vocoder"}
    speech = full_size.babble(6)
    scripted = full_size.scripted(full_size.fix_durations(model, speech))
    with torch.inference_mode():
        z, g, _ = scripted.encode(*speech.inputs, *full_size.SCALES, None, None, None)
        audio = scripted.decode(z, g)
    assert audio.numel() == int(speech.durations.sum()) * full_size.config().hop_length
    assert audio.isfinite().all()
