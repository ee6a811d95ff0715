"""Piper voices: equal to ONNX Runtime on the same ids, for every kind of voice, and every fault named."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import numpy_helper
from torch import Tensor

from edge.build.sources import named
from edge.checkpoints import load_piper
from edge.errors import CheckpointError
from tests.checkpoints.piper_export import N_SYMBOLS, export

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.model import Synthesizer

TOLERANCE = 1e-3


def with_onnxruntime(path: Path) -> Callable[[Tensor, float, int], Tensor]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(path, options)
    has_speakers = "sid" in {value.name for value in session.get_inputs()}

    def speak(ids: Tensor, length_scale: float, speaker: int) -> Tensor:
        feed = {"input": ids.numpy(), "input_lengths": np.array([ids.size(1)])}
        feed["scales"] = np.array([0, length_scale, 0], np.float32)
        if has_speakers:
            feed["sid"] = np.array([speaker])
        return torch.from_numpy(session.run(None, feed)[0])

    return speak


def ours(voice: Synthesizer, ids: Tensor, length_scale: float, speaker: int) -> tuple[Tensor, Tensor]:
    nothing = torch.zeros(1, 0, ids.size(1))
    z, g, durations = voice.encode(
        ids, ids, ids, nothing, nothing, torch.tensor([speaker]), 1.0, 0.0, 0.0, length_scale, None, None, None
    )
    return voice.decode(z, g), durations


def assert_equal_to_onnxruntime(path: Path, ids: list[Tensor], length_scales: list[float], speakers: range) -> None:
    voice, reference = load_piper(path, f"{path}.json"), with_onnxruntime(path)
    worst, loudest = 0.0, 0.0
    for phonemes in ids:
        for length_scale in length_scales:
            for speaker in speakers:
                expected = reference(phonemes, length_scale, speaker)
                audio, durations = ours(voice, phonemes, length_scale, speaker)
                assert audio.numel() == int(durations.sum()) * voice.hop_length == expected.numel()
                worst = max(worst, float((audio.flatten() - expected.flatten()).abs().max()))
                loudest = max(loudest, float(expected.abs().max()))
    print(f"{path.name}: max abs error {worst:.1e}, loudest sample {loudest:.2f}")  # noqa: T201
    assert worst <= TOLERANCE
    assert loudest > 100 * TOLERANCE


def random_ids(*lengths: int, n_symbols: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randint(0, n_symbols, (1, length), generator=generator) for length in lengths]


def test_the_default_voice_equals_onnxruntime() -> None:
    joe = named("joe")
    assert_equal_to_onnxruntime(joe.weights, random_ids(1, 2, 3, 40, n_symbols=130), [1.0, 1.3], range(1))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n_speakers", "resblock", "use_sdp"), [(1, "2", True), (3, "1", True), (1, "1", False), (3, "2", False)]
)
def test_any_voice_equals_onnxruntime(tmp_path: Path, n_speakers: int, resblock: str, *, use_sdp: bool) -> None:
    path = tmp_path / "voice.onnx"
    export(path, n_speakers=n_speakers, resblock=resblock, use_sdp=use_sdp)
    ids = random_ids(1, 2, 5, 6, 90, n_symbols=N_SYMBOLS)
    assert_equal_to_onnxruntime(path, ids, [1.0, 7.3], range(n_speakers))


def test_speakers_of_one_voice_differ(tmp_path: Path) -> None:
    path = tmp_path / "voice.onnx"
    export(path, n_speakers=3, resblock="2", use_sdp=False)
    voice = load_piper(path, f"{path}.json")
    durations = torch.full((1, 8), 3)
    nothing = torch.zeros(1, 0, 8)
    ids = random_ids(8, n_symbols=N_SYMBOLS)[0]

    def speak(speaker: int) -> Tensor:
        arguments = (torch.tensor([speaker]), 1.0, 0.0, 0.0, 1.0, None, None, durations)
        return voice.decode(*voice.encode(ids, ids, ids, nothing, nothing, *arguments)[:2])

    assert not torch.equal(speak(0), speak(1))
    assert not torch.equal(speak(1), speak(2))


@pytest.mark.slow
@pytest.mark.parametrize("n_speakers", [1, 3])
def test_equal_tensors_that_the_exporter_merged_are_found(tmp_path: Path, n_speakers: int) -> None:
    path = tmp_path / "voice.onnx"
    export(path, n_speakers=n_speakers, resblock="2", use_sdp=True, as_initialised=True)
    graph = onnx.load(path).graph
    names = [initializer.name for initializer in graph.initializer]
    contents = {(tuple(i.dims), i.raw_data) for i in graph.initializer}
    identities = [node for node in graph.node if node.op_type == "Identity" and node.input[0] in names]
    assert identities or len(contents) == len(names), "this exporter merges nothing: the test proves nothing"
    assert_equal_to_onnxruntime(path, random_ids(1, 17, n_symbols=N_SYMBOLS), [5.0], range(n_speakers))


def test_older_exports_that_fold_the_scale_of_the_durations_are_read() -> None:
    """As the default voice's is: its graph holds exp(-logs), those of torch 2.13 hold -logs."""
    joe = named("joe")
    graph = onnx.load(joe.weights).graph
    assert not any(node.op_type == "Exp" and node.name.startswith("/dp/flows.0/") for node in graph.node)
    log_scale = load_piper(joe.weights, joe.config).stochastic_durations.affine_log_scale
    folded = next(node.input[1] for node in graph.node if node.name == "/dp/flows.0/Mul")
    constant = next(i for i in graph.initializer if i.name == folded)
    torch.testing.assert_close(torch.exp(-log_scale), torch.from_numpy(numpy_helper.to_array(constant).copy()))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("piper") / "voice.onnx"
    export(path, n_speakers=1, resblock="2", use_sdp=True)
    return path


