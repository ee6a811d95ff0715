"""What a run was measured on, and how that machine fared meanwhile."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from edge import cpu

PACKAGES = ("torch", "numpy", "onnxruntime", "onnx", "piper-tts", "melo-edge")
LIMITS = ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "EDGE_INT8_ISA")
"""Variables that keep torch, oneDNN and the operator from what the processor has."""
SECONDS = 1.0
"""Between two looks at clocks and temperature."""

CLOCKS = "/sys/devices/system/cpu"
THERMAL = "/sys/class/thermal"
THROTTLED = "/sys/devices/platform/soc/soc:firmware/get_throttled"
"""A Raspberry Pi's own account: bits for under-voltage, a capped clock and throttling, now and since boot."""


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how. Clocks in MHz, temperatures in degrees Celsius; None: this machine does not tell."""

    model: str
    architecture: str
    features: tuple[str, ...]
    """Instructions that decide how fast INT8 can be."""
    paths: tuple[str, ...]
    """What the INT8 operator can use here, best first: the first is used."""
    limits: dict[str, str]
    """What was set to use less than that."""
    cores: int
    memory: int
    """Bytes."""
    system: str
    python: str
    versions: dict[str, str]
    virtual: bool
    """Whether the processor says that it is not the real one."""
    governor: str | None
    clock_lowest: float | None
    clock_median: float | None
    clock_limit: float | None
    """The highest that the processor may run at."""
    temperature_start: float | None
    temperature_highest: float | None
    throttled: str | None
    """What was throttled during the run, in words; empty: nothing."""
    others: float
    """Share of all cores that other programs took, 0 to 1, while the run's own were measured."""
    stolen: float
    """Share that the host of a virtual machine took."""

    def lines(self) -> list[str]:
        """For people."""
        what = f"{self.model}, {self.cores} cores, {', '.join(self.features) or 'no integer features'}"
        limits = "".join(f", {name}={value}" for name, value in self.limits.items())
        heat = "not told"
        if self.temperature_start is not None:
            heat = f"{self.temperature_start:.0f} °C at first, {self.temperature_highest:.0f} °C at most"
        throttled = "throttling not told" if self.throttled is None else self.throttled or "nothing throttled"
        virtual = " (virtual)" if self.virtual else ""
        return [
            f"{what}{virtual}, {self.memory / 1e9:.1f} GB; INT8 path {self.paths[0]}{limits}",
            f"{self.system}, Python {self.python}, {', '.join(f'{k} {v}' for k, v in self.versions.items())}",
            f"clock {_clock(self)}, governor {self.governor or 'not told'}; temperature {heat}; {throttled}",
            f"other programs took {self.others:.0%} of the cores, the host {self.stolen:.0%}",
        ]


def _clock(machine: Machine) -> str:
    if machine.clock_median is None:
        return "not told"
    limit = "" if machine.clock_limit is None else f", {machine.clock_limit:.0f} at most"
    return f"{machine.clock_median:.0f} MHz (median; {machine.clock_lowest:.0f} at least{limit})"


class _Times(NamedTuple):
    """Seconds since boot that all cores together were busy, and were another machine's."""

    total: float
    busy: float
    stolen: float

    @classmethod
    def now(cls) -> _Times:
        """proc(5), `stat`: user, nice, system, idle, iowait, irq, softirq, steal; guests are part of users."""
        ticks = os.sysconf("SC_CLK_TCK")
        fields = [int(f) / ticks for f in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
        return cls(sum(fields), sum(fields) - fields[3] - fields[4] - fields[7], fields[7])


class Watch:
    """Looks at the machine until it is told to stop."""

    def __init__(self) -> None:
        self._clocks: list[float] = []
        self._heat: list[float] = []
        self._done = threading.Event()
        self._throttle_counts = _throttle_counts()
        self._begun, self._own = _Times.now(), _own_seconds()

    def look(self) -> None:
        """Once a second, in a thread of its own."""
        while True:
            self._clocks += _clocks()
            self._heat += _temperatures()
            if self._done.wait(SECONDS):
                return

    def stop(self) -> None:
        """Has `look` return."""
        self._done.set()

    def machine(self) -> Machine:
        """What was seen."""
        from edge.int8 import operator

        now = _Times.now()
        elapsed = max(now.total - self._begun.total, 1e-9)
        clocks = sorted(self._clocks)
        return Machine(
            model=cpu.model(),
            architecture=platform.machine(),
            features=tuple(cpu.features()),
            paths=(os.environ.get("EDGE_INT8_ISA", ""),) if "EDGE_INT8_ISA" in os.environ else tuple(operator.isas()),
            limits={name: os.environ[name] for name in LIMITS if name in os.environ},
            cores=cpu.cores(),
            memory=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
            system=f"{_system()}, Linux {platform.release()}",
            python=platform.python_version(),
            versions={name: version for name in PACKAGES if (version := _version(name))},
            virtual="hypervisor" in Path("/proc/cpuinfo").read_text(encoding="utf-8"),
            governor=_read(f"{CLOCKS}/cpu0/cpufreq/scaling_governor"),
            clock_lowest=clocks[0] if clocks else None,
            clock_median=clocks[len(clocks) // 2] if clocks else None,
            clock_limit=_number(f"{CLOCKS}/cpu0/cpufreq/cpuinfo_max_freq", 1000),
            temperature_start=self._heat[0] if self._heat else None,
            temperature_highest=max(self._heat, default=None),
            throttled=_throttled(self._throttle_counts),
            others=max(0.0, now.busy - self._begun.busy - (_own_seconds() - self._own)) / elapsed,
            stolen=(now.stolen - self._begun.stolen) / elapsed,
        )


@contextmanager
def watching() -> Iterator[Watch]:
    """Watches while the context lasts."""
    watch = Watch()
    thread = threading.Thread(target=watch.look, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        watch.stop()
        thread.join()


def _own_seconds() -> float:
    """What this process and those that it has waited for have computed."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _clocks() -> list[float]:
    """MHz of each core."""
    paths = Path(CLOCKS).glob("cpu[0-9]*/cpufreq/scaling_cur_freq")
    clocks = [number for path in paths if (number := _number(path, 1000)) is not None]
    if clocks:
        return clocks
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return [float(line.split(":")[1]) for line in lines if line.startswith("cpu MHz")]


def _temperatures() -> list[float]:
    """The hottest zone, if there is one."""
    zones = [_number(path, 1000) for path in Path(THERMAL).glob("thermal_zone*/temp")]
    return [max(zone for zone in zones if zone is not None)] if any(zone is not None for zone in zones) else []


def _throttle_counts() -> int | None:
    """How often Intel's cores were throttled since boot."""
    counts = [_number(path, 1) for path in Path(CLOCKS).glob("cpu[0-9]*/thermal_throttle/*_throttle_count")]
    return int(sum(count for count in counts if count is not None)) if counts else None


def _throttled(before: int | None) -> str | None:
    bits = _read(THROTTLED)
    if bits is not None:
        return "" if int(bits, 16) == 0 else f"throttled or under-voltage: {bits} (vcgencmd get_throttled explains)"
    after = _throttle_counts()
    if after is None or before is None:
        return None
    return f"throttled {after - before} times" if after > before else ""


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _read(path: str | Path) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def _number(path: str | Path, unit: float) -> float | None:
    text = _read(path)
    return float(text) / unit if text else None
