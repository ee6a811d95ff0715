"""Many clients and many requests at once: everybody gets what is theirs, whole and once."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge.limits import Limits
from edge.wav import HEADER_BYTES
from tests.daemons import Daemon, Json, Line, eventually

LIMITS = Limits()
PHRASES = ("One.", "Two, three.", "Four.", "Five, six, seven.")
LONG = "This is a sentence that nobody needs to hear to its end. " * 200


class Hall(Daemon):
    """A daemon that knows a few phrases by heart, and plays into a file as fast as it can."""

    def __init__(self, folder: Path, *arguments: str | Path) -> None:
        self.heard = folder / "heard.wav"
        self.sounds: dict[str, bytes] = {}
        super().__init__(folder, "--output", self.heard, "--cache-dir", folder / "phrases", *arguments)

    def learn(self) -> None:
        with self.connect() as line:
            self.sounds = {text: line.synthesize(text) for text in PHRASES}

    def heard_since(self, start: int) -> list[str]:
        """The phrases in the file behind `start` bytes of sound, which must be nothing but whole ones."""
        pcm = self.heard.read_bytes()[HEADER_BYTES + start :]
        texts = []
        while pcm:
            [text] = [text for text, sound in self.sounds.items() if pcm.startswith(sound)]
            texts.append(text)
            pcm = pcm[len(self.sounds[text]) :]
        return texts

    @property
    def heard_bytes(self) -> int:
        return self.heard.stat().st_size - HEADER_BYTES


@pytest.fixture(scope="module")
def _hall(joe_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with Hall(tmp_path_factory.mktemp("hall"), "--voice", joe_bundle) as hall:
        hall.ready().learn()
        yield hall


@pytest.fixture
def hall(_hall: Hall) -> Iterator[Hall]:
    _hall.silence()
    yield _hall
    assert _hall.process.poll() is None, _hall.log
    assert "Traceback" not in _hall.log


@dataclass
class Told:
    """What one client was sent."""

    types: Counter[str] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    sound: bytes = b""

    def add(self, event: Json) -> None:
        self.types[event["type"]] += 1
        self.ids |= {event["data"]["id"]} if "id" in event["data"] else set()
        self.sound += event["payload"]


# --- Clients -----------------------------------------------------------------------------------------


def test_sixty_four_clients_at_once_get_all_of_theirs_and_nothing_else(hall: Hall) -> None:
    """Each has something said and something sent back, and hears its own."""
    start = hall.heard_bytes
    lines = [hall.connect() for _ in range(64)]
    said = [PHRASES[number % 4] for number in range(64)]
    wanted = [PHRASES[number // 4 % 4] for number in range(64)]
    for number, line in enumerate(lines):
        line.send("say", text=said[number], id=f"client-{number}", priority="message")
        line.send("synthesize", text=wanted[number])
    for number, line in enumerate(lines):
        told = Told()
        while not (told.types["finished"] and told.types["audio-stop"]):
            event = line.read()
            assert event is not None
            told.add(event)
        line.half_close()
        assert line.rest() == []
        line.close()
        chunks = told.types.pop("audio-chunk")
        assert chunks > 1
        assert told.types == Counter(["queued", "started", "finished", "audio-start", "audio-stop"])
        assert told.ids == {f"client-{number}"}
        assert told.sound == hall.sounds[wanted[number]]
    assert Counter(hall.heard_since(start)) == Counter(said)


# --- Requests ----------------------------------------------------------------------------------------


def held_up(hall: Hall) -> tuple[str, int]:
    """Has it pause in the middle of something long; returns its id, and what was heard until then in bytes."""
    with hall.connect() as line:
        name = line.say(LONG, priority="message", cache=False)
        line.until("started", of=name)
        assert line.ask("pause", "paused") == {"id": name}
    sizes = [-1, hall.heard_bytes]
    while sizes[-1] != sizes[-2]:
        time.sleep(0.1)
        sizes.append(hall.heard_bytes)
    return name, sizes[-1]


def test_the_one_over_the_limit_is_told_so_and_the_others_are_spoken_in_order(hall: Hall) -> None:
    held, start = held_up(hall)
    lines = [hall.connect() for _ in range(4)]
    texts = [PHRASES[number % 4] for number in range(LIMITS.queue - 1)]
    for number, text in enumerate(texts):
        lines[number % 4].say(text, id=f"place-{number}", priority="message")
    for line in lines:
        line.send("say", text="One too many.", priority="message")
        assert line.expect("error")["code"] == "busy"
    assert hall.ask("cancel", "stopped", id=held) == {"ids": [held]}
    for number, line in enumerate(lines):
        for place in range(number, len(texts), 4):
            assert line.expect("started") == line.expect("finished") == {"id": f"place-{place}"}
        line.close()
    assert hall.heard_since(start) == texts


@dataclass
class Talker:
    """A client that has a lot to say, and asks again for what was refused."""

    hall: Hall
    number: int
    texts: int
    busy: int = 0
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each event came for each id."""

    def talk(self) -> None:
        wanted = {f"{self.number}-{text}": PHRASES[text % 4] for text in range(self.texts)}
        with self.hall.connect() as line:
            at_once = self.texts
            while wanted:
                asked = dict(itertools.islice(wanted.items(), at_once))
                for name, text in asked.items():
                    line.send("say", text=text, id=name, priority="message")
                for name in self._taken(line, asked):
                    del wanted[name]
                at_once = 16
                time.sleep(0.05)
            while sum(count for (kind, _), count in self.ends.items() if kind == "finished") < self.texts:
                self._note(line.read())
            line.half_close()
            assert line.rest() == []

    def _taken(self, line: Line, asked: Iterable[str]) -> list[str]:
        """Reads an answer for each that was asked, which come in order; returns those that were not refused."""
        taken = []
        for name in asked:
            while (event := line.read()) is not None and event["type"] not in {"queued", "error"}:
                self._note(event)
            assert event is not None
            if event["type"] == "error":
                assert event["data"]["code"] == "busy"
                self.busy += 1
            else:
                assert event["data"]["id"] == name
                self._note(event)
                taken.append(name)
        return taken

    def _note(self, event: Json | None) -> None:
        assert event is not None
        self.ends[event["type"], event["data"]["id"]] += 1


