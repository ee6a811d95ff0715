"""`info`, as Wyoming's own code reads it."""

from __future__ import annotations

from pathlib import Path

import msgspec
from wyoming.event import Event
from wyoming.info import Info

import edge
from edge.service.info import info
from edge.voice.manifest import read_manifest


def test_wyoming_finds_the_voice_with_its_speakers(joe_bundle: Path) -> None:
    manifest = msgspec.structs.replace(read_manifest(joe_bundle), speakers={"Ana": 3, "Bo": 0})
    sent = info(manifest)
    [program] = Info.from_event(Event(sent.type, sent.data)).tts
    assert program.version == edge.__version__
    [voice] = program.voices
    assert voice.name == "joe"
    assert voice.languages == ["en_US"]
    assert [speaker.name for speaker in voice.speakers or ()] == ["Ana", "Bo"]


def test_melotts_languages_have_the_tags_that_clients_know(joe_bundle: Path) -> None:
    manifest = msgspec.structs.replace(read_manifest(joe_bundle), language="ZH_MIX_EN")
    [program] = info(manifest).data["tts"]
    assert program["voices"][0]["languages"] == ["zh", "en"]
