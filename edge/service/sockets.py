"""The sockets that the daemon listens on, and who may use them."""

from __future__ import annotations

import os
import socket
import stat
import struct
from pathlib import Path

from edge.errors import DaemonError

SOCKET_MODE = 0o660

CREDENTIALS = struct.Struct("3i")
"""Process, user and group. Source: unix(7), `struct ucred`."""
SO_PEERGROUPS = 59
"""Source: Linux, include/uapi/asm-generic/socket.h; Python has no name for it."""
LONGEST_OPTION = 1024
"""Bytes that Python's `getsockopt` can take: 256 groups."""


def refuse_live_socket(path: Path) -> None:
    """Makes sure that nobody listens at `path`; a socket file that a dead daemon left is removed.

    Raises:
        DaemonError: a daemon answers there, or the path is something else than a socket.
    """
    try:
        is_socket = stat.S_ISSOCK(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise _untried(path, error) from error
    if not is_socket:
        message = f"{path} exists and is not a socket; it is left alone. Choose another --socket."
        raise DaemonError(message)
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError as error:
            raise _untried(path, error) from error
    message = f"A daemon is listening on {path} already. Stop it first, or choose another --socket."
    raise DaemonError(message)


def _untried(path: Path, error: OSError) -> DaemonError:
    return DaemonError(f"The socket {path} cannot be tried: {error.strerror or error}. Choose another --socket.")


def bind(path: Path) -> socket.socket:
    """A socket at `path`, for its owner and group only.

    Raises:
        DaemonError: the path cannot be used.
    """
    listener = socket.socket(socket.AF_UNIX)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The mode is set by bind itself: between bind and a chmod anybody could connect.
        before = os.umask(0o777 & ~SOCKET_MODE)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
    except OSError as error:
        listener.close()
        message = f"The daemon cannot listen on {path}: {error.strerror or error}. Choose another --socket."
        raise DaemonError(message) from error
    return listener


def bind_tcp(address: str) -> socket.socket:
    """A socket at `address`, `HOST:PORT`; an IPv6 host stands in brackets.

    Raises:
        DaemonError: the address cannot be used.
    """
    host, _, port = address.rpartition(":")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        # A daemon that is started again need not wait until the kernel forgets the last one's connections.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        message = (
            f"The daemon cannot listen on the TCP address {address}: {reason}. Choose another --tcp; "
            "under melo-edge.service, which has no network, put ListenStream= into melo-edge.socket instead."
        )
        raise DaemonError(message) from error
    return listener


def may_speak(client: socket.socket) -> bool:
    """Whether the peer of a connection is root, our own user or a member of the socket's group.

    The file's mode says the same, and the kernel keeps to it. This is the second lock, for a mode that somebody
    loosened. A TCP peer has no credentials: who reaches that socket may speak.
    """
    if client.family != socket.AF_UNIX:
        return True
    _, user, group = CREDENTIALS.unpack(client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))
    return user in {0, os.geteuid()} or _group_of(client.getsockname()) in {group, *_groups(client)}


def _groups(client: socket.socket) -> tuple[int, ...]:
    """The peer's supplementary groups when it connected; none when there are more than 256, or it is gone."""
    try:
        groups = client.getsockopt(socket.SOL_SOCKET, SO_PEERGROUPS, LONGEST_OPTION)
    except OSError:
        return ()
    return struct.unpack(f"{len(groups) // 4}I", groups)


def _group_of(path: str) -> int | None:
    """The socket file's group; None when it has none that could be seen."""
    try:
        return Path(path).stat().st_gid
    except (OSError, ValueError):
        return None
