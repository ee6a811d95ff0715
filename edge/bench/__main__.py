"""The processes that a measurement starts: `python -m edge.bench WHAT ARGUMENTS`, which prints JSON."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from edge import runtime
from edge.errors import EdgeError


def main(what: str, *arguments: str) -> msgspec.Struct:
    """Measures `what` in this process."""
    if what == "voice":
        from edge.bench.voice import measure_here

        return measure_here(Path(arguments[0]), int(arguments[1]))
    if what == "memory":
        from edge.bench.memory import grow_here

        return grow_here(Path(arguments[0]), Path(arguments[1]), int(arguments[2]))
    if what == "speaking":
        from edge.bench.speaking import time_here

        return time_here(Path(arguments[0]), int(arguments[1]))
    from edge.bench.vocoder import compare

    return compare(int(arguments[0]))


if __name__ == "__main__":
    runtime.prepare()
    try:
        sys.stdout.buffer.write(msgspec.json.encode(main(*sys.argv[1:])))
    except EdgeError as problem:
        sys.exit(str(problem))
