from __future__ import annotations

import torch

from edge.bench.timing import WARM_UP, Times, interleaved, threads
from edge.build.progress import Progress


def test_ways_take_turns_and_warm_up() -> None:
    calls: list[str] = []

    def way(name: str) -> float:
        calls.append(name)
        return 2.0

    times = interleaved({"a": lambda: way("a"), "b": lambda: way("b")}, 3, Progress(), "Timing")
    assert calls == ["a", "b"] * (WARM_UP + 3)
    assert times.median("a") > 0


def test_the_ratio_is_the_median_of_the_rounds() -> None:
    # The second round ran on a busy machine: both took longer, and the ratio is what it was.
    times = Times({"slow": [4.0, 40.0, 6.0], "fast": [2.0, 20.0, 2.0]})
    assert times.ratio("slow", "fast") == 2.0
    assert times.median("slow") == 6.0


def test_threads_are_given_back() -> None:
    before = torch.get_num_threads()
    with threads(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before
