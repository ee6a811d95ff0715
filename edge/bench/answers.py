"""What a client of the daemon waits for: a phrase from the cache, silence after `stop`; and what waiting costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from edge.bench.bar import Bar
from edge.bench.memory import MEGABYTE, Memory
from edge.bench.running import Running, cpu_seconds, running
from edge.bench.texts import Texts
from edge.client import Client
from edge.doctor import sound_card_name
from edge.errors import EdgeError
from edge.service.audio.card_sink import PERIODS_PER_SECOND
from edge.service.protocol import Event

BAR_HIT, BAR_STOP, BAR_IDLE, BAR_GROWTH = 30.0, 60.0, 0.0, 30.0
ROUNDS = 24
SPEAKING_SECONDS = 0.5
"""How long it may speak before it is stopped."""
HELD_SECONDS = 2 / PERIODS_PER_SECOND
"""What a card holds at most of what was written."""
SETTLING_SECONDS, IDLE_SECONDS = 2.0, 20.0
FEW, MANY = 20, 1000
"""Sentences after which the resident memory is compared."""
P95 = 95


def bars(
    bundle: Path, texts: Texts, title: str, folder: Path, threads: int, step: Callable[[str], None]
) -> list[Bar]:
    """With daemons of their own, whose files are in `folder`."""
    folder.mkdir(exist_ok=True)
    common: list[str | Path] = ["--threads", str(threads), "--output", folder / "sound.wav"]
    kept = [*common, "--cache-dir", folder / "phrases"]
    step("a daemon that waits, then says sentence after sentence")
    with running(bundle, folder, *common, "--cache-memory-mb", "0", "--cache-disk-mb", "0") as daemon:
        idle = _idle(title, daemon.pid)
        growth = _growth(title, daemon, texts)
    step("phrases from the cache")
    with running(bundle, folder, *kept) as daemon:
        _hits(daemon.client, texts)
        memory = _hits(daemon.client, texts)
    with running(bundle, folder, *kept) as daemon:
        disk = _hits(daemon.client, texts)
    step("`stop`")
    return [_hit(title, memory, disk), _stop(bundle, title, texts, folder, threads), idle, growth]


def _until_sound(client: Client, text: str) -> float:
    """Seconds from the request to the first sound that comes back; the rest is read, too."""
    begun = time.perf_counter()
    first = 0.0
    for event in client.synthesize(text):
        if event.payload and not first:
            first = time.perf_counter() - begun
    return first


def _hits(client: Client, texts: Texts) -> list[float]:
    return [_until_sound(client, sentence) for sentence in texts.sentences]


def _hit(title: str, memory: list[float], disk: list[float]) -> Bar:
    both = [1000 * seconds for seconds in memory + disk]
    return Bar(
        name=f"{title}: a sentence from the cache, until its first sound is back",
        bar=BAR_HIT,
        at_least=False,
        unit="ms",
        value=statistics.median(both),
        p95=_percentile(both),
        figures={
            "from memory: ms": 1000 * statistics.median(memory),
            "from disk, after a restart: ms": 1000 * statistics.median(disk),
            "from disk, slowest: ms": 1000 * max(disk),
        },
    )


def _stop(bundle: Path, title: str, texts: Texts, folder: Path, threads: int) -> Bar:
    bar = Bar(name=f"{title}: `stop` until silence at the card", bar=BAR_STOP, at_least=False, unit="ms")
    if sound_card_name() is None:
        skipped = "there is no sound card; ALSA_CONFIG_PATH may name a configuration with one"
        return msgspec.structs.replace(bar, skipped=skipped)
    text = " ".join(texts.sentences)
    try:
        with running(bundle, folder, "--threads", str(threads)) as daemon:
            rounds = (_start_and_stop(daemon.client, text, number / ROUNDS) for number in range(ROUNDS))
            starts, stops = zip(*rounds, strict=True)
    except EdgeError as error:
        return msgspec.structs.replace(bar, skipped=f"the sound card or the daemon failed: {error}")
    silence = [1000 * seconds for seconds in stops]
    return msgspec.structs.replace(
        bar,
        value=statistics.median(silence),
        p95=_percentile(silence),
        figures={"say, until its first sound is written to the card: ms": 1000 * statistics.median(starts)},
        note=f"Until the fade is written, and {1000 * HELD_SECONDS:.0f} ms that the card may hold.",
    )


def _start_and_stop(client: Client, text: str, phase: float) -> tuple[float, float]:
    """Seconds from `say` to `started`, and from `stop` until the fade has been heard, at the latest.

    `phase`: how much of a card's period is over when it is told to stop.
    """
    begun = time.perf_counter()
    client.say(text, cache=False)
    _await(client, "started")
    started = time.perf_counter()
    time.sleep(SPEAKING_SECONDS + phase / PERIODS_PER_SECOND)
    stopping = time.perf_counter()
    client.stop()
    _await(client, "cancelled")
    return started - begun, time.perf_counter() - stopping + HELD_SECONDS


def _await(client: Client, kind: str) -> None:
    if next(client.events(), Event("")).type != kind:
        raise EdgeError(f"The daemon did not say {kind!r} of an utterance when that was due.")


def _idle(title: str, pid: int) -> Bar:
    time.sleep(SETTLING_SECONDS)
    begun = cpu_seconds(pid)
    time.sleep(IDLE_SECONDS)
    share = 100 * (cpu_seconds(pid) - begun) / IDLE_SECONDS
    return Bar(name=f"{title}: processor time of an idle daemon", bar=BAR_IDLE, at_least=False, unit="%", value=share)


def _growth(title: str, daemon: Running, texts: Texts) -> Bar:
    said = [text for sentence in texts.sentences for text in _beginnings(sentence)]
    resident = {}
    for number in range(1, MANY + 1):
        _until_sound(daemon.client, said[number % len(said)])
        if number in {FEW, MANY}:
            time.sleep(SETTLING_SECONDS)
            resident[number] = Memory.of(daemon.pid).resident / MEGABYTE
    return Bar(
        name=f"{title}: memory after {MANY} sentences of different lengths, less after {FEW}",
        bar=BAR_GROWTH,
        at_least=False,
        unit="MB",
        value=resident[MANY] - resident[FEW],
        figures={f"resident after {number}: MB": size for number, size in resident.items()},
    )


def _beginnings(sentence: str) -> list[str]:
    """The sentence, and what it is without its last word, two words, and so on."""
    words = sentence.split()
    return [" ".join(words[:count]) for count in range(2, len(words) + 1)]


def _percentile(values: Sequence[float]) -> float:
    """The 95th."""
    return float(np.percentile(values, P95))
