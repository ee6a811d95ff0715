"""Ready-made phrases: spoken by the build, found on the device, and the same each time."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

import edge.build.bundle
from edge.build import quality
from edge.build.bundle import build
from edge.build.describe import Description, describe
from edge.build.phrases import SEED, PhraseLine, add_phrases, read_lines, speakable
from edge.build.progress import Progress
from edge.build.sources import local
from edge.errors import BundleError, MissingFrontendError, RequestError, TextError
from edge.phrases import Phrase, PhraseCache
from edge.speech import Voice
from edge.voice import Bundle, FileEntry, open_bundle
from edge.voice.bundle import pack
from edge.voice.manifest import PHRASES, read_manifest
from tests.build.quick import few_sentences
from tests.voices import Checkpoint, build_command

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

PLENTY = 1 << 24
LINES = [PhraseLine("1", "Hola. ¿Qué tal?"), PhraseLine("2", "Adiós.  🙂"), PhraseLine("3", "Hola.")]
SENTENCES = ["Hola.", "¿Qué tal?", "Adiós."]


@pytest.fixture
def description(small_checkpoint: Checkpoint) -> Description:
    return describe(local(small_checkpoint.weights, small_checkpoint.config, "ES", "small"))


@pytest.fixture
def copy(melo_bundle: Path, tmp_path: Path) -> Path:
    shutil.copytree(melo_bundle, tmp_path / "voice")
    return tmp_path / "voice"


def found(bundle: Bundle, text: str, **others: Any) -> np.ndarray[Any, Any] | None:
    """What the bundle itself has for `text`."""
    ready = bundle.phrases()
    cache = PhraseCache(bundle.manifest.sound, bundle.manifest.sample_rate, memory_bytes=PLENTY, ready=ready)
    return cache.get(Phrase.of(text, **others))


def test_a_file_has_a_phrase_on_each_line_that_says_something(tmp_path: Path) -> None:
    file = tmp_path / "phrases.txt"
    content = "\ufeff# what the door says\r\nHello.\r\n\r\n  # nothing\n \tThe door is open. Close it! \nÀ bientôt"
    file.write_bytes(content.encode())
    assert read_lines(file) == [
        PhraseLine(f"{file}, line 2", "Hello."),
        PhraseLine(f"{file}, line 5", "The door is open. Close it!"),
        PhraseLine(f"{file}, line 6", "À bientôt"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no phrase"),
        (b"# only\n\n", "has no phrase"),
        (b"Hello.\nCaf\xe9.\n", "line 2 is not UTF-8 from byte 4"),
    ],
)
def test_a_file_that_is_no_list_of_phrases_is_named_with_its_line(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "phrases.txt"
    file.write_bytes(content)
    with pytest.raises(RequestError, match=re.escape(f"{file}") + ".*" + words):
        read_lines(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.txt", tmp_path):
        with pytest.raises(RequestError, match=re.escape(str(path))):
            read_lines(path)


def test_a_phrase_is_its_sentences_each_once(description: Description) -> None:
    assert [phrase.text for phrase in speakable(LINES, description)] == SENTENCES
    assert {(phrase.speed, phrase.speaker, phrase.seed) for phrase in speakable(LINES, description)} == {(1.0, 0, None)}


def test_a_line_without_a_sound_is_named(description: Description) -> None:
    with pytest.raises(TextError, match=r"phrases.txt, line 7 .*'🙂🙂'"):
        speakable([*LINES, PhraseLine("phrases.txt, line 7", "🙂🙂")], description)


@pytest.mark.parametrize("archived", [False, True], ids=["folder", "tar"])
def test_a_bundle_has_its_phrases_and_they_sound_as_the_voice(
    copy: Path, description: Description, archived: bool
) -> None:
    before = read_manifest(copy)
    manifest = add_phrases(copy, speakable(LINES, description), Progress())
    names = {name for name in manifest.files if name.startswith(PHRASES)}
    assert len(names) == len(SENTENCES)
    assert msgspec.structs.replace(manifest, files=before.files) == before
    assert manifest.files.keys() - names == before.files.keys()
    assert manifest.sound == before.sound
    if archived:
        pack(copy, copy.with_suffix(".tar"))
    voice = Voice.load(copy)
    with open_bundle(copy.with_suffix(".tar") if archived else copy) as bundle:
        ready = bundle.phrases()
        for text in SENTENCES:
            pcm = found(bundle, text)
            assert pcm is not None
            assert np.array_equal(pcm, voice.synthesize(text, seed=SEED))
        assert found(bundle, "Hola") is None
        assert found(bundle, "Hola.", speed=1.5) is None
        assert found(bundle, "Hola.", speaker=1) is None
    # And when the bundle is closed: a daemon speaks from a tar that it has unpacked and removed.
    cache = PhraseCache(bundle.manifest.sound, 8000, memory_bytes=0, ready=ready)
    assert cache.get(Phrase.of("Hola.")) is not None


def test_the_same_voice_and_phrases_give_the_same_bytes(
    melo_bundle: Path, tmp_path: Path, description: Description
) -> None:
    contents = []
    for name in ("one", "two"):
        shutil.copytree(melo_bundle, tmp_path / name)
        add_phrases(tmp_path / name, speakable(LINES, description), Progress())
        contents.append({path.name: path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()})
    assert contents[0] == contents[1]


def test_a_phrase_that_was_changed_is_found_out_like_any_file(copy: Path, description: Description) -> None:
    manifest = add_phrases(copy, speakable(LINES, description), Progress())
    name = next(name for name in manifest.files if name.startswith(PHRASES))
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(BundleError, match=name), open_bundle(copy):
        pass


def test_a_build_puts_phrases_in(small_checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge.build.bundle, "material", few_sentences)
    monkeypatch.setattr(quality, "installed", list)
    source = local(small_checkpoint.weights, small_checkpoint.config, "ES", "small")
    manifest = build(source, tmp_path / "voice", Progress(), "", phrases=LINES).manifest
    assert read_manifest(tmp_path / "voice") == manifest
    with open_bundle(tmp_path / "voice") as bundle:
        assert all(found(bundle, text) is not None for text in SENTENCES)


@pytest.mark.parametrize(
    ("content", "words"),
    [("Hola.\n---\n", "nothing to speak"), ("# nothing\n", "phrases.txt has no phrase")],
    ids=["nothing to speak", "none"],
)
def test_phrases_that_cannot_be_spoken_stop_a_build_before_it_works(
    small_checkpoint: Checkpoint, tmp_path: Path, content: str, words: str
) -> None:
    (tmp_path / "phrases.txt").write_text(content)
    options = (*small_checkpoint.options, "--phrases", str(tmp_path / "phrases.txt"))
    done = subprocess.run(build_command(*options, out=tmp_path / "out"), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert "Calibrating" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["phrases.txt"]


def test_without_phrases_no_frontend_is_needed(description: Description) -> None:
    assert speakable([], description) == []
    with pytest.raises(MissingFrontendError):
        speakable(LINES, dataclasses.replace(description, frontend="XX"))


@pytest.mark.parametrize(
    "change",
    [
        lambda m: {"gain": m.gain + 0.1},
        lambda m: {"scales": msgspec.structs.replace(m.scales, noise_scale=0.1)},
        lambda m: {"frontend": "espeak:fr"},
        lambda m: {"language": "FR"},
        lambda m: {"sample_rate": 16000},
        lambda m: {"languages": {}},
        lambda m: {"symbols": msgspec.structs.replace(m.symbols, suffix=(1,))},
        lambda m: {"files": m.files | {"voice.ts": FileEntry(1, "0" * 64)}},
        lambda m: {"files": m.files | {"bert.ts": FileEntry(1, "0" * 64)}},
    ],
)
def test_what_changes_a_voices_sound_changes_its_name_for_it(melo_bundle: Path, change: Callable[..., Any]) -> None:
    manifest = read_manifest(melo_bundle)
    assert msgspec.structs.replace(manifest, **change(manifest)).sound != manifest.sound


def test_what_is_written_about_a_voice_does_not_change_its_sound(melo_bundle: Path) -> None:
    manifest = read_manifest(melo_bundle)
    others = {name: FileEntry(1, "0" * 64) for name in ("phrases/a.flac", "report/quality.md", "LICENSES/voice.txt")}
    other = msgspec.structs.replace(manifest, name="else", built_with={}, quality={}, files=manifest.files | others)
    assert other.sound == manifest.sound
