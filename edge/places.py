"""Where things are on a device."""

from __future__ import annotations

import os
from pathlib import Path

SYSTEM_SOCKET = Path("/run/melo-edge/tts.sock")
SYSTEM_VOICE = Path("/var/lib/melo-edge/voices/default")


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
    """`$MELO_EDGE_SOCKET`, else the system's for root, else the user's own."""
    if "MELO_EDGE_SOCKET" in os.environ:
        return Path(os.environ["MELO_EDGE_SOCKET"])
    own = user_socket()
    return SYSTEM_SOCKET if os.geteuid() == 0 or own is None else own
