"""A pair of hands: a worker process of our own that does jobs, is replaced when it dies, and dies when we do."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from gaitcheck.fleet.jobs import Job, Outcome, failed
from gaitcheck.wording import load_wording

ATTEMPTS = 2
"""A clip that ends its worker twice is at fault; once may be the machine's memory, or somebody's kill."""
COMMAND = (sys.executable, "-m", "gaitcheck.fleet.worker")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Workers share the cores; threads inside them would only wait for each other."""

Stage = Callable[[str, int, int], None]


class StoppedError(Exception):
    """The process was stopped while it worked."""


class WorkerProcess:
    """One worker process, started when first needed."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self._command = command
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False

    def _ready(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                env={**os.environ, **ONE_THREAD},
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            if self._stopped:
                self.stop()
        return self._process

    def _try(self, job: Job, on_stage: Stage) -> dict[str, Any] | None:
        """One attempt: what the worker says became of the job, or None if it died."""
        process = self._ready()
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            process.stdin.write(job.to_json() + "\n")
            process.stdin.flush()
            for line in process.stdout:
                kind, *rest = json.loads(line)
                if kind == "ended":
                    return dict(rest[0])
                on_stage(*rest)
        self._end()
        return None

    def work(self, job: Job, on_stage: Stage = lambda *_: None) -> Outcome:
        """Do a job.

        Raises
        ------
        StoppedError
            If the process was stopped meanwhile.
        """
        words = load_wording().board["failed"]
        for _ in range(ATTEMPTS):
            result = self._try(job, on_stage)
            if self._stopped:
                raise StoppedError
            if result is None:
                continue
            if result["status"] == "done":
                return Outcome(job.athlete, "done", group=job.group, day=job.day, folder=str(job.out))
            message = result.get("message") or words["fault"].format(fault=result["fault"])
            return failed(job, message, storage=result["storage"], trace=result.get("trace", ""))
        return failed(job, words["died"])

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError, ValueError):
                if stream is not None:
                    stream.close()

    def stop(self) -> None:
        """End the worker at once; a job under way is given up."""
        self._stopped = True
        process = self._process
        if process is not None:
            with contextlib.suppress(OSError):
                process.kill()

    def close(self) -> None:
        """Let the worker go."""
        self._end()
