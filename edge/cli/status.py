"""`melo-edge status`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from edge.cli.arguments import add_socket
from edge.client import Client


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_socket(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--prometheus", action="store_true", help="print what is counted in Prometheus' text format")


def run(options: argparse.Namespace) -> int:
    """Prints the daemon's status."""
    with Client(options.socket) as client:
        sys.stdout.write(client.metrics() if options.prometheus else _shown(client.status(), as_json=options.json))
    return 0


def _shown(status: dict[str, Any], *, as_json: bool) -> str:
    if as_json:
        return f"{json.dumps(status, ensure_ascii=False)}\n"
    return "".join(f"{name:<18}{value}\n" for name, value in _rows(status))


def _rows(status: dict[str, Any]) -> Iterator[tuple[str, str]]:
    current = "" if status["current"] is None else f" {status['current']}"
    yield "state", f"{status['state']}{current}, {status['queued']} waiting"
    yield "voice", f"{status['voice']}, {status['language']}, {status['sample_rate']} Hz"
    yield "bundle", status["bundle"]
    if status["fallback"] is not None:
        yield "WARNING", status["fallback"]
    yield "utterances", ", ".join(f"{number} {outcome}" for outcome, number in status["utterances"].items())
    yield "first audio", _distribution(status["first_audio_seconds"], " s")
    yield "real-time factor", _distribution(status["real_time_factors"], "")
    yield "pre-roll", f"{status['preroll_seconds']:g} s"
    yield "phrase cache", _cache(status["cache"])
    yield "underruns", str(status["underruns"])
    yield "memory", f"{status['resident_bytes'] / 1e6:.0f} MB"
    yield "processor", _processor(status["cpu_celsius"], status["throttling"])
    yield "up for", str(timedelta(seconds=round(status["uptime_seconds"])))
    yield "version", status["version"]


def _distribution(values: dict[str, Any], unit: str) -> str:
    if not values["count"]:
        return "-"
    return f"median {values['p50']:.3g}{unit}, 95 % within {values['p95']:.3g}{unit}, of {values['count']}"


def _cache(cache: dict[str, int] | None) -> str:
    if cache is None:
        return "-"
    asked = cache["hits"] + cache["misses"]
    memory, disk = cache["memory_bytes"] / 1e6, cache["disk_bytes"] / 1e6
    return f"had {cache['hits']} of {asked} sentences; {memory:.1f} MB in memory, {disk:.1f} MB on disk"


def _processor(celsius: float | None, throttling: list[str] | None) -> str:
    heat = "temperature not told" if celsius is None else f"{celsius:.0f} °C"
    if throttling is None:
        return f"{heat}, throttling not told"
    return f"{heat}, {', '.join(throttling) or 'not throttled'}"
