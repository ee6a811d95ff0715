"""The INT8 convolution: the reference against the definition, and every path against the reference, bit for bit."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from int8_scheme import Layer, expected, random_layer

from edge.errors import EdgeError
from edge.int8 import operator

operator.load()

# Emulated processors are some hundred times slower: `scripts/test_arm.sh` asks for fewer examples.
EXAMPLES = int(os.environ.get("EDGE_TEST_EXAMPLES", "150"))
TRANSPOSED = [(8, 16), (4, 8), (2, 8), (2, 2), (2, 4), (1, 3)]
"""`(stride, kernel)` of HiFi-GAN configurations, and one that upsamples nothing."""


@contextmanager
def path(isa: str) -> Iterator[None]:
    """Forces one path."""
    before = os.environ.get("EDGE_INT8_ISA")
    os.environ["EDGE_INT8_ISA"] = isa
    try:
        yield
    finally:
        os.environ.pop("EDGE_INT8_ISA")
        if before is not None:
            os.environ["EDGE_INT8_ISA"] = before


def run(layer: Layer, x: torch.Tensor, isa: str, *addends: torch.Tensor) -> torch.Tensor:
    """One layer on one path."""
    with path(isa):
        return torch.ops.edge.conv1d(x, layer.pack(), *addends)


def assert_all_paths(layer: Layer, x: torch.Tensor, *addends: torch.Tensor) -> None:
    """Every path gives the bits of the definition."""
    want = expected(layer, x, list(addends))
    for isa in operator.isas():
        got = run(layer, x, isa, *addends)
        assert torch.equal(got, want), (isa, (got - want).abs().max())


def signal(seed: int, rows: int, channels: int) -> torch.Tensor:
    """Speech-like in that its level changes: each row has a gain of its own."""
    source = torch.Generator().manual_seed(seed)
    gain = torch.exp(2 * torch.randn(1, rows, 1, generator=source))
    return gain * torch.randn(1, rows, channels, generator=source)


channels = st.one_of(st.sampled_from([1, 3, 16, 29, 32, 48, 64, 96]), st.integers(1, 70))
rows = st.one_of(st.sampled_from([1, 2, 63, 64, 65, 128]), st.integers(1, 150))


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[Layer, torch.Tensor]:
    """A convolution of any shape, and its input."""
    inputs = draw(channels)
    block = draw(st.sampled_from([1, 8, 16, 64, 100]))
    layer = random_layer(
        draw(st.integers(0, 2**16)), inputs, draw(channels), draw(st.sampled_from([1, 3, 5, 7, 11])),
        dilation=draw(st.integers(1, 6)), slope=draw(st.sampled_from([0.0, 0.01, 0.1, 1.0])),
        block=block, late=draw(st.integers(0, block - 1)), bias=draw(st.booleans()),
    )  # fmt: skip
    return layer, signal(draw(st.integers(0, 2**16)), draw(rows), inputs)


@settings(max_examples=EXAMPLES, deadline=None)
@given(convolutions())
def test_convolution_on_every_path(case: tuple[Layer, torch.Tensor]) -> None:
    assert_all_paths(*case)


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(
    st.sampled_from(TRANSPOSED), channels, channels, rows,
    st.sampled_from([(1, 0), (8, 0), (8, 5), (64, 63)]), st.integers(0, 2**16),
)  # fmt: skip
def test_transposed_convolution_on_every_path(
    shape: tuple[int, int], inputs: int, outputs: int, count: int, blocks: tuple[int, int], seed: int
) -> None:
    (stride, kernel), (block, late) = shape, blocks
    layer = random_layer(seed, inputs, outputs, kernel, stride=stride, transposed=True, block=block, late=late)
    assert_all_paths(layer, signal(seed, count, inputs))


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(convolutions(), st.integers(0, 2**16))
def test_residual_and_total_are_added_in_order(case: tuple[Layer, torch.Tensor], seed: int) -> None:
    layer, x = case
    residual, total = (signal(seed + i, x.shape[1], layer.weight.shape[0]) for i in range(2))
    assert_all_paths(layer, x, residual)
    assert_all_paths(layer, x, residual, total)


@pytest.mark.parametrize("inputs", [16, 19, 192])
@pytest.mark.parametrize("value", [0.0, 1.0, -1.0, 1e-35, 3e38, -3e38])
def test_constants(inputs: int, value: float) -> None:
    assert_all_paths(random_layer(1, inputs, 16, 3), torch.full((1, 70, inputs), value))


@pytest.mark.parametrize("inputs", [16, 19, 192])
@pytest.mark.parametrize("value", [1e9, -1e9, float("inf"), float("-inf"), float("nan"), -float("nan")])
def test_one_value_that_is_huge_or_not_finite(inputs: int, value: float) -> None:
    x = signal(1, 200, inputs)
    x[0, 100, inputs // 2] = value
    layer = random_layer(1, inputs, 16, 3)
    assert_all_paths(layer, x)
    assert run(layer, x, "reference").isfinite().all()


@pytest.mark.parametrize("isa", operator.isas())
def test_silence_gives_the_bias(isa: str) -> None:
    layer = random_layer(1, 32, 32, 7)
    assert layer.bias is not None
    assert torch.equal(run(layer, torch.zeros(1, 65, 32), isa), layer.bias.expand(1, 65, 32))


def test_nan_counts_as_zero() -> None:
    layer = random_layer(1, 16, 16, 3)
    zeroed = signal(1, 100, 16)
    zeroed[0, 50] = 0.0
    broken = zeroed.clone()
    broken[0, 50] = float("nan")
    assert torch.equal(run(layer, broken, "reference"), run(layer, zeroed, "reference"))


@pytest.mark.parametrize("outputs", [16, 64])
def test_the_longest_sum_does_not_overflow(outputs: int) -> None:
    layer = random_layer(1, 21845, outputs, 3, slope=1.0)
    layer.weight[:] = 127
    assert_all_paths(layer, torch.ones(1, 3, 21845))
    layer.weight[:] = -127
    assert_all_paths(layer, -torch.ones(1, 3, 21845))


def test_close_to_the_float_convolution() -> None:
    """What the scheme is for: 8-bit weights and levels stay some 40 dB above their own noise."""
    layer = random_layer(1, 64, 64, 7, dilation=3, slope=0.1)
    x = signal(1, 500, 64).clamp(-3, 3)
    weight = layer.weight * layer.weight_scale.view(-1, 1, 1) / layer.input_scale.view(1, -1, 1)
    leaky = torch.nn.functional.leaky_relu(x, 0.1).transpose(1, 2)
    want = torch.nn.functional.conv1d(leaky, weight, layer.bias, padding=9, dilation=3).transpose(1, 2)
    noise = run(layer, x, "reference") - want
    assert 10 * torch.log10(want.square().mean() / noise.square().mean()) > 35


@pytest.fixture
def threads() -> Iterator[None]:
    """Restores the number of threads."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("count", [1, 50, 64, 700])
