"""What was said once is found again, as it sounded and only for what sounds so; no disk can keep speech waiting."""

from __future__ import annotations

import dataclasses
import fcntl
import logging
import os
import subprocess
import sys
import threading
import time
import unicodedata
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import phrases
from edge.phrase_files import SUFFIX, pack
from edge.phrases import PENDING_BYTES, Phrase, PhraseCache
from tests.test_phrase_files import noise, same

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE = 22050
PLENTY = 1 << 24
VOICE = "ab" * 32
HELLO = Phrase.of("Hello.")


def cache_in(folder: Path, voice: str = VOICE, memory_bytes: int = 0, disk_bytes: int = PLENTY) -> PhraseCache:
    cache = PhraseCache(voice, RATE, memory_bytes=memory_bytes, folder=folder, disk_bytes=disk_bytes)
    _opened.append(cache)
    return cache


_opened: list[PhraseCache] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Ends the caches that a test made."""
    yield
    while _opened:
        _opened.pop().close()


@pytest.fixture
def stuck(tmp_path: Path) -> Iterator[Path]:
    """A folder that takes no write until the test ends."""
    folder = tmp_path / "stuck"
    folder.mkdir(mode=0o700)
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield folder
    os.close(descriptor)


def test_a_phrase_is_found_in_memory(tmp_path: Path) -> None:
    cache = PhraseCache(VOICE, RATE, memory_bytes=PLENTY)
    assert cache.get(HELLO) is None
    cache.put(HELLO, noise(1))
    assert same(cache.get(HELLO), noise(1))
    assert cache.get(Phrase.of("Hello!")) is None
    assert (cache.stats.hits, cache.stats.misses) == (1, 2)
    assert (cache.stats.memory_entries, cache.stats.memory_bytes) == (1, noise(1).nbytes)
    cache.close()


def test_a_phrase_is_found_on_disk_by_the_next_process(tmp_path: Path) -> None:
    cache = cache_in(tmp_path)
    cache.put(HELLO, noise(1))
    cache.close()
    assert (cache.stats.disk_entries, cache.stats.disk_bytes) == (1, len(pack("0" * 64, noise(1), RATE)))
    program = f"""
import sys
from pathlib import Path
from tests.test_phrases import HELLO, cache_in, noise, same
cache = cache_in(Path({str(tmp_path)!r}))
sys.exit(0 if same(cache.get(HELLO), noise(1)) else 1)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_the_disk_had_is_then_in_memory(tmp_path: Path) -> None:
    first = cache_in(tmp_path)
    first.put(HELLO, noise(1))
    first.close()
    second = cache_in(tmp_path, memory_bytes=PLENTY)
    assert same(second.get(HELLO), noise(1))
    for file in tmp_path.iterdir():
        file.unlink()
    assert same(second.get(HELLO), noise(1))
    second.close()


def test_the_sound_that_is_kept_is_nobodys_to_change() -> None:
    cache = PhraseCache(VOICE, RATE, memory_bytes=PLENTY)
    pcm = noise(1)
    cache.put(HELLO, pcm)
    pcm[:] = 0
    found = cache.get(HELLO)
    assert found is not None
    assert same(found, noise(1))
    with pytest.raises(ValueError, match="read-only"):
        found *= 2


def test_silence_of_no_length_is_no_phrase(tmp_path: Path) -> None:
    cache = cache_in(tmp_path, memory_bytes=PLENTY)
    cache.put(HELLO, noise(1)[:0])
    cache.close()
    assert cache.get(HELLO) is None


@pytest.mark.parametrize(
    "change",
    [{"text": "Hello"}, {"text": "hello."}, {"speed": 1.01}, {"speaker": 1}, {"seed": 0}, {"seed": 1}],
    ids=str,
)
def test_whatever_changes_the_sound_changes_the_key(change: dict[str, str | float]) -> None:
    other = dataclasses.replace(HELLO, **change)  # type: ignore[arg-type]
    assert other.key(VOICE) != HELLO.key(VOICE)
    assert other != HELLO


