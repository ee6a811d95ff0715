"""Text that arrives in parts, on its way from a client to the synthesis thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator

from edge.text.sentences import Splitter

PART = 4096
"""Characters that are cut into sentences at a time: the first is not to wait for all of a long text to be cut."""


class TextFeed(Iterator[str]):
    """The sentences of a text that may still be growing, as `Voice.stream` takes them.

    Made and filled in the event loop; the synthesis thread iterates over it, and cuts the sentences there, since the
    loop is to answer others meanwhile. That thread must never wait inside `next`, so where no sentence is complete it
    gets an empty one, which costs it a step without sound, and `has_step` is False until there is more to look at.
    """

    def __init__(self, language: str, changed: threading.Condition) -> None:
        """`language` decides where sentences end; `changed` is notified when a step may be possible again."""
        self.characters = 0
        self._changed = changed
        self._splitter = Splitter(language)
        self._parts: deque[str] = deque()
        self._sentences: deque[str] = deque()
        self._ended = False
        self._starved = False

    @classmethod
    def of(cls, text: str, language: str) -> TextFeed:
        """A text that is complete."""
        feed = cls(language, threading.Condition())
        feed.add(text)
        feed.end()
        return feed

    def add(self, part: str) -> None:
        """Appends a part, cut anywhere."""
        with self._changed:
            self.characters += len(part)
            self._parts.extend(part[start : start + PART] for start in range(0, len(part), PART))
            self._changed.notify_all()

    def end(self) -> None:
        """The text is complete."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def has_step(self) -> bool:
        """Whether the synthesis thread can go on: within a sentence, with the next one, or to the end."""
        with self._changed:
            return not self._starved or bool(self._parts) or self._ended

    def __next__(self) -> str:
        """The next sentence; "" when none is complete yet."""
        while not self._sentences:
            with self._changed:
                part = self._parts.popleft() if self._parts else None
                is_last = self._ended and part is None
                self._starved = part is None and not is_last
            if self._starved:
                return ""
            self._sentences.extend(self._splitter.finish() if part is None else self._splitter.feed(part))
            if is_last and not self._sentences:
                raise StopIteration
        return self._sentences.popleft()
