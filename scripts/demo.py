#!/usr/bin/env python3
"""Shows the product: starts the daemon, speaks through its socket, leaves demo.wav, prints what was measured."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import soundfile
from rich.console import Console

import edge
from edge.bench import runner
from edge.bench.report import Report
from edge.bench.subjects import VOICE as THE_VOICE
from edge.bench.subjects import Asked
from edge.doctor import sound_card_name
from edge.errors import DaemonError

VOICE = Path("dist/joe")
WAV = Path("demo.wav")
TEXT = "Hello. I am a small computer with a voice of my own, and I need no network to use it."
START_SECONDS = 120

console = Console(highlight=False)


def main() -> int:
    """Runs the demo."""
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "tts.sock"
        card = sound_card_name()
        console.print(f"Starting the daemon with the voice {VOICE}")
        started = time.perf_counter()
        # What a demonstration says is not worth keeping, and would be there before it is made the next time.
        options = ["--cache-disk-mb", "0", *([] if card else ["--output", str(WAV)])]
        daemon = subprocess.Popen(
            [sys.executable, "-m", "edge.cli", "serve", "--voice", str(VOICE), "--socket", str(socket), *options]
        )
        try:
            client = connect(socket, daemon)
            console.print(f"Ready after {time.perf_counter() - started:.1f} s, Python and torch included")
            speak(client, card)
        finally:
            daemon.terminate()
            daemon.wait()
    show_figures()
    return 0


def connect(socket: Path, daemon: subprocess.Popen[bytes]) -> edge.Client:
    """Waits for the daemon: its socket answers when the voice is loaded and warm."""
    deadline = time.monotonic() + START_SECONDS
    while daemon.poll() is None and time.monotonic() < deadline:
        try:
            return edge.Client(socket)
        except DaemonError:  # noqa: PERF203  (one try in 50 ms)
            time.sleep(0.05)
    message = "The daemon did not start; its messages above tell why."
    raise SystemExit(message)


def speak(client: edge.Client, card: str | None) -> None:
    """Has the daemon say `TEXT`, and sees to it that demo.wav holds it."""
    console.print(f"Speaking through {card or f'no sound card: into {WAV}'}: “{TEXT}”")
    client.say(TEXT, wait=True)
    if card:
        start, *chunks = client.synthesize(TEXT)
        pcm = b"".join(chunk.payload for chunk in chunks)
        with soundfile.SoundFile(WAV, "w", start.data["rate"], 1, "PCM_16") as file:
            file.buffer_write(pcm, "int16")
    console.print(f"{WAV} holds what was said; the daemon used {client.status()['resident_bytes'] / 1e6:.0f} MB")


def show_figures() -> None:
    """Measures the daemon on this machine, as `melo-edge bench` does."""
    console.print("Measuring")
    with tempfile.TemporaryDirectory() as folder:
        settings = runner.Settings(
            asked=Asked(VOICE), out=Path(folder), laps=1, subjects=(THE_VOICE,), rows=("12",)
        )
        report = runner.measure(settings, Console(quiet=True))
    for name, value in figures(report):
        console.print(f"  {name:<17} {value}")


def figures(report: Report) -> list[tuple[str, str]]:
    """What the one row of `report` says."""
    [row] = report.rows
    speed = row.usual(report.most_threads)
    if speed is None or row.cold_start is None:
        raise SystemExit(row.reason)
    return [
        ("machine", report.machine.lines()[0]),
        ("load", f"{row.cold_start.median:.2f} s, warm-up included"),
        ("first audio", f"{1000 * speed.first.median:.0f} ms after the text of a sentence, over the socket"),
        ("real-time factor", f"{speed.real_time_factor.median:.3f}"),
        ("memory", f"{(row.steady or 0) / 1e6:.0f} MB resident; the voice is {(row.disk or 0) / 1e6:.1f} MB on disk"),
    ]


if __name__ == "__main__":
    sys.exit(main())
