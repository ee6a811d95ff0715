"""What the daemon costs as the work grows: the length of a text, and the utterances that wait.

By design a text's first sound takes as long as that of its first sentence, and memory is what a sentence needs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from edge.bench.bar import Bar
from edge.bench.memory import MEGABYTE, Memory
from edge.bench.running import Running, running
from edge.bench.texts import Texts
from edge.client import Client

WORDS = (1, 10, 100, 1_000, 10_000)
WAITING = (0, 1, 10, 100, 1_000)
REPEATED, TIMES = 100, 5
"""The first sound is awaited so often. Up to so many words a text is said as often to its end; longer ones, once."""
FLAT, FLAT_MEMORY = 1.25, 1.1
"""Up to which the highest is as good as the lowest. Times of a few milliseconds differ by a fifth from run to run on a
machine that does other things, too; memory does not."""
SENTENCE_WORDS = 10
"""From here on a text has a whole sentence, and its cost is what it is for all longer ones."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One size of the work; times in seconds, sizes in bytes."""

    size: int
    first: float
    """Until the first sound of a text for a client."""
    real_time_factor: float
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

    def bars(self) -> list[Bar]:
        """How flat they are."""
        long = [point for point in self.words if point.size >= SENTENCE_WORDS]
        return [
            *_flat(f"{self.title}: %s of a text", long, "words"),
            *_flat(f"{self.title}: %s of a sentence while others wait for the card", self.waiting, "waiting"),
        ]


def _flat(name: str, points: Sequence[Point], unit: str) -> list[Bar]:
    """A line's three bars: the highest of it against the lowest."""
    sizes = f"{points[0].size:,} to {points[-1].size:,} {unit}"
    lines = {
        ("first audio", "ms", FLAT): [1000 * point.first for point in points],
        ("real-time factor", "RTF", FLAT): [point.real_time_factor for point in points],
        ("resident memory", "MB", FLAT_MEMORY): [point.resident / MEGABYTE for point in points],
    }
    return [
        Bar(
            name=f"{name % what}, {sizes}: highest against lowest",
            bar=bar,
            at_least=False,
            value=max(values) / min(values),
            figures={f"{point.size:,}: {short}": value for point, value in zip(points, values, strict=True)},
        )
        for (what, short, bar), values in lines.items()
    ]


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
    return _point(daemon, texts, words, words)


def _queue(daemon: Running, texts: Texts, size: int, step: Callable[[str], None]) -> Point:
    step(f"{size:,} utterances that wait")
    for number in range(size):
        daemon.client.say(texts.sentences[number % len(texts.sentences)], cache=False)
    point = _point(daemon, texts, size, SENTENCE_WORDS)
    daemon.client.cancel()
    return point


def _point(daemon: Running, texts: Texts, size: int, words: int) -> Point:
    """What a text of so many `words` costs now."""
    firsts = [_first(daemon, texts, words) for _ in range(TIMES)]
    factors = [_say(daemon.client, texts.words(words)) for _ in range(TIMES if words <= REPEATED else 1)]
    memory = Memory.of(daemon.pid)
    return Point(
        size=size,
        first=statistics.median(firsts),
        real_time_factor=statistics.median(factors),
        resident=memory.resident,
        peak=memory.peak,
    )


def _first(daemon: Running, texts: Texts, words: int) -> float:
    """Seconds until the first sound, behind which the client hangs up."""
    with Client(daemon.socket) as client:
        begun = time.perf_counter()
        next(event for event in client.synthesize(texts.words(words)) if event.payload)
        seconds = time.perf_counter() - begun
    # Behind this one, nothing is made any more for the client that has gone.
    _say(daemon.client, texts.words(1))
    return seconds


def _say(client: Client, text: str) -> float:
    """Seconds for a second of sound."""
    begun = time.perf_counter()
    size, second = 0, 1
    for event in client.synthesize(text):
        second = event.data["rate"] * event.data["width"] if event.type == "audio-start" else second
        size += len(event.payload)
    return (time.perf_counter() - begun) * second / size
