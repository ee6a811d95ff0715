from __future__ import annotations

import io
import zipfile
from functools import partial

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from edge.int8.weights import SMALLEST_WORTH_IT, FineWeight, Int8Weight, Store, StoredConv1d, store_weights
from edge.model.stream import StreamedConv1d, StreamedConvTranspose1d, whole
from tests.model.variants import MELO, random_model


def saved(module: nn.Module) -> bytes:
    file = io.BytesIO()
    torch.jit.save(module if isinstance(module, torch.jit.ScriptModule) else torch.jit.script(module), file)
    return file.getvalue()


def loaded(content: bytes) -> torch.jit.ScriptModule:
    return torch.jit.load(io.BytesIO(content))


def tensors(content: bytes) -> dict[str, bytes]:
    """What the file holds beside code: the pickled state and every tensor's bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.endswith("data.pkl") or "/data/" in name]
        return {name.partition("/")[2]: archive.read(name) for name in names}


@st.composite
def weights(draw: st.DrawFn) -> Tensor:
    shape = draw(st.tuples(*[st.integers(1, 5)] * 3))
    magnitude = st.sampled_from([0.0, 1e-40, 1e-30, 1e-3, 1.0, 1e4, 1e30])
    magnitudes = draw(st.lists(magnitude, min_size=shape[0], max_size=shape[0]))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    return torch.randn(shape, generator=generator) * torch.tensor(magnitudes).view(-1, 1, 1)


BITS: dict[int, Store] = {8: Int8Weight, 10: partial(FineWeight, bits=10), 12: partial(FineWeight, bits=12)}
STORES = pytest.mark.parametrize("store", BITS.values(), ids=map(str, BITS))


@pytest.mark.parametrize("bits", BITS)
@given(weight=weights(), channel=st.sampled_from([0, 1]))
def test_no_weight_is_off_by_more_than_half_a_step(bits: int, weight: Tensor, channel: int) -> None:
    stored = BITS[bits](weight, channel)
    assert stored().shape == weight.shape
    step = weight.abs().amax(dim=[d for d in range(3) if d != channel], keepdim=True) / (2 ** (bits - 1) - 1)
    # Beside half a step, float32's own rounding of a level as high as 2047.
    assert ((stored() - weight).abs() <= step.clamp_min(torch.finfo(torch.float32).tiny) * 0.501).all()


@STORES
@given(weight=weights(), channel=st.sampled_from([0, 1]))
def test_the_value_is_bit_for_bit_the_same_after_save_and_load(
    store: Store, weight: Tensor, channel: int
) -> None:
    stored = store(weight, channel)
    again = store(torch.zeros(1, 1, 1), 0)
    again.__setstate__(stored.__getstate__())
    assert torch.equal(again(), stored())
    kept = [[part for part in each.__getstate__() if isinstance(part, Tensor)] for each in (again, stored)]
    assert all(map(torch.equal, *kept))


@pytest.mark.parametrize("bits", [10, 12])
def test_all_bits_come_back_positive_and_negative_in_odd_numbers_too(bits: int) -> None:
    highest = 2.0 ** (bits - 1) - 1
    every = torch.arange(-highest, highest + 1)[:, None].T  # an odd number of them
    stored = FineWeight(every, channel=0, bits=bits)
    assert torch.equal(stored(), every)
    assert torch.equal(loaded(saved(stored))(), every)


@STORES
@pytest.mark.parametrize("shape", [(8, 5, 3), (7, 3, 1), (1, 1, 1)], ids=str)
def test_torchscript_keeps_the_value_and_saves_the_same_bytes_again(
    store: Store, shape: tuple[int, ...]
) -> None:
    stored = store(torch.randn(shape), 0)
    once = saved(stored)
    twice = saved(loaded(once))
    assert torch.equal(loaded(once)(), stored())
    assert torch.equal(loaded(twice)(), stored())
    assert tensors(twice) == tensors(once)


@STORES
def test_a_channel_of_zeros_stays_zero(store: Store) -> None:
    weight = torch.randn(3, 4, 5)
    weight[1] = 0
    value = loaded(saved(store(weight, 0)))()
    assert value.isfinite().all()
    assert (value[1] == 0).all()
    assert (value[0] != 0).any()


def test_a_channel_keeps_its_precision_beside_a_much_louder_one() -> None:
    weight = torch.randn(2, 64)
    weight[1] *= 1e6
    error = (Int8Weight(weight, channel=0)() - weight)[0].abs().max()
    assert error < 0.02


@pytest.mark.parametrize("bits", BITS)
def test_the_file_holds_so_many_bits_a_weight(bits: int) -> None:
    weight = torch.randn(128, 128, 3)
    assert bits / 8 <= len(saved(BITS[bits](weight, 0))) / weight.numel() < bits / 8 + 0.2


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv1d(64, 96, 3, padding=2, dilation=2),
        nn.Conv1d(64, 128, 5, padding=2, bias=False),
        nn.Conv1d(64, 128, 1),
        nn.Linear(64, 128),
        nn.Linear(64, 128, bias=False),
    ],
    ids=str,
)
def test_a_layer_does_what_it_did_within_the_rounding(layer: nn.Module) -> None:
    model = nn.Sequential(layer).requires_grad_(requires_grad=False)
    x = torch.randn(1, 32, 64) if isinstance(layer, nn.Linear) else torch.randn(1, 64, 32)
    before = model(x)
    assert store_weights(model) == ["0"]
    after = loaded(saved(model))(x)
    assert after.shape == before.shape
    assert 0 < (after - before).norm() < 0.01 * before.norm()


@pytest.mark.parametrize(
    "layer", [StreamedConv1d(64, 96, 3, 0, dilation=2), StreamedConvTranspose1d(64, 32, 8, 4, 0)], ids=str
)
def test_so_does_a_streamed_layer(layer: nn.Module) -> None:
    model = nn.ModuleDict({"layer": layer}).requires_grad_(requires_grad=False)
    x = torch.randn(1, 64, 32)
    before = model["layer"](x, [], whole())
    assert store_weights(model) == ["layer"]
    after = model["layer"](x, [], whole())
    assert after.shape == before.shape
    assert 0 < (after - before).norm() < 0.01 * before.norm()


@pytest.mark.parametrize("length", [1, 2, 33])
@STORES
def test_a_stored_convolution_is_that_of_its_weight(store: Store, length: int) -> None:
    """To the rounding of FP32, and for lengths shorter than the kernel reaches."""
    conv = nn.Conv1d(64, 96, 5, padding=6, dilation=3).requires_grad_(requires_grad=False)
    x = torch.randn(1, 64, length)
    found = StoredConv1d(conv, store)(x)
    conv.weight.copy_(store(conv.weight, 0)())
    torch.testing.assert_close(found, conv(x), atol=1e-5, rtol=0)
    assert found.transpose(1, 2).is_contiguous()  # the next one need not turn it


@pytest.mark.parametrize(
    "conv",
    [nn.Conv1d(64, 128, 3, padding=1, groups=2), nn.Conv1d(64, 128, 3, stride=2, padding=1), nn.Conv1d(64, 128, 3)],
    ids=["groups", "stride", "padding"],
)
def test_convolutions_of_another_kind_stay_as_they_are(conv: nn.Conv1d) -> None:
    assert store_weights(nn.Sequential(conv)) == []


def test_small_layers_and_embeddings_stay_as_they_are() -> None:
    model = nn.ModuleDict({"small": nn.Linear(8, SMALLEST_WORTH_IT // 8 - 1), "embedding": nn.Embedding(100, 100)})
    state = {name: value.clone() for name, value in model.state_dict().items()}
    assert store_weights(model) == []
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())


def test_every_large_layer_of_a_model_is_replaced_and_named() -> None:
    model = random_model(MELO)
    large = [
        name
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Conv1d | nn.ConvTranspose1d | nn.Linear) and layer.weight.numel() >= SMALLEST_WORTH_IT
    ]
    assert large
    assert sorted(store_weights(model)) == sorted(large)


def test_those_named_are_stored_finely_and_nearer() -> None:
    names = ("inner.fine", "inner.coarse", "fine")
    inner = nn.ModuleDict({"fine": nn.Linear(64, 128), "coarse": nn.Linear(64, 128)})
    model = nn.ModuleDict({"inner": inner, "fine": nn.Linear(64, 128)}).requires_grad_(requires_grad=False)
    x = torch.randn(3, 64)
    before = {name: model.get_submodule(name)(x) for name in names}
    store_weights(model, {"inner.fine": 12, "fine": 10})
    errors = {name: float((model.get_submodule(name)(x) - y).norm()) for name, y in before.items()}
    assert 3 * errors["inner.fine"] < errors["fine"]
    assert 3 * errors["fine"] < errors["inner.coarse"]


@pytest.mark.parametrize("store", [Int8Weight, partial(FineWeight, bits=10)])
def test_with_a_correlation_the_output_is_nearer_than_with_the_nearest_levels(store: Store) -> None:
    x = torch.randn(500, 8) @ torch.randn(8, 64) + 0.1 * torch.randn(500, 64)
    weight = torch.randn(32, 64, 1)
    nearest, jointly = store(weight, 0), store(weight, 0, correlation=x.T @ x)
    wanted = x @ weight[:, :, 0].T
    errors = [(x @ stored()[:, :, 0].T - wanted).norm() for stored in (jointly, nearest)]
    assert errors[0] < 0.7 * errors[1]
