"""A whole run: builds the subjects, prepares the rows, and measures them in turns, lap after lap.

Each measurement is a fresh process, so that a cold start is one and memory is a row's own; and as the rows take turns,
a machine that slows down does so for all of them.
"""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

import edge
from edge import cpu
from edge.bench import answers, bars, growth, report, wire
from edge.bench.bar import Bar
from edge.bench.growth import Growth
from edge.bench.journal import Journal
from edge.bench.listening import Recording, Recordings
from edge.bench.machine import watching
from edge.bench.report import BASELINES, Report, RowReport
from edge.bench.row import PARAGRAPH, PHRASE, SENTENCE, Row
from edge.bench.rows import all_rows, place
from edge.bench.subjects import MELO, VOICE, Asked, Subject, SubjectJob, is_written, kinds, read
from edge.bench.visit import HEARD, Job, Visit, missing
from edge.errors import EdgeError
from edge.voice import open_bundle
from edge.voice.manifest import read_manifest

T = TypeVar("T")
Step = Callable[[str], None]

WORK = "work"
"""The folder of what a run needs and a report does not; it goes when the run is over."""
LAPS, QUICK_LAPS = 3, 1
LATENCY_ROWS = ("11", "11b", "12", "13")
LATENCY_TEXTS = 4 * (PHRASE, SENTENCE, PARAGRAPH, PHRASE, PARAGRAPH, SENTENCE)
"""Whichever of a sentence and the paragraph that begins with it comes first finds its kernels cold."""
QUICK_SECONDS = 75.0
"""After which a quick run begins no further measurement."""
PATIENCE = 900
"""Seconds until a process counts as hung: upstream's paragraph takes minutes on a small device."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is to do."""

    asked: Asked
    out: Path
    """The folder of its reports."""
    quick: bool = False
    latency: bool = False
    """Whether it is all about how soon the daemon speaks and stops."""
    laps: int = LAPS
    threads: int | None = None
    """The most; None: one for each core."""
    subjects: tuple[str, ...] = ()
    """Empty: all."""
    rows: tuple[str, ...] = ()
    """By number; empty: all, or those that a quick run has time for."""

    @property
    def steps_of_threads(self) -> tuple[int, ...]:
        """1, 2, and so on; a quick run has the last alone."""
        most = self.threads or cpu.cores()
        return (most,) if self.quick else tuple(range(1, most + 1))

    @property
    def judged(self) -> bool:
        """Whether it is listened to, too."""
        return not (self.quick or self.latency)

    @property
    def plan(self) -> str:
        """What makes two runs the same run."""
        manifest = read_manifest(self.asked.voice) if self.asked.voice.is_dir() else None
        rows = [row.number for row in all_rows()]
        parts = (self, edge.__version__, cpu.model(), manifest and manifest.sound, rows)
        return hashlib.sha256(wire.encode(parts)).hexdigest()


class Turn(NamedTuple):
    """One row with one subject."""

    row: type[Row]
    subject: str

    @property
    def name(self) -> str:
        return f"{self.row.number} {self.subject}"


def measure(settings: Settings, console: Console) -> Report:
    """Runs it, or goes on with it.

    Raises:
        EdgeError: the voice or the checkpoint cannot be loaded, or there is no such row or subject.
    """
    begun = time.monotonic()
    turns = _turns(settings)
    with open_bundle(settings.asked.voice):
        pass  # a wrong path is told before the minutes, not after them
    folder = settings.out / WORK
    folder.mkdir(parents=True, exist_ok=True)
    journal = Journal(settings.out / "progress.jsonl", settings.plan)
    if not journal.resumed:
        shutil.rmtree(folder)
        folder.mkdir()
    run = _Run(settings, folder, journal)
    jobs = [(turn, job) for turn in turns for job in run.jobs(turn)]
    jobs.sort(key=lambda pair: (pair[1].lap, -pair[1].threads))  # stable: rows in their order
    with watching() as watch, _bar(console, len(jobs) + 3) as step:
        for turn, job in jobs:
            late = settings.quick and time.monotonic() - begun > QUICK_SECONDS
            run.visit(turn, job, step, late=late)
        subjects = {kind: run.subject(kind) for kind in (MELO, VOICE) if is_written(folder / kind)}
        rows = run.rows(turns, list(subjects.values()), step)
        usual = subjects.get(VOICE) or subjects[MELO]
        step("the daemon as its work grows")
        grown = None if settings.rows or settings.latency else run.growth(usual)
        step("how the daemon answers")
        answering = list(subjects.values()) if settings.latency else [usual][: not (settings.rows or settings.quick)]
        asked = [bar for subject in answering for bar in run.answers(subject)]
        found = Report(
            date=datetime.now(timezone.utc).strftime("%Y-%m-%d"),
            quick=settings.quick,
            latency=settings.latency,
            laps=settings.laps,
            threads=settings.steps_of_threads,
            seconds=time.monotonic() - begun,
            machine=watch.machine(),
            subjects=tuple(map(report.describe, subjects.values())),
            rows=report.compare_with_baselines(rows, settings.steps_of_threads[-1]),
            growth=grown,
        )
    flat = [] if grown is None else grown.bars()
    return msgspec.structs.replace(found, bars=(*bars.of_table(found), *flat, *asked))


