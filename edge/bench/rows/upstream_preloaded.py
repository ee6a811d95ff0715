"""Upstream's PyTorch, kept in memory: what every other row of MeloTTS's size is compared with."""

from __future__ import annotations

from edge.bench.upstream import UpstreamRow


class UpstreamPreloaded(UpstreamRow):
    """The same, the checkpoint read once. A text is spoken as a whole before any of it is heard."""

    number = "2"
    title = "upstream PyTorch, preloaded"
