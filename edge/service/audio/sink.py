"""What the player plays into: a sound card or a file."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from edge.errors import SoundCardError

Pcm = npt.NDArray[np.int16]
"""Mono samples, shape `(frames,)`."""


class SoundCardMissingError(SoundCardError):
    """The card is not there now, but may come (back): worth waiting for, unlike other `SoundCardError`s."""


class Sink(Protocol):
    """A mono int16 output. Every method is called from one thread, the player's."""

    sample_rate: int
    """Frames a second."""

    buffer: int
    """At most so many frames were written and not yet heard; known once open. 0: written is heard."""

    def open(self) -> None:
        """Get ready to play; nothing to do when it is already open.

        Raises `SoundCardMissingError` when there is no card, `SoundCardError` when it cannot play this.
        """

    def write(self, pcm: Pcm) -> None:
        """Play `pcm`, shape `(frames,)`, behind what was written before; blocks while the buffer is full.

        Raises `SoundCardMissingError` when the card has gone: how much of `pcm` was heard is unknown. The
        sink is then stopped.
        """

    def room(self) -> int:
        """Return how many frames `write` takes without blocking."""

    def is_dry(self) -> bool:
        """Tell whether nothing is left to play, all that was written has been heard: an underrun, in mid-speech."""

    def stop(self) -> None:
        """Fall silent at once: what was written and not yet heard is dropped, and the device let go."""

    def close(self) -> None:
        """Stop for good and give everything back."""
