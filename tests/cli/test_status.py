"""`melo-edge status`, for people, programs and Prometheus."""

from __future__ import annotations

import json
import re

from prometheus_client.parser import text_string_to_metric_families

from tests.daemons import Daemon, assert_explained, melo_edge


def shown(daemon: Daemon, *arguments: str) -> str:
    done = melo_edge("status", "--socket", daemon.socket, *arguments)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_people_get_a_table(daemon: Daemon) -> None:
    with daemon.connect() as line:
        line.until("finished", of=line.say("Hello."))
    rows = dict(line.split("  ", maxsplit=1) for line in shown(daemon).splitlines())
    rows = {name: value.strip() for name, value in rows.items()}
    assert rows["state"] == "idle, 0 waiting"
    assert rows["voice"] == "joe, en_US, 22050 Hz"
    assert re.fullmatch("joe-[0-9a-f]{12}", rows["bundle"])
    assert "finished" in rows["utterances"]
    assert rows["first audio"].startswith("median 0.")
    assert rows["real-time factor"].startswith("median 0.")
    assert rows["memory"].endswith(" MB")
    assert all(rows.values())


def test_programs_get_json(daemon: Daemon) -> None:
    status = json.loads(shown(daemon, "--json"))
    assert (status["state"], status["voice"]) == ("idle", "joe")


def test_prometheus_gets_its_text_format(daemon: Daemon) -> None:
    names = {family.name for family in text_string_to_metric_families(shown(daemon, "--prometheus"))}
    assert {"melo_edge_queue_depth", "melo_edge_utterances", "process_resident_memory_bytes"} < names


def test_only_one_of_them(daemon: Daemon) -> None:
    assert_explained(melo_edge("status", "--json", "--prometheus"), "not allowed with", status=2)