def test_another_voice_and_another_release_have_other_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = cache_in(tmp_path)
    cache.put(HELLO, noise(1))
    cache.close()
    assert cache_in(tmp_path, voice="cd" * 32).get(HELLO) is None
    assert same(cache_in(tmp_path).get(HELLO), noise(1))
    monkeypatch.setattr("edge.__version__", "99.0")
    assert cache_in(tmp_path).get(HELLO) is None


def test_another_voices_file_under_this_voices_name_is_not_played(tmp_path: Path) -> None:
    other = cache_in(tmp_path, voice="cd" * 32)
    other.put(HELLO, noise(2))
    other.close()
    (theirs,) = tmp_path.iterdir()
    mine = cache_in(tmp_path)
    mine.put(HELLO, noise(1))
    mine.close()
    (ours,) = set(tmp_path.iterdir()) - {theirs}
    theirs.replace(ours)
    assert cache_in(tmp_path).get(HELLO) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("written", ["Café  con leche.", "\tCafé\ncon leche. ", "Cafe\u0301 con\u0000leche."])
def test_the_same_sentence_written_otherwise_is_the_same_phrase(written: str) -> None:
    assert Phrase.of(written) == Phrase.of("Café con leche.")


def test_what_is_read_otherwise_is_another_phrase() -> None:
    texts = ["10 000", "10\u00a0000", "10000", "US", "us", "US.", "US?"]
    assert len({Phrase.of(text) for text in texts}) == len(texts)


@given(text=st.text(max_size=40))
@settings(deadline=None)
def test_a_phrases_text_is_its_own_phrase(text: str) -> None:
    phrase = Phrase.of(text)
    assert Phrase.of(phrase.text) == phrase
    assert Phrase.of(unicodedata.normalize("NFD", text)) == phrase
    assert len(phrase.key(VOICE)) == 64


ASKED = st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=20, max_size=60)


@given(asked=ASKED, max_samples=st.sampled_from([0, 50, 100, 200]))
@settings(deadline=None)
def test_memory_keeps_what_was_wanted_last_and_no_more_than_it_may(
    asked: list[tuple[bool, int]], max_samples: int
) -> None:
    cache = PhraseCache(VOICE, RATE, memory_bytes=2 * max_samples)
    kept: OrderedDict[int, int] = OrderedDict()
    for puts, number in asked:
        phrase, samples = Phrase.of(f"Number {number}."), 10 * number + 1
        if puts:
            cache.put(phrase, noise(number, samples))
            kept.pop(number, None)
            if samples <= max_samples:
                kept[number] = samples
                while sum(kept.values()) > max_samples:
                    kept.popitem(last=False)
        else:
            found = cache.get(phrase)
            assert (found is not None) == (number in kept)
            assert found is None or same(found, noise(number, samples))
            if number in kept:
                kept.move_to_end(number)
        assert (cache.stats.memory_entries, cache.stats.memory_bytes) == (len(kept), 2 * sum(kept.values()))