def clean_up(settings: Settings) -> None:
    """Removes what a finished run no longer needs."""
    shutil.rmtree(settings.out / WORK, ignore_errors=True)
    (settings.out / "progress.jsonl").unlink(missing_ok=True)


def _turns(settings: Settings) -> list[Turn]:
    rows = {row.number: row for row in all_rows()}
    subjects = [kind for kind in kinds(settings.asked) if kind in (settings.subjects or (MELO, VOICE))]
    unknown = [number for number in settings.rows if number not in rows]
    if unknown:
        raise EdgeError(f"There is no row {', '.join(unknown)}. There are: {', '.join(rows)}.")
    usual = [number for number, row in rows.items() if row.quick or not settings.quick]
    if settings.latency:
        usual = list(LATENCY_ROWS)
    wanted = [row for number, row in rows.items() if number in (settings.rows or usual)]
    if settings.quick:
        wanted.reverse()  # the cheaper ones are the last of the table
    turns = [Turn(row, kind) for kind in subjects for row in wanted if kind in row.subjects]
    if settings.quick:
        # What a quick run does without at last: this project's way to speak, and what it is compared with.
        turns.sort(key=lambda turn: turn.row.number not in {"11", "12", BASELINES[turn.subject]})
    if not turns:
        raise EdgeError("None of the rows speaks with that: melo-edge bench --help tells which there are.")
    return turns


