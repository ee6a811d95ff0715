from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.service.audio.card_sink import PyAudioSink
from edge.service.audio.player import Player
from tests.service.stage import RATE, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sound_card import SoundCard


@pytest.fixture
def stage(in_process: SoundCard) -> Iterator[Stage]:
    player = Player(PyAudioSink(RATE))
    player.start()
    yield Stage(player)
    in_process.plug_in()
    player.close()
