"""Speech Dispatcher's five priorities, by name."""

from __future__ import annotations

from typing import Literal

Priority = Literal["important", "message", "text", "notification", "progress"]

PRIORITIES: tuple[Priority, ...] = ("important", "message", "text", "notification", "progress")
"""From the most to the least urgent."""
