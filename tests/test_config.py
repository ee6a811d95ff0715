"""The one option table: where values come from, and what is said of those that are not right."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from edge.config import BY_NAME, DEFAULT, OPTIONS, ConfigError, Settings, load
from edge.limits import Limits
from edge.speech import MAX_SPEED, MIN_SPEED

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever this machine has set up."""
    for option in OPTIONS:
        monkeypatch.delenv(option.variable, raising=False)
    monkeypatch.delenv("MELO_EDGE_CONFIG", raising=False)
    monkeypatch.delenv("CACHE_DIRECTORY", raising=False)
    monkeypatch.setattr("edge.places.SYSTEM_CONFIG", tmp_path / "system.toml")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def as_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)


# --- Where values come from --------------------------------------------------------------------------


def test_without_anything_all_is_default() -> None:
    settings, origins = load().settings, load().origins
    assert set(origins.values()) == {DEFAULT}
    assert settings.limits == Limits()
    assert settings.voice == Path("/var/lib/melo-edge/voices/default")


def test_the_command_line_beats_the_environment_beats_the_file_beats_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "x.toml", "max_queue = 1\nmax_clients = 1\nmax_text = 1\n")
    monkeypatch.setenv("MELO_EDGE_MAX_QUEUE", "2")
    monkeypatch.setenv("MELO_EDGE_MAX_CLIENTS", "2")
    configuration = load(file, {"max_queue": 3})
    assert configuration.settings.limits == Limits(queue=3, clients=2, text=1)
    origins = [configuration.origins[name] for name in ("max_queue", "max_clients", "max_text", "max_line")]
    assert origins == ["--max-queue", "MELO_EDGE_MAX_CLIENTS", str(file), DEFAULT]


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELO_EDGE_TCP", "")
    assert load().origins["tcp"] == DEFAULT


def test_a_users_own_file_hides_the_systems_but_not_from_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_user(monkeypatch)
    write(tmp_path / "system.toml", "max_queue = 1")
    assert load().settings.max_queue == 1
    write(tmp_path / "xdg" / "melo-edge" / "config.toml", "max_text = 5")
    assert (load().settings.max_queue, load().settings.max_text) == (Limits.queue, 5)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert load().settings.max_queue == 1


def test_a_file_that_is_named_is_the_only_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "system.toml", "max_queue = 1")
    monkeypatch.setenv("MELO_EDGE_CONFIG", str(write(tmp_path / "named.toml", "max_text = 5")))
    assert (load().settings.max_queue, load().settings.max_text) == (Limits.queue, 5)
    assert load(write(tmp_path / "other.toml", "max_text = 6")).settings.max_text == 6


def test_every_type_of_value_can_be_written_in_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ("voice = '~/x'", "tcp = '[::1]:0'", "threads = 2", "default_speed = 2", "log_text = true")
    wanted = (Path.home() / "x", "[::1]:0", 2, 2.0, True)
    names = [line.split(" = ")[0] for line in lines]
    settings = load(write(tmp_path / "x.toml", "\n".join(lines))).settings
    assert tuple(getattr(settings, name) for name in names) == wanted
    for name, text in zip(names, ("~/x", "[::1]:0", "2", "2", "true"), strict=True):
        monkeypatch.setenv(BY_NAME[name].variable, text)
    assert tuple(getattr(load().settings, name) for name in names) == wanted


def test_every_limit_is_an_option(tmp_path: Path) -> None:
    names = {"clients": "max_clients", "queue": "max_queue", "text": "max_text", "line": "max_line"}
    names |= {"payload": "max_payload", "unread": "max_unread"}
    for field in dataclasses.fields(Limits):
        option = names.get(field.name, field.name)
        file = write(tmp_path / "x.toml", f"{option} = 2000")
        assert load(file).settings.limits == dataclasses.replace(Limits(), **{field.name: 2000})
        assert BY_NAME[option].reload


