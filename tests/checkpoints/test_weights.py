from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils import weight_norm

from edge.checkpoints.weights import fold_weight_norm
from edge.errors import CheckpointError


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("conv", [nn.Conv1d(6, 4, 3), nn.ConvTranspose1d(6, 4, 8, 4)], ids=str)
def test_folding_weight_norm_gives_the_weight_that_torch_computes(conv: nn.Module) -> None:
    model = nn.ModuleDict({"pre": weight_norm(conv)})
    nn.init.uniform_(conv.weight_g)
    conv(torch.randn(1, 6, 9))
    folded = fold_weight_norm(model.state_dict(), "it")
    assert set(folded) == {"pre.weight", "pre.bias"}
    torch.testing.assert_close(folded["pre.weight"], conv.weight)


@pytest.mark.parametrize(
    ("g", "v"), [((5, 1, 1), (4, 3, 2)), ((1, 1, 1), (4, 3, 2)), ((4, 1, 1), (4, 3)), ((4, 1), (4, 3, 2))]
)
def test_a_pair_that_does_not_fit_is_named(g: tuple[int, ...], v: tuple[int, ...]) -> None:
    with pytest.raises(CheckpointError, match=r"the file.*dec\.x\.weight_g.*dec\.x\.weight_v"):
        fold_weight_norm({"dec.x.weight_g": torch.ones(g), "dec.x.weight_v": torch.ones(v)}, "the file")