def test_nothing_is_kept_where_nothing_may_be(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    cache = cache_in(folder, disk_bytes=0)
    cache.put(HELLO, noise(1))
    cache.close()
    assert cache.get(HELLO) is None
    assert not folder.exists()
    assert cache.stats == phrases.CacheStats(0, 1, 0, 0, 0, 0)


def test_a_disk_that_takes_nothing_keeps_nobody_waiting(stuck: Path) -> None:
    cache = cache_in(stuck, memory_bytes=PLENTY)
    begin = time.monotonic()
    for number in range(40):
        cache.put(Phrase.of(str(number)), noise(number, 100_000))
        assert same(cache.get(Phrase.of(str(number))), noise(number, 100_000))
    cache.close()
    assert time.monotonic() - begin < 20  # for ever, if anything waited for the disk
    assert list(stuck.iterdir()) == []


def test_what_waits_for_the_disk_is_bounded_and_the_rest_is_not_written(tmp_path: Path) -> None:
    folder = tmp_path / "slow"
    folder.mkdir(mode=0o700)
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    cache = cache_in(folder)
    for number in range(40):
        cache.put(Phrase.of(str(number)), noise(number, 100_000))
    os.close(descriptor)
    _wait_until_written(cache, PENDING_BYTES // 200_000)
    cache.put(HELLO, noise(1, 100_000))
    cache.close()
    assert same(cache.get(HELLO), noise(1, 100_000))
    assert cache.stats.disk_entries == PENDING_BYTES // 200_000 + 1


def _wait_until_written(cache: PhraseCache, entries: int) -> None:
    until = time.monotonic() + 20
    while cache.stats.disk_entries < entries:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_the_end_leaves_no_thread_and_comes_twice(tmp_path: Path) -> None:
    before = threading.active_count()
    cache = cache_in(tmp_path)
    assert threading.active_count() == before + 1
    cache.close()
    cache.close()
    assert threading.active_count() == before
    cache.put(HELLO, noise(1))
    assert list(tmp_path.iterdir()) == []


def warnings(log: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in log.records if record.levelno >= logging.WARNING]


# Nobody can make files there, not even root: a folder in which nothing can be made, and two that cannot be one.
@pytest.mark.parametrize("place", ["/proc/self", "/proc/self/phrases", "/dev/null/phrases"])
def test_a_folder_that_takes_nothing_is_one_warning_and_speech_goes_on(
    place: str, caplog: pytest.LogCaptureFixture
) -> None:
    cache = cache_in(Path(place), memory_bytes=PLENTY)
    for number in range(5):
        cache.put(Phrase.of(str(number)), noise(number))
    cache.close()
    for number in range(5):
        assert same(cache.get(Phrase.of(str(number))), noise(number))
    (warning,) = warnings(caplog)
    assert place in warning
    assert "None" not in warning


def test_a_disk_that_cannot_be_read_is_one_warning_and_a_miss(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "phrases"
    cache = cache_in(folder)
    cache.put(HELLO, noise(1))
    cache.close()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    folder.write_text("no folder any more")
    for _ in range(3):
        assert cache.get(HELLO) is None
    assert len(warnings(caplog)) == 1


def test_a_phrase_that_memory_has_stays_wanted_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = len(pack("0" * 64, noise(0), RATE))
    cache = cache_in(tmp_path, memory_bytes=PLENTY, disk_bytes=2 * one + 100)
    cache.put(HELLO, noise(0))
    cache.put(Phrase.of("One."), noise(1))
    monkeypatch.setattr(phrases, "TOUCH_SECONDS", 0.0)
    assert cache.get(HELLO) is not None
    cache.put(Phrase.of("Two."), noise(2))
    cache.close()
    again = cache_in(tmp_path, disk_bytes=2 * one + 100)
    assert [again.get(Phrase.of(text)) is not None for text in ("Hello.", "One.", "Two.")] == [True, False, True]
    again.close()


@pytest.mark.parametrize("held", ["file", "bytes"])
def test_what_came_with_the_voice_is_found_in_every_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    monkeypatch.setattr("edge.__version__", "99.0")
    key = HELLO.key(VOICE)
    content = pack(key, noise(1), RATE)
    (tmp_path / f"{key}{SUFFIX}").write_bytes(content)
    ready = {key: tmp_path / f"{key}{SUFFIX}" if held == "file" else content}
    cache = PhraseCache(VOICE, RATE, memory_bytes=0, ready=ready)
    assert same(cache.get(HELLO), noise(1))
    assert cache.get(Phrase.of("Hello.", seed=1)) is None
    assert cache.stats.hits == 1


@pytest.mark.parametrize("fault", ["gone", "changed", "another's"])
def test_what_came_with_the_voice_and_is_not_whole_is_not_played(tmp_path: Path, fault: str) -> None:
    key = HELLO.key(VOICE)
    file = tmp_path / "phrase.flac"
    content = pack(key if fault != "another's" else HELLO.key("cd" * 32), noise(1), RATE)
    if fault != "gone":
        file.write_bytes(content if fault != "changed" else content[:-100] + bytes(100))
    assert PhraseCache(VOICE, RATE, memory_bytes=0, ready={key: file}).get(HELLO) is None


def test_a_client_need_not_load_torch_for_it() -> None:
    subprocess.run([sys.executable, "-c", "import sys, edge.phrases; sys.exit('torch' in sys.modules)"], check=True)