def test_defaults_are_right_values_themselves() -> None:
    for option in OPTIONS:
        value = getattr(Settings(), option.name)
        if value is not None:
            assert option.convert(str(value), from_text=True) == value


def test_the_speeds_are_those_of_the_voice() -> None:
    assert f"from {MIN_SPEED:g} to {MAX_SPEED:g}" in BY_NAME["default_speed"].values


# --- What is not right -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\nvioce = 'x'", (", line 2", "'vioce'", "Did you mean voice?")),
        ("[limits]\nqueue = 1", (", line 1", "'limits'")),
        ("threads = 0", (", line 1", "threads", "0 is not a whole number from 1 to 256")),
        ("threads = '2'", ("threads", "'2'")),
        ("threads = true", ("threads", "True")),
        ("max_text = 1.5", ("max_text", "1.5", "whole number")),
        ("default_speed = nan", ("default_speed", "from 0.25 to 4")),
        ("idle_seconds = inf", ("idle_seconds", "inf")),
        ("voice = ''", ("voice", "a path")),
        ("voice = 3", ("voice", "a path")),
        ("voice = '~nobody.of.this.name/joe'", ("voice", "a path")),
        ('voice = "a\\u0000b"', ("voice", "a path")),
        ("log_text = 1", ("log_text", "true or false")),
        ("log_level = 'wraning'", ("log_level", "'wraning'", "debug, info, warning, error", "Did you mean warning?")),
        ("tcp = 'localhost'", ("tcp", "HOST:PORT")),
        ("tcp = '::1:10200'", ("tcp", "HOST:PORT")),
        ("tcp = '127.0.0.1:65536'", ("tcp", "HOST:PORT")),
        ("voice = ", ("is not TOML",)),
        ("max_queue = " + "[" * 5000, ("is not TOML",)),
        ("max_queue = " + "9" * 5000, ("is not TOML",)),
        ("max_queue = 1\nmax_queue = 1", ("is not TOML",)),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_a_mistake_in_the_file_is_told_with_its_place(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    file = write(tmp_path / "x.toml", text)
    with pytest.raises(ConfigError) as told:
        load(file)
    assert [word for word in (str(file), *words) if word not in str(told.value)] == []


@pytest.mark.parametrize(
    ("variable", "text", "words"),
    [
        ("MELO_EDGE_VIOCE", "x", ("Did you mean MELO_EDGE_VOICE?",)),
        ("MELO_EDGE_XYZZY", "", ("there is no such option",)),
        ("MELO_EDGE_THREADS", "many", ("'many' is not a whole number from 1 to 256",)),
        ("MELO_EDGE_LOG_TEXT", "maybe", ("'maybe' is not true or false",)),
        ("MELO_EDGE_LOG_LEVEL", "inof", ("Did you mean info?",)),
    ],
)
def test_a_mistake_in_the_environment_is_told_with_its_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(ConfigError) as told:
        load()
    assert [word for word in (variable, *words) if word not in str(told.value)] == []


def test_a_mistake_is_one_even_where_something_else_has_the_last_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError):
        load(write(tmp_path / "x.toml", "threads = 0"), {"threads": 1})
    monkeypatch.setenv("MELO_EDGE_THREADS", "0")
    with pytest.raises(ConfigError):
        load(given={"threads": 1})


@pytest.mark.parametrize("kind", ["missing", "folder", "latin-1"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.toml"
    if kind == "folder":
        path.mkdir()
    elif kind == "latin-1":
        path.write_bytes("device = 'Gerät'".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"The configuration .*x\.toml"):
        load(path)


# --- What is made from it ----------------------------------------------------------------------------


def test_the_documentation_is_the_tables() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "edge.cli", "config", "--markdown"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert shown.stdout == (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8"), (
        "Run: melo-edge config --markdown > docs/configuration.md"
    )


def test_reading_the_settings_needs_no_torch() -> None:
    probe = "import sys, edge.config; edge.config.load(); sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", probe], check=True, cwd=ROOT)
