"""A phrase on disk is played whole and unchanged or not at all, whoever is killed and whoever else writes."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import multiprocessing
import os
import random
import resource
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.phrase_files import SUFFIX, Pcm, PhraseFolder, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RATE = 22050
PLENTY = 1 << 24
KEY, OTHER_KEY = "0" * 64, "1" * 64

WAITED_FOR = 60  # seconds after which a test gives up; nothing is measured by it

# Children that import nothing anew: each is killed after milliseconds.
_processes = multiprocessing.get_context("fork")


def noise(number: int, samples: int = 2000) -> Pcm:
    return np.random.default_rng(number).integers(-30000, 30000, samples, dtype=np.int16)


def same(pcm: Pcm | None, expected: Pcm) -> bool:
    return pcm is not None and np.array_equal(pcm, expected)


def key(number: int) -> str:
    return f"{number:064x}"


def path(folder: PhraseFolder, number: int) -> Path:
    return folder.path / f"{key(number)}{SUFFIX}"


def names(folder: PhraseFolder) -> list[str]:
    return sorted(path.name for path in folder.path.iterdir())


@contextmanager
def nobody_writes(folder: PhraseFolder) -> Iterator[None]:
    descriptor = os.open(folder.path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def used_bytes(folder: PhraseFolder) -> int:
    with nobody_writes(folder):
        return sum(path.stat().st_size for path in folder.path.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> PhraseFolder:
    return PhraseFolder(tmp_path / "cache" / "phrases", PLENTY, RATE)


@pytest.mark.parametrize("samples", [1, 2, 17, 5000])
def test_a_phrase_comes_back_to_the_sample(folder: PhraseFolder, samples: int) -> None:
    folder.write(KEY, noise(1, samples))
    pcm = folder.read(KEY)
    assert pcm is not None
    assert pcm.dtype == np.int16
    assert same(pcm, noise(1, samples))
    assert folder.read(OTHER_KEY) is None


def test_a_file_is_flac_that_other_programs_play(folder: PhraseFolder) -> None:
    folder.write(key(3), noise(3))
    pcm, rate = soundfile.read(path(folder, 3), dtype="int16")
    assert (soundfile.info(path(folder, 3)).format, rate) == ("FLAC", RATE)
    assert same(pcm, noise(3))


def test_the_same_phrase_has_the_same_bytes() -> None:
    assert pack(KEY, noise(1), RATE) == pack(KEY, noise(1), RATE)


def test_the_folder_and_its_files_are_for_this_user_alone(folder: PhraseFolder) -> None:
    folder.write(KEY, noise(1))
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert path(folder, 0).stat().st_mode & 0o777 == 0o600


@given(data=st.data())
@settings(deadline=None, max_examples=200)
def test_no_changed_content_is_taken_for_a_phrase(data: st.DataObject) -> None:
    content = bytearray(pack(KEY, noise(1, 100), RATE))
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << bit % 8
    assert unpack(KEY, bytes(content)) is None
    assert unpack(KEY, bytes(content[: bit // 8])) is None


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def replace_with(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def spoil(file: Path) -> None:
        file.unlink()
        make(file)

    return spoil


def forge(file: Path) -> None:
    """The right checksum of what is no FLAC."""
    file.write_bytes(b"sound" + hashlib.sha256(KEY.encode() + b"sound").digest())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: os.truncate(file, file.stat().st_size - 1),
        lambda file: os.truncate(file, file.stat().st_size // 2),
        lambda file: os.truncate(file, 0),
        lambda file: file.write_bytes(file.read_bytes() + b"\0"),
        flip_a_bit,
        forge,
        lambda file: soundfile.write(file, noise(9), RATE, format="FLAC"),
        lambda file: file.with_name(f"{OTHER_KEY}{SUFFIX}").replace(file),
        lambda file: os.truncate(file, PLENTY + 1),
        replace_with(lambda file: file.symlink_to(file.with_name(f"{OTHER_KEY}{SUFFIX}"))),
        replace_with(os.mkfifo),
    ],
    ids=["one short", "half", "empty", "longer", "flipped", "forged", "foreign", "renamed", "huge", "link", "pipe"],
)
def test_what_is_no_whole_phrase_of_its_name_is_never_played_and_goes(
    folder: PhraseFolder, spoil: Callable[[Path], object]
) -> None:
    folder.write(KEY, noise(1))
    folder.write(OTHER_KEY, noise(2))
    file = folder.path / f"{KEY}{SUFFIX}"
    spoil(file)
    assert folder.read(KEY) is None
    assert file.name not in names(folder)
    folder.write(KEY, noise(1))
    assert same(folder.read(KEY), noise(1))


def test_files_of_other_names_are_left_alone(folder: PhraseFolder) -> None:
    small = PhraseFolder(folder.path, 10_000, RATE)
    own = small.path / "holiday.flac"
    own.write_bytes(b"beach" * 10_000)
    (small.path / f"{KEY}{SUFFIX}").mkdir()
    for number in range(1, 6):
        small.write(key(number), noise(number))
    small.tidy()
    assert own.read_bytes() == b"beach" * 10_000
    assert small.read(KEY) is None
    assert 0 < small.bytes <= 10_000


WANTED = st.lists(st.tuples(st.sampled_from(["write", "touch"]), st.integers(0, 7)), min_size=10, max_size=25)
SIZES = [200 + 100 * number for number in range(8)]


@given(wanted=WANTED, max_bytes=st.sampled_from([0, 1000, 2000, 3000, 4000]))
@settings(deadline=None, max_examples=50)
def test_the_phrases_that_were_wanted_last_stay_and_never_outgrow_the_folder(
    wanted: list[tuple[str, int]], max_bytes: int
) -> None:
    kept: dict[int, int] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = PhraseFolder(Path(place), max_bytes, RATE)
        for what, number in wanted:
            if what == "write":
                folder.write(key(number), noise(number, SIZES[number]))
                size = len(pack(key(number), noise(number, SIZES[number]), RATE))
                if size <= max_bytes:
                    kept.pop(number, None)
                    while sum(kept.values()) + size > max_bytes:
                        del kept[next(iter(kept))]
                    kept[number] = size
            else:
                folder.touch(key(number))
                if number in kept:
                    kept[number] = kept.pop(number)
            assert names(folder) == sorted(f"{key(number)}{SUFFIX}" for number in kept)
            assert used_bytes(folder) <= max_bytes
            assert (folder.entries, folder.bytes) == (len(kept), sum(kept.values()))


def test_a_smaller_size_after_a_restart_drops_the_oldest(folder: PhraseFolder) -> None:
    for number in range(6):
        folder.write(key(number), noise(number))
    one = path(folder, 5).stat().st_size
    smaller = PhraseFolder(folder.path, 2 * one + 10, RATE)
    smaller.tidy()
    assert names(smaller) == [f"{key(number)}{SUFFIX}" for number in (4, 5)]
    assert (smaller.entries, smaller.bytes) == (2, used_bytes(folder))


def test_a_clock_that_starts_anew_does_not_make_new_phrases_the_oldest(
    folder: PhraseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write(key(1), noise(1))
    room_for_two = PhraseFolder(folder.path, 2 * path(folder, 1).stat().st_size + 100, RATE)
    monkeypatch.setattr(time, "time_ns", lambda: 10**9)
    for number in (2, 3):
        room_for_two.write(key(number), noise(number))
    assert names(folder) == [f"{key(number)}{SUFFIX}" for number in (2, 3)]


def write_for_ever(folder: PhraseFolder, seed: int) -> None:
    random.seed(seed)
    while True:
        number = random.randrange(6)
        folder.write(key(number), noise(number))


@pytest.mark.slow
def test_a_killed_writer_leaves_whole_phrases_and_nothing_that_stays(folder: PhraseFolder) -> None:
    small = PhraseFolder(folder.path, 3 * len(pack(KEY, noise(0), RATE)), RATE)
    left = set()
    for seed in range(150):
        process = _processes.Process(target=write_for_ever, args=(small, seed))
        process.start()
        time.sleep(random.Random(seed).uniform(0.002, 0.015))
        process.kill()
        process.join()
        for name in names(small):
            left.add(name)
            if name.endswith(SUFFIX):
                number = int(name.removesuffix(SUFFIX), 16)
                content = (small.path / name).read_bytes()
                assert same(unpack(key(number), content), noise(number)), (seed, len(content))
        assert sum(file.stat().st_size for file in small.path.glob(f"*{SUFFIX}")) <= 3 * len(pack(KEY, noise(0), RATE))
    assert len(left) > 3
    small.tidy()  # what the next start does; it waits for no dead process
    assert all(name.endswith(SUFFIX) for name in names(small))


def share(folder: PhraseFolder, seed: int) -> None:
    random.seed(seed)
    hits = 0
    for _ in range(300):
        number = random.randrange(12)
        pcm = folder.read(key(number))
        if pcm is None:
            folder.write(key(number), noise(number))
        else:
            hits += 1
            folder.touch(key(number))
            if not same(pcm, noise(number)):
                os._exit(1)
    os._exit(0 if hits else 2)


def test_processes_that_share_a_folder_hear_the_right_phrase_and_keep_to_its_size(folder: PhraseFolder) -> None:
    max_bytes = 5 * len(pack(KEY, noise(0), RATE))
    small = PhraseFolder(folder.path, max_bytes, RATE)
    processes = [_processes.Process(target=share, args=(small, seed), daemon=True) for seed in range(3)]
    for process in processes:
        process.start()
    until = time.monotonic() + WAITED_FOR
    while any(process.is_alive() for process in processes) and time.monotonic() < until:
        assert used_bytes(small) <= max_bytes
        time.sleep(0.005)
    assert [process.exitcode for process in processes] == [0, 0, 0]


def write_with_a_limit(folder: PhraseFolder) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    try:
        folder.write(KEY, noise(1))
    except OSError as error:
        os._exit(error.errno or 0)
    os._exit(0)


def test_a_write_that_fails_halfway_leaves_nothing(folder: PhraseFolder) -> None:
    folder.write(OTHER_KEY, noise(2))
    process = _processes.Process(target=write_with_a_limit, args=(folder,), daemon=True)
    process.start()
    process.join(WAITED_FOR)
    assert process.exitcode == errno.EFBIG
    assert names(folder) == [f"{OTHER_KEY}{SUFFIX}"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "none", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_costs_the_new_phrase_alone(small_disk: Path) -> None:
    folder = PhraseFolder(small_disk / "phrases", PLENTY, RATE)
    (small_disk / "other").write_bytes(bytes(48_000))
    folder.write(KEY, noise(1, 100))
    with pytest.raises(OSError, match="No space left") as caught:
        folder.write(OTHER_KEY, noise(2, 20_000))
    assert caught.value.errno == errno.ENOSPC
    assert names(folder) == [f"{KEY}{SUFFIX}"]
    assert same(folder.read(KEY), noise(1, 100))
    (small_disk / "other").unlink()
    folder.write(OTHER_KEY, noise(2, 20_000))
    assert same(folder.read(OTHER_KEY), noise(2, 20_000))


def test_a_folder_that_others_may_write_in_is_refused(folder: PhraseFolder) -> None:
    folder.write(KEY, noise(1))
    for mode in (0o770, 0o702, 0o1777):
        folder.path.chmod(mode)
        with pytest.raises(PermissionError, match="others may write"):
            PhraseFolder(folder.path, PLENTY, RATE)
    folder.path.chmod(0o755)
    assert PhraseFolder(folder.path, PLENTY, RATE).read(KEY) is not None


def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "theirs"
    place.mkdir(mode=0o755)
    if os.geteuid() == 0:
        os.chown(place, 1, 1)
    else:
        place = Path("/usr")
    with pytest.raises(PermissionError, match="another user"):
        PhraseFolder(place, PLENTY, RATE)


def test_a_folder_that_is_removed_comes_again(folder: PhraseFolder) -> None:
    folder.path.rmdir()
    assert folder.read(KEY) is None
    folder.write(KEY, noise(1))
    assert same(folder.read(KEY), noise(1))
