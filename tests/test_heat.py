"""What is read from a tree of files such as the kernel's."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge import heat


def tell(sys: Path, **files: str) -> None:
    for name, text in files.items():
        path = sys / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="ascii")


def zone(sys: Path, number: int, kind: str, millidegrees: int) -> None:
    folder = sys / "class" / "thermal" / f"thermal_zone{number}"
    tell(folder, type=kind, temp=str(millidegrees))


def firmware(sys: Path, bits: str) -> None:
    path = sys / heat.FIRMWARE
    path.parent.mkdir(parents=True)
    path.write_text(f"{bits}\n", encoding="ascii")


def cpufreq(sys: Path, allowed: int, possible: int) -> None:
    folder = sys / "devices" / "system" / "cpu" / "cpu0" / "cpufreq"
    tell(folder, scaling_max_freq=str(allowed), cpuinfo_max_freq=str(possible))


def test_a_kernel_that_tells_nothing(tmp_path: Path) -> None:
    assert (heat.temperature(tmp_path), heat.throttling(tmp_path), heat.throttled_before(tmp_path)) == (None,) * 3


def test_the_hottest_zone_of_the_processor_counts(tmp_path: Path) -> None:
    zone(tmp_path, 0, "acpitz", 90_000)
    assert heat.temperature(tmp_path) is None
    zone(tmp_path, 1, "cpu-thermal", 51_540)
    zone(tmp_path, 2, "x86_pkg_temp", 48_000)
    assert heat.temperature(tmp_path) == 51.54
    (tmp_path / "class" / "thermal" / "thermal_zone1" / "temp").unlink()
    assert heat.temperature(tmp_path) == 48.0


@pytest.mark.parametrize(
    ("bits", "now", "before"),
    [
        ("0", [], []),
        ("50005", ["under-voltage", "throttled"], ["under-voltage", "throttled"]),
        ("80000", [], ["soft-temperature-limit"]),
        ("0x20002", ["frequency-capped"], ["frequency-capped"]),
    ],
)
def test_a_raspberry_pi_tells_why(tmp_path: Path, bits: str, now: list[str], before: list[str]) -> None:
    cpufreq(tmp_path, 600_000, 1_800_000)  # the firmware's word counts
    firmware(tmp_path, bits)
    for reasons, holding in ((heat.throttling(tmp_path), now), (heat.throttled_before(tmp_path), before)):
        assert reasons is not None
        assert [reason for reason, holds in reasons.items() if holds] == holding
        assert len(reasons) == 4


def test_elsewhere_the_highest_frequency_tells(tmp_path: Path) -> None:
    cpufreq(tmp_path, 1_800_000, 1_800_000)
    assert heat.throttling(tmp_path) == {"frequency-capped": False}
    cpufreq(tmp_path, 1_200_000, 1_800_000)
    assert heat.throttling(tmp_path) == {"frequency-capped": True}
