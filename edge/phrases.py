"""The phrase cache: what was said once is said again at once.

Three places, asked in this order: memory, the phrases that came with the voice, a folder on disk. The thread that
speaks reads from them, and never waits for a write: an SD card can block for seconds, so a thread of its own writes.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import threading
import time
import unicodedata
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import edge
from edge.phrase_files import Pcm, PhraseFolder, unpack
from edge.text.cleaning import clean
from edge.text.inline import outside

_log = logging.getLogger(__name__)

PENDING_BYTES = 4 << 20
"""Most PCM that waits to be written, a minute and a half of it; what comes then is not written."""
PENDING_JOBS = 256
"""As many phrases as may wait, whatever their size."""
TOUCH_SECONDS = 3600.0
"""How often a phrase that is in memory is marked on disk as wanted: each time would wear a memory card."""
CLOSE_SECONDS = 0.5
"""How long the end waits for what is not written yet."""


@dataclass(frozen=True)
class Phrase:
    """One sentence and everything in a request that changes its sound. Equal phrases sound alike."""

    text: str
    speed: float
    speaker: int
    seed: int | None

    @classmethod
    def of(cls, sentence: str, *, speed: float = 1.0, speaker: int = 0, seed: int | None = None) -> Phrase:
        """The phrase of `sentence`, whatever white space and code points it is written with.

        Speak `text` of the phrase and not `sentence`, so that nothing but the key decides the sound.
        """
        # No-break spaces stay: "10 000" with one is one number.
        text = re.sub("[ \n]+", " ", outside(clean, unicodedata.normalize("NFC", sentence))).strip(" ")
        return cls(text, speed, speaker, seed)

    def key(self, voice: str) -> str:
        """64 hexadecimal digits that no other phrase has, nor this one with another `voice`."""
        fields = json.dumps([voice, self.text, float(self.speed), self.speaker, self.seed])
        return hashlib.sha256(fields.encode()).hexdigest()


@dataclass(frozen=True)
class CacheStats:
    """What the cache did since it was made, and what is in it."""

    hits: int
    misses: int
    memory_entries: int
    memory_bytes: int
    disk_entries: int
    disk_bytes: int


class PhraseCache:
    """The phrases of one voice. Any thread may call; nothing raises because of a disk."""

    def __init__(
        self,
        voice: str,
        sample_rate: int,
        *,
        memory_bytes: int,
        folder: Path | None = None,
        disk_bytes: int = 0,
        ready: Mapping[str, Path | bytes] | None = None,
    ) -> None:
        """Starts the thread that writes, if there is to be a folder.

        Args:
            voice: `Manifest.sound`, which says what the voice sounds like.
            sample_rate: of the voice, Hz.
            memory_bytes: most PCM to keep in memory; 0: none.
            folder: where to keep phrases on disk; it is made. None: nowhere.
            disk_bytes: most bytes of files to keep there; 0: nowhere.
            ready: the voice's own phrases, as `Bundle.phrases` gives them.
        """
        self._voice = voice
        # Another release may read a text otherwise. What came with the voice is the voice's, and stays.
        self._voice_here = f"{voice} melo-edge {edge.__version__}"
        self._ready = ready or {}
        self._memory = _Memory(memory_bytes)
        self._disk = _Disk.open(folder, disk_bytes, sample_rate) if folder is not None and disk_bytes > 0 else None
        self._hits = self._misses = 0
        self._lock = threading.Lock()
        """Guards the memory and the counters; not held while a file is read."""

    def get(self, phrase: Phrase) -> Pcm | None:
        """The sound of `phrase` as it was put, int16 `(n,)`, not to be written to; None: not known."""
        with self._lock:
            kept = self._memory.get(phrase)
        pcm = kept.pcm if kept is not None else self._read(phrase)
        if kept is not None and self._disk is not None and kept.is_due():
            self._disk.touch(phrase.key(self._voice_here))
        with self._lock:
            self._hits += pcm is not None
            self._misses += pcm is None
            if kept is None and pcm is not None:
                self._memory.put(phrase, pcm)
        return pcm

    def put(self, phrase: Phrase, pcm: Pcm) -> None:
        """Keeps `pcm`, the whole sound of `phrase` at full volume, int16 `(n,)`. Returns at once."""
        if not pcm.size:
            return
        own = pcm.copy()
        with self._lock:
            self._memory.put(phrase, own)
        if self._disk is not None:
            self._disk.write(phrase.key(self._voice_here), own)

    @property
    def stats(self) -> CacheStats:
        """As of now; the disk's as of the last write of this process."""
        entries, size = (0, 0) if self._disk is None else self._disk.usage
        with self._lock:
            return CacheStats(self._hits, self._misses, len(self._memory), self._memory.bytes, entries, size)

    def close(self) -> None:
        """Gives what waits to be written half a second; afterwards nothing is written to the disk."""
        if self._disk is not None:
            self._disk.close()

    def _read(self, phrase: Phrase) -> Pcm | None:
        pcm = self._read_ready(phrase)
        if pcm is None and self._disk is not None:
            pcm = self._disk.read(phrase.key(self._voice_here))
        if pcm is not None:
            pcm.setflags(write=False)
        return pcm

    def _read_ready(self, phrase: Phrase) -> Pcm | None:
        key = phrase.key(self._voice)
        content = self._ready.get(key)
        if isinstance(content, Path):
            try:
                content = content.read_bytes()
            except OSError:  # the bundle was replaced under a running daemon
                return None
        return None if content is None else unpack(key, content)


