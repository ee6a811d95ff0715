"""Where things are on a device."""

from __future__ import annotations

import os
from pathlib import Path

SYSTEM_SOCKET = Path("/run/melo-edge/tts.sock")
SYSTEM_STORE = Path("/var/lib/melo-edge/voices")
SYSTEM_VOICE = SYSTEM_STORE / "default"
SYSTEM_CONFIG = Path("/etc/melo-edge/config.toml")
SYSTEM_CACHE = Path("/var/cache/melo-edge")


def voice_path() -> Path:
    """The bundle to speak with: `$MELO_EDGE_VOICE`, else the system's."""
    return Path(os.environ.get("MELO_EDGE_VOICE", SYSTEM_VOICE))


def user_socket() -> Path | None:
    """The socket of a user's own daemon; None without a session."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return Path(runtime) / "melo-edge" / "tts.sock" if runtime else None


def socket_to_connect() -> Path:
    """`$MELO_EDGE_SOCKET`, else the user's own daemon if it listens, else the system's."""
    if "MELO_EDGE_SOCKET" in os.environ:
        return Path(os.environ["MELO_EDGE_SOCKET"])
    own = user_socket()
    return own if own is not None and own.exists() else SYSTEM_SOCKET


def socket_to_listen() -> Path:
    """The system's for root, else the user's own."""
    own = user_socket()
    return SYSTEM_SOCKET if os.geteuid() == 0 or own is None else own


def config_file() -> Path | None:
    """The configuration of a user's own daemon, else the system's; None when there is neither."""
    own = [] if os.geteuid() == 0 else [_user_folder("XDG_CONFIG_HOME", ".config") / "melo-edge" / "config.toml"]
    return next((path for path in (*own, SYSTEM_CONFIG) if path.exists()), None)


def lexicons() -> list[Path]:
    """Where words that are to be said otherwise may stand, the system's first: beside the configuration."""
    if os.environ.get("MELO_EDGE_CONFIG"):
        return [Path(os.environ["MELO_EDGE_CONFIG"]).parent / "lexicon.toml"]
    own = [] if os.geteuid() == 0 else [_user_folder("XDG_CONFIG_HOME", ".config") / "melo-edge" / "lexicon.toml"]
    return [SYSTEM_CONFIG.with_name("lexicon.toml"), *own]


def phrase_folder() -> Path:
    """Where spoken phrases are kept: the folder that systemd made, else the system's for root, else the user's own."""
    if "CACHE_DIRECTORY" in os.environ:
        return Path(os.environ["CACHE_DIRECTORY"])
    return SYSTEM_CACHE if os.geteuid() == 0 else _user_folder("XDG_CACHE_HOME", ".cache") / "melo-edge" / "phrases"


def text_folder() -> Path:
    """Where a text frontend keeps what it packed of an installed language package: beside the phrases."""
    if "CACHE_DIRECTORY" in os.environ or os.geteuid() == 0:
        return phrase_folder() / "text"
    return _user_folder("XDG_CACHE_HOME", ".cache") / "melo-edge" / "text"


def _user_folder(variable: str, usual: str) -> Path:
    """Source: the XDG Base Directory Specification, which also says that an empty variable is as good as none."""
    return Path(os.environ.get(variable) or Path.home() / usual)
