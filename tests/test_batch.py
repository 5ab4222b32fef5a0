"""Batches: one athlete's failure harms nobody, done stays done, changed is redone, and a kill loses nothing."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gaitcheck.analysis import load
from gaitcheck.analysis.document import Athlete, Visit
from gaitcheck.analysis.store import recover
from gaitcheck.board.write import write_board
from gaitcheck.errors import InputError, OutputError, UsageError
from gaitcheck.fleet.batch import LocalRunner, Options, locked, plan_jobs
from gaitcheck.fleet.jobs import Job
from gaitcheck.fleet.pseudonyms import open_key
from gaitcheck.fleet.roster import read_roster
from gaitcheck.fleet.worker_process import WorkerProcess
from gaitcheck.request import Request, Style
from tests.clubs import STUB, Silent, clips, evening, tiny_clip

REPOSITORY = Path(__file__).parents[1]


def test_a_job_survives_its_way_to_a_worker() -> None:
    import datetime as dt

    request = Request(
        clips=(Path("a.mp4"), Path("not\udcffutf.mp4")),
        athlete=Athlete(name="Ann"),
        intake=(Path("b.toml"),),
        visit=Visit(filmed_on=dt.date(2026, 11, 3)),
        shown_as=("c", "d"),
    )
    job = Job("Ann", request, Path("out"), "key", "U18", "2026-11-03_2")
    assert Job.from_json(job.to_json()) == job


def test_one_athlete_s_failure_harms_nobody(tmp_path: Path) -> None:
    roster = clips(
        tmp_path / "in", "ann.mp4", "ben_rear.mp4", "ben_side.mp4", "poison.mp4", "refused.mp4", "bug.mp4", "zoe.mp4"
    )
    (roster / "cut.mp4").write_bytes((roster / "ann.mp4").read_bytes()[:200])
    (roster / "Nobody").mkdir()
    ended = evening(roster, tmp_path / "club")
    status = {name: outcome.status for name, outcome in ended.items()}
    assert status == {
        "ann": "done", "ben": "done", "zoe": "done", "poison": "failed", "refused": "failed", "bug": "failed",
        "cut": "failed", "Nobody": "failed",
    }  # fmt: skip
    assert "stopped twice" in ended["poison"].message and "film somebody" in ended["refused"].message
    assert "ZeroDivisionError" in ended["bug"].message and "no clip" in ended["Nobody"].message
    visits = sorted(p.parent.parent.name for p in (tmp_path / "club").rglob("analysis.json"))
    assert visits == ["ann", "ben", "bug", "zoe"]
    assert not [p for p in (tmp_path / "club").rglob(".*") if p.name != ".gaitcheck.lock"]


def test_a_worker_killed_once_is_replaced(tmp_path: Path) -> None:
    ended = evening(clips(tmp_path / "in", "ann_once.mp4"), tmp_path / "club")
    assert [o.status for o in ended.values()] == ["done"]


def test_done_stays_done_and_changed_is_redone(tmp_path: Path) -> None:
    roster, club = clips(tmp_path / "in", "ann.mp4", "ben.mp4"), tmp_path / "club"
    assert {o.status for o in evening(roster, club).values()} == {"done"}
    assert {o.status for o in evening(roster, club).values()} == {"kept"}
    (roster / "ann.mp4").rename(roster / "ann_rear.mp4")
    assert evening(roster, club)["ann"].status == "kept", "a name is no content"
    times = (roster / "ben.mp4").stat()
    tiny_clip(roster / "ben.mp4", 99)
    os.utime(roster / "ben.mp4", (times.st_atime, times.st_mtime))
    again = evening(roster, club)
    assert (again["ann"].status, again["ben"].status) == ("kept", "done")
    assert len(list((club / "athletes" / "ben").iterdir())) == 1, "the same clip made anew is the same visit"
    assert {o.status for o in evening(roster, club, options=Options(style=Style(blur_faces=True))).values()} == {"done"}
    next(club.rglob("report.pdf")).unlink()
    assert sorted(o.status for o in evening(roster, club, options=Options(style=Style(blur_faces=True))).values()) == [
        "done",
        "kept",
    ]


def test_other_clips_of_the_same_day_are_another_visit(tmp_path: Path) -> None:
    roster, club = clips(tmp_path / "in", "ann.mp4"), tmp_path / "club"
    evening(roster, club)
    (roster / "ann.mp4").unlink()
    tiny_clip(roster / "ann_left.mp4", 7)
    evening(roster, club)
    days = sorted(p.name for p in (club / "athletes" / "ann").iterdir())
    assert len(days) == 2 and days[1] == f"{days[0]}_2"


def test_a_full_disk_ends_the_batch_before_the_next_athlete_begins(tmp_path: Path) -> None:
    ended = evening(clips(tmp_path / "in", "a.mp4", "b_full.mp4", "c.mp4", "d.mp4"), tmp_path / "club", jobs=1)
    assert [ended[name].status for name in ("a", "b_full", "c", "d")] == ["done", "failed", "failed", "failed"]
    assert sorted(p.name for p in (tmp_path / "club" / "athletes").iterdir()) == ["a"]
    assert "No space left" in ended["b_full"].message and "Not begun" in ended["d"].message
    assert not list((tmp_path / "club").rglob(".*.part-*"))


def test_two_batches_don_t_work_in_one_folder(tmp_path: Path) -> None:
    with locked(tmp_path / "club"), pytest.raises(OutputError, match="at work"), locked(tmp_path / "club"):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "club").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="can't be written"):
        evening(clips(tmp_path / "in", "a.mp4"), tmp_path / "club")


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "club").write_text("mine")
    with pytest.raises(OutputError, match="can't be written"):
        evening(clips(tmp_path / "in", "a.mp4"), tmp_path / "club")
    assert (tmp_path / "club").read_text() == "mine"


def test_a_hand_that_is_stopped_gives_up_at_once(tmp_path: Path) -> None:
    process = WorkerProcess(STUB)
    runner = LocalRunner(1, STUB)
    jobs, _ = plan_jobs(read_roster(clips(tmp_path / "in", "a_slow.mp4", "b_slow.mp4")), tmp_path / "club", Options())
    outcomes = runner.run(jobs, Silent())
    assert next(outcomes).status == "done"
    outcomes.close()  # type: ignore[attr-defined]
    process.close()
    assert len(list((tmp_path / "club").rglob("analysis.json"))) <= 2


def test_what_a_killed_change_left_is_put_back_or_away(tmp_path: Path) -> None:
    for name in (".2026-11-03.old-abcdefgh", ".2026-11-04.old-abcdefgh", ".2026-11-04.part-abc_efgh", ".mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "analysis.json").write_text(name)
    (tmp_path / "2026-11-04").mkdir()
    (tmp_path / ".notes.old-20240101").mkdir()
    recover(tmp_path)
    left = [".mine", ".notes.old-20240101", "2026-11-03", "2026-11-04"]
    assert sorted(p.name for p in tmp_path.iterdir()) == left
    assert (tmp_path / "2026-11-03" / "analysis.json").read_text() == ".2026-11-03.old-abcdefgh"


def test_somebody_s_own_folder_is_no_club(tmp_path: Path) -> None:
    club = tmp_path / "mine"
    club.mkdir()
    (club / "board.csv").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        evening(clips(tmp_path / "in", "a.mp4"), club)
    assert (club / "board.csv").read_text() == "mine" and len(list(club.iterdir())) == 1


def test_two_spellings_are_one_athlete_s_folder(tmp_path: Path) -> None:
    roster = clips(tmp_path / "in", "a.mp4", "b.mp4")
    (roster / "r.csv").write_text("athlete,clips,date\nZoe,a.mp4,2026-01-01\nZOE,b.mp4,2026-02-02\n")
    evening(roster / "r.csv", tmp_path / "club")
    assert [p.name for p in (tmp_path / "club" / "athletes").iterdir()] == ["Zoe"]
    write_board(tmp_path / "club")
    assert "2 visits" in (tmp_path / "club" / "board.html").read_text(encoding="utf-8")


def test_a_batch_may_lie_deep_in_its_own_roster(tmp_path: Path) -> None:
    roster = clips(tmp_path / "in", "a.mp4")
    for _ in range(2):
        assert list(evening(roster, roster / "res" / "club")) == ["a"]


def test_no_real_name_is_in_what_is_said_of_a_failure(tmp_path: Path) -> None:
    roster, club = tmp_path / "in", tmp_path / "club"
    clips(roster, "Ann Miller_refused.mp4", "Zoe Miller.mp4")
    (roster / "Zoe Miller.mp4").write_bytes(b"no clip")
    (roster / "Ann Miller_refused.toml").write_text("[")
    ended = evening(roster, club, key=open_key(tmp_path / "key.json", club))
    assert "failed" in {o.status for o in ended.values()}
    write_board(club)
    assert not [p for p in club.rglob("*") if p.is_file() and b"Miller" in p.read_bytes()]


def test_ctrl_c_says_so_and_leaves_nothing_behind(tmp_path: Path) -> None:
    roster = clips(tmp_path / "in", *(f"{k}_slow.mp4" for k in range(20)))
    script = tmp_path / "run.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(REPOSITORY)!r})\n"
        "import gaitcheck.fleet.batch as b; from tests.clubs import STUB; from gaitcheck.cli import main\n"
        "b.LocalRunner.__init__.__defaults__ = (STUB,)\n"
        f"sys.argv = ['gaitcheck', 'batch', {str(roster)!r}, '--out', {str(tmp_path / 'club')!r}, '--jobs', '2']\n"
        "main()\n"
    )
    running = subprocess.Popen(
        [sys.executable, str(script)], cwd=REPOSITORY, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list((tmp_path / "club").rglob("analysis.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate()
    assert running.returncode == 130 and "stopped; nothing was left half-written" in said and "Traceback" not in said
    assert not [p for p in (tmp_path / "club").rglob(".*") if p.name != ".gaitcheck.lock"]


SCRIPT = """
import sys
from pathlib import Path
from tests.clubs import evening
from gaitcheck.board.write import write_board
if __name__ == "__main__":
    evening(Path(sys.argv[1]), Path(sys.argv[2]))
    write_board(Path(sys.argv[2]))
