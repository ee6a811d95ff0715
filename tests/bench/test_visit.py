"""One row, measured in a process: here, in the test's own, with rows that say a tone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from edge.bench import rows, visit, wire
from edge.bench.row import Row, Sound
from edge.bench.subjects import VOICE, MissingError, Subject
from edge.bench.texts import JUDGED, texts
from edge.bench.visit import HEARD, Job

RATE = 8000


class Tone(Row):
    """A tone of as many seconds as a text has sentences, in two pieces."""

    number = "99"
    title = "a tone"
    imports = ("wave",)

    def files(self) -> list[Path]:
        return [self.subject.folder / "subject.json"]

    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        with self.stage("tuning"):
            piece = np.ones(RATE * len(sentences) // 2, np.float32)
        yield piece[:0]
        yield piece
        yield piece


class Broken(Tone):
    def start(self, threads: int) -> None:
        raise RuntimeError("no strings\nand no bow")


class Absent(Tone):
    def start(self, threads: int) -> None:
        raise MissingError("pip install a violin")


class Silent(Tone):
    def speak(self, sentences: list[str]) -> Iterator[Sound]:
        yield np.empty(0, np.float32)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    (tmp_path / VOICE).mkdir()
    subject = Subject(
        kind=VOICE, title="test", sample_rate=RATE, weights=1, scales=(0, 0, 0, 1), gain=1.0, texts=texts("en"),
        trained=True,
    )  # fmt: skip
    (tmp_path / VOICE / "subject.json").write_bytes(wire.encode(subject))
    return Job(
        row="99", subject=VOICE, folder=tmp_path, threads=1, lap=0, warm_up=("phrase",),
        texts=("phrase", "paragraph"), listen=True,
    )  # fmt: skip


def having(row: type[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "named", lambda _: row)


def test_a_row_is_timed_and_weighed(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    having(Tone, monkeypatch)
    seen = visit.visit(job, time.monotonic() - 5)
    assert (seen.failed, seen.skipped) == ("", "")
    assert [spoken.kind for spoken in seen.spoken] == ["phrase", "paragraph"]  # the warm-up is not counted
    assert [spoken.sound for spoken in seen.spoken] == [1.0, 4.0]
    for spoken in seen.spoken:
        assert 0 < spoken.first <= spoken.total
        assert list(spoken.stages) == ["tuning"]
    assert seen.cold_start is not None
    assert seen.cold_start >= 5
    assert seen.steady is not None
    assert seen.peak >= seen.steady.resident > 0
    assert seen.disk == (job.folder / VOICE / "subject.json").stat().st_size
    with np.load(job.folder / VOICE / "row-99" / HEARD) as heard:
        assert {name: sound.size for name, sound in heard.items()} == {str(n): RATE for n in range(JUDGED)}


def test_a_paragraph_begins_with_a_sentence_that_is_said_too(job: Job) -> None:
    def lap(number: int) -> list[tuple[str, int]]:
        kinds = ("sentence", "phrase", "sentence", "paragraph")
        return list(msgspec.structs.replace(job, lap=number, texts=kinds).rounds())

    assert lap(0) == [("sentence", 0), ("phrase", 0), ("sentence", 1), ("paragraph", 0)]
    assert lap(1) == [("sentence", 2), ("phrase", 2), ("sentence", 3), ("paragraph", 2)]
    said = texts("en")
    assert said.of("paragraph", 2)[0] == said.of("sentence", 2)[0]


@pytest.mark.parametrize(
    ("row", "failed", "skipped"),
    [
        (Broken, "RuntimeError: no strings", ""),
        (Absent, "", "pip install a violin"),
        (Silent, "it said nothing of 'Not found.'", ""),
    ],
)
def test_what_goes_wrong_is_a_result(
    job: Job, monkeypatch: pytest.MonkeyPatch, row: type[Row], failed: str, skipped: str
) -> None:
    having(row, monkeypatch)
    seen = visit.visit(job, time.monotonic())
    assert (seen.failed, seen.skipped, seen.spoken) == (failed, skipped, ())
