"""What a daemon counts, asked from outside: in Prometheus' text format and in `status`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.parser import text_string_to_metric_families

from edge.phrases import Phrase, PhraseCache
from edge.service.audio.player import Player
from edge.service.audio.wav_sink import WavSink
from edge.service.metrics import OUTCOMES, Metrics, _distribution
from tests.daemons import Line, SpeakingDaemon
from tests.sound_card import SoundCard

LONG = "This is a sentence that nobody needs to hear to its end. " * 9


def samples(text: str) -> dict[str, float]:
    """By name, and the values of labels behind it: `melo_edge_utterances_total finished`."""
    found = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {" ".join([sample.name, *sample.labels.values()]): sample.value for sample in found}


def counted(line: Line) -> dict[str, float]:
    return samples(line.ask("metrics", "metrics")["text"])


def test_a_daemon_counts_what_it_does(joe_bundle: Path, tmp_path: Path, sound_card: SoundCard) -> None:
    with SpeakingDaemon(tmp_path, sound_card, "--voice", joe_bundle) as daemon, daemon.ready().connect() as line:
        new = counted(line)
        assert [new[f"melo_edge_utterances_total {name}"] for name in OUTCOMES] == [0, 0, 0]
        assert new["melo_edge_first_audio_seconds_count"] == new["melo_edge_real_time_factor_count"] == 0
        assert line.ask("status", "status")["first_audio_seconds"]["p50"] is None

        line.until("finished", of=line.say("Hello."))
        line.until("started", of=line.say(LONG, priority="message"))
        # A message waits for its turn: how long says nothing of this machine.
        line.say("This one waits.", priority="message", id="next")
        assert counted(line)["melo_edge_queue_depth"] == 1
        line.send("stop")
        line.until("finished", of="next")
        line.say("🙂", id="unspeakable")
        line.until("failed", of="unspeakable")

        now, status = counted(line), line.ask("status", "status")
        assert now["melo_edge_utterances_total finished"] == 2
        assert now["melo_edge_utterances_total cancelled"] == 1
        assert now["melo_edge_utterances_total failed"] == 1
        assert status["utterances"] == {"finished": 2, "cancelled": 1, "failed": 1}
        assert now["melo_edge_first_audio_seconds_count"] == status["first_audio_seconds"]["count"] == 2
        assert 0 < now["melo_edge_first_audio_seconds_sum"] < 20
        assert now["melo_edge_real_time_factor_count"] >= 2
        assert now["melo_edge_queue_depth"] == 0
        assert now["process_resident_memory_bytes"] == pytest.approx(status["resident_bytes"], rel=0.1)
        assert now["melo_edge_underruns_total"] == status["underruns"]


def test_the_cache_is_told_of_when_there_is_one() -> None:
    player = Player(WavSink(Path("/dev/null"), 22050))
    assert "melo_edge_cache" not in Metrics(player, None).exposition()
    cache = PhraseCache("voice", 22050, memory_bytes=1000)
    cache.put(Phrase.of("Hello."), np.ones(100, np.int16))
    for text in ("Hello.", "Hello.", "Something else."):
        cache.get(Phrase.of(text))
    metrics = Metrics(player, cache)
    assert (metrics.summary()["cache"]["hits"], metrics.summary()["cache"]["misses"]) == (2, 1)
    told = samples(metrics.exposition())
    assert [told[f"melo_edge_cache_lookups_total {result}"] for result in ("hit", "miss")] == [2, 1]
    assert [told[f"melo_edge_cache_bytes {place}"] for place in ("memory", "disk")] == [200, 0]


@pytest.mark.parametrize(
    ("values", "middle", "high"),
    [([1.5], 1.5, 1.95), ([0.5, 1.5, 1.5, 3.0], 1.5, 3.6), ([9.0], 4.0, 4.0), ([4.0] * 20, 3.0, 3.9)],
)
def test_a_distribution_is_as_good_as_its_buckets(values: list[float], middle: float, high: float) -> None:
    histogram = Histogram("x", "x", buckets=(1, 2, 4), registry=CollectorRegistry())
    for value in values:
        histogram.observe(value)
    told = _distribution(histogram)
    assert (told["count"], told["mean"]) == (len(values), pytest.approx(sum(values) / len(values)))
    assert (told["p50"], told["p95"]) == pytest.approx((middle, high))