@dataclass
class _Kept:
    pcm: Pcm
    touched: float
    """When the phrase was last marked on disk as wanted, seconds of the monotonic clock."""

    def is_due(self) -> bool:
        """Tells whether it is time to mark it again, and takes it for done."""
        now = time.monotonic()
        due = now - self.touched >= TOUCH_SECONDS
        if due:
            self.touched = now
        return due


class _Memory:
    """The phrases that were wanted last, up to a size."""

    def __init__(self, max_bytes: int) -> None:
        self.bytes = 0
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Phrase, _Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, phrase: Phrase) -> _Kept | None:
        if phrase in self._kept:
            self._kept.move_to_end(phrase)
        return self._kept.get(phrase)

    def put(self, phrase: Phrase, pcm: Pcm) -> None:
        pcm.setflags(write=False)
        old = self._kept.pop(phrase, None)
        self.bytes -= 0 if old is None else old.pcm.nbytes
        if pcm.nbytes > self._max_bytes:
            return
        self._kept[phrase] = _Kept(pcm, time.monotonic())
        self.bytes += pcm.nbytes
        while self.bytes > self._max_bytes:
            self.bytes -= self._kept.popitem(last=False)[1].pcm.nbytes


class _Disk:
    """A folder that is read at once and written to by a thread. Its first failure is a warning, the others nothing."""

    def __init__(self, folder: PhraseFolder) -> None:
        self._folder = folder
        self._warned = False
        self._jobs: deque[tuple[int, Callable[[], None]]] = deque([(0, folder.tidy)])
        self._pending = 0
        self._closed = False
        self._changed = threading.Condition()
        """Guards the jobs, their size and `_closed`; not held while a job is done."""
        self._thread = threading.Thread(target=self._work, name="phrases", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, path: Path, max_bytes: int, sample_rate: int) -> _Disk | None:
        """None, and a warning, if the folder cannot be used."""
        try:
            return cls(PhraseFolder(path, max_bytes, sample_rate))
        except OSError as error:
            _warn(path, error)
            return None

    @property
    def usage(self) -> tuple[int, int]:
        """Entries and bytes."""
        return self._folder.entries, self._folder.bytes

    def read(self, key: str) -> Pcm | None:
        try:
            pcm = self._folder.read(key)
        except OSError as error:
            self._failed(error)
            return None
        if pcm is not None:
            self.touch(key)
        return pcm

    def touch(self, key: str) -> None:
        self._later(partial(self._folder.touch, key), 0)

    def write(self, key: str, pcm: Pcm) -> None:
        self._later(partial(self._folder.write, key, pcm), pcm.nbytes)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(CLOSE_SECONDS)

    def _later(self, job: Callable[[], None], size: int) -> None:
        """Has the thread do `job`, unless too much waits already."""
        with self._changed:
            if not self._closed and self._pending + size <= PENDING_BYTES and len(self._jobs) < PENDING_JOBS:
                self._pending += size
                self._jobs.append((size, job))
                self._changed.notify()

    def _work(self) -> None:
        while (todo := self._next()) is not None:
            size, job = todo
            try:
                job()
            except OSError as error:
                self._failed(error)
            finally:
                with self._changed:
                    self._pending -= size

    def _next(self) -> tuple[int, Callable[[], None]] | None:
        """The oldest job; None when there is none and will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._closed)
            return self._jobs.popleft() if self._jobs else None

    def _failed(self, error: OSError) -> None:
        if not self._warned:
            self._warned = True
            _warn(self._folder.path, error)


def _warn(path: Path, error: OSError) -> None:
    _log.warning(
        "phrases cannot be kept in %s: %s. Speech goes on without; make room there or let the daemon write there, "
        "or switch the disk cache off",
        path,
        error.strerror,
    )
