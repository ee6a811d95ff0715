"""Does a bundle speak? Asked in a process of its own: what kills that one costs nobody the voice."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

import edge
from edge import runtime
from edge.errors import BundleError, EdgeError

SENTENCE = "One, two, three."
"""In letters and words that a voice of any language makes something of."""

PATIENCE_SECONDS = 300
"""Importing torch from a slow SD card and loading a large voice takes a Raspberry Pi 4 tens of seconds."""

QUIET = 0.01
"""Of full scale: a voice whose loudest sample is below says nothing. Bundles bring speech near 0.8."""

USER = "melo-edge"
"""Whose daemon it is. It has no rights, so a bundle that is looked at has none, and what it cannot read is found."""


class _Account(TypedDict, total=False):
    user: str
    group: str
    extra_groups: list[str]
    env: dict[str, str]


def check_apart(folder: Path, *, as_daemon: bool = False) -> None:
    """`check` in a new process; `as_daemon`: with the rights of the daemon's user, if there is one.

    Raises:
        BundleError: the bundle does not speak, or not as it should, or the process dies or hangs.
    """
    command = [sys.executable, "-m", "edge.update.health", str(folder.absolute())]
    account = _account() if as_daemon else _Account()
    # `-m` looks into the working directory first: this is where we come from ourselves, wherever we were called.
    home = Path(edge.__file__).parents[1]
    try:
        done = subprocess.run(
            command, cwd=home, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False, **account
        )
    except subprocess.TimeoutExpired as error:
        message = f"The voice does not speak within {PATIENCE_SECONDS} s."
        raise BundleError(message) from error
    if done.returncode:
        raise BundleError(_why(done))


def _why(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        return f"The voice does not speak: the process that loads it dies of {name}."
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"The voice does not speak: its process ended with status {done.returncode}."


def _account() -> _Account:
    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        return _Account()
    # Nor is root's home, where caches would be, any place for it.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return _Account(user=USER, group=USER, extra_groups=[], env=environment | {"HOME": entry.pw_dir})


def check(folder: Path) -> None:
    """Loads a bundle and has it speak into nothing.

    Raises:
        EdgeError: it cannot be loaded, or does not speak.
    """
    import numpy as np

    from edge.speech import Voice
    from edge.voice.fingerprint import fingerprint

    voice = Voice.load(folder)
    utterance = voice.manifest.utterance
    if utterance is None:
        # An older melo-edge built it: nobody knows how it should sound.
        pcm = voice.synthesize(SENTENCE, seed=0, cache=False)
    else:
        voice.prepare(utterance.text)
        pcm = voice.say_phonemes(utterance.phonemes, utterance.seed)
    if np.abs(pcm.astype(int)).max(initial=0) < QUIET * 32768:
        message = "The voice does not speak: it loads, but nothing is heard."
        raise BundleError(message)
    if utterance is not None:
        _compare(utterance.fingerprint, fingerprint(pcm, voice.sample_rate))


def _compare(expected: tuple[str, ...], heard: tuple[str, ...]) -> None:
    from edge.voice.fingerprint import TOLERANCE_DB, distance_db

    distance = distance_db(expected, heard)
    if not distance <= TOLERANCE_DB:
        message = (
            f"The voice does not sound as it did when it was built: {distance:.1f} dB off, of which {TOLERANCE_DB:g} "
            "are allowed. Build it again, or tell the makers of melo-edge what processor this is."
        )
        raise BundleError(message)


def main(folder: str) -> int:
    """Exit status 0 for a bundle that speaks; else the reason goes to standard error."""
    runtime.prepare()
    try:
        check(Path(folder))
    except EdgeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
