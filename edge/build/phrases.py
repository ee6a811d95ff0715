"""Ready-made phrases: what a device says often, spoken by the build and kept in the bundle.

A phrase is kept sentence by sentence, as `Voice` asks for it: at usual speed, by the first speaker, without a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from edge.build.describe import Description
from edge.build.progress import Progress
from edge.errors import RequestError, TextError
from edge.phrase_files import SUFFIX, pack
from edge.phrases import Phrase
from edge.speech import Voice
from edge.text import Frontend
from edge.text.emoji import skip_emoji
from edge.text.sentences import split
from edge.voice import Manifest, model_inputs, reader
from edge.voice.manifest import PHRASES, measure

SEED = 0
"""Of each phrase's noise, so that the same build gives the same bundle."""


class PhraseLine(NamedTuple):
    """One phrase, and where it was written, for those who have to mend it."""

    place: str
    text: str


def read_lines(path: Path) -> list[PhraseLine]:
    """The phrases in a text file, one a line; blank lines and those that begin with `#` are none.

    Raises:
        RequestError: the file cannot be read, has no phrase, or a line is not UTF-8.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"The phrases cannot be read: {path}: {error.strerror}."
        raise RequestError(message) from error
    lines = [_line(f"{path}, line {i}", raw) for i, raw in enumerate(content.splitlines(), 1)]
    phrases = [line for line in lines if line.text and not line.text.startswith("#")]
    if not phrases:
        message = f"{path} has no phrase: write one on each line, or leave out --phrases."
        raise RequestError(message)
    return phrases


def _line(place: str, raw: bytes) -> PhraseLine:
    try:
        return PhraseLine(place, raw.decode("utf-8-sig").strip())
    except UnicodeDecodeError as error:
        message = f"{place} is not UTF-8 from byte {error.start + 1} on. Save the file as UTF-8."
        raise RequestError(message) from error


def speakable(lines: Sequence[PhraseLine], description: Description, data: Path | None = None) -> list[Phrase]:
    """The sentences of `lines` that have a sound, each once; `data` is the frontend's.

    Raises:
        TextError: a line has none.
        RequestError: a line has phones that the voice has not.
        MissingFrontendError: what reads the voice's language is not installed.
    """
    if not lines:
        return []
    read = reader(description.frontend, data, description.symbols)
    phrases: dict[Phrase, None] = {}
    for line in lines:
        phrases |= dict.fromkeys(_sentences(line, description, read))
    return list(phrases)


def _sentences(line: PhraseLine, description: Description, read: Frontend) -> list[Phrase]:
    speaker = min(description.speakers.values(), default=0)
    phrases = []
    reason: TextError | None = None
    for sentence in split(line.text, description.language):
        phrase = Phrase.of(skip_emoji(sentence), speaker=speaker)
        try:
            model_inputs(read(phrase.text), description.symbols, description.languages, speaker)
        except TextError as error:
            reason = error
        except RequestError as error:
            message = f"{line.place} cannot be spoken: {error}"
            raise RequestError(message) from error
        else:
            phrases.append(phrase)
    if not phrases:
        message = f"{line.place} cannot be spoken: {line.text!r}. {reason or ''}".rstrip()
        raise TextError(message) from reason
    return phrases


def add_phrases(folder: Path, phrases: Sequence[Phrase], progress: Progress) -> Manifest:
    """Speaks `phrases` with the finished bundle in `folder` and adds them to it; returns its new manifest."""
    voice = Voice.load(folder)
    (folder / PHRASES).mkdir()
    for phrase in progress.track(phrases, f"Speaking {len(phrases)} ready-made phrases"):
        key = phrase.key(voice.manifest.sound)
        pcm = voice.synthesize(phrase.text, seed=SEED)
        (folder / PHRASES / f"{key}{SUFFIX}").write_bytes(pack(key, pcm, voice.sample_rate))
    manifest = msgspec.structs.replace(voice.manifest, files=measure(folder))
    manifest.write(folder)
    return manifest
