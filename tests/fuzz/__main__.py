"""Fuzzes every target in turn: `python -m tests.fuzz SECONDS`, which are shared between them.

What was found so far stays in build/fuzz, where the next run goes on; an input that broke a promise, too.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.fuzz.targets import SEEDS, TOKENS, Target

FOLDER = Path("build/fuzz")
LIMITS = ("-max_len=2048", "-timeout=25", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=0")


def main() -> None:
    seconds = int(sys.argv[1])
    FOLDER.mkdir(parents=True, exist_ok=True)
    tokens = FOLDER / "tokens"
    tokens.write_text("".join(f'"{_escaped(token)}"\n' for token in TOKENS), encoding="ascii")
    failed = [target.__name__ for target in SEEDS if not _fuzz(target, seconds // len(SEEDS), tokens)]
    if failed:
        sys.exit(f"Promises were broken in: {', '.join(failed)}. The inputs are in {FOLDER}.")


def _escaped(token: str) -> str:
    return token.replace("\\", "\\\\").replace('"', '\\"')


def _fuzz(target: Target, seconds: int, tokens: Path) -> bool:
    """Whether all promises were kept."""
    name = target.__name__
    sys.stdout.write(f"--- {name}: {target.__doc__}\n")
    sys.stdout.flush()
    corpus = FOLDER / name
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(SEEDS[target]):
        (corpus / f"seed{number}").write_bytes(seed)
    options = (*LIMITS, f"-max_total_time={max(1, seconds)}", f"-dict={tokens}", f"-artifact_prefix={FOLDER}/{name}-")
    command = [sys.executable, "-m", "tests.fuzz.harness", name, *options, corpus]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    main()
