"""What `melo-edge bench --int8` and `--latency` find: a row for each bar, and the machine that it was measured on."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence

import msgspec

from edge import cpu
from edge.int8 import operator

PACKAGES = ("torch", "onnxruntime", "onnx")
"""What the figures depend on."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One bar, and how near this machine comes."""

    name: str
    bar: float
    at_least: bool = True
    """Whether the bar is the least or the most that is good enough."""
    unit: str = "x"
    """`x`: a ratio; `%`: share; `MB`: 10^6 bytes; `ms`."""
    value: float | None = None
    """Median; None: not measured."""
    p95: float | None = None
    """The 95th percentile, where single values are felt."""
    figures: dict[str, float] = {}
    """What `value` was computed from, and what explains it: real-time factors, or MB."""
    note: str = ""
    skipped: str = ""
    """Why it was not measured, and what to install."""

    @property
    def met(self) -> bool:
        """Whether the bar is reached."""
        return self.value is not None and (self.value >= self.bar if self.at_least else self.value <= self.bar)

    def lines(self) -> list[str]:
        """The row for people."""
        bar = f"{'>=' if self.at_least else '<='} {self.bar:g} {self.unit}"
        if self.value is None:
            return [f"{self.name}: skipped (bar {bar}): {self.skipped}"]
        digits = 2 if self.unit == "x" else 1
        p95 = "" if self.p95 is None else f", p95 {self.p95:.{digits}f}"
        lines = [f"{self.name}: {self.value:.{digits}f} {self.unit}{p95} (bar {bar}{self._verdict()})"]
        lines += [f"    {name:<44}{_number(figure)}" for name, figure in self.figures.items()]
        return lines + ([f"    {self.note}"] if self.note else [])

    def _verdict(self) -> str:
        return "" if self.met else ", MISSED"


class Report(msgspec.Struct, frozen=True):
    """All rows."""

    machine: str
    isas: tuple[str, ...]
    """What the INT8 operator can use here, best first."""
    threads: int
    versions: dict[str, str]
    rows: tuple[Row, ...]

    @classmethod
    def of_this_machine(cls, threads: int, rows: Sequence[Row]) -> Report:
        """`rows`, and what they were measured on."""
        return cls(
            machine=f"{cpu.model()} ({', '.join(cpu.features())})",
            isas=tuple(operator.isas()),
            threads=threads,
            versions={package: _version(package) for package in PACKAGES},
            rows=tuple(rows),
        )

    def lines(self) -> list[str]:
        """The report for people."""
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        head = [
            f"machine: {self.machine}",
            f"INT8 paths: {', '.join(self.isas)} (the first is used); threads: {self.threads}; {versions}",
            "Interleaved runs, medians. RTF is seconds of computing for one second of sound.",
            "",
        ]
        return head + [line for row in self.rows for line in row.lines()]


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def _number(figure: float) -> str:
    return f"{figure:10.4f}" if abs(figure) < 10 else f"{figure:10.1f}"  # noqa: PLR2004  (digits worth reading)
