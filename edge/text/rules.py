"""Normalisers as tables: each row says what it reads, why, and shows it by examples that are tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One row: what `pattern` finds is replaced by what `speak` says of it, as words."""

    name: str
    pattern: re.Pattern[str]
    speak: Callable[[re.Match[str]], str]
    reason: str
    """Why it is there, and why in this place among the others."""
    examples: tuple[tuple[str, str], ...]
    """Texts, and what the whole normaliser makes of them."""


def apply(rules: Iterable[Rule], text: str) -> str:
    """The text after every rule, in order."""
    for rule in rules:
        text = rule.pattern.sub(rule.speak, text)
    return text
