"""Sound cards come late, leave and come back."""

from __future__ import annotations

from tests.device.conftest import Device

SENTENCE = "There is a card again."


def waits_for_card(device: Device) -> bool:
    with device.connect() as line:
        return bool(line.ask("status", "status")["state"] == "waiting-for-card")


def test_a_card_that_comes_after_the_daemon_is_spoken_to(device: Device) -> None:
    device.machine.power_off()
    device.card.pull_out()
    device.machine.boot()
    with device.connect() as line:
        name = line.say(SENTENCE)
        device.machine.until(lambda: waits_for_card(device), "the daemon waits for the card")
        device.card.plug_in()
        assert line.until("finished", "failed", "cancelled", of=name)[-1] == "finished"
    device.speaks(SENTENCE)


def test_what_a_card_took_with_it_is_said_when_it_is_back(device: Device) -> None:
    with device.connect() as line:
        name = line.say(f"{SENTENCE} {SENTENCE}")
        assert line.until("started", of=name)[-1] == "started"
        device.machine.until(device.is_heard, "something is heard")
        device.card.pull_out()
        device.machine.until(lambda: waits_for_card(device), "the daemon waits for the card")
        device.card.plug_in()
        assert line.until("finished", "failed", "cancelled", of=name)[-1] == "finished"
    device.speaks(SENTENCE)
