"""A process that does one job after another: jobs come as lines on stdin, progress and outcomes go to stdout.

Run by ``worker_process.py`` as ``python -m gaitcheck.fleet.worker``. It ends as soon as stdin does, in the middle of a
job if need be, so that it never outlives who started it. The pose model is loaded once.
"""

from __future__ import annotations

import errno
import json
import os
import queue
import sys
import threading
import traceback
from typing import IO, Any

from gaitcheck.errors import GaitcheckError
from gaitcheck.fleet.jobs import Job
from gaitcheck.pose.segments import keep_models

NO_STORAGE = {errno.ENOSPC, errno.EROFS, errno.EDQUOT}


def _no_storage(error: BaseException | None) -> bool:
    """Whether an error goes back to a disk that takes nothing more."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in NO_STORAGE:
            return True
        error = error.__cause__
    return False


def do(job: Job, say: Any) -> dict[str, Any]:
    """Analyse one visit; what became of it, as a table."""
    from gaitcheck.pipeline import analyze

    try:
        analyze(job.request, job.out, progress=lambda stage, done, total: say(["stage", stage, done, total]))
    except GaitcheckError as error:
        return {"status": "failed", "message": str(error), "storage": _no_storage(error)}
    except Exception as error:  # a fault of our own must not take the other athletes with it
        trace = traceback.format_exc(limit=-4)
        return {"status": "failed", "fault": type(error).__name__, "trace": trace, "storage": _no_storage(error)}
    return {"status": "done"}


def _listen(lines: queue.SimpleQueue[str], stream: IO[str]) -> None:
    """Hands on lines; when there can be no more, nobody waits for us."""
    for line in stream:
        lines.put(line)
    os._exit(0)


def main() -> None:
    """Work until stdin ends."""
    # Libraries may print; the pipe is for outcomes alone.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines, sys.stdin), daemon=True).start()

    def say(message: list[Any]) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    keep_models()
    while True:
        job = Job.from_json(lines.get())
        say(["ended", do(job, say)])


if __name__ == "__main__":
    main()
