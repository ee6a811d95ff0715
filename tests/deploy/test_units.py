"""The systemd units: systemd accepts them, and they keep the few lines that everything depends on."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from edge.places import SYSTEM_CACHE, SYSTEM_CONFIG, SYSTEM_VOICE

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = ("melo-edge.service", "melo-edge.socket")

HIGHEST_EXPOSURE = 2.0
"""Of 10, as `systemd-analyze security` counts."""


def settings(name: str) -> dict[str, list[str]]:
    """Every value of every key in a unit: systemd lets a key occur more than once, configparser does not."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in (DEPLOY / name).read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not key.startswith("#"):
            found[key].append(value)
    return found


def run(tool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    path = shutil.which(tool)
    if path is None:
        pytest.skip(f"{tool} is not installed: install Debian's package systemd to check the units")
    return subprocess.run([path, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def installed_units(tmp_path: Path) -> list[Path]:
    """Copies of the units whose program exists, as verify wants it to, with the drop-in for TCP."""
    program = tmp_path / "melo-edge"
    program.touch(mode=0o755)
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/usr/bin/melo-edge", str(program)), encoding="utf-8")
    (tmp_path / "melo-edge.socket.d").mkdir()
    shutil.copy(DEPLOY / "tcp.conf", tmp_path / "melo-edge.socket.d")
    return [tmp_path / name for name in UNITS]


def test_systemd_accepts_the_units(installed_units: list[Path]) -> None:
    verify = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *installed_units)
    assert (verify.returncode, verify.stderr) == (0, "")


def test_little_is_left_to_whoever_would_break_in() -> None:
    scored = run("systemd-analyze", "security", "--offline=true", "--no-pager", DEPLOY / "melo-edge.service")
    [exposure] = re.findall(r"Overall exposure level .*: ([0-9.]+) ", scored.stdout)
    assert float(exposure) <= HIGHEST_EXPOSURE


def test_systemd_accepts_the_user() -> None:
    assert run("systemd-sysusers", "--dry-run", DEPLOY / "melo-edge.sysusers.conf").returncode == 0


def test_the_user_that_is_made_runs_the_daemon_and_its_group_may_use_the_socket() -> None:
    assert "\nu melo-edge " in (DEPLOY / "melo-edge.sysusers.conf").read_text(encoding="utf-8")
    assert settings("melo-edge.service")["User"] == ["melo-edge"]
    assert settings("melo-edge.socket")["SocketGroup"] == ["melo-edge"]


def test_only_root_and_the_group_may_use_the_socket() -> None:
    socket = settings("melo-edge.socket")
    assert socket["ListenStream"] == ["/run/melo-edge/tts.sock"]
    assert socket["SocketMode"] == ["0660"]


def test_starts_at_boot_and_says_when_it_is_ready() -> None:
    service = settings("melo-edge.service")
    assert service["WantedBy"] == ["multi-user.target"]
    assert service["Also"] == ["melo-edge.socket"]
    assert service["Type"] == ["notify"]


def test_settings_are_the_files_and_can_be_reloaded() -> None:
    service = settings("melo-edge.service")
    assert service["ExecStart"] == ["/usr/bin/melo-edge serve"]
    assert f"\nd {SYSTEM_CONFIG.parent} " in (DEPLOY / "melo-edge.tmpfiles.conf").read_text(encoding="utf-8")
    assert f"/var/cache/{service['CacheDirectory'][0]}" == str(SYSTEM_CACHE)


def test_never_stays_down() -> None:
    service = settings("melo-edge.service")
    assert service["Restart"] == ["always"]
    assert service["StartLimitIntervalSec"] == ["0"]
    assert service["WatchdogSec"]


@pytest.mark.parametrize("unit", UNITS)
def test_waits_for_a_voice_and_not_for_a_whole_one(unit: str) -> None:
    """A link that leads nowhere any more is no reason to be silent: another voice speaks."""
    assert settings(unit)["ConditionPathIsSymbolicLink"] == [str(SYSTEM_VOICE)]


def test_torch_can_compile_its_kernels() -> None:
    assert "MemoryDenyWriteExecute" not in settings("melo-edge.service")


def test_programs_stay_read_only() -> None:
    """`ExecPaths=/usr` makes /usr a mount of its own, which systemd 252 leaves out of ProtectSystem=strict."""
    service = settings("melo-edge.service")
    assert service["ProtectSystem"] == ["strict"]
    assert "ExecPaths" not in service


def test_sees_the_sound_card_and_no_other_device() -> None:
    service = settings("melo-edge.service")
    assert "PrivateDevices" not in service
    assert service["SupplementaryGroups"] == ["audio"]
    assert service["DevicePolicy"] == ["closed"]
    assert service["DeviceAllow"] == ["char-116 rw"]  # by a name, a card that comes late would stay out of reach


def test_has_no_network() -> None:
    service = settings("melo-edge.service")
    assert service["PrivateNetwork"] == ["yes"]
    assert service["RestrictAddressFamilies"] == ["AF_UNIX"]
