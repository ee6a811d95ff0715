"""What a voice costs on this machine: load time, time to first audio, real-time factor, memory, size."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from edge.errors import EdgeError

RUNS = 7
SENTENCE = "The kitchen light is on, and the front door is still open."


class Result(msgspec.Struct, frozen=True):
    """One voice on one machine. Times in seconds, sizes in bytes; medians of `RUNS` runs in one process."""

    machine: str
    threads: int
    torch: str
    voice: str
    bundle_bytes: int
    load_seconds: float
    """From the call to a voice in memory; the bundle's files are read and verified."""
    warm_up_seconds: float
    first_audio_seconds: float
    """From the text of one sentence to its first PCM."""
    real_time_factor: float
    """Seconds of computing for one second of sound."""
    resident_bytes: int
    """The whole process, after synthesis."""
    import_bytes: int
    """Of which Python, torch and this package, before the voice was loaded."""

    def rows(self) -> list[tuple[str, str]]:
        """The result for people."""
        return [
            ("machine", f"{self.machine}, {self.threads} threads, torch {self.torch}"),
            ("voice", f"{self.voice}, {self.bundle_bytes / 1e6:.1f} MB on disk"),
            ("load", f"{self.load_seconds:.2f} s, then {self.warm_up_seconds:.2f} s to warm up"),
            ("first audio", f"{1000 * self.first_audio_seconds:.0f} ms after the text of a sentence"),
            ("real-time factor", f"{self.real_time_factor:.3f}"),
            ("memory", f"{self.resident_bytes / 1e6:.0f} MB resident, {self.import_bytes / 1e6:.0f} MB of it torch"),
        ]


def measure(voice: Path, threads: int | None) -> Result:
    """Measures the bundle at `voice` in a process of its own, so that memory and loading are only its own.

    Raises:
        EdgeError: the voice cannot be loaded.
    """
    command = [sys.executable, "-m", "edge.bench", "voice", str(voice), str(threads or 0)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        last_words = done.stderr.decode().strip().splitlines()[-1:] or [f"its process ended with {done.returncode}"]
        raise EdgeError(f"{voice} cannot be measured: {last_words[0]}")
    return msgspec.json.decode(done.stdout, type=Result)


def measure_here(voice_path: Path, threads: int) -> Result:
    """The same in this process; 0 threads: as many as torch takes."""
    import torch

    from edge import cpu
    from edge.process import resident_bytes
    from edge.speech import Voice
    from edge.voice import open_bundle

    if threads:
        torch.set_num_threads(threads)
    imported = resident_bytes()
    begun = time.perf_counter()
    voice = Voice.load(voice_path)
    loaded = time.perf_counter()
    voice.warm_up()
    warm = time.perf_counter()
    first, factors = [], []
    for seed in range(RUNS):
        start = time.perf_counter()
        blocks = voice.stream(SENTENCE, seed=seed)
        samples = next(blocks).size
        first.append(time.perf_counter() - start)
        samples += sum(block.size for block in blocks)
        factors.append((time.perf_counter() - start) * voice.sample_rate / samples)
    with open_bundle(voice_path) as bundle:
        size = bundle.size
    return Result(
        machine=f"{cpu.model()} ({', '.join(cpu.features())})",
        threads=torch.get_num_threads(),
        torch=str(torch.__version__),
        voice=voice.manifest.name,
        bundle_bytes=size,
        load_seconds=loaded - begun,
        warm_up_seconds=warm - loaded,
        first_audio_seconds=statistics.median(first),
        real_time_factor=statistics.median(factors),
        resident_bytes=resident_bytes(),
        import_bytes=imported,
    )
