"""A batch on a dask.distributed cluster: its worker, scheduler or client is killed, or its workers kill themselves."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from torture_case import ROOT, Case, Verdict, faults_of, gaitcheck
from torture_clips import Stock
from torture_faults import SOME_FAILED, clips_of_a_batch, under_way, unlike_undisturbed

WORKERS = 2
LIFE_S = 8.0
"""How long a worker of the chaos lives, on average: about as long as it needs for one clip."""
CHAOS_RUNS = 3
BOUND_S = 300.0
CHAOS = """
from distributed.chaos import KillWorker
async def dask_setup(worker):
    await worker.plugin_add(KillWorker(delay="{life} s", mode="{mode}"), name="chaos")
"""


def _dask(*arguments: str | Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@contextlib.contextmanager
def _cluster(
    folder: Path, mode: str = "", workers: int = WORKERS
) -> Iterator[tuple[str, dict[str, subprocess.Popen[bytes]]]]:
    """Its address and processes; with a mode its workers end themselves and are started again by their nannies."""
    folder.mkdir()
    told = folder / "scheduler.json"
    processes = {
        "scheduler": _dask(
            "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
            "--scheduler-file", told,
        )
    }  # fmt: skip
    more: list[str | Path] = ["--no-nanny"]
    if mode:
        (folder / "chaos.py").write_text(CHAOS.format(life=LIFE_S, mode=mode), encoding="utf-8")
        more = ["--preload", folder / "chaos.py"]
    for k in range(workers):
        processes[f"worker{k}"] = _dask(
            "distributed.cli.dask_worker", "--scheduler-file", told, "--nthreads", "1", "--no-dashboard", "--host",
            "127.0.0.1", "--local-directory", folder / f"w{k}", *more,
        )  # fmt: skip
    distributed: Any = importlib.import_module("distributed")
    try:
        with distributed.Client(scheduler_file=str(told), timeout=60, set_as_default=False) as client:
            client.wait_for_workers(1 if mode else workers, timeout=90)
            address = client.scheduler.address
        yield address, processes
    finally:
        for process in processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _killed(stock: Stock, victim: str, send: str, folder: Path) -> Verdict:
    """One of them killed while clips are analysed; then the same command on a cluster that is whole."""
    truth = stock.truth
    clips, club = clips_of_a_batch(stock, folder), folder / "club"
    wait_s = random.Random(f"{victim}{send}").uniform(4.0, 12.0)
    # With one worker some of the work is not handed over yet when the scheduler goes.
    workers = 1 if victim == "scheduler" else WORKERS
    with _cluster(folder / "first", workers=workers) as (address, processes):
        batch = under_way("batch", clips, "--out", club, "--quiet", "--scheduler", address, "--send-clips", send)
        time.sleep(wait_s)
        (batch if victim == "client" else processes[victim]).kill()
        try:
            _, err = batch.communicate(timeout=BOUND_S)
        except subprocess.TimeoutExpired:
            batch.kill()
            return Verdict("wrong", f"waits for ever after {victim} was killed")
    text = err.decode("utf-8", "replace")
    wrong = ["a traceback: " + text.strip().splitlines()[-1][:200]] if "Traceback" in text else []
    if victim == "worker0" and batch.returncode != SOME_FAILED:
        wrong.append(f"ended with {batch.returncode}: {text[-200:]}")
    if victim == "scheduler" and batch.returncode not in (3, SOME_FAILED):
        wrong.append(f"ended with {batch.returncode}: {text[-200:]}")
    with _cluster(folder / "second") as (address, _):
        again = gaitcheck("batch", clips, "--out", club, "--quiet", "--scheduler", address, "--send-clips", send,
                          bound_s=BOUND_S)  # fmt: skip
    wrong += faults_of(again, (SOME_FAILED,)) + unlike_undisturbed(club, truth)
    said = f"after {wait_s:.1f} s ended with {batch.returncode}: {text.strip()[-200:]}"
    return Verdict("wrong", "; ".join([*wrong, said])) if wrong else Verdict("right", said)


def _chaos(stock: Stock, mode: str, send: str, folder: Path) -> Verdict:
    """Workers that end themselves again and again: what is told as done is right, the rest is done in the end."""
    truth = stock.truth
    clips, club = clips_of_a_batch(stock, folder), folder / "club"
    wrong, codes = [], []
    with _cluster(folder / "chaos", mode) as (address, _):
        for _ in range(CHAOS_RUNS):
            ended = gaitcheck("batch", clips, "--out", club, "--quiet", "--scheduler", address, "--send-clips", send,
                              bound_s=BOUND_S)  # fmt: skip
            wrong += faults_of(ended, (3, SOME_FAILED))
            codes.append(ended.code)
    done = gaitcheck("batch", clips, "--out", club, "--quiet")
    wrong += faults_of(done, (SOME_FAILED,)) + unlike_undisturbed(club, truth)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right", f"ended with {codes}")


def _tried(run: partial[Verdict], folder: Path) -> Verdict:
    if importlib.util.find_spec("distributed") is None:
        return Verdict("absent", "dask.distributed is not installed")
    return run(folder)


def cases(scratch: Path) -> list[Case]:
    """Everybody of a cluster killed in turn, and the three ways in which dask's own chaos ends a worker."""
    stock = Stock(scratch)
    found = [
        Case("cluster", f"{victim}_{send}", partial(_tried, partial(_killed, stock, victim, send)))
        for victim in ("worker0", "scheduler", "client")
        for send in ("path", "bytes")
    ]
    return found + [
        Case("cluster", f"chaos_{mode.replace('.', '_')}_{send}", partial(_tried, partial(_chaos, stock, mode, send)))
        for mode in ("sys.exit", "graceful", "segfault")
        for send in ("path", "bytes")
    ]
