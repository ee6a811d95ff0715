"""Clients that do their worst, a disk that is full, a card that goes, a daemon that is killed: others are served."""

from __future__ import annotations

import itertools
import json
import random
import re
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.daemons import Daemon, Line, SpeakingDaemon, eventually
from tests.sound_card import SoundCard

SENTENCE = "This is a sentence that nobody needs to hear to its end. "
WORDS = ["house", "garden", "river", "winter", "letter", "kettle", "window", "music", "bread", "silver", "orange"]

FADE = 110
"""Samples that a fade takes, 5 ms."""


def request(kind: str, **data: Any) -> bytes:
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


def some_words(count: int) -> str:
    """Words in any order, of which nothing was heard before."""
    return "".join(f"{word} " for word in random.choices(WORDS, k=count))


def assert_serves(daemon: Daemon) -> None:
    """Another client is served as if nothing had happened."""
    with daemon.connect() as line:
        assert line.ask("ping", "pong", text="still here?") == {"text": "still here?"}
        assert line.until("finished", "failed", of=line.say("Yes.", priority="message"))[-1] == "finished"


def open_files(daemon: Daemon) -> int:
    return len(list(Path(f"/proc/{daemon.process.pid}/fd").iterdir()))


def usual_peak(daemon: Daemon) -> int:
    """What it takes to speak the longest sentence there is, once, in bytes; from here on `peak` counts anew."""
    Path(f"/proc/{daemon.process.pid}/clear_refs").write_text("5", encoding="ascii")  # proc(5)
    with daemon.connect() as line:
        line.synthesize(f"{some_words(60)}. {SENTENCE}")
    return peak(daemon)


