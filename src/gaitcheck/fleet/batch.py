"""Many athletes' clips into results folders: resumable by content, nobody harmed by another's failure.

A club's folder holds ``athletes/NAME/DAY/`` with each visit's results, an index, the board, and ``batch.json`` with
what became of the last run. A visit whose document carries the key of the work asked for is done and stays done.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from gaitcheck.analysis.document import Athlete, Visit
from gaitcheck.analysis.kept import file_names
from gaitcheck.analysis.store import DOCUMENT, numbered, recover, write_whole
from gaitcheck.checked import Checked, text_of
from gaitcheck.errors import GaitcheckError, OutputError, UsageError
from gaitcheck.fleet.jobs import Job, Outcome, failed
from gaitcheck.fleet.pseudonyms import Pseudonyms
from gaitcheck.fleet.roster import Entry, Roster, folder_name, same_name
from gaitcheck.fleet.worker_process import COMMAND, WorkerProcess
from gaitcheck.pipeline import look_of
from gaitcheck.report.brand import brand_of
from gaitcheck.request import Request, Style, refusal, work_sha256
from gaitcheck.settings import DEFAULT
from gaitcheck.setup import Setup
from gaitcheck.video import ClipInfo, probe
from gaitcheck.wording import load_wording

ATHLETES = "athletes"
"""Where a club's folder keeps visits: NAME/DAY below it."""
LAST_RUN = "batch.json"
LOCK = ".gaitcheck.lock"
REPORT = (DOCUMENT, "report.pdf", "report.html")


class Options(Checked):
    """What holds for every athlete of a batch, but for those of whom the roster says otherwise."""

    setup: Setup = Setup()
    style: Style = Style()


class Watch(Protocol):
    """Who is told how a batch goes; may be called from several threads."""

    def begins(self, total: int) -> None: ...

    def stage(self, athlete: str, stage: str, done: int, total: int) -> None: ...

    def ended(self, outcome: Outcome) -> None: ...


