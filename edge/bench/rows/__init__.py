"""The rows of the benchmark: every module in this folder that defines a `Row` with a number is one."""

from __future__ import annotations

import importlib
import pkgutil

from edge.bench.row import Row


def all_rows() -> list[type[Row]]:
    """In the order of the table."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    rows = [
        row
        for module in modules
        for row in vars(module).values()
        if isinstance(row, type) and issubclass(row, Row) and row.__module__ == module.__name__
    ]
    return sorted(rows, key=lambda row: place(row.number))


def place(number: str) -> tuple[int, str]:
    """What rows are sorted by: `6b` stands behind `6`, and before `10`."""
    digits = number.rstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits), number.removeprefix(digits)


def named(number: str) -> type[Row]:
    """The row with this `number`."""
    return next(row for row in all_rows() if row.number == number)
