"""Sound on its way from the synthesis thread to a coroutine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from edge.errors import TextError
from edge.service.audio.player import Player
from edge.service.audio.wav_sink import WavSink
from edge.service.reply import AHEAD, AudioReply
from edge.service.synthesis import Synthesis


def chunks(number: int, made: list[int]) -> Generator[npt.NDArray[np.int16], None, None]:
    for index in range(number):
        made.append(index)
        yield np.full(3, index, np.int16)


def test_every_chunk_comes_in_order_and_few_are_made_ahead() -> None:
    async def read() -> list[int]:
        player = Player(WavSink(Path("/dev/null"), 22050))
        synthesis = Synthesis(player)
        synthesis.start()
        made: list[int] = []
        reply = AudioReply(player.changed)
        synthesis.submit(chunks(50, made), reply, reply)
        got: list[int] = []
        while (pcm := await asyncio.wait_for(reply.next(), 30)) is not None:
            got.append(int(pcm[0]))
            assert len(made) <= len(got) + AHEAD
        synthesis.close()
        return got

    assert asyncio.run(read()) == list(range(50))


def test_an_error_comes_behind_what_was_made_before_it() -> None:
    async def read() -> None:
        reply = AudioReply(threading.Condition())
        reply.put(np.ones(3, np.int16))
        reply.close(TextError("No sound."))
        assert (await reply.next()) is not None
        with pytest.raises(TextError, match="No sound"):
            await reply.next()

    asyncio.run(asyncio.wait_for(read(), 30))


def test_a_client_that_left_wants_no_more_and_that_is_noticed() -> None:
    async def leave() -> None:
        changed = threading.Condition()
        reply = AudioReply(changed)
        noticed = threading.Event()

        def wait() -> None:
            with changed:
                changed.wait_for(lambda: reply.is_over, 30)
            noticed.set()

        waiter = threading.Thread(target=wait)
        waiter.start()
        reply.end()
        assert await asyncio.to_thread(noticed.wait, 30)
        waiter.join()
        assert reply.is_over

    asyncio.run(leave())
