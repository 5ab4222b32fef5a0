"""Work that waits and work under way, in SQLite: it outlives the server, is done once, and its failure harms nobody."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import sqlite3
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from gaitcheck.analysis.store import DOCUMENT, recover
from gaitcheck.app.database import opened
from gaitcheck.errors import OutputError
from gaitcheck.fleet.batch import locked, tidy
from gaitcheck.fleet.jobs import Job, Outcome
from gaitcheck.fleet.roster import same_name
from gaitcheck.fleet.worker_process import COMMAND, StoppedError, WorkerProcess

State = Literal["waiting", "running", "done", "failed", "cancelled"]
OVER = ("done", "failed", "cancelled")
COLUMNS = "id, athlete, day, folder, state, stage, done, total, message, added, began, ended"
TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, work TEXT NOT NULL, athlete TEXT NOT NULL,
  day TEXT NOT NULL, folder TEXT NOT NULL, payload TEXT NOT NULL, seal TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  stage TEXT NOT NULL DEFAULT '', done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 1,
  message TEXT NOT NULL DEFAULT '', added REAL NOT NULL, began REAL, ended REAL
);
"""
SEALED = "id, work, athlete, day, folder, payload"
"""What of a job never changes."""
SHARES = {"pose": (0.0, 0.7), "measure": (0.7, 0.8), "report": (0.8, 1.0)}
"""Where a stage stands in the whole of a job, by the time it takes."""
KEPT = 2_000
"""Jobs that are over and remembered."""


@dataclass(frozen=True)
class JobState:
    """How a job stands. Times are seconds since the epoch."""

    id: str
    athlete: str
    day: str
    folder: str
    state: State
    stage: str
    done: int
    total: int
    message: str
    added: float
    began: float | None
    ended: float | None

    @property
    def folder_name(self) -> str:
        """What an address calls the athlete: the folder of the visits, where there would be one."""
        return Path(self.folder).parent.name if self.folder else self.athlete

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        if self.state in OVER:
            return 1.0
        start, stop = SHARES.get(self.stage, (0.0, 0.0))
        return start + (stop - start) * min(self.done / max(self.total, 1), 1.0)

    @property
    def left_s(self) -> float | None:
        """How long it will still take, from how long it took so far; None where that tells nothing yet."""
        if self.state != "running" or self.began is None or self.share < 0.05:
            return None
        return (time.time() - self.began) * (1 - self.share) / self.share

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in OVER


def _seal(*told: object) -> str:
    """A fingerprint of what is sealed of a job, in order; of whatever a damaged file holds instead, too."""
    return hashlib.sha256(repr(told).encode("utf-8")).hexdigest()


def _as_written(database: sqlite3.Connection) -> bool:
    """Whether every job is what was queued."""
    return all(_seal(*row[:-1]) == row[-1] for row in database.execute(f"SELECT {SEALED}, seal FROM jobs"))


