"""What the daemon costs as the work grows: the length of a text, and the utterances that wait.

By design a text's first sound takes as long as that of its first sentence, and memory is what a sentence needs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from edge.bench.memory import MEGABYTE, Memory
from edge.bench.running import Running, running
from edge.bench.texts import Texts
from edge.client import Client

WORDS = (1, 10, 100, 1_000, 10_000)
WAITING = (0, 1, 10, 100, 1_000)
REPEATED, TIMES = 100, 5
"""Up to so many words a text is said so often; longer ones once, as they have many sentences."""
SENTENCE_WORDS = 10
"""From here on a text has a whole sentence, and its cost is what it is for all longer ones."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One size of the work; times in seconds, sizes in bytes."""

    size: int
    first: float
    """Until the first sound of a text for a client."""
    real_time_factor: float | None = None
    resident: int
    """After it."""
    peak: int
    """Until then."""


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """Two lines that are to be flat."""

    title: str
    threads: int
    words: tuple[Point, ...]
    waiting: tuple[Point, ...]
    """By the utterances that wait for the sound card, while it is paused."""

    def verdicts(self) -> list[str]:
        """How flat they are, in words."""
        long = [point for point in self.words if point.size >= SENTENCE_WORDS]
        sizes = f"from {long[0].size:,} to {long[-1].size:,} words"
        factors = [point.real_time_factor for point in long if point.real_time_factor is not None]
        waiting = f"{self.waiting[0].size:,} to {self.waiting[-1].size:,} utterances wait for the card"
        return [
            f"First audio {sizes}: {_range([1000 * p.first for p in long], 'ms')}.",
            f"Real-time factor {sizes}: {_range(factors, '', 3)}.",
            f"Resident memory {sizes}: {_range([p.resident / MEGABYTE for p in long], 'MB')}.",
            f"First audio for a client while {waiting}: {_range([1000 * p.first for p in self.waiting], 'ms')}.",
            f"Resident memory while {waiting}: {_range([p.resident / MEGABYTE for p in self.waiting], 'MB')}.",
        ]


def _range(values: list[float], unit: str, digits: int = 0) -> str:
    listed = ", ".join(f"{value:.{digits}f}" for value in values)
    return f"{listed}{f' {unit}' if unit else ''} (highest / lowest {max(values) / min(values):.2f})"


def grow(
    bundle: Path, texts: Texts, title: str, folder: Path, threads: int, largest: int, step: Callable[[str], None]
) -> Growth:
    """Measures with daemons of its own, whose files are in `folder`, up to `largest` words or utterances."""
    folder.mkdir(exist_ok=True)
    off = ("--cache-memory-mb", "0", "--cache-disk-mb", "0", "--max-text", "1000000", "--max-queue", "100000")
    arguments = ("--threads", str(threads), "--output", folder / "sound.wav", *off)
    with running(bundle, folder, *arguments) as daemon:
        _say(daemon.client, texts.words(SENTENCE_WORDS))
        words = [_text(daemon, texts, size, step) for size in WORDS if size <= largest]
    with running(bundle, folder, *arguments) as daemon:
        _say(daemon.client, texts.words(SENTENCE_WORDS))
        daemon.client.pause()
        waiting = [_queue(daemon, texts, size, step) for size in WAITING if size <= largest]
    return Growth(title=title, threads=threads, words=tuple(words), waiting=tuple(waiting))


def _text(daemon: Running, texts: Texts, words: int, step: Callable[[str], None]) -> Point:
    step(f"a text of {words:,} words")
    rounds = [_say(daemon.client, texts.words(words)) for _ in range(TIMES if words <= REPEATED else 1)]
    memory = Memory.of(daemon.pid)
    return Point(
        size=words,
        first=statistics.median(first for first, _ in rounds),
        real_time_factor=statistics.median(factor for _, factor in rounds),
        resident=memory.resident,
        peak=memory.peak,
    )


def _queue(daemon: Running, texts: Texts, size: int, step: Callable[[str], None]) -> Point:
    step(f"{size:,} utterances that wait")
    for number in range(size):
        daemon.client.say(texts.sentences[number % len(texts.sentences)], cache=False)
    rounds = [_say(daemon.client, texts.words(SENTENCE_WORDS)) for _ in range(TIMES)]
    memory = Memory.of(daemon.pid)
    daemon.client.cancel()
    return Point(
        size=size,
        first=statistics.median(first for first, _ in rounds),
        resident=memory.resident,
        peak=memory.peak,
    )


def _say(client: Client, text: str) -> tuple[float, float]:
    """Seconds until the first sound, and for a second of sound."""
    begun = time.perf_counter()
    first, size, second = 0.0, 0, 1
    for event in client.synthesize(text):
        second = event.data["rate"] * event.data["width"] if event.type == "audio-start" else second
        if event.payload and not first:
            first = time.perf_counter() - begun
        size += len(event.payload)
    return first, (time.perf_counter() - begun) * second / size