def test_the_number_of_threads_changes_nothing(count: int) -> None:
    layer, x = random_layer(1, 64, 96, 11, dilation=3), signal(1, count, 64)
    results = []
    for number in (1, 2, 3):
        torch.set_num_threads(number)
        results.append(torch.ops.edge.conv1d(x, layer.pack()))
    assert torch.equal(results[0], results[1])
    assert torch.equal(results[0], results[2])


class Streamed:
    """A layer that is fed rows as they come."""

    def __init__(self, layer: Layer) -> None:
        self.packed = layer.pack()
        self.kept: list[torch.Tensor] = []

    def push(self, x: torch.Tensor, *addends: torch.Tensor, ended: bool) -> torch.Tensor:
        """New rows in, finished rows out (perhaps none)."""
        y, *self.kept = torch.ops.edge.stream(x, self.packed, list(addends), self.kept, ended)
        return y


def pieces(x: torch.Tensor, first: int, lengths: list[int]) -> Iterator[tuple[torch.Tensor, bool]]:
    """`x` in pieces, `first` rows and then `lengths` in turn, and whether a piece is the last."""
    begin, end = 0, first
    for length in itertools.cycle(lengths):
        yield x[:, begin:end].contiguous(), end >= x.shape[1]
        if end >= x.shape[1]:
            return
        begin, end = end, end + length


