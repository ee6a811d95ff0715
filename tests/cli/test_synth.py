"""`melo-edge synth`: sound files and pipes, and what stays whole when something fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from edge import wav
from tests.daemons import assert_explained, melo_edge, quiet

TEXT = "Hello. How are you?"


def synth(joe: Path, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return melo_edge("synth", "--voice", joe, "--seed", "1", *arguments)


@pytest.fixture(scope="module")
def raw(joe_bundle: Path) -> bytes:
    """What is said, as PCM from a pipe."""
    done = synth(joe_bundle, TEXT, "-o", "-", "--raw")
    assert (done.returncode, done.stderr) == (0, b"")
    assert np.abs(np.frombuffer(done.stdout, np.int16)).max() > 3000
    return done.stdout


@pytest.mark.parametrize("name", ["x.WAV", "x.flac"])
def test_a_file_holds_the_sound(joe_bundle: Path, raw: bytes, tmp_path: Path, name: str) -> None:
    done = synth(joe_bundle, TEXT, "-o", tmp_path / name)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    pcm, rate = soundfile.read(tmp_path / name, dtype="int16")
    assert rate == 22050
    assert pcm.tobytes() == raw
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_pipe_gets_a_wav_that_players_read(joe_bundle: Path, raw: bytes) -> None:
    done = melo_edge("synth", "--voice", joe_bundle, "--seed", "1", "-o", "-", stdin=TEXT.encode())
    assert done.returncode == 0
    assert done.stdout == wav.header(22050, wav.UNKNOWN_BYTES) + raw


def test_a_text_can_come_from_a_file(joe_bundle: Path, raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "text").write_text(TEXT)
    assert synth(joe_bundle, "--file", tmp_path / "text", "-o", "-", "--raw").stdout == raw


def test_a_reader_that_has_had_enough_is_no_tragedy(joe_bundle: Path) -> None:
    command = [sys.executable, "-m", "edge.cli", "synth", "--voice", joe_bundle, "-o", "-", TEXT * 20]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=quiet()) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.read(10)[:4] == b"RIFF"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_a_full_disk_behind_the_pipe_is_explained(joe_bundle: Path) -> None:
    command = [sys.executable, "-m", "edge.cli", "synth", "--voice", joe_bundle, "-o", "-", TEXT]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=quiet(), check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"No space left" in done.stderr


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("x", [".wav", ".flac", "--raw"]),
        ("x.mp3", [".wav", ".flac", "--raw"]),
        ("nowhere/x.wav", ["nowhere/x.wav"]),
        ("a-file/x.wav", ["a-file/x.wav"]),
        ("a-folder.wav", ["a-folder.wav"]),
        ("closed/x.wav", ["closed/x.wav"]),
        ("x" * 300 + ".wav", ["xxx.wav"]),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_an_output_that_cannot_be_is_explained(
    joe_bundle: Path, tmp_path: Path, output: str, words: list[str]
) -> None:
    (tmp_path / "a-file").touch()
    (tmp_path / "a-folder.wav").mkdir()
    (tmp_path / "closed").mkdir(mode=0)
    before = sorted(tmp_path.iterdir())
    assert_explained(synth(joe_bundle, "Hi.", "-o", tmp_path / output), *words)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["🙂"], "nothing to speak"),
        (["--speed", "nan", "Hi."], "speed is nan"),
        (["--speaker", "nobody", "Hi."], "nobody"),
    ],
    ids=str,
)
def test_a_failure_leaves_the_file_that_was_there(
    joe_bundle: Path, tmp_path: Path, arguments: list[str], word: str
) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(b"precious")
    assert_explained(synth(joe_bundle, "-o", path, *arguments), word)
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_pipe_empty(joe_bundle: Path) -> None:
    assert_explained(synth(joe_bundle, "-o", "-", "🙂"), "nothing to speak")


def test_no_voice_is_explained(tmp_path: Path) -> None:
    assert_explained(synth(tmp_path / "nothing", "Hi.", "-o", "-"), "no voice bundle")