@pytest.fixture
def voice(exported: Path, tmp_path: Path) -> Path:
    """A copy, to be damaged."""
    for name in ("voice.onnx", "voice.onnx.json"):
        (tmp_path / name).write_bytes(exported.with_name(name).read_bytes())
    return tmp_path / "voice.onnx"


def refused(voice: Path, *words: str) -> None:
    with pytest.raises(CheckpointError) as caught:
        load_piper(voice, f"{voice}.json")
    for word in words:
        assert word in str(caught.value)


def change_graph(voice: Path, change: Callable[[Any], None]) -> None:
    model = onnx.load(voice)
    change(model.graph)
    voice.write_bytes(model.SerializeToString())


def tensor(graph: Any, name: str) -> Any:
    return next(initializer for initializer in graph.initializer if initializer.name == name)


def store_elsewhere(place: str, graph: Any) -> None:
    moved = tensor(graph, "dec.conv_pre.weight")
    moved.ClearField("raw_data")
    moved.data_location = onnx.TensorProto.EXTERNAL
    moved.external_data.add(key="location", value=place)


@pytest.mark.parametrize(
    "name", ["dec.conv_pre.weight", "dec.ups.1.bias", "enc_p.encoder.attn_layers.1.emb_rel_v", "dp.flows.0.m"]
)
def test_a_missing_tensor_is_named(voice: Path, name: str) -> None:
    change_graph(voice, lambda graph: graph.initializer.remove(tensor(graph, name)))
    refused(voice, str(voice), name)


@pytest.mark.parametrize("shape", [(16, 8, 5), (16,), (), (16, 7, 7)], ids=str)
def test_a_misshapen_tensor_is_named(voice: Path, shape: tuple[int, ...]) -> None:
    array = numpy_helper.from_array(np.zeros(shape, np.float32), "dec.conv_pre.weight")
    change_graph(voice, lambda graph: tensor(graph, array.name).CopyFrom(array))
    refused(voice, str(voice), "dec.conv_pre" if shape else "")


def test_an_unknown_tensor_is_named(voice: Path) -> None:
    extra = numpy_helper.from_array(np.zeros(3, np.float32), "dec.extra.weight")
    change_graph(voice, lambda graph: graph.initializer.append(extra))
    refused(voice, "dec.extra.weight")


@pytest.mark.parametrize("place", ["missing.bin", "../outside.bin", "/etc/hostname"])
def test_tensors_outside_the_file_are_refused(voice: Path, place: str) -> None:
    change_graph(voice, partial(store_elsewhere, place))
    refused(voice, str(voice), "dec.conv_pre.weight")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" * 9], ids=range(3))
def test_what_is_no_onnx_voice_is_refused(voice: Path, content: bytes) -> None:
    voice.write_bytes(content)
    refused(voice, str(voice))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_voice_is_refused(voice: Path, share: float) -> None:
    voice.write_bytes(voice.read_bytes()[: int(voice.stat().st_size * share)])
    refused(voice, str(voice))


def test_another_network_is_refused(voice: Path) -> None:
    node = onnx.helper.make_node("Relu", ["x"], ["y"])
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in "xy"]
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([node], "relu", ends[:1], ends[1:])), voice)
    refused(voice, str(voice), "not a Piper")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"num_speakers": 4}, "4"),
        ({"audio": {}}, "sample_rate"),
        ({"audio": {"sample_rate": 0}}, "sample_rate"),
        ({"phoneme_id_map": {"a": "b"}}, "phoneme_id_map"),
    ],
)
def test_a_wrong_configuration_is_named(voice: Path, change: dict[str, object], word: str) -> None:
    path = voice.with_name("voice.onnx.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    refused(voice, str(path), word)


@pytest.mark.parametrize("missing", ["voice.onnx", "voice.onnx.json"])
def test_a_file_that_is_not_there_is_named(voice: Path, missing: str) -> None:
    voice.with_name(missing).unlink()
    refused(voice, missing, "cannot be read")
