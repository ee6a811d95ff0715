"""Resident memory of the whole daemon: `melo-edge serve`, after it has spoken through its socket."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import msgspec
import torch

from edge.bench import full_size
from edge.bench.memory import MEGABYTE, Memory
from edge.bench.rows import Row
from edge.bench.running import running
from edge.build.progress import Progress
from edge.voice import FileEntry, open_bundle
from edge.voice.bundle import MODEL

BAR = 350.0
SENTENCE = "The kitchen light is on, and the front door is still open."
TIMES = 3
LENGTH_SCALE = 1.6
"""Has a model with random weights say `SENTENCE` in about 3.5 s."""


def rows(voice: Path, folder: Path, progress: Progress) -> list[Row]:
    """With `voice`, and with a model of MeloTTS's size in its place."""
    progress.step("Measuring the whole daemon")
    return [
        _row(f"the whole daemon with {voice.name}", voice, folder),
        _row("the whole daemon with a MeloTTS-size model", with_full_size(voice, folder / "full-size"), folder),
    ]


def _row(name: str, voice: Path, folder: Path) -> Row:
    memory, seconds = _speak(voice, folder)
    figures = {
        "own: MB": memory.anonymous / MEGABYTE,
        "peak: MB": memory.peak / MEGABYTE,
        "a sentence's sound: s": seconds,
    }
    note = f"VmRSS, library pages included, after {TIMES} sentences."
    resident = memory.resident / MEGABYTE
    return Row(name=name, bar=BAR, at_least=False, unit="MB", value=resident, figures=figures, note=note)


def with_full_size(voice: Path, folder: Path) -> Path:
    """A bundle that reads as `voice` does and speaks with a model of MeloTTS's size."""
    with open_bundle(voice) as bundle:
        shutil.copytree(bundle.folder, folder)
        manifest = bundle.manifest
    model = full_size.random_model()
    full_size.to_int8(model)
    torch.jit.save(full_size.scripted(model), str(folder / MODEL))
    msgspec.structs.replace(
        manifest,
        name="full-size",
        sample_rate=full_size.SAMPLE_RATE,
        hop_length=full_size.config().hop_length,
        scales=msgspec.structs.replace(manifest.scales, length_scale=LENGTH_SCALE),
        files={**manifest.files, MODEL: FileEntry.of(folder / MODEL)},
    ).write(folder)
    return folder


def _speak(voice: Path, folder: Path) -> tuple[Memory, float]:
    """The daemon's memory after `TIMES` sentences, and how long the last one sounds, in seconds."""
    sound: tuple[str | Path, ...] = ("--output", folder / "sound.wav")
    with running(voice, folder, *sound, "--threads", "1", "--cache-disk-mb", "0") as daemon:
        for number in range(TIMES):
            start, *chunks = daemon.client.synthesize(f"{SENTENCE} {number}")
        samples = sum(len(chunk.payload) for chunk in chunks) / start.data["width"]
        time.sleep(1)
        return Memory.of(daemon.pid), samples / start.data["rate"]