"""


def _start(script: Path, roster: Path, club: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(script), str(roster), str(club)], cwd=REPOSITORY)


def _boards(club: Path) -> list[bytes]:
    return [(club / name).read_bytes() for name in ("board.csv", "board.html")]


def test_killed_anywhere_and_run_again_is_the_same_board(tmp_path: Path) -> None:
    names = [f"{k:02d}_slow.mp4" for k in range(8)]
    roster = clips(tmp_path / "in", *names, "x_refused.mp4")
    script = tmp_path / "run.py"
    script.write_text(f"import sys; sys.path.insert(0, {str(REPOSITORY)!r})\n{SCRIPT}")
    assert _start(script, roster, tmp_path / "calm").wait() == 0
    club, rng = tmp_path / "club", random.Random(8)
    for _ in range(6):
        running = _start(script, roster, club)
        time.sleep(rng.uniform(0.5, 4.0))
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert _start(script, roster, club).wait() == 0
    assert _boards(club) == _boards(tmp_path / "calm")
    assert not [p for p in club.rglob(".*") if p.name != ".gaitcheck.lock"]


def test_pseudonyms_leave_no_name_in_the_results(tmp_path: Path) -> None:
    roster, club, key = clips(tmp_path / "in", "Ann Miller_rear.mp4"), tmp_path / "club", tmp_path / "key.json"
    with pytest.raises(UsageError, match="apart"):
        open_key(club / "key.json", club)
    ended = evening(roster, club, key=open_key(key, club))
    (name,) = ended
    assert name.startswith("runner-") and ended[name].status == "done"
    assert evening(roster, club, key=open_key(key, club))[name].status == "kept"
    write_board(club)
    for item in club.rglob("*"):
        assert "Miller" not in item.name
        if item.is_file():
            assert b"Miller" not in item.read_bytes(), item
    assert open_key(key, club).names() == {name: "Ann Miller"}
    document = load(next(club.rglob("analysis.json")))
    assert document.clips[0].file == f"{name}_1.mp4"


@pytest.mark.parametrize("text", ["", "[]", '{"Ann": "ann"}', '{"Ann": 3}'])
def test_a_key_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "key.json").write_text(text)
    with pytest.raises(InputError, match="no key file"):
        open_key(tmp_path / "key.json", tmp_path / "club")


def test_the_batch_command_ends_with_4_and_says_whom_it_failed(tmp_path: Path) -> None:
    roster = tmp_path / "in"
    roster.mkdir()
    (roster / "cut.mp4").write_bytes(b"no clip")
    command = [sys.executable, "-m", "gaitcheck.cli", "batch", str(roster), "--out", str(tmp_path / "club")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 4 and "cut.mp4" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / "club" / "board.html").is_file()
    shutil.rmtree(roster)
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 3 and "is not there" in done.stderr
