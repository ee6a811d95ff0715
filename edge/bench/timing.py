"""Times of several ways to do one thing, in turns, so that a busy machine hits all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import torch

from edge.build.progress import Progress

WARM_UP = 2
"""TorchScript compiles on its first run and optimises on its second."""


class Times:
    """Seconds that each way took, round by round."""

    def __init__(self, seconds: Mapping[str, list[float]]) -> None:
        self._seconds = seconds

    def median(self, name: str) -> float:
        """The middle one of a way's times, in seconds."""
        return statistics.median(self._seconds[name])

    def ratio(self, slow: str, fast: str) -> float:
        """How many times faster `fast` is: the median of the rounds' ratios."""
        return statistics.median(a / b for a, b in zip(self._seconds[slow], self._seconds[fast], strict=True))


def interleaved(ways: Mapping[str, Callable[[], float]], rounds: int, progress: Progress, what: str) -> Times:
    """Runs every way once a round. A way returns how many seconds of sound it made; its time is for one of them."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    with torch.inference_mode():
        for number in progress.track(range(WARM_UP + rounds), what):
            for name, way in ways.items():
                begun = time.perf_counter()
                sound = way()
                if number >= WARM_UP:
                    seconds[name].append((time.perf_counter() - begun) / sound)
    return Times(seconds)


@contextmanager
def threads(number: int) -> Iterator[None]:
    """Has torch compute on `number` threads inside."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
