"""MeloTTS checkpoints: equal to upstream on golden data, every full-size name known, every fault named."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.checkpoints import load_melo, read_melo_config
from edge.checkpoints.weights import TRAINING_ONLY, fold_weight_norm, upstream_name
from edge.errors import CheckpointError
from tests import golden
from tests.checkpoints.full_size import write_full_size

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.model import Synthesizer

TOLERANCE = 1e-4
WEIGHT_NORMED = "dec.ups.0.weight"

# Runs where nothing but torch is imported, and prints for each case: durations equal, errors of z and audio.
FRESH = """
import json, sys
import torch
model, results = torch.jit.load(sys.argv[1]), []
for arguments, durations, z, audio in torch.load(sys.argv[2]):
    with torch.inference_mode():
        z_ours, g, durations_ours = model.encode(*arguments)
        audio_ours = model.decode(z_ours, g)
    results.append((torch.equal(durations_ours, durations), float((z_ours - z).abs().max()),
                    float((audio_ours - audio).abs().max())))
print(json.dumps({"results": results, "edge": "edge" in sys.modules}))
"""


@pytest.fixture(scope="module")
def model() -> Synthesizer:
    return load_melo(golden.CHECKPOINT, golden.CONFIG)


@pytest.mark.parametrize("case", golden.cases(), ids=range(4))
def test_it_equals_upstream(model: Synthesizer, case: golden.Case) -> None:
    z, g, durations = model.encode(*case.arguments)
    audio = model.decode(z, g)
    print(f"z {(z - case.z).abs().max():.1e}, audio {(audio - case.audio).abs().max():.1e}")  # noqa: T201
    assert torch.equal(durations, case.durations)
    torch.testing.assert_close(z, case.z, atol=TOLERANCE, rtol=0)
    torch.testing.assert_close(audio, case.audio, atol=TOLERANCE, rtol=0)


@pytest.mark.slow
def test_it_equals_upstream_from_a_torchscript_file_in_a_fresh_process(model: Synthesizer, tmp_path: Path) -> None:
    torch.jit.save(torch.jit.script(model), str(tmp_path / "voice.ts"))
    torch.save([tuple(case) for case in golden.cases()], tmp_path / "cases.pt")
    command = [sys.executable, "-c", FRESH, str(tmp_path / "voice.ts"), str(tmp_path / "cases.pt")]
    done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, check=True)
    outcome = json.loads(done.stdout)
    print(outcome)  # noqa: T201
    assert not outcome["edge"]
    assert len(outcome["results"]) == 4
    for durations_equal, z_error, audio_error in outcome["results"]:
        assert durations_equal
        assert z_error <= TOLERANCE
        assert audio_error <= TOLERANCE


def test_every_tensor_of_the_full_size_model_is_used_or_is_for_training_only(tmp_path: Path) -> None:
    checkpoint, config = write_full_size(tmp_path)
    model = load_melo(checkpoint, config)
    upstream = fold_weight_norm(torch.load(checkpoint, weights_only=True)["model"], "it")
    shape = read_melo_config(config).synthesizer()
    used = {upstream_name(ours, shape): value for ours, value in model.state_dict().items()}
    assert set(used) <= set(upstream)
    assert all(TRAINING_ONLY.match(name) for name in set(upstream) - set(used))
    assert all(torch.equal(value, upstream[name]) for name, value in used.items())
    assert not any(name.startswith("enc_q.") for name in used)


class Files:
    """A copy of the golden checkpoint and configuration, to be damaged."""

    def __init__(self, folder: Path) -> None:
        self.checkpoint, self.config = folder / "checkpoint.pth", folder / "config.json"
        self.checkpoint.write_bytes(golden.CHECKPOINT.read_bytes())
        self.config.write_bytes(golden.CONFIG.read_bytes())

    def change_tensors(self, change: Callable[[dict[str, Any]], object]) -> None:
        content = torch.load(self.checkpoint, weights_only=True)
        change(content["model"])
        torch.save(content, self.checkpoint)

    def change_config(self, change: Callable[[dict[str, Any]], object]) -> None:
        content = json.loads(self.config.read_text())
        change(content)
        self.config.write_text(json.dumps(content))

    def refused(self, *words: str) -> str:
        with pytest.raises(CheckpointError) as caught:
            load_melo(self.checkpoint, self.config)
        message = str(caught.value)
        for word in words:
            assert word in message
        return message


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def rename(tensors: dict[str, Any], old: str, new: str) -> None:
    tensors[new] = tensors.pop(old)


@pytest.mark.parametrize(
    "name", ["enc_p.bert_proj.weight", "dec.conv_post.weight", "emb_g.weight", "sdp.flows.0.m", "dp.proj.bias"]
)
def test_a_missing_tensor_is_named(files: Files, name: str) -> None:
    files.change_tensors(lambda tensors: tensors.pop(name))
    files.refused(str(files.checkpoint), "lacks", name)


@pytest.mark.parametrize("half", ["_g", "_v"])
def test_half_of_a_weight_norm_is_a_missing_tensor(files: Files, half: str) -> None:
    files.change_tensors(lambda tensors: tensors.pop(WEIGHT_NORMED + half))
    files.refused(WEIGHT_NORMED)


@pytest.mark.parametrize("name", ["dec.extra.weight", "enc_q", "", "Xenc_q.pre.weight"])
def test_an_unknown_tensor_is_named(files: Files, name: str) -> None:
    files.change_tensors(lambda tensors: tensors.update({name: torch.zeros(1)}))
    files.refused(str(files.checkpoint), "does not know", name)


def test_a_renamed_tensor_is_missed(files: Files) -> None:
    files.change_tensors(lambda tensors: rename(tensors, "enc_p.proj.bias", "enc_p.proj.Bias"))
    files.refused("lacks enc_p.proj.bias")


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("enc_p.emb.weight", (218, 48)),
        ("enc_p.proj.bias", (1,)),
        (f"{WEIGHT_NORMED}_v", (4, 4)),
        (f"{WEIGHT_NORMED}_g", (1, 1, 1)),
    ],
)
def test_a_misshapen_tensor_is_named_with_its_shape(files: Files, name: str, shape: tuple[int, ...]) -> None:
    files.change_tensors(lambda tensors: tensors.update({name: torch.ones(shape)}))
    files.refused(str(files.checkpoint), name, str(shape))


@pytest.mark.parametrize(
    "value",
    [torch.full((96,), float("nan")), torch.full((96,), float("inf")), torch.zeros(96, dtype=torch.complex64),
     torch.zeros(96, dtype=torch.int8), torch.zeros(96).to_sparse()],
    ids=["nan", "inf", "complex", "integer", "sparse"],
)  # fmt: skip
def test_a_tensor_that_is_not_of_numbers_is_named(files: Files, value: torch.Tensor) -> None:
    files.change_tensors(lambda tensors: tensors.update({"enc_p.proj.bias": value}))
    files.refused(str(files.checkpoint), "enc_p.proj.bias")


class Code:
    """What a malicious pickle holds."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch pwned",)