class Queue:
    """Jobs of one club, and the threads that do them, each with a worker process of its own."""

    def __init__(self, root: Path, path: Path, workers: int | None = None, command: tuple[str, ...] = COMMAND) -> None:
        self._root, self._command = root, command
        self._workers = workers or os.cpu_count() or 1
        self._lock, self._there = threading.RLock(), threading.Condition()
        self._stopped = False
        self._running: dict[str, WorkerProcess] = {}
        self._cancelled: set[str] = set()
        self._threads: list[threading.Thread] = []
        self._busy, self._held = 0, contextlib.ExitStack()
        self.version = 0
        self._db = opened(path, TABLES, _as_written)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(
            "UPDATE jobs SET state = 'waiting', stage = '', done = 0, began = NULL WHERE state = 'running'"
        )
        path.chmod(0o600)

    def start(self) -> None:
        """Begin to work; what a killed run left is put away first."""
        with contextlib.suppress(OutputError), locked(self._root):
            tidy(self._root)
        for number in range(self._workers):
            thread = threading.Thread(target=self._work, name=f"gaitcheck-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def _changed(self) -> None:
        self.version += 1
        with self._there:
            self._there.notify_all()

    def add(self, jobs: list[Job]) -> list[str]:
        """Queue jobs; work that waits already, or is under way, is not queued twice. Their names, in order."""
        names = []
        with self._lock:
            for job in jobs:
                row = self._db.execute(
                    "SELECT id FROM jobs WHERE work = ? AND folder = ? AND state IN ('waiting', 'running')",
                    (job.work, str(job.out)),
                ).fetchone()
                if row is not None:
                    names.append(row[0])
                    continue
                name = secrets.token_urlsafe(9)
                sealed = (name, job.work, job.athlete, job.day, str(job.out), job.to_json())
                self._db.execute(
                    f"INSERT INTO jobs ({SEALED}, seal, state, added) VALUES (?,?,?,?,?,?,?,?,?)",
                    (*sealed, _seal(*sealed), "waiting", time.time()),
                )
                names.append(name)
        self._changed()
        return names

    def note(self, outcomes: list[Outcome]) -> list[str]:
        """Put visits into the list that were over before they began: there already, or not to be read. Their names."""
        names = []
        with self._lock:
            for one in outcomes:
                row = self._db.execute(
                    "SELECT id, message, state FROM jobs WHERE athlete = ? AND day = ? ORDER BY number DESC LIMIT 1",
                    (one.athlete, one.day),
                ).fetchone()
                if row is not None and row[1:] == (one.message, "failed" if one.status == "failed" else "done"):
                    names.append(row[0])
                    continue
                names.append(secrets.token_urlsafe(9))
                state = "failed" if one.status == "failed" else "done"
                sealed = (names[-1], "", one.athlete, one.day, one.folder, "")
                self._db.execute(
                    f"INSERT INTO jobs ({SEALED}, seal, state, message, added, ended) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                    (*sealed, _seal(*sealed), state, one.message, time.time(), time.time()),
                )
        self._changed()
        return names

    def outcomes(self) -> list[Outcome]:
        """How each visit's last job ended, of those that did."""
        with self._lock:
            rows = self._db.execute(
                "SELECT athlete, day, state, message FROM jobs WHERE number IN "
                "(SELECT max(number) FROM jobs GROUP BY athlete, day)"
            ).fetchall()
        return [
            Outcome(who, "failed" if state == "failed" else "done", message, day=day)
            for who, day, state, message in rows
            if state in ("failed", "done")
        ]

    def again(self, folder: Path) -> str | None:
        """Queue the last job of a results folder once more; its name, or None where its films are gone."""
        with self._lock:
            row = self._db.execute(
                "SELECT payload FROM jobs WHERE folder = ? AND payload != '' ORDER BY number DESC LIMIT 1",
                (str(folder),),
            ).fetchone()
        if row is None:
            return None
        job = Job.from_json(row[0])
        return self.add([job])[0] if all(clip.is_file() for clip in job.request.clips) else None

    def get(self, name: str) -> JobState | None:
        """One job."""
        with self._lock:
            row = self._db.execute(f"SELECT {COLUMNS} FROM jobs WHERE id = ?", (name,)).fetchone()
        return None if row is None else JobState(*row)

    def all(self, most: int = 200) -> list[JobState]:
        """The latest jobs: what is under way and waits first, then what is over."""
        with self._lock:
            rows = self._db.execute(
                f"SELECT {COLUMNS} FROM jobs ORDER BY state NOT IN ('running'), state NOT IN ('waiting'), "
                "CASE state WHEN 'waiting' THEN number ELSE -number END LIMIT ?",
                (most,),
            ).fetchall()
        return [JobState(*row) for row in rows]

    def ahead(self, name: str) -> int:
        """How many jobs wait before one."""
        with self._lock:
            row = self._db.execute(
                "SELECT count(*) FROM jobs WHERE state = 'waiting' AND number < (SELECT number FROM jobs WHERE id = ?)",
                (name,),
            ).fetchone()
        return int(row[0])

    def busy_with(self, folder: Path) -> bool:
        """Whether a job for a folder, or for one below it, waits or is under way."""
        with self._lock:
            rows = self._db.execute("SELECT folder FROM jobs WHERE state IN ('waiting', 'running')").fetchall()
        return any(Path(row[0]).is_relative_to(folder) for row in rows)

    def cancel(self, name: str) -> None:
        """Give a job up; one under way is ended at once, and leaves nothing half-written."""
        with self._lock:
            waiting = self._db.execute(
                "UPDATE jobs SET state = 'cancelled', ended = ? WHERE id = ? AND state = 'waiting'", (time.time(), name)
            ).rowcount
            process = self._running.get(name)
            if not waiting and process is not None:
                self._cancelled.add(name)
                process.stop()
        self._changed()

    def _of(self, athlete: str) -> list[str]:
        """Jobs of somebody, in whatever spelling."""
        with self._lock:
            rows = self._db.execute("SELECT id, athlete FROM jobs").fetchall()
        return [row[0] for row in rows if same_name(row[1]) == same_name(athlete)]

    def knows(self, athlete: str) -> bool:
        """Whether any job is, or was, somebody's."""
        return bool(self._of(athlete))

    def forget(self, athlete: str) -> None:
        """Let nothing of an athlete stay in the list; what is under way is given up."""
        own = self._of(athlete)
        for name in own:
            self.cancel(name)
        with self._lock:
            self._db.executemany("DELETE FROM jobs WHERE id = ? AND state != 'running'", [(name,) for name in own])
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._changed()

    def _may_begin(self) -> bool:
        """Whether the club is ours to write to: a batch in a terminal has it for itself while it runs."""
        if self._busy == 0:
            try:
                self._held.enter_context(locked(self._root))
            except OutputError:
                return False
        return True

    def _next(self) -> tuple[str, Job] | None:
        """The next job, now under way; alone it takes all cores."""
        with self._lock:
            waits = self._db.execute("SELECT 1 FROM jobs WHERE state = 'waiting' LIMIT 1").fetchone()
            if waits is None or not self._may_begin():
                return None
            row = self._db.execute(
                "UPDATE jobs SET state = 'running', began = ? WHERE number = (SELECT number FROM jobs WHERE state = "
                "'waiting' ORDER BY number LIMIT 1) RETURNING id, payload",
                (time.time(),),
            ).fetchall()
            self._busy += 1
            name, payload = row[0]
            others = self._db.execute("SELECT count(*) FROM jobs WHERE state IN ('waiting', 'running')").fetchone()[0]
            job = Job.from_json(payload)
            cores = self._workers if others == 1 else 1
            job = replace(job, request=job.request.model_copy(update={"jobs": cores}))
            return name, job

    def _work(self) -> None:
        process = WorkerProcess(self._command)
        while not self._stopped:
            found = self._next()
            if found is None:
                with self._there:
                    self._there.wait(timeout=1.0)
                continue
            self._changed()
            name, job = found
            with self._lock:
                self._running[name] = process
            try:
                outcome = self._done(name, job, process)
            except StoppedError:
                outcome = None
            finally:
                with self._lock:
                    self._running.pop(name, None)
            self._ended(name, job, outcome)
            if outcome is None:
                process.close()
                process = WorkerProcess(self._command)
        process.close()

    def _done(self, name: str, job: Job, process: WorkerProcess) -> Outcome:
        def stage(stage: str, done: int, total: int) -> None:
            with self._lock:
                self._db.execute(
                    "UPDATE jobs SET stage = ?, done = ?, total = ? WHERE id = ?", (stage, done, total, name)
                )
            self._changed()

        return process.work(job, stage)

    def _ended(self, name: str, job: Job, outcome: Outcome | None) -> None:
        """Write down how a job ended; one that the server's own end stopped waits for the next start."""
        if outcome is None:
            recover(job.out.parent)
        with self._lock:
            if outcome is None and name not in self._cancelled:
                state, message = "waiting", ""
            elif outcome is None:
                state, message = "cancelled", ""
            else:
                state, message = outcome.status, outcome.message
            self._cancelled.discard(name)
            self._db.execute(
                "UPDATE jobs SET state = ?, message = ?, ended = ? WHERE id = ?", (state, message, time.time(), name)
            )
            self._db.execute(
                "DELETE FROM jobs WHERE state NOT IN ('waiting', 'running') AND number <= "
                "(SELECT max(number) FROM jobs) - ?",
                (KEPT,),
            )
        with self._lock:
            self._busy -= 1
            if self._busy == 0:
                self._held.close()
        if not (job.out / DOCUMENT).exists():
            with contextlib.suppress(OSError):
                job.out.parent.rmdir()  # takes nothing but an empty folder
        self._changed()

    def stop(self) -> None:
        """End all work at once; what was under way waits for the next start."""
        self._stopped = True
        with self._lock:
            for process in self._running.values():
                process.stop()
        self._changed()
        for thread in self._threads:
            thread.join(timeout=10)
        self._db.close()
