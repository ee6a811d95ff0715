"""What `make bundle` runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("settings", "options", "bundle"),
    [
        ((), "", "dist/joe"),
        (("VOICE=melo:ES", "BERT=none"), "--voice melo:ES --no-bert", "dist/melo-ES-no-bert"),
        (("VOICE=melo:FR", "BERT=dbmdz/bert"), "--voice melo:FR --bert dbmdz/bert", "dist/melo-FR"),
        (("VOICE=melo:FR",), "--voice melo:FR", "dist/melo-FR"),
    ],
)
def test_make_builds_with_the_bert_that_it_is_told(settings: tuple[str, ...], options: str, bundle: str) -> None:
    command = ["make", "--dry-run", "--always-make", "bundle", *settings]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    [build] = [line.split() for line in done.stdout.splitlines() if "build_torchscript.py" in line]
    assert " ".join(build).endswith(f"{options} --out {bundle}")
