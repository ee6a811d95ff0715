"""Looks at everything that speech needs on this machine."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import edge
from edge import cpu, places
from edge.client import Client
from edge.errors import EdgeError, SoundCardError, TextError
from edge.service.audio import chatter
from edge.text import Frontend
from edge.voice import Bundle, open_bundle

PACKAGES = ("torch", "numpy", "soundfile", "soxr", "pyaudio", "systemd-python")


EXTRAS = ("es", "en", "fr", "zh", "jp", "kr")
"""Of the languages of MeloTTS voices. A bundle brings most of what the first three need on a device."""


ALPHABETS = {
    "Latin": "Zürich", "Greek": "Αθήνα", "Cyrillic": "Москва", "Hebrew": "שלום", "Arabic": "سلام",
    "Devanagari": "नमस्ते", "Thai": "สวัสดี", "Chinese": "北京", "Japanese": "こんにちは", "Korean": "안녕",
}  # fmt: skip
"""A word in each of those that most people write in."""


@dataclass(frozen=True)
class Finding:
    """One check's result, and what to do when it is not ok."""

    what: str
    ok: bool
    detail: str
    advice: str = ""


def examine(voice: Path, socket: Path) -> Iterator[Finding]:
    """Checks one thing after the other; no check depends on an earlier one's success."""
    yield _versions()
    yield _processor()
    yield _languages()
    yield _explained("voice", lambda: _voice(voice))
    yield _explained("sound card", _sound_card)
    yield _explained("daemon", lambda: _daemon(socket))


def _explained(what: str, check: Callable[[], Finding]) -> Finding:
    """Runs a check whose errors say what happened and what to do."""
    try:
        return check()
    except EdgeError as error:
        return Finding(what, ok=False, detail=str(error))


def _versions() -> Finding:
    found, missing = [f"melo-edge {edge.__version__}", f"Python {platform.python_version()}"], []
    for package in PACKAGES:
        try:
            found.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:  # noqa: PERF203  (five packages, once)
            missing.append(package)
    advice = f"Install what is missing: pip install {' '.join(missing)}" if missing else ""
    return Finding("versions", not missing, ", ".join(found), advice)


def _processor() -> Finding:
    features = ", ".join(cpu.features()) or "none"
    return Finding("processor", ok=True, detail=f"{cpu.model()}, {cpu.cores()} cores, integer features: {features}")


def _languages() -> Finding:
    """Which languages' extras are installed. None need be: whether the voice can be read is the next check."""
    missing = [name for name in EXTRAS if not _is_installed(name)]
    found = ", ".join(name for name in EXTRAS if name not in missing) or "none"
    rest = f'; not installed: {", ".join(missing)} (pip install "melo-edge[{",".join(missing)}]")' if missing else ""
    return Finding("languages", ok=True, detail=f"extras of MeloTTS voices installed: {found}{rest}")


def _is_installed(extra: str) -> bool:
    wanted = re.compile(rf"([\w.-]+).*extra == [\"']{extra}[\"']")
    packages = [found.group(1) for found in map(wanted.match, metadata.requires("melo-edge") or ()) if found]
    return bool(packages) and all(any(metadata.distributions(name=package)) for package in packages)


def _voice(path: Path) -> Finding:
    with open_bundle(path) as bundle:
        bundle.model()
        bundle.bert()
        read = bundle.reader()
        bundle.lexicon(*places.lexicons())
        return Finding("voice", ok=True, detail=f"{_describe(bundle)}; {_alphabets(read)}")


def _describe(bundle: Bundle) -> str:
    manifest = bundle.manifest
    bert = "" if manifest.bert is None else " and BERT"
    return (
        f"{manifest.name}, {manifest.language}, {manifest.sample_rate} Hz, {bundle.size / 1e6:.1f} MB, "
        f"text through {manifest.frontend}{bert}, every checksum right"
    )


def _alphabets(read: Frontend) -> str:
    """Which letters the voice says something of, be it in others, and which it leaves out of a text."""
    skipped = [name for name, word in ALPHABETS.items() if not _has_sound(read, word)]
    said = [name for name in ALPHABETS if name not in skipped]
    return f"letters said: {', '.join(said)}" + (f"; skipped: {', '.join(skipped)}" if skipped else "")


def _has_sound(read: Frontend, word: str) -> bool:
    try:
        return bool(read(word).symbols)
    except TextError:
        return False


def sound_card_name() -> str | None:
    """PortAudio's default output; None when it finds none.

    Raises:
        SoundCardError: PyAudio is not installed.
    """
    try:
        import pyaudio
    except ImportError as error:
        message = (
            f"PyAudio cannot be imported: {error}. "
            "apt install portaudio19-dev, then pip install pyaudio; or apt install python3-pyaudio."
        )
        raise SoundCardError(message) from error
    chatter.silence()
    portaudio = pyaudio.PyAudio()
    try:
        return str(portaudio.get_default_output_device_info()["name"])
    except OSError:
        return None
    finally:
        portaudio.terminate()


def _sound_card() -> Finding:
    name = sound_card_name()
    if name is None:
        return Finding("sound card", ok=False, detail="PortAudio finds none", advice=_card_advice())
    return Finding("sound card", ok=True, detail=f"default is {name}")


def _card_advice() -> str:
    cards = Path("/proc/asound/cards")
    if cards.exists() and "no soundcards" not in cards.read_text(encoding="utf-8"):
        return "The kernel has one. Join the group audio (sudo usermod -aG audio $USER) and log in again."
    return "Plug one in, or enable the board's (on a Raspberry Pi: dtparam=audio=on). Without one: serve --output FILE."


def _daemon(socket: Path) -> Finding:
    with Client(socket) as client:
        status = client.status()
    detail = f"{socket}: {status['state']}, voice {status['voice']}"
    if status["fallback"] is not None:
        advice = "Take the voice in again: melo-edge bundle install."
        return Finding("daemon", ok=False, detail=f"{detail}, because {status['fallback']}", advice=advice)
    return Finding("daemon", ok=True, detail=detail)