arrivals = st.lists(st.integers(0, 90), min_size=1, max_size=6).filter(any)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.sampled_from([3, 11]), st.integers(1, 5), st.booleans(), st.integers(0, 15), st.integers(0, 2),
    st.integers(1, 300), arrivals,
)  # fmt: skip
def test_streamed_rows_equal_the_whole(
    kernel: int, dilation: int, transposed: bool, late: int, addends: int, count: int, lengths: list[int]
) -> None:
    """Rows come in pieces of any length, and what is added to the output comes when they do, or sooner."""
    layer = (
        random_layer(kernel, 16, 16, 16, stride=8, transposed=True, block=16, late=late)
        if transposed
        else random_layer(kernel, 16, 16, kernel, dilation=dilation, block=32, late=late)
    )
    rate = 8 if transposed else 1
    x, added = signal(kernel, count, 16), [signal(i, count * rate, 16) for i in range(addends)]
    streamed, out, at = Streamed(layer), [], 0
    for new, ended in pieces(x, 80, lengths):
        come = slice(at * rate, (at + new.shape[1]) * rate)
        out.append(streamed.push(new, *(one[:, come].contiguous() for one in added), ended=ended))
        at += new.shape[1]
    assert torch.equal(torch.cat(out, 1), torch.ops.edge.conv1d(x, layer.pack(), *added))


