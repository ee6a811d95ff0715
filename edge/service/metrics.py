"""What the daemon did and how it is, counted: for `status`, and for Prometheus."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise
from typing import Any, Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from edge import heat
from edge.phrases import CacheStats, PhraseCache
from edge.service.audio.player import Player

Outcome = Literal["finished", "cancelled", "failed"]
OUTCOMES: tuple[Outcome, ...] = ("finished", "cancelled", "failed")

SECONDS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30)
"""A phrase from the cache should be among the first three; a slow device takes seconds."""
FACTORS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10)
"""Over 1, speech is made more slowly than it is heard."""

class Metrics:
    """Counts what happens, and looks at the rest when it is asked. For any thread."""

    def __init__(self, player: Player, cache: PhraseCache | None) -> None:
        disable_created_metrics()  # one more series for each, with the time at which it began
        self._cache = cache
        self._registry = CollectorRegistry()
        self._utterances = Counter(
            "melo_edge_utterances", "Utterances by how they ended.", ["outcome"], registry=self._registry
        )
        for outcome in OUTCOMES:
            self._utterances.labels(outcome)  # so that each is there from the start
        self._first_audio = Histogram(
            "melo_edge_first_audio_seconds",
            "From a request to its first sample at the sound card, where no other utterance was before it.",
            buckets=SECONDS,
            registry=self._registry,
        )
        self._factor = Histogram(
            "melo_edge_real_time_factor",
            "Seconds of synthesis for a second of sound, of each text, without what the phrase cache had.",
            buckets=FACTORS,
            registry=self._registry,
        )
        ProcessCollector(registry=self._registry)
        self._registry.register(_Readings(player, cache))

    def ended(self, outcome: Outcome) -> None:
        """An utterance is over."""
        self._utterances.labels(outcome).inc()

    def began(self, seconds: float) -> None:
        """An utterance that nothing was before is heard, so long after its request."""
        self._first_audio.observe(seconds)

    def synthesised(self, factor: float) -> None:
        """A text was made, at this real-time factor."""
        self._factor.observe(factor)

    def exposition(self) -> str:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry).decode()

    def summary(self) -> dict[str, Any]:
        """The same for `status`."""
        throttling = heat.throttling()
        return {
            "utterances": {sample.labels["outcome"]: int(sample.value) for sample in _samples(self._utterances)},
            "first_audio_seconds": _distribution(self._first_audio),
            "real_time_factors": _distribution(self._factor),
            "cache": None if self._cache is None else asdict(self._cache.stats),
            "cpu_celsius": heat.temperature(),
            "throttling": None if throttling is None else [reason for reason, holds in throttling.items() if holds],
        }


def _samples(metric: Counter | Histogram) -> list[Sample]:
    return [sample for family in metric.collect() for sample in family.samples]


def _distribution(histogram: Histogram) -> dict[str, Any]:
    """How many there were, their mean, and the median and the 95 % as near as the buckets tell."""
    samples = _samples(histogram)
    buckets = [(float(sample.labels["le"]), sample.value) for sample in samples if "le" in sample.labels]
    total = next(sample.value for sample in samples if sample.name.endswith("_sum"))
    count = buckets[-1][1]
    return {
        "count": int(count),
        "mean": round(total / count, 4) if count else None,
        "p50": _quantile(0.5 * count, buckets) if count else None,
        "p95": _quantile(0.95 * count, buckets) if count else None,
    }


def _quantile(rank: float, buckets: list[tuple[float, float]]) -> float:
    """The value that `rank` values are below.

    A bucket, (bound, how many are at most that), is taken for evenly full, as Prometheus' histogram_quantile does; of
    the last, which has no bound, only where it begins is known.
    """
    for (low, before), (high, until) in pairwise([(0.0, 0.0), *buckets]):
        if until >= rank:
            return low if high == math.inf else round(low + (high - low) * (rank - before) / (until - before), 4)
    return math.inf


class _Readings(Collector):
    """What nobody has to count: it only has to be read."""

    def __init__(self, player: Player, cache: PhraseCache | None) -> None:
        self._player = player
        self._cache = cache

    def collect(self) -> Iterator[Metric]:
        """All readings that there are here."""
        yield GaugeMetricFamily("melo_edge_queue_depth", "Utterances that wait.", self._player.depth)
        yield CounterMetricFamily("melo_edge_underruns", "Sound that broke off.", self._player.underruns)
        if self._cache is not None:
            yield from _cached(self._cache.stats)
        celsius = heat.temperature()
        if celsius is not None:
            yield GaugeMetricFamily("melo_edge_cpu_temperature_celsius", "The hottest of the processor.", celsius)
        yield from _reasons("melo_edge_cpu_throttled", "Why the processor is slowed down.", heat.throttling())
        yield from _reasons(
            "melo_edge_cpu_throttled_before", "Why it was, since the machine started.", heat.throttled_before()
        )


def _cached(cache: CacheStats) -> Iterator[Metric]:
    lookups = CounterMetricFamily("melo_edge_cache_lookups", "Sentences asked for.", labels=["result"])
    lookups.add_metric(["hit"], cache.hits)
    lookups.add_metric(["miss"], cache.misses)
    yield lookups
    size = GaugeMetricFamily("melo_edge_cache_bytes", "What the phrase cache holds.", labels=["place"])
    size.add_metric(["memory"], cache.memory_bytes)
    size.add_metric(["disk"], cache.disk_bytes)
    yield size


def _reasons(name: str, about: str, reasons: dict[str, bool] | None) -> Iterator[Metric]:
    if reasons is not None:
        family = GaugeMetricFamily(name, about, labels=["reason"])
        for reason, holds in reasons.items():
            family.add_metric([reason], holds)
        yield family
