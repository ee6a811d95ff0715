from __future__ import annotations

import io
import math
from functools import partial

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from edge.int8.layers import (
    DepthwiseConv,
    FloatFusedConv,
    Int8Conv,
    Int8FusedConv,
    Quantised,
    SoundConv,
    StreamedInt8Conv,
    block_after,
    grain,
)
from edge.int8.rounding import round_jointly
from edge.model.stream import (
    Stream,
    StreamedConv1d,
    StreamedConvTranspose1d,
    same_padding,
    transposed_halo,
    whole,
)

SLOPE = 0.1
CONVS = {
    "plain": partial(StreamedConv1d, 32, 16, 7, 0),
    "dilated": partial(StreamedConv1d, 16, 16, 5, 3, dilation=3),
    "pointwise, no bias": partial(StreamedConv1d, 16, 24, 1, 5, bias=False),
    "transposed": partial(StreamedConvTranspose1d, 32, 16, 8, 4, 2),
}


class Whole(nn.Module):
    """TorchScript's streams cannot be made from outside."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor, addends: list[Tensor]) -> Tensor:
        return self.layer(x, addends, whole())


@pytest.fixture(params=CONVS)
def conv(request: pytest.FixtureRequest) -> nn.Conv1d | nn.ConvTranspose1d:
    torch.manual_seed(0)
    return CONVS[request.param]().requires_grad_(requires_grad=False)


@pytest.fixture
def x(conv: nn.Conv1d | nn.ConvTranspose1d) -> Tensor:
    """Rows, some channels ten times as loud as others."""
    return torch.randn(1, 150, conv.in_channels) * torch.linspace(0.3, 3, conv.in_channels)


def quantised(conv: nn.Conv1d | nn.ConvTranspose1d, x: Tensor) -> Quantised:
    return Quantised.of(conv, x.abs().amax((0, 1)).sqrt())


def plain(conv: nn.Module, x: Tensor, gain: float = 1.0) -> Tensor:
    return conv(F.leaky_relu(x * gain, SLOPE).transpose(1, 2), [], whole()).transpose(1, 2)


def error(found: Tensor, expected: Tensor) -> float:
    assert found.shape == expected.shape
    return float((found - expected).norm() / expected.norm())


@pytest.mark.parametrize("gain", [1.0, 1 / 3])
@pytest.mark.parametrize("addends", [0, 1, 2])
def test_both_fused_kinds_do_what_the_plain_layers_do(
    conv: nn.Conv1d | nn.ConvTranspose1d, x: Tensor, gain: float, addends: int
) -> None:
    alone = plain(conv, x, gain)
    added = [torch.randn_like(alone).contiguous() for _ in range(addends)]
    expected = sum(added, alone)
    fused = FloatFusedConv(conv, SLOPE, gain)(x, added, whole())
    torch.testing.assert_close(fused, expected, atol=1e-5, rtol=1e-5)
    assert fused.is_contiguous()
    in_int8 = Int8FusedConv(conv, quantised(conv, x), SLOPE, gain, block=16)(x, added, whole())
    assert 0 < error(in_int8 - sum(added), alone) < 0.02


def test_the_channels_first_layer_is_the_fused_one_turned(conv: nn.Conv1d | nn.ConvTranspose1d, x: Tensor) -> None:
    weights, turned = quantised(conv, x), x.transpose(1, 2).contiguous()
    found = StreamedInt8Conv(conv, weights, block=16)(turned, [], whole())
    assert error(found, conv(turned, [], whole())) < 0.02
    assert torch.equal(found, Int8FusedConv(conv, weights, block=16)(x, [], whole()).transpose(1, 2))
    assert found.transpose(1, 2).is_contiguous()  # the next one need not turn it


def test_a_file_keeps_every_bit(conv: nn.Conv1d | nn.ConvTranspose1d, x: Tensor) -> None:
    for layer in (FloatFusedConv(conv, SLOPE, 0.5), Int8FusedConv(conv, quantised(conv, x), SLOPE, 0.5)):
        file = io.BytesIO()
        torch.jit.save(torch.jit.script(Whole(layer).eval()), file)
        file.seek(0)
        total = torch.randn_like(layer(x, [], whole()))
        assert torch.equal(torch.jit.load(file)(x, [total]), layer(x, [total], whole()))


@pytest.mark.parametrize("kind", ["float", "int8"])
def test_pieces_give_what_the_whole_gives(kind: str, conv: nn.Conv1d | nn.ConvTranspose1d, x: Tensor) -> None:
    """Whatever comes late itself; blocks of 16 rows end where the pieces do."""
    layer = (
        FloatFusedConv(conv, SLOPE)
        if kind == "float"
        else Int8FusedConv(conv, quantised(conv, x), SLOPE, block=16)
    )
    late, rate = conv.late - halo(conv), conv.stride[0]
    added = [torch.randn(1, x.size(1) * rate, conv.out_channels) for _ in range(2)]
    state: list[Tensor] = []
    pieces, at = [], 0
    for end in (48 - late, 64 - late, 112 - late, x.size(1)):
        stream, come = Stream(state, end == x.size(1)), slice(at * rate, end * rate)
        pieces.append(layer(x[:, at:end].contiguous(), [one[:, come].contiguous() for one in added], stream))
        state, at = stream.kept, end
    assert [piece.size(1) for piece in pieces[:3]] == [(48 - conv.late) * rate, 16 * rate, 48 * rate]
    found, expected = torch.cat(pieces, 1), layer(x, added, whole())
    if kind == "float":
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)
    else:
        assert torch.equal(found, expected)


def halo(conv: nn.Conv1d | nn.ConvTranspose1d) -> int:
    if isinstance(conv, nn.ConvTranspose1d):
        return transposed_halo(conv.kernel_size[0], conv.stride[0])
    return same_padding(conv.kernel_size[0], conv.dilation[0])


def test_a_weight_is_off_by_half_a_step_at_most_and_uses_all_levels(
    conv: nn.Conv1d | nn.ConvTranspose1d, x: Tensor
) -> None:
    found = quantised(conv, x)
    inputs, outputs = ((-1, 1, 1), (1, -1, 1)) if isinstance(conv, nn.ConvTranspose1d) else ((1, -1, 1), (-1, 1, 1))
    step = found.weight_scale.view(outputs)
    difference = found.weight * step - conv.weight * found.input_scale.view(inputs)
    assert (difference.abs() <= 0.5001 * step).all()
    channel = 1 if isinstance(conv, nn.ConvTranspose1d) else 0
    assert (found.weight.abs().transpose(0, channel).flatten(1).amax(1) == 127).all()


def test_an_output_channel_of_zeros_stays_zero() -> None:
    conv = nn.Conv1d(16, 8, 3, padding=1, bias=False).requires_grad_(requires_grad=False)
    conv.weight[3] = 0
    y = Int8Conv(conv, Quantised.of(conv, torch.ones(16)))(torch.randn(1, 16, 20))
    assert y.isfinite().all()
    assert (y[0, 3] == 0).all()
    assert (y[0, 2] != 0).any()


def test_a_known_correlation_brings_the_output_nearer() -> None:
    torch.manual_seed(2)
    conv = nn.Conv1d(32, 32, 1, bias=False).requires_grad_(requires_grad=False)
    mixing, loudness = torch.randn(32, 3), torch.linspace(0.1, 2, 32)

    def sound() -> Tensor:
        return (mixing @ torch.randn(3, 2000) + 0.05 * torch.randn(32, 2000)) * loudness[:, None]

    seen, unseen, input_scale = sound(), sound(), loudness.sqrt()

    def weights_error(found: Quantised) -> float:
        restored = found.weight * found.weight_scale.view(-1, 1, 1) / input_scale.view(1, -1, 1)
        return error(F.conv1d(unseen[None], restored), conv(unseen[None]))

    jointly = Quantised.of(conv, input_scale, seen @ seen.T)
    assert weights_error(jointly) < 0.7 * weights_error(Quantised.of(conv, input_scale))
    # It is known of the inputs as they are, and used of those that were divided.
    divided = seen / input_scale[:, None]
    scaled = (conv.weight * input_scale.view(1, -1, 1)).flatten(1)
    expected = round_jointly(scaled, jointly.weight_scale, divided @ divided.T)
    assert (jointly.weight.flatten(1) == expected).float().mean() > 0.99


@pytest.mark.parametrize("rows", [1, 2, 6, 7, 200])
@pytest.mark.parametrize("gain", [1.0, 1 / 3])
def test_the_last_layer_is_the_plain_one(rows: int, gain: float) -> None:
    torch.manual_seed(0)
    conv = nn.Conv1d(16, 1, 7, padding=3, bias=False).requires_grad_(requires_grad=False)
    x = torch.randn(1, rows, 16)
    found = SoundConv(conv, SLOPE, gain)(x, whole())
    expected = conv(F.leaky_relu(x * gain, SLOPE).transpose(1, 2))[:, 0]
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("rates", [(8, 8, 4), (8, 8, 2, 2, 2), (2, 2), (3, 5), (16,)])
def test_the_grain_makes_whole_blocks_in_every_stage(rates: tuple[int, ...]) -> None:
    frames = grain(rates)
    for stages in range(len(rates) + 1):
        assert frames * math.prod(rates[:stages]) % block_after(stages) == 0
    assert grain((8, 8, 4)) == 4


@pytest.mark.parametrize("length", [1, 2, 40])
@pytest.mark.parametrize("dilation", [1, 9])
def test_the_depthwise_layer_is_the_plain_one(length: int, dilation: int) -> None:
    torch.manual_seed(0)
    conv = nn.Conv1d(16, 16, 3, padding=dilation, dilation=dilation, groups=16).requires_grad_(requires_grad=False)
    x = torch.randn(1, 16, length)
    found = torch.jit.script(DepthwiseConv(conv))(x)
    torch.testing.assert_close(found, conv(x), atol=1e-6, rtol=1e-6)
    assert found.transpose(1, 2).is_contiguous()


def test_blocks_grow_with_the_rate() -> None:
    assert [block_after(stages) for stages in range(6)] == [4, 16, 32, 64, 64, 64]
