"""`melo-edge doctor`: what is well and what is not, with what to do about it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from edge.doctor import examine
from tests.daemons import SpeakingDaemon, melo_edge
from tests.sound_card import SoundCard

CHECKS = ("versions", "processor", "languages", "voice", "sound card", "daemon")


def marks(output: bytes) -> dict[str, bool]:
    """Whether each check was well."""
    lines = output.decode().splitlines()
    return {
        check: line.startswith("ok") for check in CHECKS for line in lines if line[6:].startswith(f"{check}:")
    }


def test_all_is_well_with_a_card_a_voice_and_a_daemon(speaking: SpeakingDaemon, joe_bundle: Path) -> None:
    done = melo_edge(
        "doctor", "--voice", joe_bundle, "--socket", speaking.socket, environment=speaking.card.environment
    )
    assert marks(done.stdout) == dict.fromkeys(CHECKS, True), done
    assert (done.returncode, done.stderr) == (0, b"")
    assert "every checksum right" in done.stdout.decode()


def test_a_voice_tells_which_alphabets_it_skips(melo_bundle: Path, tmp_path: Path) -> None:
    done = melo_edge("doctor", "--voice", melo_bundle, "--socket", tmp_path / "tts.sock")
    [voice] = [line for line in done.stdout.decode().splitlines() if line[6:].startswith("voice:")]
    assert "letters said: Latin, Greek, Cyrillic; skipped: Hebrew, Arabic, " in voice


def test_a_voice_that_cannot_be_read_comes_with_the_line_that_installs_what_is_missing(
    melo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(melo_bundle, tmp_path / "voice")
    manifest = tmp_path / "voice" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"frontend": "JP"}))
    monkeypatch.setitem(sys.modules, "MeCab", None)
    voice = next(finding for finding in examine(tmp_path / "voice", tmp_path / "tts.sock") if finding.what == "voice")
    assert not voice.ok
    assert 'mecab-python3. Install it with `pip install "melo-edge[jp]"`' in voice.detail


def test_each_thing_that_is_missing_is_told_with_its_advice(tmp_path: Path, sound_card: SoundCard) -> None:
    sound_card.pull_out()
    places = ("--voice", tmp_path / "nothing", "--socket", tmp_path / "tts.sock")
    done = melo_edge("doctor", *places, environment=sound_card.environment)
    well = {"versions": True, "processor": True, "languages": True} | dict.fromkeys(CHECKS[3:], False)
    assert marks(done.stdout) == well, done
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    output = done.stdout.decode()
    for advice in ("scripts/build_torchscript.py", "serve --output", "melo-edge serve", "languages: extras"):
        assert advice in output