@pytest.mark.parametrize("isa", operator.isas())
def test_what_is_kept_is_the_context_and_no_more(isa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_INT8_ISA", isa)
    streamed, x = Streamed(random_layer(1, 16, 16, 7, dilation=2, block=32, late=6)), signal(1, 160, 16)
    assert streamed.push(x, x, ended=False).shape[1] == 154  # six rows late: blocks end at 26, 58, 90, ...
    assert [rows.shape[1] for rows in streamed.kept] == [12, 6]
    assert streamed.push(x[:, :64], x[:, :64], ended=False).shape[1] == 64


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(st.integers(1, 90), arrivals)
def test_layers_in_series_stream_to_the_same_bits(count: int, lengths: list[int]) -> None:
    """An upsampling stage, `up` then `x + conv2(conv1(x))`, with blocks of different lengths."""
    layers = (
        random_layer(1, 16, 16, 16, stride=8, transposed=True, block=8),
        random_layer(2, 16, 16, 7, dilation=3, block=16),
        random_layer(3, 16, 16, 7, block=64),
    )
    z = signal(4, count, 16)
    x = torch.ops.edge.conv1d(z, layers[0].pack())
    want = torch.ops.edge.conv1d(torch.ops.edge.conv1d(x, layers[1].pack()), layers[2].pack(), x)

    up, conv1, conv2 = map(Streamed, layers)
    out = []
    for piece, ended in pieces(z, 20, lengths):
        new = up.push(piece, ended=ended)
        out.append(conv2.push(conv1.push(new, ended=ended), new, ended=ended))
    assert torch.equal(torch.cat(out, 1), want)


class Pair(torch.nn.Module):
    """A convolution with its residual, and a transposed one behind, as a vocoder holds them."""

    def __init__(self, conv: Layer, up: Layer) -> None:
        super().__init__()
        self.conv = conv.pack()
        self.up = up.pack()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ops.edge.conv1d(torch.ops.edge.conv1d(x, self.conv, x), self.up)


def pair() -> Pair:
    return Pair(
        random_layer(1, 29, 29, 3, dilation=2), random_layer(2, 29, 7, 16, stride=8, transposed=True, bias=False)
    )


LOAD_AND_COMPARE = """
import sys, torch
from edge.int8 import operator
operator.load()
x, want = torch.load(sys.argv[1] + "/case.pt")
for name in ("scripted", "frozen"):
    assert torch.equal(torch.jit.load(f"{sys.argv[1]}/{name}.ts")(x), want), name
"""


@pytest.mark.parametrize("isa", operator.isas())
def test_a_saved_script_gives_the_same_bits_in_a_fresh_process(isa: str, tmp_path: Path) -> None:
    eager, x = pair().eval(), signal(1, 100, 29)
    scripted = torch.jit.script(eager)
    torch.jit.save(scripted, tmp_path / "scripted.ts")
    torch.jit.save(torch.jit.freeze(scripted, preserved_attrs=["forward"]), tmp_path / "frozen.ts")
    torch.save((x, eager(x)), tmp_path / "case.pt")
    command = [sys.executable, "-c", LOAD_AND_COMPARE, str(tmp_path)]
    environment = {**os.environ, "EDGE_INT8_ISA": isa}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@settings(max_examples=EXAMPLES // 5, deadline=None)
@given(convolutions())
def test_pickled_state_does_not_depend_on_the_path(case: tuple[Layer, torch.Tensor]) -> None:
    layer, _ = case
    for isa in operator.isas():
        os.environ["EDGE_INT8_ISA"] = isa
        state, _ = layer.pack().__getstate__()
        os.environ.pop("EDGE_INT8_ISA")
        assert torch.equal(state[0], layer.weight)
        assert torch.equal(state[1], layer.weight_scale)
        assert torch.equal(state[2], layer.input_scale)
        assert state[4] == [layer.dilation, layer.stride, int(layer.transposed), layer.block, layer.late]


@pytest.mark.parametrize("isa", operator.isas())
def test_a_path_can_be_forced(isa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_INT8_ISA", isa)
    assert random_layer(1, 16, 16, 3).pack().isa() == isa


def test_a_path_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_INT8_ISA", "mmx")
    with pytest.raises(ValueError, match=r'EDGE_INT8_ISA is "mmx"; this build knows .*reference'):
        random_layer(1, 16, 16, 3).pack()


@pytest.mark.parametrize(
    ("x", "sentence"),
    [
        (torch.zeros(1, 0, 16), r"channels-last \(1, T, 16\) with T at least 1"),
        (torch.zeros(0, 5, 16), "channels-last"),
        (torch.zeros(2, 5, 16), "channels-last"),
        (torch.zeros(1, 5, 17), "channels-last"),
        (torch.zeros(5, 16), "channels-last"),
        (torch.zeros(1, 5, 16, dtype=torch.float64), "must be Float on the CPU, not Double"),
        (torch.zeros(1, 16, 5).transpose(1, 2), "must be contiguous"),
    ],
)
def test_a_wrong_input_is_refused(x: torch.Tensor, sentence: str) -> None:
    with pytest.raises(RuntimeError, match=sentence):
        torch.ops.edge.conv1d(x, random_layer(1, 16, 16, 3).pack())


def test_a_residual_of_another_shape_is_refused() -> None:
    x = torch.zeros(1, 8, 16)
    with pytest.raises(RuntimeError, match="An addend has 7 rows, but the output 8"):
        torch.ops.edge.conv1d(x, random_layer(1, 16, 16, 3).pack(), x[:, 1:].contiguous())


ROWS = torch.zeros(1, 100, 16)


@pytest.mark.parametrize(
    ("addends", "kept", "ended", "sentence"),
    [
        ([ROWS] * 3, [], True, "There may be two addends, not 3"),
        ([ROWS], [ROWS], False, "Something was kept of 1 streams, but there are 2"),
        ([], [ROWS[:, :0]], True, "fewer than the context"),
        ([ROWS[:, :50]], [], False, "An addend has 50 rows, but the output 64"),
        ([ROWS[:, :50]], [], True, "An addend has 50 rows, but the output 100"),
        ([torch.zeros(1, 101, 16)], [], True, "An addend has 101 rows, but the output 100"),
        ([], [ROWS[:, :, :5]], False, "What was kept must be channels-last"),
    ],
)
def test_a_stream_that_does_not_fit_is_refused(
    addends: list[torch.Tensor], kept: list[torch.Tensor], ended: bool, sentence: str
) -> None:
    x = ROWS[:, :1] if kept and not kept[0].numel() else ROWS
    with pytest.raises(RuntimeError, match=sentence):
        torch.ops.edge.stream(x, random_layer(1, 16, 16, 7).pack(), [a.contiguous() for a in addends], kept, ended)


def test_a_first_piece_without_a_whole_block_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"must have more rows than 66: no block of 64 is whole with the 3 rows"):
        torch.ops.edge.stream(torch.zeros(1, 66, 16), random_layer(1, 16, 16, 7).pack(), [], [], False)


def packing(**changes: object) -> dict[str, object]:
    front = {
        "weight": torch.ones(4, 3, 3, dtype=torch.int8), "weight_scale": torch.ones(4),
        "input_scale": torch.ones(3), "bias": None,
    }  # fmt: skip
    return {**front, **changes}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weight": torch.ones(4, 3, 3)}, "weight must be Char"),
        ({"weight": torch.ones(4, 3, 2, dtype=torch.int8)}, "odd kernel"),
        ({"weight": torch.full((4, 3, 3), -128, dtype=torch.int8)}, "-128 is not symmetric"),
        ({"weight": torch.ones(1, 22000, 3, dtype=torch.int8)}, "32-bit sums would overflow"),
        ({"weight": torch.ones(0, 3, 3, dtype=torch.int8)}, "weight must be"),
        ({"weight_scale": torch.ones(5)}, "weight_scale must have 4 elements, not 5"),
        ({"weight_scale": torch.full((4,), float("nan"))}, "Weight scales must be finite"),
        ({"input_scale": torch.zeros(3)}, "Input scales must lie between"),
        ({"input_scale": torch.full((3,), float("nan"))}, "Input scales must lie between"),
        ({"bias": torch.ones(3)}, "bias must have 4 elements"),
        ({"dilation": 0}, "must be at least 1"),
        ({"block": 0}, "must be at least 1"),
        ({"block": 4, "late": 4}, "must be at least 0 and fewer than the block's 4, not 4"),
        ({"late": -1}, "must be at least 0"),
        ({"slope": 1.5}, "slope must lie between 0 and 1"),
        ({"slope": float("nan")}, r"slope must lie between 0 and 1"),
    ],
)
def test_a_wrong_filter_is_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(RuntimeError, match=sentence):
        torch.ops.edge.pack_conv1d(**packing(**changes))


