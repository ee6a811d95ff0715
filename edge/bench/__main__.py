"""The processes that a run starts: `python -m edge.bench TASK`, a request in JSON on standard input, JSON back."""

from __future__ import annotations

import os
import resource
import sys
from typing import Any

from edge.bench import wire
from edge.errors import EdgeError


def main(task: str, begun: float, request: bytes) -> Any:  # noqa: ANN401  (each task has its answer)
    """Does `task`, in this process."""
    if task == "subject":
        from edge.bench.subjects import SubjectJob, write

        return write(wire.decode(request, SubjectJob))
    if task in {"prepare", "visit"}:
        from edge.bench.visit import Job, prepare, visit

        _limit_memory()
        job = wire.decode(request, Job)
        return visit(job, begun) if task == "visit" else prepare(job)
    if task == "listen":
        from edge.bench.listening import Recordings, listen

        return listen(wire.decode(request, Recordings))
    raise AssertionError(task)


def _limit_memory() -> None:
    """A row whose INT8 makes minutes of a sentence fails by itself, before it takes the machine with it."""
    limit = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


if __name__ == "__main__":
    # What libraries print must not get into the answer.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        result = main(sys.argv[1], float(sys.argv[2]), sys.stdin.buffer.read())
    except EdgeError as problem:
        sys.exit(str(problem))
    answer.write(wire.encode(result))
    answer.close()
