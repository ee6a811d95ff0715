"""What was measured so far, on disk: a run that was interrupted goes on where it was."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from edge.bench import wire

T = TypeVar("T")


class Entry(msgspec.Struct, frozen=True):
    """One finished step and its result."""

    key: str
    result: msgspec.Raw


class Journal:
    """A line for each step. The first names the plan: another plan starts anew."""

    def __init__(self, path: Path, plan: str) -> None:
        self._path = path
        self._results: dict[str, msgspec.Raw] = {}
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        # The last line is cut short where a run was killed while it wrote.
        entries = [msgspec.json.decode(line, type=Entry) for line in lines if line.endswith(b"\n")]
        self.resumed = bool(entries) and msgspec.json.decode(entries[0].result) == plan
        """Whether there is something to go on from."""
        if self.resumed:
            self._results = {entry.key: entry.result for entry in entries[1:]}
            path.write_bytes(b"".join(line for line in lines if line.endswith(b"\n")))
        else:
            path.write_bytes(b"")
            self._append("plan", plan)

    def get(self, key: str, kind: type[T]) -> T | None:
        """The result of an earlier step."""
        return wire.decode(bytes(self._results[key]), kind) if key in self._results else None

    def put(self, key: str, result: object) -> None:
        """Keeps the result of a step."""
        self._append(key, result)

    def _append(self, key: str, result: object) -> None:
        self._results[key] = msgspec.Raw(wire.encode(result))
        line = msgspec.json.encode(Entry(key, self._results[key]))
        with self._path.open("ab") as file:
            file.write(line + b"\n")
