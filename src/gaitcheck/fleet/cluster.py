"""The same work on a dask.distributed cluster.

A worker of the cluster does each job in a process of its own (``worker_process.py``), so that a clip that ends its
process ends no worker of the cluster; should one be lost with its machine, the scheduler gives its jobs to another.
Where workers see the roster's and the results' folders, clips go by path and results are written there, whole; else
clips go by bytes and results come back the same way.
"""

from __future__ import annotations

import importlib
import io
import json
import secrets
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gaitcheck.analysis.kept import results_kind
from gaitcheck.analysis.store import staging
from gaitcheck.errors import InputError, OutputError, UsageError
from gaitcheck.fleet.batch import Watch
from gaitcheck.fleet.jobs import Job, Outcome, failed
from gaitcheck.fleet.worker_process import WorkerProcess
from gaitcheck.report.brand import Brand, read_brand
from gaitcheck.request import Request
from gaitcheck.wording import load_wording

WAIT_S = 10
PAUSE_S, LOOK_S = 0.05, 2.0
WORKERLESS_S = 60.0
"""A nanny or a queueing system brings new workers sooner."""
AHEAD = 2
"""Jobs under way for each thread of the cluster: one at work, one waiting, so that bytes don't pile up."""

_own = threading.local()


def _process() -> WorkerProcess:
    if not hasattr(_own, "process"):
        _own.process = WorkerProcess()
    process: WorkerProcess = _own.process
    return process


def by_path(line: str) -> Outcome:
    """On a worker: do a job whose clips and results lie where the worker sees them."""
    return _process().work(Job.from_json(line))


def by_bytes(line: str, files: dict[str, bytes]) -> tuple[Outcome, bytes]:
    """On a worker: do a job on bytes; its results come back as a zip archive, whole."""
    job = Job.from_json(line)
    with tempfile.TemporaryDirectory(prefix="gaitcheck-") as scratch:
        folder = Path(scratch)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        asked = job.request
        local = _with_files(
            asked,
            tuple(folder / clip for clip in asked.clips),
            tuple(folder / answers for answers in asked.intake),
            None if asked.style.brand is None else folder / asked.style.brand,
        )
        outcome = _process().work(replace(job, request=local, out=folder / "results"))
        packed = io.BytesIO()
        if outcome.status == "done":
            with zipfile.ZipFile(packed, "w") as archive:
                for item in sorted((folder / "results").iterdir()):
                    archive.write(item, item.name)
        return replace(outcome, folder=str(job.out)), packed.getvalue()


def _with_files(asked: Request, clips: tuple[Path, ...], intake: tuple[Path, ...], brand: Path | None) -> Request:
    """A request whose files lie elsewhere."""
    style = asked.style.model_copy(update={"brand": brand})
    return asked.model_copy(update={"clips": clips, "intake": intake, "style": style})


def _brand_files(brand: Brand) -> dict[str, bytes]:
    """A brand as a file with its logo beside it."""
    table = {"name": brand.name, "contact": brand.contact, "colour": brand.colour}
    table |= {} if brand.logo is None else {"logo": "logo.png"}
    text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
    return {"brand.toml": text.encode("utf-8")} | ({} if brand.logo is None else {"logo.png": brand.logo})


def _payload(job: Job) -> tuple[str, dict[str, bytes]]:
    """A job whose files have bare names, and the files' content."""
    asked, files = job.request, {}
    names = []
    for k, clip in enumerate(asked.clips):
        names.append(Path(f"clip_{k}{clip.suffix.lower()}"))
        files[names[-1].name] = clip.read_bytes()
    answers = {f"intake_{k}.toml": path.read_bytes() for k, path in enumerate(asked.intake)}
    files |= answers
    if asked.style.brand is not None:
        files |= _brand_files(read_brand(asked.style.brand))
    shown = asked.shown_as or tuple(clip.name for clip in asked.clips)
    brand = None if asked.style.brand is None else Path("brand.toml")
    bare = _with_files(asked, tuple(names), tuple(Path(name) for name in answers), brand)
    return replace(job, request=bare.model_copy(update={"shown_as": shown})).to_json(), files


def unpack(packed: bytes, out: Path) -> None:
    """Write returned results whole; nothing but what an analysis makes is taken from an archive.

    Raises
    ------
    OutputError
        If they can't be written, or the archive holds something else.
    """
    kind = results_kind()
    with staging(out, kind) as folder, zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in archive.namelist():
            if not kind.ours.fullmatch(name):
                raise OutputError(f"A worker returned {name!r}, which is no result; nothing of it was kept.")
            (folder / name).write_bytes(archive.read(name))


