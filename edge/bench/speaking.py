"""How soon a voice speaks in this process, and what streaming costs.

Each round takes another text, as in life: a sentence of a new length meets kernels that were not used before.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch

from edge.bench.rows import Row
from edge.errors import EdgeError
from edge.speech import Voice, computing, noise, to_pcm

BAR_SENTENCE, BAR_PARAGRAPH, BAR_STREAMING = 0.35, 1.0, 1.05
ROUNDS = 24
P95 = 95

PHRASES = ("Good morning.", "Timer finished.", "Light off.", "Door open.", "All right.", "Not found.")
SENTENCES = (
    "The kitchen light is on, and the front door is still open.",
    "It is seven o'clock, and the first bus leaves in ten minutes.",
    "Your washing machine has finished, please take the laundry out.",
    "The living room is twenty degrees warm, as you asked yesterday.",
    "There are two new messages, and both of them are from your sister.",
    "Tomorrow will be cloudy at first, with some rain in the afternoon.",
    "I could not find that song, but here is another one by the same band.",
    "The garage is locked, and all the windows upstairs are closed.",
)
"""Each sounds for some three seconds; four in a row are a paragraph of twelve."""
A_PARAGRAPH = 4


class Timed(msgspec.Struct, frozen=True):
    """One text spoken once, in seconds."""

    first: float
    """Until its first PCM that is not empty."""
    total: float
    sound: float
    """How long it sounds."""

    @property
    def real_time_factor(self) -> float:
        """Seconds of computing for one second of sound."""
        return self.total / self.sound


class Round(msgspec.Struct, frozen=True):
    """All ways to speak, once each."""

    phrase: Timed
    whole: Timed
    """The sentence unstreamed: `encode`, then `decode`, then PCM."""
    sentence: Timed
    paragraph: Timed


class Latencies(msgspec.Struct, frozen=True):
    """What one voice takes."""

    rounds: list[Round]

    def rows(self, voice: str) -> list[Row]:
        """What it amounts to: medians and p95 of the rounds, and of their ratios."""
        rounds = self.rounds
        sentence = [r.sentence.first / r.whole.total for r in rounds]
        paragraph = [r.paragraph.first / r.sentence.first for r in rounds]
        streaming = [r.sentence.real_time_factor / r.whole.real_time_factor for r in rounds]
        return [
            _ratio(f"{voice}: first audio of a sentence against the whole of it", BAR_SENTENCE, sentence, {
                **_milliseconds("a phrase: first audio", [r.phrase.first for r in rounds]),
                **_milliseconds("a sentence: first audio", [r.sentence.first for r in rounds]),
                **_milliseconds("a sentence, unstreamed: all of it", [r.whole.total for r in rounds]),
                "how long it sounds: s": statistics.median(r.whole.sound for r in rounds),
            }),
            _ratio(f"{voice}: first audio of a 12 s paragraph against its first sentence", BAR_PARAGRAPH, paragraph, {
                **_milliseconds("a paragraph: first audio", [r.paragraph.first for r in rounds]),
                "how long it sounds: s": statistics.median(r.paragraph.sound for r in rounds),
            }, note="The same work: what differs is noise."),
            _ratio(f"{voice}: streamed real-time factor against unstreamed", BAR_STREAMING, streaming, {
                "streamed: RTF": statistics.median(r.sentence.real_time_factor for r in rounds),
                "unstreamed: RTF": statistics.median(r.whole.real_time_factor for r in rounds),
                "a paragraph, streamed: RTF": statistics.median(r.paragraph.real_time_factor for r in rounds),
            }),
        ]  # fmt: skip


def _ratio(name: str, bar: float, values: list[float], figures: dict[str, float], note: str = "") -> Row:
    return Row(
        name=name,
        bar=bar,
        at_least=False,
        value=statistics.median(values),
        p95=percentile(values),
        figures=figures,
        note=note,
    )


def _milliseconds(name: str, seconds: list[float]) -> dict[str, float]:
    return {f"{name}: ms": 1000 * statistics.median(seconds), f"{name}, p95: ms": 1000 * percentile(seconds)}


def percentile(values: Sequence[float]) -> float:
    """The 95th."""
    return float(np.percentile(values, P95))


def rows(voice: Path, name: str, threads: int) -> list[Row]:
    """In a process of its own.

    Raises:
        EdgeError: the voice cannot be loaded or does not speak.
    """
    command = [sys.executable, "-m", "edge.bench", "speaking", str(voice), str(threads)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise EdgeError(f"{voice} cannot be measured: {done.stderr.decode().strip()[-500:]}")
    return msgspec.json.decode(done.stdout, type=Latencies).rows(name)


def time_here(voice_path: Path, threads: int) -> Latencies:
    """Measures in this process, which has spoken nothing else."""
    torch.set_num_threads(threads)
    voice = Voice.load(voice_path)
    voice.warm_up()
    return Latencies([_round(voice, number) for number in range(ROUNDS)])


def _round(voice: Voice, number: int) -> Round:
    texts = [SENTENCES[(number + i) % len(SENTENCES)] for i in range(A_PARAGRAPH)]
    ways = {
        "phrase": lambda: _streamed(voice, PHRASES[number % len(PHRASES)], number),
        "whole": lambda: _whole(voice, texts[0], number),
        "sentence": lambda: _streamed(voice, texts[0], number),
        "paragraph": lambda: _streamed(voice, " ".join(texts), number),
    }
    # Each goes first in its turn: a new length, the same for the last three, costs whoever meets it first.
    order = deque(ways)
    order.rotate(number)
    return Round(**{name: ways[name]() for name in order})


def _streamed(voice: Voice, text: str, seed: int) -> Timed:
    begun = time.perf_counter()
    first, samples = 0.0, 0
    for pcm in voice.stream(text, seed=seed, cache=False):
        if pcm.size and not first:
            first = time.perf_counter() - begun
        samples += pcm.size
    return Timed(first, time.perf_counter() - begun, samples / voice.sample_rate)


def _whole(voice: Voice, text: str, seed: int) -> Timed:
    begun = time.perf_counter()
    scales = voice.manifest.scales
    with computing(), noise(seed):
        z, g, _ = voice.model.encode(
            *voice.prepare(text),
            scales.sdp_ratio,
            scales.noise_scale,
            scales.noise_scale_w,
            scales.length_scale,
            None,
            None,
            None,
        )
        pcm = to_pcm(voice.model.decode(z, g), voice.manifest.gain)
    total = time.perf_counter() - begun
    return Timed(total, total, pcm.size / voice.sample_rate)