def test_a_transposed_kernel_must_fit_its_stride() -> None:
    with pytest.raises(RuntimeError, match=r"a multiple of its stride"):
        torch.ops.edge.pack_conv_transpose1d(**packing(), stride=2)


def test_a_missing_library_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(EdgeError, match=r"is missing. Build it .*pip install --no-build-isolation"):
        operator._check(tmp_path / "absent.so", torch.__version__)


def test_a_library_for_another_torch_is_not_loaded() -> None:
    with pytest.raises(EdgeError, match=r"was built for torch .*, but 1\.0\.0\+cpu is installed"):
        operator._check(operator.LIBRARY, "1.0.0+cpu")


def test_a_damaged_library_is_not_loaded(tmp_path: Path) -> None:
    damaged = tmp_path / "operator.so"
    damaged.write_bytes(b"nothing")
    with pytest.raises(EdgeError, match="unknown"):
        operator._check(damaged, torch.__version__)


class FloatLayer(NamedTuple):
    """Weights of a convolution (O, C, k), scale and bias (O), and the rows between taps."""

    weight: torch.Tensor
    scale: torch.Tensor
    bias: torch.Tensor
    dilation: int = 1

    def run(self, rows: torch.Tensor, isa: str) -> torch.Tensor:
        with path(isa):
            panels = operator.panels(self.weight)
            return torch.ops.edge.float_conv1d(rows, panels, self.scale, self.bias, self.dilation)

    def exact(self, rows: torch.Tensor) -> torch.Tensor:
        """In double precision."""
        y = F.conv1d(rows.double().t()[None], self.weight.double(), dilation=self.dilation)[0].t()
        return y * self.scale + self.bias


