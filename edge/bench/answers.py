"""What a client of the daemon waits for: its first sound, a phrase from the cache, silence after `stop`."""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from edge.bench.memory import MEGABYTE, Memory
from edge.bench.rows import Row
from edge.bench.running import Running, running
from edge.bench.speaking import A_PARAGRAPH, PHRASES, SENTENCES, percentile
from edge.build.progress import Progress
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
WORDS = 10_000
FEW, MANY = 20, 1000
"""Sentences after which the resident memory is compared."""

LONG = " ".join(SENTENCES)


def rows(voice: Path, name: str, folder: Path, threads: int, progress: Progress) -> list[Row]:
    """With daemons of their own, whose files are in `folder`."""
    folder.mkdir()
    common: list[str | Path] = ["--threads", str(threads), "--output", folder / "sound.wav"]
    kept = [*common, "--cache-dir", folder / "phrases"]
    progress.step(f"Asking a daemon with {name}")
    with running(voice, folder, *common, "--cache-memory-mb", "0", "--cache-disk-mb", "0") as daemon:
        first = _first_sound(daemon.client)
        idle = _idle_row(name, daemon.pid)
        growth = _growth_row(name, daemon, progress)
    with running(voice, folder, *kept) as daemon:
        _hits(daemon.client)
        memory = _hits(daemon.client)
    with running(voice, folder, *kept) as daemon:
        disk = _hits(daemon.client)
    return [_hit_row(name, memory, disk, first), _stop_row(voice, name, folder, threads), idle, growth]


def _until_sound(client: Client, text: str) -> float:
    """Seconds from the request to the first sound that comes back; the rest is read, too."""
    begun = time.perf_counter()
    first = 0.0
    for event in client.synthesize(text):
        if event.payload and not first:
            first = time.perf_counter() - begun
    return first


def _first_sound(client: Client) -> dict[str, float]:
    texts: dict[str, Callable[[int], str]] = {
        "a phrase": lambda number: PHRASES[number % len(PHRASES)],
        "a sentence": lambda number: SENTENCES[number % len(SENTENCES)],
        "a 12 s paragraph": lambda number: " ".join(
            SENTENCES[(number + i) % len(SENTENCES)] for i in range(A_PARAGRAPH)
        ),
    }
    seconds = {name: [_until_sound(client, text(i)) for i in range(ROUNDS)] for name, text in texts.items()}
    return {
        f"{name} over the socket, {what}: ms": 1000 * value
        for name, times in seconds.items()
        for what, value in (("median", statistics.median(times)), ("p95", percentile(times)))
    }


def _hits(client: Client) -> list[float]:
    return [_until_sound(client, sentence) for sentence in SENTENCES]


def _hit_row(name: str, memory: list[float], disk: list[float], first: dict[str, float]) -> Row:
    both = [1000 * seconds for seconds in memory + disk]
    figures = {
        "from memory: ms": 1000 * statistics.median(memory),
        "from disk, after a restart: ms": 1000 * statistics.median(disk),
        "from disk, slowest: ms": 1000 * max(disk),
        **first,
    }
    return Row(
        name=f"{name}: a phrase from the cache, until its first sound is back",
        bar=BAR_HIT,
        at_least=False,
        unit="ms",
        value=statistics.median(both),
        p95=percentile(both),
        figures=figures,
    )


def _stop_row(voice: Path, name: str, folder: Path, threads: int) -> Row:
    row = Row(name=f"{name}: stop until silence at the card", bar=BAR_STOP, at_least=False, unit="ms")
    if sound_card_name() is None:
        skipped = "there is no sound card; ALSA_CONFIG_PATH may name a configuration with one"
        return msgspec.structs.replace(row, skipped=skipped)
    with running(voice, folder, "--threads", str(threads)) as daemon:
        starts, stops = zip(*(_start_and_stop(daemon.client) for _ in range(ROUNDS)), strict=True)
    figures = {
        "say, until its first sound is written to the card: ms": 1000 * statistics.median(starts),
        "the same, p95: ms": 1000 * percentile(starts),
    }
    note = f"Until `cancelled`, by when the fade is written, and {1000 * HELD_SECONDS:.0f} ms that the card may hold."
    silence = [1000 * seconds for seconds in stops]
    return msgspec.structs.replace(
        row, value=statistics.median(silence), p95=percentile(silence), figures=figures, note=note
    )


