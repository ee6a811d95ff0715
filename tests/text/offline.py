"""A frontend in a process of its own that may neither reach the network nor write a file."""

import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import os, sys
from pathlib import Path

def forbid(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.mkdir", "os.rename", "os.system"}:
        raise RuntimeError(f"{event} {args}")
    # A mode, or flags where there is none.
    if event == "open" and (set(args[1] or "") & set("wax+") or args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
        raise RuntimeError(f"{event} {args}")

sys.addaudithook(forbid)
from edge.text import frontend
print(len(frontend(sys.argv[1], Path(sys.argv[2]))(sys.argv[3]).symbols))
"""


def symbols(language: str, folder: Path, text: str, home: Path) -> int:
    """How many symbols `text` has; the frontend must say nothing beside that, and leave `home` empty."""
    environment = {"TMPDIR": str(home), "HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", _PROGRAM, language, str(folder), text]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert ended.stderr == ""
    assert list(home.iterdir()) == []
    return int(ended.stdout)
