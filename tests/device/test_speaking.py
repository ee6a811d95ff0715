"""The installed device speaks, for those who may have it speak."""

from __future__ import annotations

import json

from tests.device.conftest import Device

SENTENCE = "The device speaks, and nobody had to log in."


def test_a_user_in_the_group_is_heard_bit_for_bit(device: Device) -> None:
    device.speaks(SENTENCE)
    assert device.card.recording()[0] == 22050


def test_one_line_through_a_socket_is_enough(device: Device) -> None:
    line = json.dumps({"type": "say", "data": {"text": SENTENCE}}) + "\n"
    command = "socat -t 60 - UNIX-CONNECT:/run/melo-edge/tts.sock | grep -m 1 finished"
    said = device.machine.run("sh", "-c", command, user="ann", stdin=line)
    assert json.loads(said)["type"] == "finished"
    assert device.card.recording()[1].any()


def test_a_user_outside_the_group_is_refused(device: Device) -> None:
    refused = device.machine.attempt("melo-edge", "say", SENTENCE, user="bob")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stdout
    assert "Permission denied" in refused.stdout or "group" in refused.stdout
    direct = device.machine.attempt("socat", "-u", "OPEN:/dev/null", "UNIX-CONNECT:/run/melo-edge/tts.sock", user="bob")
    assert direct.returncode == 1
    assert device.card.recording()[1].size == 0


def test_the_journal_tells_of_each_utterance_but_not_what_was_said(device: Device) -> None:
    device.speaks(SENTENCE)
    begun, ended = (
        device.machine.journal("--unit=melo-edge.service", f"MELO_EDGE_OUTCOME={outcome}")
        for outcome in ("started", "finished")
    )
    assert [len(begun), len(ended)] == [1, 1]
    assert begun[0]["MELO_EDGE_UTTERANCE"] == ended[0]["MELO_EDGE_UTTERANCE"]
    assert 0 < float(begun[0]["MELO_EDGE_FIRST_AUDIO"]) < 60
    heard = device.card.recording()[1].size / device.card.recording()[0]
    assert 0 < float(ended[0]["MELO_EDGE_SECONDS"]) <= heard
    assert SENTENCE not in json.dumps(device.machine.journal("--unit=melo-edge.service", "_COMM=melo-edge"))


def test_home_assistant_can_be_let_in(device: Device) -> None:
    example = "/usr/share/doc/melo-edge/examples/tcp.conf"
    drop_in = "/etc/systemd/system/melo-edge.socket.d/tcp.conf"
    device.machine.run("install", "-D", "-m", "644", example, drop_in)
    device.machine.run("systemctl", "daemon-reload")
    device.machine.run("systemctl", "restart", "melo-edge.socket", "melo-edge.service")
    answer = device.machine.run("socat", "-t", "60", "-", "TCP:127.0.0.1:10200", user="bob", stdin='{"type":"ping"}\n')
    assert json.loads(answer.splitlines()[0])["type"] == "pong"
