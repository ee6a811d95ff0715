"""What the kernel tells of the processor's heat, and of what it does about it."""

from __future__ import annotations

from pathlib import Path

SYS = Path("/sys")

ZONES = ("cpu", "soc", "pkg")
"""One of these is in the name of the thermal zone of a processor: `cpu-thermal` on a Raspberry Pi, `x86_pkg_temp`."""

FIRMWARE = "devices/platform/soc/soc:firmware/get_throttled"
"""The Raspberry Pi's own word: the file is hexadecimal, as `vcgencmd get_throttled` prints it."""
REASONS = {0: "under-voltage", 1: "frequency-capped", 2: "throttled", 3: "soft-temperature-limit"}
"""By bit. Source: Raspberry Pi documentation, `vcgencmd get_throttled`. 16 bits higher: it has been since the start."""
SINCE_START = 16


def temperature(sys: Path = SYS) -> float | None:
    """The processor's hottest zone, °C; None where the kernel does not tell."""
    zones = (zone for zone in sys.glob("class/thermal/thermal_zone*") if _is_of_processor(zone))
    readings = (_number(zone / "temp") for zone in zones)
    return max((reading / 1000 for reading in readings if reading is not None), default=None)


def throttling(sys: Path = SYS) -> dict[str, bool] | None:
    """Why the processor runs slower than it could, each reason with whether it holds now; None: it is not told."""
    firmware = _number(sys / FIRMWARE, 16)
    if firmware is not None:
        return {reason: bool(firmware >> bit & 1) for bit, reason in REASONS.items()}
    return _capped(sys)


def throttled_before(sys: Path = SYS) -> dict[str, bool] | None:
    """Which of the reasons has held since the machine started; only a Raspberry Pi tells."""
    firmware = _number(sys / FIRMWARE, 16)
    if firmware is None:
        return None
    return {reason: bool(firmware >> bit + SINCE_START & 1) for bit, reason in REASONS.items()}


def _capped(sys: Path) -> dict[str, bool] | None:
    """Elsewhere: whether the kernel, as it does with a hot processor, lowered the highest frequency that it may use."""
    folder = sys / "devices/system/cpu/cpu0/cpufreq"
    allowed, possible = _number(folder / "scaling_max_freq"), _number(folder / "cpuinfo_max_freq")
    return None if allowed is None or possible is None else {"frequency-capped": allowed < possible}


def _is_of_processor(zone: Path) -> bool:
    kind = _text(zone / "type") or ""
    return any(name in kind for name in ZONES)


def _number(path: Path, base: int = 10) -> int | None:
    text = _text(path)
    return None if text is None else int(text, base)


def _text(path: Path) -> str | None:
    """A small file's contents; None when it cannot be read, as a zone's that is switched off."""
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return None
