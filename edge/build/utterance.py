"""What a device compares a voice with, to know that it speaks as it should: one sentence, spoken by the build."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.build.describe import Description
from edge.build.sentences import sentences
from edge.speech import Voice
from edge.text import frontend
from edge.voice import Manifest, Utterance
from edge.voice.fingerprint import fingerprint

SENTENCE = 1
"""Of the held-out ones: three or four seconds in any language."""
SEED = 0


def add_utterance(folder: Path, description: Description, data: Path | None = None) -> Manifest:
    """Speaks with the finished bundle in `folder` and writes down how it sounds; returns its new manifest.

    `data` is the frontend's.
    """
    voice = Voice.load(folder)
    text = sentences(description.language).held_out[SENTENCE]
    phonemes = frontend(description.frontend, data)(text)
    pcm = voice.say_phonemes(phonemes, SEED)
    utterance = Utterance(text, phonemes, SEED, fingerprint(pcm, voice.sample_rate))
    manifest = msgspec.structs.replace(voice.manifest, utterance=utterance)
    manifest.write(folder)
    return manifest
