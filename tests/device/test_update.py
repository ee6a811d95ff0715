"""Another voice, and back."""

from __future__ import annotations

from tests.device.conftest import Device

SENTENCE = "Whose voice is this?"


def voice(device: Device) -> str:
    with device.connect() as line:
        return str(line.ask("status", "status")["voice"])


def test_to_another_voice_and_back(device: Device) -> None:
    device.speaks(SENTENCE)
    device.machine.run("melo-edge", "bundle", "install", "--use", "/media/voice")
    assert voice(device) == "melo"
    device.card.forget()
    device.speaks("¿De quién es esta voz?")
    device.machine.power_off()
    device.machine.boot()
    assert voice(device) == "melo"
    device.machine.run("melo-edge", "bundle", "rollback")
    assert voice(device) == "joe"
    device.card.forget()
    device.speaks(SENTENCE)


def test_a_damaged_voice_is_refused_and_the_old_one_speaks_on(device: Device) -> None:
    process = device.process
    device.machine.run("sh", "-c", "cp -r /media/voice /var/tmp/voice && echo >> /var/tmp/voice/voice.ts")
    refused = device.machine.attempt("melo-edge", "bundle", "install", "--use", "/var/tmp/voice")
    assert refused.returncode == 1
    assert "voice.ts" in refused.stdout
    assert (voice(device), device.process) == ("joe", process)
    device.speaks(SENTENCE)


def test_the_plug_pulled_during_an_update(device: Device) -> None:
    update = "systemd-run --no-block melo-edge bundle install --use /media/voice"
    device.machine.run("sh", "-c", update)
    device.machine.until(
        lambda: bool(list((device.machine.root / "var/lib/melo-edge/voices").glob(".*"))), "the bundle is unpacked"
    )
    device.machine.pull_the_plug()
    device.machine.boot()
    assert voice(device) in {"joe", "melo"}
    device.speaks(SENTENCE)
