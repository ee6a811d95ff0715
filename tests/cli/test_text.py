"""`melo-edge text`: what a voice will say of a text, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.daemons import assert_explained, melo_edge


def test_it_shows_what_is_said_with_phones_and_time() -> None:
    done = melo_edge("text", "¡Son 3,5 kg! Dime [[xwan]].", "--language", "ES")
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert lines[:2] == ["¡son tres coma cinco kilos!", "  ¡sˈontɾˈeskˈomaθˈinkokˈilos!"]
    assert lines[2].endswith(" ms")
    assert lines[3:5] == ["dime [[xwan]] .", "  dˈimexwan."]


def test_programs_get_everything(english_bundle: Path) -> None:
    source = ("--voice", english_bundle)
    for arguments in (source, ("--language", "EN")):
        done = melo_edge("text", "Pay $5. 😀", "--json", *arguments)
        assert done.returncode == 0, done.stderr
        [sentence] = json.loads(done.stdout)["sentences"]
        assert sentence["normalized"] == "pay five dollars."
        assert sentence["phones"] == "p ey2 f ay2 V d aa2 l er1 z ."
        assert sentence["symbols"][:3] == ["_", "p", "ey"]
        assert sentence["tones"][:3] == [0, 0, 2]
        assert sum(sentence["word2ph"]) == len(sentence["symbols"])
        assert sentence["milliseconds"] > 0


def test_strict_is_the_original() -> None:
    done = melo_edge("text", "Don't.", "--language", "EN", "--strict", "--json")
    assert json.loads(done.stdout)["sentences"][0]["normalized"] == "don't."
    assert json.loads(done.stdout)["sentences"][0]["word2ph"] == [1, 3, 1, 2, 1, 1]


@pytest.mark.slow
def test_emoji_are_said_or_skipped() -> None:
    read = ("text", "Vale 👍🏽 😀.", "--language", "ES")
    assert melo_edge(*read).stdout.decode().startswith("vale.\n")
    assert melo_edge(*read, "--emoji").stdout.decode().startswith("vale, pulgar arriba, cara sonriente.\n")
    espeak = ("text", "Fine 👍🏽.", "--language", "espeak:en-us", "--emoji")
    assert "θˈʌmz ˈʌp" in melo_edge(*espeak).stdout.decode()
    assert "θˈʌmz" not in melo_edge(*espeak[:-1]).stdout.decode()


def test_what_cannot_be_read_is_explained(melo_bundle: Path, tmp_path: Path) -> None:
    assert_explained(melo_edge("text", "Hello", "--language", "XX"), "'XX'")
    assert_explained(melo_edge("text", "😀", "--language", "ES"), "nothing to speak")
    assert_explained(melo_edge("text", "Hola", "--voice", tmp_path), "not a voice bundle")
    assert_explained(melo_edge("text", "[[xw😀an]]", "--voice", melo_bundle), "no phone '😀'")
