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
from edge.bench import measure
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
    """Measures the voice on this machine, as `melo-edge bench` does."""
    console.print("Measuring")
    for name, value in measure(VOICE, None).rows():
        console.print(f"  {name:<17} {value}")


if __name__ == "__main__":
    sys.exit(main())