def _start_and_stop(client: Client) -> tuple[float, float]:
    """Seconds from `say` to `started`, and from `stop` until the fade has been heard, at the latest."""
    begun = time.perf_counter()
    client.say(LONG, cache=False)
    _await(client, "started")
    started = time.perf_counter()
    time.sleep(SPEAKING_SECONDS)
    stopping = time.perf_counter()
    client.stop()
    _await(client, "cancelled")
    return started - begun, time.perf_counter() - stopping + HELD_SECONDS


def _await(client: Client, kind: str) -> None:
    if next(client.events(), Event("")).type != kind:
        raise EdgeError(f"The daemon did not say {kind!r} of an utterance when that was due.")


def _idle_row(name: str, pid: int) -> Row:
    time.sleep(SETTLING_SECONDS)
    begun = _cpu_seconds(pid)
    time.sleep(IDLE_SECONDS)
    share = 100 * (_cpu_seconds(pid) - begun) / IDLE_SECONDS
    return Row(name=f"{name}: processor time when idle", bar=BAR_IDLE, at_least=False, unit="%", value=share)


def _cpu_seconds(pid: int) -> float:
    """Of all threads of a process: proc(5), `stat`, fields 14 and 15."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _growth_row(name: str, daemon: Running, progress: Progress) -> Row:
    texts = [text for sentence in SENTENCES for text in _beginnings(sentence)]
    resident = {}
    for number in progress.track(range(1, MANY + 1), f"{name}: {MANY} sentences"):
        _until_sound(daemon.client, texts[number % len(texts)])
        if number in {FEW, MANY}:
            resident[number] = Memory.of(daemon.pid).resident / MEGABYTE
    return Row(
        name=f"{name}: memory after {MANY} sentences of different lengths, less after {FEW}",
        bar=BAR_GROWTH,
        at_least=False,
        unit="MB",
        value=resident[MANY] - resident[FEW],
        figures={f"resident after {number}: MB": size for number, size in resident.items()},
    )


def long_text_row(voice: Path, name: str, folder: Path, threads: int, progress: Progress) -> Row:
    """A text of `WORDS` words, said to a client that reads, against one of a tenth of that."""
    folder.mkdir()
    progress.step(f"{name}: {WORDS} words")
    arguments = ("--threads", str(threads), "--output", folder / "sound.wav", "--cache-memory-mb", "0")
    with running(voice, folder, *arguments, "--cache-disk-mb", "0", "--max-text", "1000000") as daemon:
        resident, seconds = {}, {}
        for words in (WORDS // 10, WORDS):
            start, *chunks = daemon.client.synthesize(_text_of(words))
            seconds[words] = sum(len(chunk.payload) for chunk in chunks) / start.data["width"] / start.data["rate"]
            resident[words] = Memory.of(daemon.pid)
    return Row(
        name=f"{name}: memory after a text of {WORDS} words, less after one of {WORDS // 10}",
        bar=BAR_GROWTH,
        at_least=False,
        unit="MB",
        value=(resident[WORDS].resident - resident[WORDS // 10].resident) / MEGABYTE,
        figures={
            **{f"resident after {words} words: MB": memory.resident / MEGABYTE for words, memory in resident.items()},
            **{f"peak by then, {words} words: MB": memory.peak / MEGABYTE for words, memory in resident.items()},
            "how long the long one sounds: s": seconds[WORDS],
        },
    )


def _text_of(words: int) -> str:
    return " ".join(itertools.islice(itertools.cycle(LONG.split()), words))


def _beginnings(sentence: str) -> list[str]:
    """The sentence, and what it is without its last word, two words, and so on."""
    words = sentence.split()
    return [" ".join(words[:count]) for count in range(2, len(words) + 1)]
