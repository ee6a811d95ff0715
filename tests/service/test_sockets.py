"""Addresses to listen on. Who is served is in `test_daemon.py`, with a daemon."""

from __future__ import annotations

import socket

import pytest

from edge.errors import DaemonError
from edge.service.sockets import bind_tcp, may_speak


@pytest.mark.parametrize(("address", "family"), [("127.0.0.1:0", socket.AF_INET), ("[::1]:0", socket.AF_INET6)])
def test_an_address_of_either_kind_can_be_connected_to(address: str, family: socket.AddressFamily) -> None:
    try:
        listener = bind_tcp(address)
    except DaemonError as error:
        if family == socket.AF_INET6:
            pytest.skip(f"this machine has no IPv6: {error}")
        raise
    with listener:
        assert listener.family == family
        listener.listen()
        with socket.create_connection(listener.getsockname()[:2]), listener.accept()[0] as client:
            assert may_speak(client)


def test_a_restarted_daemon_gets_its_port_although_connections_linger() -> None:
    with bind_tcp("127.0.0.1:0") as listener:
        listener.listen()
        place = listener.getsockname()
        with socket.create_connection(place) as client:
            # Whoever closes first keeps the port for a minute, in TIME_WAIT.
            listener.accept()[0].close()
            client.recv(1)
    bind_tcp(f"{place[0]}:{place[1]}").close()


@pytest.mark.parametrize("address", ["no-such-host.invalid:1", "192.0.2.1:1"])
def test_an_address_that_cannot_be_is_told(address: str) -> None:
    with pytest.raises(DaemonError, match=address):
        bind_tcp(address)
