"""Whatever ends the daemon, systemd has it speak again."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.device.conftest import Device

SENTENCE = "Here I am again."
MEGABYTE = 1_000_000

LIMIT_V1 = "memory/system.slice/melo-edge.service/memory.limit_in_bytes"
LIMIT_V2 = "system.slice/melo-edge.service/memory.max"


@contextlib.contextmanager
def recovery(device: Device, facts: dict[str, Any], fault: str) -> Iterator[None]:
    """What happens inside ends the daemon; waits until it is back, notes how long that took, and has it speak."""
    begun = time.monotonic()
    yield
    device.machine.until(device.is_restarted, "the daemon is restarted")
    facts.setdefault("recovery_seconds", {})[fault] = time.monotonic() - begun
    device.speaks(SENTENCE)


@pytest.mark.parametrize("signal", ["KILL", "SEGV", "TERM"])
def test_ended_by_a_signal(device: Device, facts: dict[str, Any], signal: str) -> None:
    with recovery(device, facts, f"SIG{signal}"):
        device.machine.run("sh", "-c", f"kill -{signal} {device.process}")


def test_hanging(device: Device, facts: dict[str, Any]) -> None:
    with recovery(device, facts, "SIGSTOP: it hangs, and the watchdog ends it"):
        device.machine.run("sh", "-c", f"kill -STOP {device.process}")
    told = device.machine.journal("UNIT=melo-edge.service")
    assert any("Watchdog timeout" in entry["MESSAGE"] for entry in told)


def test_grown_beyond_its_memory(device: Device, facts: dict[str, Any]) -> None:
    if not _is_limited(device):
        pytest.skip("!!! MemoryMax IS NOT TESTED: this machine lends a container no memory controller")
    device.machine.write("/etc/melo-edge/config.toml", "max_text = 100_000_000\nmax_line = 1_000_000_000\n")
    device.machine.run("systemctl", "restart", "melo-edge.service")
    with recovery(device, facts, "a request that takes more memory than `MemoryMax`"), device.connect() as line:
        _send_endless_line(line.socket)
        assert line.rest() == []
    told = device.machine.journal("UNIT=melo-edge.service")
    assert any(entry.get("EXIT_CODE") == "killed" and entry.get("EXIT_STATUS") == "9" for entry in told), told[-5:]


def _is_limited(device: Device) -> bool:
    """Whether the kernel knows of the unit's limit: in cgroup v1's file, or v2's."""
    files = [f"/sys/fs/cgroup/{file}" for file in (LIMIT_V1, LIMIT_V2)]
    limit = device.machine.properties("MemoryMax")["MemoryMax"]
    return limit in device.machine.attempt("cat", *files).stdout.split()


def _send_endless_line(line: Any) -> None:
    begin, _ = json.dumps({"type": "say", "data": {"text": "|"}}).encode().split(b"|")
    with contextlib.suppress(ConnectionError):  # when it is gone
        line.sendall(begin)
        for _ in range(950):
            line.sendall(b"a" * MEGABYTE)
        line.shutdown(1)


def test_the_plug_pulled_in_the_middle_of_a_word(device: Device) -> None:
    with device.connect() as line:
        line.say(SENTENCE)
        device.machine.until(device.is_heard, "something is heard")
        device.machine.pull_the_plug()
    device.machine.boot()
    device.speaks(SENTENCE)
