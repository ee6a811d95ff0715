"""What all rows say."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import msgspec

A_PARAGRAPH = 4
"""Sentences: twelve seconds."""
JUDGED = 6
"""Sentences that the judges hear."""

_PHRASES = ("Good morning.", "Timer finished.", "Light off.", "Door open.", "All right.", "Not found.")
_SENTENCES = (
    "The kitchen light is on, and the front door is still open.",
    "It is seven o'clock, and the first bus leaves in ten minutes.",
    "Your washing machine has finished, please take the laundry out.",
    "The living room is twenty degrees warm, as you asked yesterday.",
    "There are two new messages, and both of them are from your sister.",
    "Tomorrow will be cloudy at first, with some rain in the afternoon.",
    "I could not find that song, but here is another one by the same band.",
    "The garage is locked, and all the windows upstairs are closed.",
)
"""Each sounds for some three seconds."""


class Texts(msgspec.Struct, frozen=True):
    """Sentences of one language. Each round takes another: a new length meets kernels that were not used before."""

    phrases: tuple[str, ...]
    sentences: tuple[str, ...]

    @property
    def judged(self) -> tuple[str, ...]:
        """Those that the judges hear."""
        return self.sentences[:JUDGED]

    def all(self) -> tuple[str, ...]:
        """Every sentence that may be asked for."""
        return self.phrases + self.sentences

    def of(self, kind: str, number: int) -> list[str]:
        """The sentences of the text of this `kind` in round `number`."""
        if kind == "phrase":
            return [self.phrases[number % len(self.phrases)]]
        count = A_PARAGRAPH if kind == "paragraph" else 1
        return [self.sentences[(number + i) % len(self.sentences)] for i in range(count)]

    def words(self, count: int) -> str:
        """A text of `count` words, sentence after sentence."""
        return " ".join(itertools.islice(itertools.cycle(" ".join(self.sentences).split()), count))


def texts(language: str) -> Texts:
    """For a voice of `language`: English as above, of others what they are judged with when they are built."""
    if language.casefold().startswith("en"):
        return Texts(_PHRASES, _SENTENCES)
    from edge.build.sentences import sentences

    by_length: Sequence[str] = sorted(sentences(language).held_out, key=len)
    return Texts(tuple(by_length[: len(_PHRASES)]), tuple(by_length[-len(_SENTENCES) :]))