class Runner(Protocol):
    """Does jobs, here or elsewhere, and yields each one's outcome as it ends."""

    def run(self, jobs: list[Job], watch: Watch) -> Iterator[Outcome]: ...


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """The folder for one batch at a time; the lock goes with the process that holds it.

    Raises
    ------
    OutputError
        If another batch is at work there, or the folder can't be written to.
    """
    words = load_wording().board["failed"]
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(out / LOCK, timeout=0, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise OutputError(words["no_folder"].format(path=out)) from error
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            busy = "locked" in str(error)
            raise OutputError(words["busy" if busy else "no_folder"].format(path=out)) from error
        yield
    finally:
        lock.close()


def check_club(out: Path) -> None:
    """Refuse a folder with other things in it for a club's, so that nothing of somebody's is written over.

    Raises
    ------
    UsageError
        If it is neither new nor empty nor a club's.
    """
    if out.is_dir() and not (out / ATHLETES).is_dir() and any(item.name != LOCK for item in out.iterdir()):
        raise UsageError(load_wording().board["refused"]["other_files"].format(path=out))


def _probed(entry: Entry, capture_fps: float | None) -> tuple[list[ClipInfo], GaitcheckError | None]:
    """A visit's clips, each read once, as far as they can be read, and what is wrong with the first that can't."""
    found: list[ClipInfo] = []
    problem = None
    for clip in entry.clips:
        try:
            found.append(probe(clip, entry.capture_fps or capture_fps))
        except GaitcheckError as error:
            problem = problem or error
    return found, problem


def _day_of(entry: Entry, clips: list[ClipInfo]) -> str:
    """The day of a visit: told, else the earliest the clips say, else that of the earliest file."""
    if entry.day is not None:
        return entry.day
    told = [clip.filmed_on for clip in clips if clip.filmed_on is not None]
    files = []
    for clip in entry.clips:
        with contextlib.suppress(OSError, ValueError, OverflowError):
            files.append(dt.date.fromtimestamp(clip.stat().st_mtime))
    return min(told or files or [dt.date.today()]).isoformat()


def _known(folder: Path) -> tuple[str, set[str]] | None:
    """The key and the clips' names of the document in a folder, without judging it; None where there is none."""
    try:
        table = json.loads(text_of(folder / DOCUMENT))
        return str(table["provenance"].get("work_sha256", "")), {clip["file"] for clip in table["clips"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _whole(folder: Path, clips: int) -> bool:
    proxies = [numbered("proxy", ".mp4", k) for k in range(clips)]
    return all((folder / name).is_file() for name in (*REPORT, *file_names(), *proxies))


def _place(home: Path, day: str, work: str, names: set[str]) -> tuple[Path, bool]:
    """Where a visit's results go, and whether they are there already.

    Done work is found wherever it lies. Else clips of the same names on the same day are the same visit made anew;
    other clips on that day are another visit.
    """
    visits = sorted(item for item in home.iterdir() if item.is_dir()) if home.is_dir() else []
    known = {visit: found for visit in visits if (found := _known(visit)) is not None}
    for visit, (key, _) in known.items():
        if key == work and _whole(visit, len(known[visit][1])):
            return visit, True
    taken = [visit for visit in visits if visit.name == day or visit.name.startswith(f"{day}_")]
    for visit in taken:
        if visit not in known or known[visit][1] <= names:
            return visit, False
    if not taken or "_" in day:
        return home / day, False
    number = 2 + sum(visit.name.startswith(f"{day}_") for visit in taken)
    return home / f"{day}_{number}", False


def _told(entry: Entry, model: type[Checked]) -> dict[str, Any]:
    """What an entry tells of a part of its request, field by field of the same name."""
    return {name: told for name in model.model_fields if (told := getattr(entry, name, None)) is not None}


def request_of(entry: Entry, day: str, options: Options) -> Request:
    """What is asked for one visit.

    Raises
    ------
    UsageError
        If what the roster and the batch's options say doesn't go together.
    """
    try:
        return Request(
            clips=entry.clips,
            athlete=Athlete(name=entry.athlete, **_told(entry, Athlete)),
            setup=Setup(**{**options.setup.model_dump(), **_told(entry, Setup)}),
            style=options.style,
            visit=Visit(
                filmed_on=dt.date.fromisoformat(day[:10]) if entry.day is not None else None, **_told(entry, Visit)
            ),
            intake=entry.intake,
            jobs=1,
            shown_as=entry.shown_as,
        )
    except ValidationError as error:
        raise refusal(error) from error


def _homes(out: Path) -> dict[str, Path]:
    """Athletes' folders that are there, by what spellings of a name have in common."""
    there = out / ATHLETES
    return {same_name(item.name): item for item in sorted(there.iterdir())} if there.is_dir() else {}


def plan_jobs(
    roster: Roster, out: Path, options: Options, pseudonyms: Pseudonyms | None = None
) -> tuple[list[Job], list[Outcome]]:
    """What there is to do, and what is done already or can't be begun."""
    brand = brand_of(look_of(options.style))
    jobs, ended = [], []
    used: set[Path] = set()
    words = load_wording().board["failed"]
    homes = _homes(out)
    for entry in roster.entries:
        clips, problem = _probed(entry, options.setup.capture_fps)
        day = _day_of(entry, clips)
        athlete = entry.athlete if pseudonyms is None else pseudonyms.of(entry.athlete)
        try:
            request = request_of(entry, day, options)
        except UsageError as error:
            ended.append(Outcome(athlete, "failed", str(error), entry.group, day))
            continue
        request = request if pseudonyms is None else pseudonyms.hide(request)
        name = folder_name(athlete)
        home = homes.setdefault(same_name(name), out / ATHLETES / name)
        job = Job(athlete, request, home / day, "", entry.group, day)
        try:
            if problem is not None:
                raise problem
            work = work_sha256(request, [clip.sha256 for clip in clips], DEFAULT, brand)
        except (GaitcheckError, OSError) as error:
            ended.append(failed(job, str(error)))
            continue
        names = request.shown_as or tuple(clip.name for clip in request.clips)
        folder, done = _place(home, day, work, set(names))
        while folder in used:
            folder = folder.with_name(f"{folder.name}_2")
        used.add(folder)
        if done:
            ended.append(Outcome(athlete, "kept", "", entry.group, day, tuple(names), str(folder)))
        else:
            jobs.append(replace(job, out=folder, work=work))
    for name in roster.empty:
        hidden = name if pseudonyms is None else pseudonyms.of(name)
        ended.append(Outcome(hidden, "failed", words["no_clips"]))
    return jobs, ended


class LocalRunner:
    """This machine: ``jobs`` worker processes side by side, each with one athlete at a time."""

    def __init__(self, jobs: int, command: tuple[str, ...] = COMMAND) -> None:
        self._jobs, self._command = jobs, command

    def run(self, jobs: list[Job], watch: Watch) -> Iterator[Outcome]:
        """Outcomes in the order in which they come; a full disk ends the rest before it begins."""
        words = load_wording().board["failed"]
        processes: list[WorkerProcess] = []
        own = threading.local()
        waiting, full = list(reversed(jobs)), False

        def work(job: Job) -> Outcome:
            if not hasattr(own, "process"):
                own.process = WorkerProcess(self._command)
                processes.append(own.process)
            outcome: Outcome = own.process.work(job, lambda *told: watch.stage(job.athlete, *told))
            return outcome

        pool = ThreadPoolExecutor(self._jobs)
        running: dict[Future[Outcome], Job] = {}
        try:
            while waiting or running:
                while waiting and len(running) < self._jobs:
                    job = waiting.pop()
                    if full:
                        yield failed(job, words["no_storage"], storage=True)
                    else:
                        running[pool.submit(work, job)] = job
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    running.pop(future)
                    outcome = future.result()
                    full = full or outcome.storage
                    yield outcome
        finally:
            for process in processes:
                process.stop()
            pool.shutdown(wait=True, cancel_futures=True)
            for process in processes:
                process.close()


def tidy(out: Path) -> None:
    """Put away what a killed run left in any athlete's folder."""
    home = out / ATHLETES
    if home.is_dir():
        for athlete in [item for item in home.iterdir() if item.is_dir()]:
            recover(athlete)
            with contextlib.suppress(OSError):
                athlete.rmdir()  # takes nothing but an empty folder


def run_batch(
    roster: Roster,
    out: Path,
    options: Options,
    runner: Runner,
    watch: Watch,
    pseudonyms: Pseudonyms | None = None,
) -> list[Outcome]:
    """Analyse a roster into a club's folder; every outcome in the roster's order, failures among them.

    Raises
    ------
    OutputError
        If the folder can't be written to, or another batch is at work in it.
    UsageError
        If an option can't be right.
    """
    check_club(out)
    with locked(out):
        tidy(out)
        (out / ATHLETES).mkdir(exist_ok=True)
        jobs, ended = plan_jobs(roster, out, options, pseudonyms)
        watch.begins(len(jobs) + len(ended))
        for outcome in ended:
            watch.ended(outcome)
        try:
            with contextlib.closing(runner.run(jobs, watch)) as outcomes:  # type: ignore[type-var]
                for outcome in outcomes:
                    ended.append(outcome)
                    watch.ended(outcome)
        finally:
            tidy(out)
        order = {name: k for k, name in enumerate(dict.fromkeys(_order(roster, pseudonyms)))}
        ended.sort(key=lambda o: (order.get(o.athlete, len(order)), o.day))
        _record(out, ended)
    return ended


def _order(roster: Roster, pseudonyms: Pseudonyms | None) -> Iterator[str]:
    for name in [*(entry.athlete for entry in roster.entries), *roster.empty]:
        yield name if pseudonyms is None else pseudonyms.of(name)


def _record(out: Path, ended: list[Outcome]) -> None:
    """Keep what failed in this run, for the board; places are told relative to the club's folder."""
    failures = [
        {k: v for k, v in dataclasses.asdict(o).items() if k not in ("folder", "storage")}
        for o in ended
        if o.status == "failed"
    ]
    table = {"failed": failures, "visits": len(ended)}
    write_whole(out / LAST_RUN, json.dumps(table, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def add_outcomes(out: Path, outcomes: list[Outcome]) -> None:
    """Keep for the board who could not be analysed since the last run, and let go who could be.

    Raises
    ------
    OutputError
        If that can't be written.
    """
    told = {(one.athlete, one.day) for one in outcomes}
    before = last_failures(out)
    if outcomes or before:
        _record(out, [*(one for one in before if (one.athlete, one.day) not in told), *outcomes])


def last_failures(out: Path) -> list[Outcome]:
    """Who could not be analysed in the last run; nobody where nothing is known of it."""
    try:
        rows = json.loads(text_of(out / LAST_RUN))["failed"]
        return [Outcome(**{**row, "clips": tuple(row["clips"])}) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