class _Run:
    """The steps of one run, each of which is done once."""

    def __init__(self, settings: Settings, folder: Path, journal: Journal) -> None:
        self._settings = settings
        self._folder = folder
        self._journal = journal
        self._visits: dict[str, list[Visit]] = {}

    @property
    def _most_threads(self) -> int:
        return self._settings.steps_of_threads[-1]

    def subject(self, kind: str) -> Subject:
        """Built when it is asked for first."""
        folder = self._folder / kind
        job = SubjectJob(kind, self._settings.asked, folder)
        self._once(f"subject {kind}", bool, lambda: bool(_ask("subject", job, Subject)))
        return read(folder)

    def jobs(self, turn: Turn) -> Iterator[Job]:
        """All measurements of a row, the usual one of each lap first."""
        *fewer, most = self._settings.steps_of_threads
        for lap in range(self._settings.laps):
            if self._settings.quick:
                yield self._job(turn, threads=most, lap=lap, warm_up=(PHRASE,), texts=(PHRASE, SENTENCE))
                continue
            if self._settings.latency:
                yield self._job(turn, threads=most, lap=lap, warm_up=(SENTENCE, PARAGRAPH), texts=LATENCY_TEXTS)
                continue
            texts = (PHRASE, SENTENCE, PHRASE, SENTENCE, PARAGRAPH)
            yield self._job(turn, threads=most, lap=lap, warm_up=(PHRASE, SENTENCE), texts=texts)
            for threads in fewer if turn.row.threaded else ():
                yield self._job(turn, threads=threads, lap=lap, warm_up=(SENTENCE,), texts=(SENTENCE, SENTENCE))

    def visit(self, turn: Turn, job: Job, step: Step, *, late: bool) -> None:
        """Measures, and prepares before the first time. What failed once is not tried again."""
        step(f"{job.threads} thread{'s' * (job.threads > 1)}: {turn.row.title}")
        visits = self._visits.setdefault(turn.name, [])
        if any(visit.failed or visit.skipped for visit in visits):
            return
        if late:
            visits.append(_nothing(job, skipped="the time of --quick was over"))
            return
        self.subject(turn.subject)
        visits.append(
            missing(job)
            or self._unprepared(turn, job)
            or self._once(f"visit {turn.name} {job.threads} {job.lap}", Visit, lambda: _visit("visit", job))
        )

    def _unprepared(self, turn: Turn, job: Job) -> Visit | None:
        """None: what the row prepares is there."""
        if turn.row.prepare is Row.prepare:
            return None
        done = self._once(f"prepare {turn.name}", Visit, lambda: _visit("prepare", job))
        return done if done.failed or done.skipped else None

    def rows(self, turns: Sequence[Turn], subjects: Sequence[Subject], step: Step) -> list[RowReport]:
        """In the order of the table."""
        step("listening")
        quality = {subject.kind: self._listen(subject, turns) for subject in subjects if subject.judged}
        return [
            report.summarise(
                turn.row,
                turn.subject,
                self._visits[turn.name],
                quality.get(turn.subject, {}).get(turn.row.number, {}),
            )
            for turn in sorted(turns, key=lambda turn: (turn.subject, place(turn.row.number)))
        ]

    def growth(self, subject: Subject) -> Growth:
        """What the daemon costs as its work grows."""
        largest = growth.REPEATED if self._settings.quick else max(growth.WORDS)
        about = (subject.bundle, subject.texts, subject.title, self._folder / "growth", self._most_threads)
        return self._once("growth", Growth, lambda: growth.grow(*about, largest, lambda _: None))

    def answers(self, subject: Subject) -> list[Bar]:
        """How soon the daemon speaks from its cache and stops, and what waiting costs."""
        about = (subject.bundle, subject.texts, subject.title, self._folder / "answers", self._most_threads)
        return self._once(f"answers {subject.kind}", list[Bar], lambda: answers.bars(*about, lambda _: None))

    def _listen(self, subject: Subject, turns: Sequence[Turn]) -> dict[str, dict[str, float]]:
        folder = self._folder / subject.kind
        heard = {
            turn.row.number: Recording(path, turn.row.durations)
            for turn in turns
            if turn.subject == subject.kind and (path := folder / f"row-{turn.row.number}" / HEARD).exists()
        }
        if not heard:
            return {}
        recordings = Recordings(folder, heard)
        scores = dict[str, dict[str, float]]
        return self._once(f"listen {subject.kind}", scores, lambda: _ask("listen", recordings, scores))

    def _once(self, key: str, kind: type[T], do: Callable[[], T]) -> T:
        result = self._journal.get(key, kind)
        if result is None:
            result = do()
            self._journal.put(key, result)
        return result

    def _job(
        self, turn: Turn, *, threads: int, lap: int, warm_up: tuple[str, ...] = (), texts: tuple[str, ...] = ()
    ) -> Job:
        return Job(
            row=turn.row.number,
            subject=turn.subject,
            folder=self._folder,
            threads=threads,
            lap=lap,
            warm_up=warm_up,
            texts=texts,
            # Once is enough: without noise a row says the same each time.
            listen=lap == 0 and threads == self._most_threads and self._settings.judged,
        )


def _visit(task: str, job: Job) -> Visit:
    try:
        return _ask(task, job, Visit)
    except EdgeError as error:
        return _nothing(job, failed=str(error))


def _nothing(job: Job, skipped: str = "", failed: str = "") -> Visit:
    return Visit(
        row=job.row, subject=job.subject, threads=job.threads, lap=job.lap, skipped=skipped, failed=failed
    )


def _ask(task: str, request: object, answer: type[T]) -> T:
    """Has a process of its own do a task.

    Raises:
        EdgeError: it ended without an answer; the message has its last words.
    """
    command = [sys.executable, "-m", "edge.bench", task, str(time.monotonic())]
    try:
        done = subprocess.run(
            command,
            input=wire.encode(request),
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise EdgeError(f"no answer within {PATIENCE} s") from error
    if done.returncode < 0:
        raise EdgeError(f"its process died of {signal.Signals(-done.returncode).name}")
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
        raise EdgeError(last[0])
    return wire.decode(done.stdout, answer)


@contextmanager
def _bar(console: Console, total: int) -> Iterator[Step]:
    """A bar of so many steps; call what it gives at the beginning of each."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total, completed=-1)
        yield lambda what: progress.update(task, description=what, advance=1)
