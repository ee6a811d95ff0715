"""What one daemon puts up with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Each is an option of the daemon; over it, a client gets an error with a code, and nobody else notices."""

    clients: int = 256
    """Connections at once; one more gets `busy`."""
    queue: int = 64
    """Utterances that wait for the sound card or play, and likewise sounds made for clients; one more gets `busy`."""
    text: int = 200_000
    """Characters of one request's text, all parts of a streamed one together: `too-long`."""
    line: int = 1 << 20
    """Bytes of one header line, or of the data behind it: `too-long`. A text of 10,000 words has some 60,000."""
    payload: int = 1 << 16
    """Bytes of one payload, which no request needs; it is read and dropped: `too-long`."""
    event_seconds: float = 30.0
    """How long the rest of an event may take once it has begun: `bad-event`."""
    idle_seconds: float = 600.0
    """How long a client may be connected without asking, being spoken to or reading: `idle`."""
    unread: int = 1 << 20
    """Bytes of events that a client may leave unread; over that it has gone to sleep, and is let go."""
