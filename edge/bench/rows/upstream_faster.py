"""Upstream's PyTorch, told to speak faster: less sound is less work."""

from __future__ import annotations

from edge.bench.upstream import UpstreamRow


class UpstreamFaster(UpstreamRow):
    """The same with `speed=1.3`: the sound is shorter, so it comes sooner, and a second of it costs more."""

    number = "3"
    title = "upstream PyTorch, speed 1.3"
    quick = False
    speed = 1.3
    durations = None
