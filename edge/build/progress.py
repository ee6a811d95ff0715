"""What a build tells the person who waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress as Bar

Item = TypeVar("Item")


class Progress:
    """Says nothing. `ConsoleProgress` does."""

    def step(self, what: str) -> None:
        """A step begins."""

    def track(self, items: Sequence[Item], what: str) -> Iterable[Item]:  # noqa: ARG002  (for those who show it)
        """Yields `items` as they are worked on."""
        return items


class ConsoleProgress(Progress):
    """A line for each step, a bar for each long one."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def step(self, what: str) -> None:
        self._console.print(what, highlight=False)

    def track(self, items: Sequence[Item], what: str) -> Iterable[Item]:
        self.step(what)
        with Bar(console=self._console, transient=True) as bar:
            yield from bar.track(items, description=what)
