"""Who is spoken next: Speech Dispatcher's five priorities. docs/priorities.md has the rules and where they are from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from edge.service.audio.priority import Priority
from edge.service.audio.utterance import Utterance

RANKS: dict[Priority, int] = {"important": 0, "message": 1, "text": 2, "notification": 3, "progress": 3}
"""Who is first, where the order of arrival does not decide."""

INTERRUPTED_BY: dict[Priority, frozenset[Priority]] = {
    "important": frozenset({"message", "text", "notification", "progress"}),
    "message": frozenset({"text", "notification", "progress"}),
    "text": frozenset({"text", "notification", "progress"}),
    "notification": frozenset({"notification"}),
    "progress": frozenset({"notification"}),
}
"""By the priority that arrives: what is being spoken and is cancelled."""

DISPLACED_BY: dict[Priority, frozenset[Priority]] = {
    "important": frozenset({"notification"}),
    "message": frozenset({"text", "notification"}),
    "text": frozenset({"text", "notification"}),
    "notification": frozenset({"notification"}),
    "progress": frozenset({"notification", "progress"}),
}
"""By the priority that arrives: what waits and is cancelled. A `progress` that waits is the last of its series."""


class SpeechQueue:
    """What waits to be spoken, in order. Not for several threads: the player's condition guards it.

    Between what waits, arrival decides, but for `important`, which is first: a `text` that waits has come after
    every `message` that does, since each `message` cancels the texts that it finds.
    """

    def __init__(self) -> None:
        self._waiting: deque[Utterance] = deque()
        self._progress_had_to_wait = False

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Utterance]:
        return iter(self._waiting)

    def add(self, new: Utterance, current: Utterance | None, *, paused: bool) -> None:
        """Let `new` arrive while `current` is spoken, or paused, and cancel what has to give way to it.

        `new` itself may be cancelled; it is then in the queue all the same, for whoever reports that.
        """
        spoken = current is not None and not current.is_over
        others = [utterance for utterance in self._waiting if not utterance.is_over]
        if _gives_way(new, [*others, current] if current is not None and spoken else others, paused=paused):
            new.cancel()
        else:
            if current is not None and not paused and current.priority in INTERRUPTED_BY[new.priority]:
                current.cancel()
            for utterance in others:
                if utterance.priority in DISPLACED_BY[new.priority]:
                    utterance.cancel()
            self._progress_had_to_wait = any(not u.is_over for u in (current, *others) if u is not None)
        self._insert(new)

    def pop(self) -> Utterance | None:
        """Remove and return the first to speak; a `progress` that had to wait is a `message` from now on."""
        first = next((utterance for utterance in self._waiting if not utterance.is_over), None)
        if first is not None:
            self._waiting.remove(first)
            if first.priority == "progress" and self._progress_had_to_wait:
                first.priority = "message"
        return first

    def remove(self, utterance: Utterance) -> None:
        """Take it out, wherever it is."""
        self._waiting.remove(utterance)

    def outranks(self, current: Utterance) -> bool:
        """Tell whether something waits that goes before `current`, which was paused meanwhile."""
        return any(RANKS[u.priority] < RANKS[current.priority] for u in self._waiting if not u.is_over)

    def put_back(self, utterance: Utterance) -> None:
        """Let `utterance`, which was spoken already, wait behind what outranks it and before its equals."""
        rank = RANKS[utterance.priority]
        places = [place for place, u in enumerate(self._waiting) if RANKS[u.priority] < rank]
        self._waiting.insert(places[-1] + 1 if places else 0, utterance)

    def _insert(self, new: Utterance) -> None:
        """At the end, but for `important`: behind its equals."""
        place = len(self._waiting)
        while new.priority == "important" and place and self._waiting[place - 1].priority != "important":
            place -= 1
        self._waiting.insert(place, new)


def _gives_way(new: Utterance, others: list[Utterance], *, paused: bool) -> bool:
    """Tell whether `new` is not to be spoken at all."""
    if new.priority == "notification":
        return paused or any(other.priority != "notification" for other in others)
    return new.priority == "progress" and paused
