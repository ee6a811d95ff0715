"""`melo-edge config`: what it shows is what `serve` would have."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.config import DEFAULT, OPTIONS, load
from tests.daemons import assert_explained, melo_edge


def shown(*arguments: str | Path, environment: dict[str, str] | None = None) -> str:
    done = melo_edge("config", *arguments, environment=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_shows_each_setting_and_where_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text("max_queue = 7\n", encoding="utf-8")
    lines = shown("--config", file, environment={"MELO_EDGE_VOICE": "/somewhere"}).splitlines()
    assert [line.split()[0] for line in lines] == [option.name for option in OPTIONS]
    by_name = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines}
    assert by_name["max_queue"].split() == ["7", str(file)]
    assert by_name["voice"].split() == ['"/somewhere"', "MELO_EDGE_VOICE"]
    assert by_name["tcp"].split() == ["off", "default"]


def test_the_file_that_it_writes_gives_the_same_settings(tmp_path: Path) -> None:
    environment = {"MELO_EDGE_DEVICE": 'a "quoted" Gerät', "MELO_EDGE_LOG_TEXT": "true", "MELO_EDGE_THREADS": "3"}
    file = tmp_path / "x.toml"
    file.write_text(shown("--toml", environment=environment), encoding="utf-8")
    settings = load(file).settings
    assert (settings.device, settings.log_text, settings.threads) == ('a "quoted" Gerät', True, 3)
    origins = load(file).origins
    assert [name for name in origins if origins[name] != DEFAULT] == ["device", "threads", "log_text"]


def test_every_option_is_in_the_file() -> None:
    text = shown("--toml")
    assert [option.name for option in OPTIONS if f"\n# {option.name} =" not in text] == []


@pytest.mark.parametrize("command", ["config", "serve"])
def test_a_mistake_stops_both_with_the_same_sentence(tmp_path: Path, command: str) -> None:
    file = tmp_path / "x.toml"
    file.write_text("vioce = 'x'\n", encoding="utf-8")
    sentence = f"{file}, line 1: there is no option 'vioce'. Did you mean voice?"
    assert_explained(melo_edge(command, "--config", file), sentence)
    assert_explained(melo_edge(command, environment={"MELO_EDGE_CONFIG": str(file)}), sentence)
    assert_explained(melo_edge(command, environment={"MELO_EDGE_VIOCE": "x"}), "Did you mean MELO_EDGE_VOICE?")


def test_a_wrong_option_on_the_command_line_is_told_the_nearest() -> None:
    assert_explained(melo_edge("serve", "--vioce", "x"), "--vioce", "Did you mean --voice?", status=2)
    assert_explained(melo_edge("serve", "--log-level", "inof"), "--log-level", "Did you mean info?", status=2)
    assert_explained(melo_edge("say", "--spede", "1", "x"), "--spede", "Did you mean --speed?", status=2)