def test_of_a_thousand_requests_none_is_lost_or_spoken_twice(hall: Hall) -> None:
    held, start = held_up(hall)
    talkers = [Talker(hall, number, 125) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        talking = [pool.submit(talker.talk) for talker in talkers]
        # All have met the limit before anything is spoken.
        eventually(lambda: all(talker.busy for talker in talkers))
        assert hall.ask("cancel", "stopped", id=held) == {"ids": [held]}
        for done in talking:
            done.result()
    for talker in talkers:
        names = {f"{talker.number}-{text}" for text in range(125)}
        assert talker.ends == Counter((kind, name) for kind in ("queued", "started", "finished") for name in names)
    assert Counter(hall.heard_since(start)) == Counter(PHRASES[text % 4] for text in range(125) for _ in talkers)


def test_one_sound_over_the_limit_is_refused_and_room_comes_again(joe_bundle: Path, tmp_path: Path) -> None:
    arguments = ("--voice", joe_bundle, "--output", tmp_path / "heard.wav", "--max-queue", "2")
    with Daemon(tmp_path, *arguments) as daemon:
        daemon.ready()
        with daemon.connect() as one, daemon.connect() as other, daemon.connect() as third:
            for line in (one, other):
                line.send("synthesize-start")
                line.ask("ping", "pong")
            third.send("synthesize", text="One too many.")
            assert third.expect("error")["code"] == "busy"
            third.expect("audio-stop")
            one.send("synthesize-chunk", text="Done.")
            one.send("synthesize-stop")
            one.until("synthesize-stopped")
            assert third.synthesize("Now there is room.")
