"""How fast this device synthesises, learned as it goes, and how long to wait before a sound begins because of it."""

from __future__ import annotations

MARGIN = 1.25
"""The factor is taken for so much worse than it is: sentences differ, their lengths are guessed, and while it sounds
the card's driver and mixer want the processor, too."""

GROWTH_SECONDS = 1.0
"""Blocks grow from 0.1 to 0.4 s (`FINE` in edge/speech.py), up to twofold at a time. From a factor of 0.5 on, the
longer one is not ready when the shorter ones before it were heard; for each 0.1 above that, 0.1 s more in hand make up
for it."""

CACHED = 0.01
"""Below this real-time factor a block was not synthesised, but taken from the phrase cache: nothing is learned."""

MEMORY_SECONDS = 60.0
"""Of sound after which what was learned before counts half."""

MEMORY_CHARACTERS = 4000
"""Likewise, for the length of a text."""


class Pace:
    """Two ratios of sums: time to sound, sound to characters.

    The first measurements stand beside a guess of some weight: the encoder's time comes with a sentence's first block,
    which alone would make every machine look slow.

    The synthesis thread and the player's learn and ask under the player's condition.
    """

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._spent, self._made = 0.25, 1.0  # seconds of time, of sound
        self._sounded, self._characters = 6.5, 100.0  # 15 characters a second

    @property
    def real_time_factor(self) -> float:
        """Seconds that a second of sound takes; over 1, the device is too slow to speak without a pause before."""
        return self._spent / self._made

    def synthesised(self, frames: int, seconds: float) -> float:
        """Learn from a block of `frames` that took `seconds`; return the seconds of sound, 0 when it was not made."""
        sound = frames / self._sample_rate
        if seconds < CACHED * sound:
            return 0.0
        self._spent += seconds
        self._made += sound
        if self._made > MEMORY_SECONDS:
            self._spent, self._made = self._spent / 2, self._made / 2
        return sound

    def spoken(self, characters: int, seconds: float) -> None:
        """Learn from a whole text, which at speed 1 lasts for `seconds`."""
        self._sounded += seconds
        self._characters += characters
        if self._characters > MEMORY_CHARACTERS:
            self._sounded, self._characters = self._sounded / 2, self._characters / 2

    def seconds(self, characters: int) -> float:
        """Guess how long a text lasts at speed 1."""
        return characters * self._sounded / self._characters

    def preroll(self, seconds: float) -> float:
        """Return how much of the `seconds` that are still to be heard must be there before the first is.

        What plays for d seconds needs p at the start when the rest comes at 1/r: p + d/r >= d.
        """
        factor = MARGIN * self.real_time_factor
        growth = GROWTH_SECONDS * (min(factor, 1.0) - 0.5)
        return max(0.0, min(growth, seconds), seconds * (1 - 1 / factor))
