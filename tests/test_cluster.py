"""The same work on a real scheduler with two worker processes: one is killed in mid-batch, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gaitcheck.errors import InputError, OutputError, UsageError
from gaitcheck.fleet.batch import LocalRunner, Options, run_batch
from gaitcheck.fleet.cluster import Cluster, unpack
from gaitcheck.fleet.jobs import Outcome
from gaitcheck.fleet.roster import read_roster
from tests.clubs import STUB, Silent, clips

distributed = pytest.importorskip("distributed")
REPOSITORY = Path(__file__).parents[1]
PRELOAD = """
import gaitcheck.fleet.worker_process as room
room.WorkerProcess.__init__.__defaults__ = ({stub!r},)
"""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers of one thread, whose hands are stubs; no nanny, so that dead is dead."""
    address_file, preload = tmp_path / "scheduler.json", tmp_path / "stub_hands.py"
    preload.write_text(PRELOAD.format(stub=STUB))
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    common = {"env": env, "cwd": REPOSITORY, "stderr": subprocess.DEVNULL, "start_new_session": True}
    dask = [sys.executable, "-m", "distributed.cli."]
    scheduler = subprocess.Popen(
        [*dask[:2], "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
         "--scheduler-file", str(address_file)], **common,  # type: ignore[call-overload]
    )  # fmt: skip
    workers = [
        subprocess.Popen(
            [*dask[:2], "distributed.cli.dask_worker", "--scheduler-file", str(address_file), "--nthreads", "1",
             "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--preload", str(preload),
             "--local-directory", str(tmp_path / f"w{k}")], **common,  # type: ignore[call-overload]
        )
        for k in range(2)
    ]  # fmt: skip
    try:
        with distributed.Client(scheduler_file=str(address_file), timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
            address = client.scheduler.address
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def _documents(club: Path) -> dict[str, bytes]:
    return {p.relative_to(club).as_posix(): p.read_bytes() for p in sorted(club.rglob("analysis.json"))}


class _Assassin(Silent):
    """Kills a process as soon as the first athlete is done."""

    def __init__(self, victim: subprocess.Popen[bytes]) -> None:
        super().__init__()
        self._victim = victim

    def ended(self, outcome: Outcome) -> None:
        super().ended(outcome)
        if self._victim.poll() is None:
            self._victim.send_signal(signal.SIGKILL)
            self._victim.wait()


@pytest.mark.parametrize("send", ["path", "bytes"])
def test_a_worker_lost_in_mid_batch_loses_nothing(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path, send: str
) -> None:
    address, workers = cluster
    names = [f"{k:02d}_slow_rear.mp4" for k in range(10)]
    roster = read_roster(clips(tmp_path / "in", *names, "x_poison.mp4", "y_refused.mp4"))
    club = tmp_path / "club"
    watch = _Assassin(workers[0])
    ended = run_batch(roster, club, Options(), Cluster(address, club, send), watch)
    status = {outcome.athlete: outcome.status for outcome in ended}
    assert status == {**{f"{k:02d}_slow": "done" for k in range(10)}, "x_poison": "failed", "y_refused": "failed"}
    assert workers[0].poll() is not None and workers[1].poll() is None, "the poisoned clip ends no worker"
    run_batch(roster, tmp_path / "here", Options(), LocalRunner(2, STUB), Silent())
    assert _documents(club) == _documents(tmp_path / "here")
    again = run_batch(roster, club, Options(), Cluster(address, club, send), Silent())
    assert sum(outcome.status == "kept" for outcome in again) == 10
    assert not [p for p in club.rglob(".*") if p.name != ".gaitcheck.lock"]


def test_a_cluster_without_workers_any_more_ends_the_batch(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaitcheck.fleet.cluster.WORKERLESS_S", 1.0)
    address, workers = cluster
    roster = read_roster(clips(tmp_path / "in", *(f"{k:02d}_slow_rear.mp4" for k in range(8))))

    class Both(Silent):
        def ended(self, outcome: Outcome) -> None:
            super().ended(outcome)
            for worker in workers:
                worker.kill()

    ended = run_batch(roster, tmp_path / "club", Options(), Cluster(address, tmp_path / "club", "path"), Both())
    lost = [outcome for outcome in ended if outcome.status == "failed"]
    assert len(ended) == 8 and 5 <= len(lost) < 8
    assert {outcome.message for outcome in lost} == {
        "The cluster had no workers any more for a minute; start some, then run the same command again."
    }
    run_batch(roster, tmp_path / "club", Options(), LocalRunner(2, STUB), Silent())
    assert len(list((tmp_path / "club").rglob("analysis.json"))) == 8


def test_auto_sends_paths_where_workers_see_the_folder(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    address, _ = cluster
    roster, club = read_roster(clips(tmp_path / "in", "a.mp4", "b_bug.mp4")), tmp_path / "club"
    ended = run_batch(roster, club, Options(), Cluster(address, club), Silent())
    assert [o.status for o in ended] == ["done", "failed"] and "ZeroDivisionError" in ended[1].message
    assert not list(club.glob(".seen*"))


def test_no_scheduler_is_one_sentence(tmp_path: Path) -> None:
    roster, club = read_roster(clips(tmp_path / "in", "a.mp4")), tmp_path / "club"
    started = time.monotonic()
    with pytest.raises(InputError, match="No scheduler answers"):
        run_batch(roster, club, Options(), Cluster("tcp://127.0.0.1:9", club), Silent())
    assert time.monotonic() > started
    with pytest.raises(UsageError, match="auto, path or bytes"):
        Cluster("tcp://127.0.0.1:9", club, "pigeon")


def test_an_archive_that_holds_something_else_is_refused_whole(tmp_path: Path) -> None:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("analysis.json", "{}")
        archive.writestr("../evil.py", "x")
    with pytest.raises(OutputError, match="no result"):
        unpack(packed.getvalue(), tmp_path / "out")
    assert not list(tmp_path.rglob("*"))


def test_a_new_table_comes_back_from_a_worker_and_is_replaced_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys
    import zipfile

    import gaitcheck.analysis.kept as room

    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "dropped_in.py").write_text(
        "from gaitcheck.analysis.kept.definition import KeptTable\n"
        "TABLE = KeptTable('c3d.txt', lambda tracks, path: None)\n"
    )
    monkeypatch.setattr(room, "__path__", [*room.__path__, str(tmp_path / "room")])
    out = tmp_path / "out"
    for text in ("old", "new"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("analysis.json", "{}")
            if text == "old":
                archive.writestr("c3d.txt", text)
        unpack(packed.getvalue(), out)
        assert (out / "c3d.txt").exists() == (text == "old")
    sys.modules.pop("gaitcheck.analysis.kept.dropped_in", None)
