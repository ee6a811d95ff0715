import torch

from edge.model.spline import InverseSpline

BINS = 10
SPLINE = InverseSpline(BINS)


def test_it_is_the_identity_outside_its_tails() -> None:
    y = torch.tensor([[-100.0, -5.001, 5.001, 7.5]])
    assert torch.equal(SPLINE(y, torch.randn(1, 4, 3 * BINS - 1)), y)


def test_it_rises_from_tail_to_tail_and_meets_the_identity_there() -> None:
    parameters = (torch.randn(1, 1, 3 * BINS - 1, generator=torch.Generator().manual_seed(0)) * 2).double()
    y = torch.linspace(-5, 5, 1001, dtype=torch.float64).unsqueeze(0)
    x = SPLINE(y, parameters.expand(1, 1001, -1))
    assert (x.diff() > 0).all()
    torch.testing.assert_close(x[0, [0, -1]], y[0, [0, -1]])
    assert (x - y).abs().max() > 0.1


def test_equal_bins_with_slope_one_leave_everything_as_it_is() -> None:
    parameters = torch.zeros(1, 101, 3 * BINS - 1)
    parameters[..., 2 * BINS :] = SPLINE.tail_logit
    y = torch.linspace(-5, 5, 101).unsqueeze(0)
    torch.testing.assert_close(SPLINE(y, parameters), y)
