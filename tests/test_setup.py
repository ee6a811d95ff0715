"""scripts/setup.sh: what it installs for whom, which torch it chooses, and what it says when it cannot go on.

The script runs in a copy of its folder with stand-ins for pip, apt and the like: nothing is installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"

STAMPED = ("pyproject.toml", "setup.py", "edge/int8/csrc/binding.cpp")

# The environment's python: pip, the look for torch and the network are acted, the rest is the real thing.
PYTHON = f"""#!/bin/sh
case "$*" in
    *--dry-run*"--python-version 3.11"*) echo "$PIP_REPORT_311" ;;
    *--dry-run*) if [ -d .python ]; then echo "$PIP_REPORT_311"; else echo "$PIP_REPORT"; fi ;;
    "-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    "-m pip install"*"$FAILS"*) echo "ERROR: no network" >&2; exit 1 ;;
    *" -e "*) echo "$*" >>pip.log; touch edge/int8/_operator.so ;;
    "-m pip install"*) echo "$*" >>pip.log ;;
    -) grep -q torch pip.log ;;
    *urlopen*) exit "$NO_NETWORK" ;;
    *) exec {sys.executable} "$@" ;;
esac
"""


@dataclass
class Machine:
    """A folder with the script in it, and the programs that the script finds there."""

    folder: Path

    def program(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def set_up(self, *targets: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        defaults = {"PATH": path, "PIP_REPORT": "", "PIP_REPORT_311": "", "NO_NETWORK": "1", "FAILS": "nothing"}
        return subprocess.run(
            ["bash", self.folder / "scripts" / "setup.sh", *targets],
            env=defaults | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def pip_installs(self) -> list[str]:
        """What was asked of pip, call by call."""
        log = (self.folder / "pip.log").read_text(encoding="utf-8")
        return [line.removeprefix("-m pip install ") for line in log.splitlines()]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """An x86-64 Debian with every Debian package and no torch."""
    machine = Machine(tmp_path)
    for name in ("setup.sh", "needs.tsv"):
        machine.program(f"scripts/{name}", (SCRIPTS / name).read_text(encoding="utf-8"))
    machine.program(".venv/bin/python", PYTHON)
    machine.program("bin/uname", "#!/bin/sh\necho x86_64\n")
    machine.program("bin/apt-get", '#!/bin/sh\necho "$*" >>apt.log\n')
    machine.program("bin/dpkg-query", "#!/bin/sh\nshift 2\nprintf 'installed %s\\n' \"$@\"\n")
    (tmp_path / "edge" / "int8" / "csrc").mkdir(parents=True)
    for name in STAMPED:
        (tmp_path / name).touch()
    return machine


def report(url: str, version: str) -> str:
    """What pip says it would install, cut down to what the script reads."""
    return json.dumps({"install": [{"download_info": {"url": url}, "metadata": {"version": version}}]})


INDEX = "https://index.example"
ON_DISK = report("file:///wheels/torch-2.13.0%2Bcpu-cp311.whl", "2.13.0+cpu")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TORCH_INDEX_URL": INDEX}, f"--index-url {INDEX} torch==2.13.0"),
        ({"TORCH_INDEX_URL": INDEX, "PIP_REPORT": ON_DISK}, f"--index-url {INDEX} torch==2.13.0"),
        ({"TORCH_WHEEL": "/my/torch.whl", "PIP_REPORT": ON_DISK}, "/my/torch.whl"),
        ({"PIP_REPORT": ON_DISK}, "/wheels/torch-2.13.0+cpu-cp311.whl"),
        ({"PIP_REPORT": report("file:///wheels/torch-2.13.0-cp311.whl", "2.13.0")}, "torch==2.13.0"),
        ({"NO_NETWORK": "0"}, "--index-url https://download.pytorch.org/whl/cpu torch==2.13.0"),
        ({}, "torch==2.13.0"),
    ],
)
def test_takes_a_cpu_build_of_torch_where_one_can_be_had(
    machine: Machine, environment: dict[str, str], expected: str
) -> None:
    done = machine.set_up(**environment)
    assert done.returncode == 0, done.stderr
    assert [call for call in machine.pip_installs() if "torch" in call] == [expected]


def test_a_newer_python_gives_way_to_debian_12s_where_only_that_has_a_cpu_build(machine: Machine) -> None:
    machine.program("bin/apt-get", '#!/bin/sh\ncase "$*" in *download*) touch python.deb ;; esac\n')
    machine.program("bin/dpkg-deb", '#!/bin/sh\nmkdir -p "$3/usr/bin" && cp .venv/bin/python "$3/usr/bin/python3.11"\n')
    done = machine.set_up("demo", PIP_REPORT_311=ON_DISK)
    assert done.returncode == 0, done.stderr
    assert "Debian 12's goes into .python" in done.stdout
    assert "SEVERAL GIGABYTES" not in done.stdout
    assert (machine.folder / ".python" / "usr" / "bin" / "python3.11").exists()
    assert machine.set_up("demo").stdout == ""


def test_a_python_that_has_a_cpu_build_stays(machine: Machine) -> None:
    machine.set_up("demo", PIP_REPORT=ON_DISK, PIP_REPORT_311=ON_DISK)
    assert not (machine.folder / ".python").exists()


def test_says_when_only_the_cuda_build_is_left(machine: Machine) -> None:
    assert "SEVERAL GIGABYTES" in machine.set_up().stdout


def test_arm64_gets_the_release_that_runs_on_a_raspberry_pi_4(machine: Machine) -> None:
    machine.program("bin/uname", "#!/bin/sh\necho aarch64\n")
    machine.set_up()
    assert "torch==2.9.1" in machine.pip_installs()


def test_32_bit_systems_are_told_to_change(machine: Machine) -> None:
    machine.program("bin/uname", "#!/bin/sh\necho armv7l\n")
    done = machine.set_up()
    assert done.returncode == 1
    assert "There is no torch for armv7l" in done.stderr


def test_torch_comes_before_what_is_compiled_against_it(machine: Machine) -> None:
    machine.set_up("demo")
    assert machine.pip_installs() == [
        "--upgrade pip setuptools wheel ninja",
        "torch==2.13.0",
        "--no-build-isolation --no-deps -e .",
        "melo-edge[build]",
    ]


def test_the_demo_gets_no_more_than_it_needs_and_the_tests_the_rest(machine: Machine) -> None:
    machine.set_up("demo")
    before = len(machine.pip_installs())
    machine.set_up("test")
    packages, alone = machine.pip_installs()[before:]
    assert packages.startswith("melo-edge[")
    assert {"build", "test", "es", "jp", "judges"} <= set(packages.partition("[")[2].rstrip("]").split(","))
    assert alone.startswith("--no-deps ")
    assert "piper-tts==" in alone


def test_an_unknown_target_is_told_the_known_ones(machine: Machine) -> None:
    done = machine.set_up("demo", "tets")
    assert done.returncode == 1
    assert "no target 'tets'. Known are: demo languages test" in done.stderr


@pytest.mark.parametrize("fails", ["torch", "-e", "melo-edge["])
def test_what_failed_is_named_and_the_next_run_goes_on_from_there(machine: Machine, fails: str) -> None:
    done = machine.set_up("demo", FAILS=fails)
    assert done.returncode == 1
    assert "failed; the reason is above" in done.stderr
    assert "it goes on from here" in done.stderr
    before = machine.pip_installs()
    assert machine.set_up("demo").returncode == 0
    assert not set(machine.pip_installs()[len(before) :]) & {"torch==2.13.0"} or fails == "torch"
    assert machine.set_up("demo").stdout == ""


def test_a_full_disk_is_noticed_before_anything_is_installed(machine: Machine) -> None:
    machine.program("bin/stat", "#!/bin/sh\necho '128000 * 4096'\n")
    done = machine.set_up("test")
    assert done.returncode == 1
    assert "The disk has 524 MB left here, and 'test' takes" in done.stderr
    assert not (machine.folder / "pip.log").exists()


@pytest.mark.parametrize("changed", [*STAMPED, "edge/int8/csrc/new.cpp"])
def test_does_nothing_twice_until_something_changes(machine: Machine, changed: str) -> None:
    first = machine.set_up()
    installs = machine.pip_installs()
    assert "Set-up complete" in first.stdout
    assert machine.set_up().stdout == ""
    assert machine.pip_installs() == installs
    (machine.folder / changed).write_text("changed", encoding="utf-8")
    assert "Set-up complete" in machine.set_up().stdout


def test_compiles_an_operator_that_was_removed(machine: Machine) -> None:
    machine.set_up()
    (machine.folder / "edge" / "int8" / "_operator.so").unlink()
    assert "Set-up complete" in machine.set_up().stdout


def test_installs_only_the_debian_packages_that_are_missing(machine: Machine) -> None:
    machine.program("bin/dpkg-query", "#!/bin/sh\nshift 2\nprintf 'installed %s\\n' \"$@\" | grep -v g++\n")
    machine.program("bin/id", "#!/bin/sh\necho 0\n")
    machine.set_up()
    log = (machine.folder / "apt.log").read_text(encoding="utf-8")
    assert log == "-y -q install --no-install-recommends g++\n"


def test_a_user_who_may_not_install_is_told_the_command(machine: Machine) -> None:
    machine.program("bin/dpkg-query", "#!/bin/sh\nshift 2\nprintf 'installed %s\\n' \"$@\" | grep -v g++\n")
    machine.program("bin/id", "#!/bin/sh\necho 1000\n")
    machine.program("bin/sudo", "#!/bin/sh\nexit 1\n")
    done = machine.set_up()
    assert done.returncode == 1
    assert "apt-get update && apt-get install --no-install-recommends g++\n" in done.stderr
    assert not (machine.folder / "apt.log").exists()


def test_an_unsuitable_python_is_named(machine: Machine) -> None:
    (machine.folder / ".venv" / "bin" / "python").unlink()
    for name in ("python3", "python3.13", "python3.12", "python3.11", "python3.10"):
        machine.program(f"bin/{name}", '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.14.2"\n')
    done = machine.set_up()
    assert done.returncode == 1
    assert "needs Python 3.10 to 3.13" in done.stderr
    assert "this machine has Python 3.14.2" in done.stderr
