"""Text made of any bytes."""

from __future__ import annotations

from dataclasses import dataclass

from edge.text.sentences import Splitter

LANGUAGES = ("en", "de", "es", "zh", "ar", "")


@dataclass(frozen=True)
class Cuts:
    """A way to cut a text into parts."""

    length: int

    def split(self, text: str, language: str) -> list[str]:
        """The sentences of `text`, which arrives in parts."""
        splitter = Splitter(language)
        found: list[str] = []
        for start in range(0, len(text), self.length):
            found += splitter.feed(text[start : start + self.length])
        return found + splitter.finish()


def pieces(data: bytes) -> tuple[str, str, Cuts]:
    """A text, with lone surrogates where the bytes are no UTF-8; its language, and how to cut it."""
    first, second = (*data[:2], 0, 0)[:2]
    return data[2:].decode(errors="surrogateescape"), LANGUAGES[first % len(LANGUAGES)], Cuts(1 + second % 32)