def test_code_in_the_pickle_is_refused_and_not_run(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for content in (Code(), {"model": Code()}, {"model": {"enc_p.emb.weight": Code()}}):
        torch.save(content, files.checkpoint)
        message = files.refused(str(files.checkpoint), "system")
        assert "weights_only" not in message  # torch's own advice is to load it all the same
        files.checkpoint.write_bytes(pickle.dumps(content, protocol=2))
        files.refused(str(files.checkpoint))
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04", pickle.dumps({"model": 1}, 2), golden.CONFIG.read_bytes()], ids=range(5)
)
def test_what_is_no_checkpoint_is_refused(files: Files, content: bytes) -> None:
    files.checkpoint.write_bytes(content)
    files.refused(str(files.checkpoint))


@pytest.mark.parametrize("content", [[1], torch.zeros(3), {}, {"model": [1]}, {"model": {5: torch.zeros(1)}}], ids=str)
def test_a_file_without_a_state_dict_under_model_is_refused(files: Files, content: object) -> None:
    torch.save(content, files.checkpoint)
    files.refused(str(files.checkpoint), "'model'")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_checkpoint_is_refused_wherever_it_was_cut(files: Files, share: float) -> None:
    whole = golden.CHECKPOINT.read_bytes()
    files.checkpoint.write_bytes(whole[: int(share * len(whole))])
    files.refused(str(files.checkpoint))


@pytest.mark.parametrize("missing", ["checkpoint", "config"])
def test_a_file_that_is_not_there_is_named(files: Files, missing: str) -> None:
    path = getattr(files, missing)
    path.unlink()
    files.refused(str(path), "No such file")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"data": "\xff"}', b'{"x":' + b"[" * 100_000], ids=range(6)
)
def test_a_configuration_that_is_not_json_is_refused(files: Files, content: bytes) -> None:
    files.config.write_bytes(content)
    files.refused(str(files.config))


@pytest.mark.parametrize("field", ["data", "model", "symbols", "num_tones", "num_languages"])
def test_a_missing_section_is_named(files: Files, field: str) -> None:
    files.change_config(lambda config: config.pop(field))
    files.refused(str(files.config), field)


@pytest.mark.parametrize(
    ("section", "field"),
    [("data", "sampling_rate"), ("data", "n_speakers"), ("model", "n_heads"), ("model", "upsample_rates")],
)
def test_a_missing_field_is_named(files: Files, section: str, field: str) -> None:
    files.change_config(lambda config: config[section].pop(field))
    files.refused(str(files.config), field)


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("data", "n_speakers", 0),
        ("data", "hop_length", 256),
        ("data", "sampling_rate", 0),
        ("model", "flow_share_parameter", True),
        ("model", "use_vc", True),
        ("model", "resblock", "3"),
        ("model", "hidden_channels", 0),
        ("model", "n_heads", 0),
        ("model", "filter_channels", -1),
        ("model", "n_layers", "six"),
        ("model", "gin_channels", 10**12),
        ("model", "upsample_rates", [8, 8, 2, 2, 0]),
        ("model", "resblock_dilation_sizes", [[1, 3, 0]] * 3),
    ],
)
def test_a_value_that_makes_no_model_is_named(files: Files, section: str, field: str, value: object) -> None:
    files.change_config(lambda config: config[section].update({field: value}))
    files.refused(field)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_a_configuration_of_another_model_never_ends_in_another_error(files: Files, data: st.DataObject) -> None:
    config = json.loads(golden.CONFIG.read_text())
    name = data.draw(st.sampled_from([k for k, v in config["model"].items() if type(v) is int or isinstance(v, list)]))
    old = config["model"][name]
    lists = st.lists(st.integers(-1, 9) | st.lists(st.integers(1, 3)), max_size=6)
    value = data.draw(st.integers(-2, 9) if isinstance(old, int) else lists)
    config["model"][name] = value
    files.config.write_text(json.dumps(config))
    try:
        load_melo(files.checkpoint, files.config)
    except CheckpointError as error:
        assert re.search(r"checkpoint\.pth|config", str(error))  # noqa: PT017  (either outcome is right)


def test_a_residual_flow_takes_its_depth_from_n_flow_layer(files: Files) -> None:
    files.change_config(lambda config: config["model"].update(use_transformer_flow=False, n_flow_layer=3))
    shape = read_melo_config(files.config).synthesizer()
    assert (shape.flow, shape.n_flow_layers, shape.n_flows) == ("residual", 3, 4)
