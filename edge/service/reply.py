"""Sound on its way back to a client: from the synthesis thread into the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from edge.service.audio.sink import Pcm

AHEAD = 2
"""Blocks that wait for the client: the one being sent and the next. A block is a second of sound at most."""


class AudioReply:
    """A bounded queue whose one end is a thread's and whose other end is a coroutine's.

    Made in the event loop. `put`, `close` and `room` are for the synthesis thread.
    """

    def __init__(self, changed: threading.Condition, has_step: Callable[[], bool] = lambda: True) -> None:
        """`has_step` tells whether there is something to make a block of; when that changes, `changed` is notified."""
        self._changed = changed
        self._has_step = has_step
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Pcm | None] = asyncio.Queue()
        self._waiting = 0
        self._over = False
        self._error: Exception | None = None

    @property
    def is_over(self) -> bool:
        """The client has all, or has gone."""
        return self._over

    def room(self) -> bool:
        """Whether the client has read enough for another block, and there is something to make it of."""
        return self._waiting < AHEAD and self._has_step()

    def put(self, pcm: Pcm) -> None:
        """Hands a block to the event loop."""
        if not pcm.size:
            return
        with self._changed:
            self._waiting += 1
        self._loop.call_soon_threadsafe(self._queue.put_nowait, pcm)

    def close(self, error: Exception | None = None) -> None:
        """Lets `next` return None, or raise `error`."""
        self._error = error
        self._loop.call_soon_threadsafe(self._queue.put_nowait, None)

    async def next(self) -> Pcm | None:
        """The next block, or None after the last.

        Raises:
            Exception: what `close` was given.
        """
        pcm = await self._queue.get()
        with self._changed:
            self._waiting -= 1
            self._changed.notify_all()
        if pcm is None and self._error is not None:
            raise self._error
        return pcm

    def end(self) -> None:
        """The client wants no more."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