@st.composite
def float_layers(draw: st.DrawFn) -> tuple[FloatLayer, torch.Tensor]:
    """A layer of any shape, and its rows."""
    source = torch.Generator().manual_seed(draw(st.integers(0, 2**16)))
    outputs, inputs, kernel = draw(channels), draw(channels), draw(st.sampled_from([1, 3, 5]))
    type_, highest = draw(st.sampled_from([(torch.int8, 127), (torch.int16, 2047), (torch.float32, 2047)]))
    weight = torch.randint(-highest, highest + 1, (outputs, inputs, kernel), generator=source).to(type_)
    scale, bias = torch.rand(outputs, generator=source) / highest, torch.randn(outputs, generator=source)
    dilation = draw(st.integers(1, 4))
    count = (kernel - 1) * dilation + draw(st.integers(1, 40))
    return FloatLayer(weight, scale, bias, dilation), torch.randn(count, inputs, generator=source)


@settings(max_examples=EXAMPLES, deadline=None)
@given(float_layers())
def test_floats_on_every_path(case: tuple[FloatLayer, torch.Tensor]) -> None:
    layer, rows = case
    want = layer.exact(rows)
    found = [layer.run(rows, isa) for isa in operator.isas()]
    for got in found:
        torch.testing.assert_close(got.double(), want, atol=1e-4, rtol=1e-5)
    # The vector paths sum in one order and round once a product; the reference rounds each product, too.
    assert all(torch.equal(got, found[0]) for got in found[:-1])


@pytest.mark.parametrize("isa", operator.isas()[:-1])
def test_float_sums_are_those_of_one_order_fused(isa: str) -> None:
    """What all vector paths are to give, on every processor."""
    layer = FloatLayer(torch.tensor([[[1], [3], [-7]]], dtype=torch.int16), torch.ones(1), torch.zeros(1))
    rows = torch.tensor([[1 + 2**-23, 0.1, 0.3]])
    total = 0.0
    for x, level in zip(rows[0].tolist(), [1, 3, -7], strict=True):
        # A product of two floats is exact in double precision; so is this sum.
        total = float(np.float32(total + x * level))
    assert layer.run(rows, isa).item() == total


@pytest.mark.parametrize("isa", operator.isas())
def test_floats_do_not_depend_on_threads_nor_on_the_other_rows_nor_on_how_they_lie(isa: str) -> None:
    weight = torch.randint(-2047, 2048, (200, 64, 3)).to(torch.int16)
    layer, rows = FloatLayer(weight, torch.rand(200), torch.randn(200)), torch.randn(300, 64)
    once = layer.run(rows, isa)
    assert torch.equal(layer.run(rows[50:70], isa), once[50:68])
    assert torch.equal(layer.run(rows.t().contiguous().t(), isa), once)
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        assert torch.equal(layer.run(rows, isa), once)
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"rows": torch.zeros(9)}, "Rows must be Float"),
        ({"rows": torch.zeros(9, 8, dtype=torch.float64)}, "Rows must be Float"),
        ({"rows": torch.zeros(9, 7)}, "for rows of 8 floats, not 7"),
        ({"rows": torch.zeros(4, 8)}, "need at least 5 rows, not 4"),
        ({"weights": torch.zeros(1, 3, 8, 32, dtype=torch.float64)}, "Weights must be Char, Short or Float"),
        ({"rows": torch.zeros(9, 0), "weights": torch.zeros(1, 3, 0, 32)}, "Weights must be Char, Short or Float"),
        ({"weights": torch.zeros(1, 3, 8, 16, dtype=torch.int8)}, "Weights must be Char, Short or Float"),
        ({"scale": torch.zeros(33)}, "Scale and bias must be"),
        ({"bias": torch.zeros(31)}, "Scale and bias must be"),
        ({"bias": torch.zeros(32, dtype=torch.float64)}, "Scale and bias must be"),
        ({"dilation": 0}, "taps that are 0 apart"),
    ],
)
def test_wrong_floats_are_refused(changed: dict[str, object], sentence: str) -> None:
    right = {
        "rows": torch.zeros(9, 8), "weights": torch.zeros(1, 3, 8, 32, dtype=torch.int8),
        "scale": torch.zeros(32), "bias": torch.zeros(32), "dilation": 2,
    }  # fmt: skip
    assert torch.ops.edge.float_conv1d(**right).shape == (5, 32)
    with pytest.raises(RuntimeError, match=sentence):
        torch.ops.edge.float_conv1d(**right | changed)