def peak(daemon: Daemon) -> int:
    """The most resident memory that it had."""
    status = Path(f"/proc/{daemon.process.pid}/status").read_text(encoding="ascii")
    [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", status)
    return int(kilobytes) << 10


# --- Clients that take what they can get -------------------------------------------------------------


@pytest.fixture(scope="module")
def frugal(joe_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon that gives a client 64 KiB of everything, half a second for an event, and one to do something."""
    folder = tmp_path_factory.mktemp("frugal")
    size = ("--max-line", "65536", "--max-unread", "65536")
    patience = ("--event-seconds", "0.5", "--idle-seconds", "1")
    place = ("--output", folder / "heard.wav", "--cache-dir", folder / "phrases")
    with Daemon(folder, "--voice", joe_bundle, *place, *size, *patience) as daemon:
        yield daemon.ready()
        assert daemon.process.poll() is None, daemon.log
        assert "Traceback" not in daemon.log


BLOCK = b"a" * (1 << 16)
HOGS = 8


@pytest.mark.parametrize(
    ("hog", "megabytes"),
    [
        pytest.param(lambda: itertools.repeat(BLOCK, 1 << 14), 1, id="a gigabyte without a newline"),
        pytest.param(
            lambda: [b'{"type":"ping","data_length":65536}\n', *[BLOCK] * 1000], 1, id="more data than announced"
        ),
        pytest.param(lambda: [b'{"type":"ping","payload_length":65536}\n'] * 10_000, 1, id="payloads of headers"),
        pytest.param(lambda: [request("describe") * 100] * 1000, 1, id="answers that nobody reads"),
        pytest.param(lambda: [request("ping", text="a")[:-1], *[b" "] * 1000], 1, id="blanks, one by one"),
        # What is sent, before it is cut into sentences, and two blocks of sound, which may be sentences from the cache.
        pytest.param(lambda: [request("synthesize", text=SENTENCE * 1000)], 2, id="sound that nobody reads"),
        # And a half-made sentence of 400 characters: 2 MB, and between them what glibc keeps until nobody waits.
        pytest.param(
            lambda: [request("synthesize-start"), *[request("synthesize-chunk", text=some_words(600))] * 40],
            30,
            id="a sentence that does not end",
        ),
    ],
)
def test_clients_that_take_what_they_can_get_are_let_go_and_take_little(
    frugal: Daemon, hog: Callable[[], Iterable[bytes]], megabytes: float
) -> None:
    """`megabytes`: what each of them may take."""
    files = open_files(frugal)
    before = usual_peak(frugal)
    lines = [frugal.connect() for _ in range(HOGS)]
    senders = [threading.Thread(target=send_all, args=(line, hog())) for line in lines]
    for sender in senders:
        sender.start()
    assert_serves(frugal)
    for sender in senders:
        sender.join()
    eventually(lambda: open_files(frugal) <= files)
    assert peak(frugal) < before + HOGS * megabytes * 1e6
    for line in lines:
        line.close()
    assert_serves(frugal)


def send_all(line: Line, parts: Iterable[bytes]) -> None:
    """Sends until the daemon has had enough."""
    try:
        for part in parts:
            line.send_bytes(part)
            if len(part) == 1:
                time.sleep(0.05)
    except (BrokenPipeError, ConnectionResetError):
        pass


# --- Clients that make no sense ----------------------------------------------------------------------

requests = st.sampled_from(
    [
        request("describe"),
        request("status"),
        request("ping", text="a"),
        request("say", text="Yes.", id="a"),
        request("say", text="No.", id="b", priority="message", speed=4),
        request("pause"),
        request("resume"),
        request("stop"),
        request("cancel", id="a"),
        request("cancel"),
        request("synthesize", text="Yes."),
        request("synthesize-start"),
        request("synthesize-chunk", text="Yes. N"),
        request("synthesize-chunk", text="o."),
        request("synthesize-stop"),
        b'{"type":"ping","data_length":13}\n{"text": "a"}\n',
        b'{"type":"ping","payload_length":5}\n12\n45',
    ]
)
places = st.floats(0, 1)
edits = st.one_of(
    st.tuples(st.just("cut"), places, st.just(b"")),
    st.tuples(st.just("insert"), places, st.binary(min_size=1, max_size=4)),
    st.tuples(st.just("replace"), places, st.sampled_from([b"\0", b"\n", b"9", b"-", b'"', b"{", b"\xff", b"\\ud800"])),
)


def edited(content: bytes, edit: tuple[str, float, bytes]) -> bytes:
    what, where, new = edit
    place = round(where * len(content))
    if what == "cut":
        return content[:place]
    return content[:place] + new + content[place + (what == "replace") :]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    sent=st.lists(requests, max_size=6).map(b"".join),
    changes=st.lists(edits, max_size=3),
    pieces=st.integers(1, 4),
    end=st.sampled_from(["half close", "close", "reset"]),
)
def test_requests_that_were_mangled_on_their_way_harm_nobody(
    daemon: Daemon, sent: bytes, changes: list[tuple[str, float, bytes]], pieces: int, end: str
) -> None:
    for change in changes:
        sent = edited(sent, change)
    with Line(daemon.tcp) as line:
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        size = len(sent) // pieces + 1
        try:
            for start in range(0, len(sent), size):
                line.send_bytes(sent[start : start + size])
            if end == "half close":
                line.half_close()
                # A pause of its own would hold up its speech for good.
                daemon.ask("resume", "resumed")
                codes = {event["data"].get("code") for event in line.rest() if event["type"] in {"error", "failed"}}
                assert "failed" not in codes
        except (BrokenPipeError, ConnectionResetError):
            pass
        if end == "reset":
            line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert daemon.ask("ping", "pong", text="here") == {"text": "here"}


def test_nothing_that_was_sent_made_the_daemon_stumble(daemon: Daemon) -> None:
    """Runs behind the one above."""
    assert "Traceback" not in daemon.log
    daemon.silence()
    assert_serves(daemon)


@pytest.mark.parametrize(
    "text",
    [
        "Before\0after.",
        "Before\x01after\x1b[2J\x7f.",
        "".join(map(chr, range(1, 32))) + "a",
        "Right \u202eto\u202c left, zero\u200bwidth, \ufeffmark.",
        "a" + "\u0301" * 300,
        "\ue000\uf8ff a \U000f0000",
        "⣿a⣿ Ꮝlᅅ ﷺ",
        "<speak><break time='99s'/>Yes</speak> &amp; &#0;",
        "[[h@'loU]] {{x}} ${x} %s %n",
        "9" * 60 + " 1e999 ½ ٣ Ⅷ",
        "…" * 1000 + "a",
        "a\n" * 300,
        "🙂" * 300 + " Yes.",
        "𝕳𝖊𝖑𝖑𝖔 ｈｅｌｌｏ ħéłłø",
    ],
    ids=ascii,
)
def test_any_text_is_spoken_or_cannot_be(daemon: Daemon, text: str) -> None:
    with daemon.connect() as line:
        line.send("synthesize", text=text)
        events = [line.read()]
        while events[-1] is not None and events[-1]["type"] != "audio-stop":
            events.append(line.read())
        assert events[-1] is not None, daemon.log
        errors = [event["data"]["code"] for event in events if event is not None and event["type"] == "error"]
        assert errors in ([], ["unspeakable"], ["bad-request"])  # the last: what stands in [[ ]] are no phones
        assert errors or sum(len(event["payload"]) for event in events if event is not None) > 2000
        line.ask("ping", "pong")


# --- Long texts --------------------------------------------------------------------------------------


def sentences(words: int) -> str:
    """A text of some so many words, in sentences of 4 to 20, of which hardly two are the same."""
    text = ""
    while len(text.split()) < words:
        text += some_words(random.randint(4, 20)).strip() + ". "
    return text


def test_a_long_text_takes_no_more_memory_than_a_short_one(joe_bundle: Path, tmp_path: Path) -> None:
    """Ten times as long, at four times the speed: as much is made for each word, and it takes a quarter of the time."""
    options = ("--default-speed", "4", "--cache-memory-mb", "0", "--cache-disk-mb", "0")
    arguments = ("--voice", joe_bundle, "--output", tmp_path / "heard.wav", *options)
    with Daemon(tmp_path, *arguments) as daemon, daemon.ready().connect() as line:
        short = len(line.synthesize(sentences(150)))
        before = peak(daemon)
        long = len(line.synthesize(sentences(1500)))
        assert 7 * short < long < 14 * short
        assert peak(daemon) < before + 16e6


# --- Being killed ------------------------------------------------------------------------------------


def test_killed_in_the_middle_it_comes_back_with_its_phrases(joe_bundle: Path, tmp_path: Path) -> None:
    phrases = tmp_path / "phrases"
    arguments = ("--voice", joe_bundle, "--output", tmp_path / "heard.wav", "--cache-dir", phrases)
    with Daemon(tmp_path, *arguments) as daemon:
        with daemon.ready().connect() as line:
            known = {text: line.synthesize(text) for text in ("Good morning.", "Good night.")}
            eventually(lambda: len(list(phrases.glob("*.flac"))) == 2)
            line.until("started", of=line.say(SENTENCE * 100, priority="message"))
            daemon.process.send_signal(signal.SIGKILL)
            assert line.rest() is not None
        daemon.process.wait()
        assert daemon.socket.exists(), "it had no time to clean up"
    with Daemon(tmp_path, *arguments) as daemon, daemon.ready().connect() as line:
        # No two sounds are the same, unless the second is the first.
        assert {text: line.synthesize(text) for text in known} == known
        assert line.synthesize("Good evening.") != line.synthesize("Good afternoon.")


def test_stopped_in_the_middle_of_a_sentence_it_fades(
    joe_bundle: Path, sound_card: SoundCard, tmp_path: Path
) -> None:
    arguments = ("--voice", joe_bundle, "--cache-dir", tmp_path / "phrases")
    with SpeakingDaemon(tmp_path, sound_card, *arguments) as daemon, daemon.ready().connect() as line:
        pcm = np.frombuffer(line.synthesize(SENTENCE), np.int16)
        line.until("started", of=line.say(SENTENCE, priority="message"))
        eventually(lambda: sound_card.recording()[1].size > pcm.size // 3)
        assert daemon.stop() == 0
    heard = np.trim_zeros(sound_card.recording()[1], "b")
    size = heard.size
    # The fade may have begun where it changes nothing yet, and have ended a few samples after the last that is heard.
    begins = range(size - FADE, size - FADE + 30)
    assert np.array_equal(heard[: size - FADE], pcm[: size - FADE])
    assert any(np.abs(heard[begin:] - faded(pcm[begin:])[: size - begin]).max() <= 1 for begin in begins)


def faded(pcm: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
    """Its first 5 ms, fading."""
    return np.round(pcm[:FADE] * np.linspace(1, 0, FADE + 1)[1:])


# --- A card that goes --------------------------------------------------------------------------------


def test_a_card_that_goes_in_the_middle_is_waited_for_and_nothing_is_told_twice(speaking: SpeakingDaemon) -> None:
    with speaking.connect() as line:
        names = [line.say(text, priority="message") for text in ("One, two, three, four.", "Five.")]
        line.until("started", of=names[0])
        speaking.card.pull_out()
        eventually(lambda: speaking.ask("status", "status")["state"] == "waiting-for-card")
        # Meanwhile others are served, and what waits can be seen.
        assert len(speaking.connect().synthesize("Yes.")) > 2000
        assert speaking.ask("status", "status")["queued"] == 1
        speaking.card.plug_in()
        rest = [line.read() for _ in range(3)]
    told = [(event["type"], event["data"]["id"]) for event in rest if event is not None]
    assert told == [("finished", names[0]), ("started", names[1]), ("finished", names[1])]


# --- A disk that is full -----------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "none", place]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_is_one_warning_and_speech_goes_on(joe_bundle: Path, tmp_path: Path, small_disk: Path) -> None:
    phrases = small_disk / "phrases"
    phrases.mkdir(mode=0o700)
    filler = small_disk / "filler"
    filler.write_bytes(bytes(60_000))
    arguments = ("--voice", joe_bundle, "--output", tmp_path / "heard.wav", "--cache-dir", phrases)
    with Daemon(tmp_path, *arguments) as daemon, daemon.ready().connect() as line:
        for text in ("Good morning.", "Good night.", "Good evening."):
            line.until("finished", of=line.say(text, priority="message"))
        eventually(lambda: "No space left" in daemon.log)
        # What it cannot keep there it still has in memory.
        assert line.synthesize("Good night.") == line.synthesize("Good night.")
        assert not list(phrases.iterdir())
        filler.unlink()
        line.synthesize("Yes.")
        eventually(lambda: any(phrases.glob("*.flac")))
        assert daemon.log.count("phrases cannot be kept") == 1
        assert "Traceback" not in daemon.log