def _sees(token: Path, content: str) -> bool:
    """On a worker: whether it sees our folder."""
    try:
        return token.read_text(encoding="utf-8") == content
    except OSError:
        return False


def _version() -> str:
    return version("gaitcheck")


def _ended(queue: Any, client: Any) -> Iterator[Any]:
    """Futures as they end, till all have, or till there has been no worker for ``WORKERLESS_S``: nothing would end."""
    last_seen = looked = time.monotonic()
    while not queue.is_empty():
        if queue.has_ready():
            yield next(queue)
            last_seen = time.monotonic()
            continue
        time.sleep(PAUSE_S)
        if time.monotonic() - looked < LOOK_S:
            continue
        looked = time.monotonic()
        if _has_workers(client):
            last_seen = looked
        elif looked - last_seen > WORKERLESS_S:
            return


def _has_workers(client: Any) -> bool:
    """Whether the cluster has any; so too where nothing can be asked, since futures then end by themselves."""
    try:
        return bool(client.nthreads())
    except Exception:  # a scheduler that went in this moment: distributed raises what its machinery did
        return True


class Cluster:
    """A dask.distributed cluster by its scheduler's address. ``send`` is auto, path or bytes."""

    def __init__(self, address: str, out: Path, send: str = "auto") -> None:
        self._address, self._out, self._send = address, out, send
        if send not in ("auto", "path", "bytes"):
            raise UsageError("--send-clips is auto, path or bytes.")

    def _client(self) -> Any:
        try:
            distributed: Any = importlib.import_module("distributed")
        except ImportError as error:
            raise UsageError("A cluster needs the extra: pip install 'gaitcheck[cluster]'.") from error
        words = load_wording().board["failed"]
        try:
            client = distributed.Client(self._address, timeout=WAIT_S)
        except (OSError, ValueError, TimeoutError) as error:
            raise InputError(words["no_scheduler"].format(address=self._address)) from error
        versions = client.run(_version)
        if not versions:
            client.close()
            raise InputError(words["no_workers"].format(address=self._address))
        if set(versions.values()) != {_version()}:
            client.close()
            raise InputError(words["other_version"].format(own=_version(), found=", ".join(sorted(versions.values()))))
        return client

    def _shared(self, client: Any) -> bool:
        """Whether every worker sees the results' folder as we do."""
        if self._send != "auto":
            return self._send == "path"
        token, content = self._out.resolve() / f".seen-{secrets.token_hex(4)}", secrets.token_hex(16)
        token.write_text(content, encoding="utf-8")
        try:
            return all(client.run(_sees, token, content).values())
        finally:
            token.unlink()

    def run(self, jobs: list[Job], watch: Watch) -> Iterator[Outcome]:
        """Outcomes in the order in which they come."""
        if not jobs:
            return
        client = self._client()
        distributed: Any = importlib.import_module("distributed")
        try:
            shared = self._shared(client)
            waiting = list(reversed(jobs))
            most = AHEAD * max(sum(client.nthreads().values()), 1)
            running: dict[str, Job] = {}

            def hand_over() -> Any:
                job = waiting.pop()
                if shared:
                    asked = job.request
                    absolute = asked.model_copy(update={"clips": tuple(c.resolve() for c in asked.clips)})
                    line = replace(job, request=absolute, out=job.out.resolve()).to_json()
                    future = client.submit(by_path, line, pure=False)
                else:
                    line, files = _payload(job)
                    future = client.submit(by_bytes, line, files, pure=False)
                running[future.key] = job
                return future

            queue = distributed.as_completed([hand_over() for _ in range(min(most, len(waiting)))])
            for future in _ended(queue, client):
                yield self._taken(future, running.pop(future.key))
                future.release()
                if waiting:
                    queue.add(hand_over())
            for job in (*running.values(), *reversed(waiting)):
                yield failed(job, load_wording().board["failed"]["no_more_workers"])
        finally:
            client.close()

    def _taken(self, future: Any, job: Job) -> Outcome:
        """A finished future's outcome; results that were returned are written here."""
        words = load_wording().board["failed"]
        try:
            # A result that went with its worker is made again by another; this waits for it.
            result = future.result()
        except Exception as error:  # distributed raises what the task or its own machinery did
            lost = type(error).__name__ == "KilledWorker"
            return failed(job, words["lost_worker" if lost else "lost_cluster"], trace=repr(error))
        if isinstance(result, Outcome):
            return replace(result, folder=str(job.out))
        outcome: Outcome = result[0]
        packed: bytes = result[1]
        if outcome.status != "done":
            return replace(outcome, folder="")
        try:
            unpack(packed, job.out)
        except OutputError as error:
            return failed(job, str(error))
        return replace(outcome, folder=str(job.out))
