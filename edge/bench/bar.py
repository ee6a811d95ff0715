"""A bar that this project set itself, and how near a machine comes."""

from __future__ import annotations

import msgspec


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

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
    """What `value` was computed from, and what explains it."""
    note: str = ""
    skipped: str = ""
    """Why it was not measured."""

    @property
    def met(self) -> bool:
        """Whether the bar is reached."""
        return self.value is not None and (self.value >= self.bar if self.at_least else self.value <= self.bar)

    @property
    def wanted(self) -> str:
        """The bar for people."""
        return f"{'>=' if self.at_least else '<='} {self.bar:g} {self.unit}"

    @property
    def found(self) -> str:
        """What was measured, for people."""
        if self.value is None:
            return f"not measured: {self.skipped}"
        digits = 2 if self.unit == "x" else 1
        p95 = "" if self.p95 is None else f" (p95 {self.p95:.{digits}f})"
        return f"{self.value:.{digits}f} {self.unit}{p95}{'' if self.met else ', MISSED'}"
