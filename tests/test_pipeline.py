"""The whole call: no network, the same answer for any jobs, refusals, the command line."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from html import unescape
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaitcheck.errors import UsageError
from gaitcheck.pipeline import analyze
from gaitcheck.pose import segments
from gaitcheck.pose.landmarker import Detection
from gaitcheck.pose.models import model_path
from gaitcheck.pose.segments import people_in, track, track_part
from gaitcheck.report.content import Writer
from gaitcheck.request import Request
from gaitcheck.samples import sample_clip
from gaitcheck.setup import Setup
from gaitcheck.video import ProxyWriter, decode, probe

REAR = sample_clip("rear_valgus_crossover")


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gaitcheck.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, **options)  # type: ignore[call-overload, no-any-return]


def test_a_person_before_the_camera_makes_no_runner_small() -> None:
    """Cut at the knees, with legs guessed far below the picture: both are followed, and somebody far behind is not."""

    def body(x: float, top: float, bottom: float) -> Detection:
        pixels = np.stack([np.full(33, x), np.linspace(top, bottom, 33)], axis=1)
        return Detection(pixels, np.zeros((33, 3)), np.ones(33))

    coach, runner, far = body(224, 150, 2072), body(768, 413, 965), body(900, 500, 640)
    assert people_in([coach, runner, far], 1280) == [coach, runner]
    assert people_in([runner, far], 1280) == [runner]


def test_analyze_never_opens_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "bind", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    analyze(Request(clips=(REAR,), jobs=1, setup=Setup(end_s=3.0)), tmp_path / "out")
    assert (tmp_path / "out" / "report.pdf").exists()


def test_the_answer_does_not_depend_on_jobs() -> None:
    clip = probe(REAR)
    one, two = (track(decode(clip, end_s=2.5), model_path("full"), jobs=jobs)[0] for jobs in (1, 2))
    np.testing.assert_array_equal(one.pixels, two.pixels)
    assert len(one.times_s) == 150


@pytest.mark.parametrize("blocks", [0, 1])
def test_where_memory_can_t_be_shared_the_answer_is_the_same(blocks: int, monkeypatch) -> None:
    """A container's shared memory may hold no part at all, or one."""
    made = 0
    real = segments._shared_block

    def scarce(size: int) -> SharedMemory:
        nonlocal made
        if made == blocks:
            raise OSError(errno.ENOSPC, "No space left on device")
        made += 1
        return real(size)

    monkeypatch.setattr(segments, "_shared_block", scarce)
    clip = probe(REAR)
    scarcely, plainly = (track(decode(clip, end_s=2.5), model_path("full"), jobs=jobs)[0] for jobs in (2, 1))
    assert made == blocks
    np.testing.assert_array_equal(scarcely.pixels, plainly.pixels)


class TwoPeople:
    """A landmarker that sees a large person, another one of a given size, and tracks what its crop holds."""

    def __init__(self, other: float) -> None:
        self.crops: list[tuple[int, ...]] = []
        self.other = other

    def _person(self, x: float, y: float, height: float) -> Detection:
        pixels = np.linspace([x, y], [x + 0.2 * height, y + height], 33)
        return Detection(pixels, np.zeros((33, 3)), np.ones(33))

    def scout(self, image: np.ndarray) -> list[Detection]:
        return [self._person(20, 100, self.other), self._person(200, 40, 300)]

    def track(self, image: np.ndarray) -> Detection | None:
        self.crops.append(image.shape)
        return self._person(10, 10, 200)

    def restart(self) -> None: ...

    def close(self) -> None: ...


@pytest.mark.parametrize(("other", "followed"), [(60, 1), (200, 2)])
def test_everybody_of_size_is_followed_in_a_box_of_their_own(other: float, followed: int) -> None:
    landmarker = TwoPeople(other)
    result = track_part(landmarker, np.zeros((4, 400, 400, 3), dtype=np.uint8))
    assert (result.people_seen, len(result.people)) == (2, followed)
    assert landmarker.crops[0][1] < 400
    assert np.nanmin(result.people[0].pixels[:, :, 0]) > 80, "the largest comes first"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["analyze", "missing.mp4", "--out", "o"], 3, "does not exist"),
        (["analyze", str(REAR), "--out", "o", "--height-cm", "17"], 2, "--height-cm"),
        (["analyze", str(REAR), "--out", "o", "--view", "above"], 2, "no view"),
        (["analyze", str(REAR), "--out", "o", "--model", "nothing.task"], 2, "pose model"),
        (["analyze", str(REAR), "--out", "o", "--sex", "X"], 2, "--sex"),
        (["analyze", str(REAR), "--out", "o", "--start", "3", "--end", "2"], 2, "--end"),
        (["analyze", str(REAR)], 2, "--out"),
        (["analyze", str(REAR), "--out", "o", "--end", "1.0"], 3, "film 20-30 s"),
        (["report", "nowhere"], 3, "can't be read"),
        (["synth", "clip.avi"], 2, ".mp4"),
    ],
)
def test_bad_calls_end_in_one_sentence_and_leave_nothing(
    tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def _flat_clip(path: Path) -> Path:
    rng = np.random.default_rng(0)
    with ProxyWriter(path, 30.0) as writer:
        for k in range(75):
            writer.write(rng.integers(60, 90, (320, 240, 3), dtype=np.uint8), k / 30)
    return path


def test_a_clip_without_a_person_is_refused(tmp_path: Path) -> None:
    done = run("analyze", str(_flat_clip(tmp_path / "wall.mp4")), "--out", str(tmp_path / "o"))
    assert done.returncode == 3
    assert "No person was found" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["wall.mp4"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, jobs: str) -> None:
    (tmp_path / "my.task").write_bytes(b"PK not a model" * 100)
    out = str(tmp_path / "o")
    done = run("analyze", str(REAR), "--out", out, "--model", str(tmp_path / "my.task"), "--jobs", jobs, "--end", "3")
    assert done.returncode == 2, done.stderr
    assert "not a pose model" in done.stderr
    assert "Traceback" not in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["my.task"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_can_t_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = run("analyze", str(REAR), "--out", str(tmp_path / "o"))
    tmp_path.chmod(0o700)
    assert done.returncode == 3
    assert "can't be written" in done.stderr


def test_an_output_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("analyze", str(REAR), "--out", str(tmp_path / "file" / "o"))
    assert done.returncode in (2, 3)
    assert "Traceback" not in done.stderr


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gaitcheck.cli", "analyze", str(REAR), "--out", str(tmp_path / "o"), "--jobs", "2"]
    # A shell without job control starts background jobs deaf to SIGINT, and children inherit that.
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.5)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def test_json_summary_and_quiet(tmp_path: Path) -> None:
    done = run("analyze", str(REAR), "--out", str(tmp_path / "o"), "--json", "--end", "4")
    summary = json.loads(done.stdout)
    assert summary["clips"][0]["view"] == "rear"
    assert Path(summary["report"]).is_file()


def test_the_typed_api_is_complete_and_lazy() -> None:
    import gaitcheck

    assert sorted(gaitcheck.__all__) == list(gaitcheck.__all__)
    assert callable(gaitcheck.analyze)
    code = "import sys, gaitcheck; print([m for m in ('numpy', 'mediapipe', 'pandas', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_document_is_read_without_what_measures(rear_results: tuple[Path, Any]) -> None:
    heavy = "('cv2', 'av', 'scipy.signal', 'scipy.stats', 'mediapipe', 'matplotlib', 'pandas', 'pyarrow')"
    code = (
        f"import sys, gaitcheck; gaitcheck.load({str(rear_results[0])!r})\n"
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_visit_and_a_comparison_are_tables(rear_results: tuple[Path, Any], tmp_path: Path) -> None:
    import gaitcheck

    visit = gaitcheck.load(rear_results[0])
    table = visit.to_frame()
    assert (
        len(table) == sum(m.value is not None for m in visit.document.metrics) and table["metric"].iloc[0] == "cadence"
    )
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    assert len(repr(visit.document)) < 120 and "rear" in repr(visit)
    assert visit.findings == visit.document.findings and visit.plan == visit.document.plan
    (clip,) = visit.clips
    assert {"percent", "mean", "sd"} < set(clip.curves) and clip.curves["percent"].max() == 100
    assert len(clip.steps) and visit.save_pdf(tmp_path / "copy.pdf").read_bytes().startswith(b"%PDF")
    same = gaitcheck.compare(visit, visit).to_frame()
    assert (same["difference"].dropna() == 0).all() and set(same["verdict"]) <= {"noise", "open"}


def test_a_visit_shows_itself_in_a_notebook(rear_results: tuple[Path, Any]) -> None:
    """Its first page in short; what people told is text and nothing else."""
    import gaitcheck

    page = gaitcheck.load(rear_results[0])._repr_html_()
    assert "<b>#let" not in page and "data:image/svg+xml" in page and "<script" not in page
    assert Writer(rear_results[1]).write().headline in unescape(page)


def test_a_clip_is_analysed_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gaitcheck

    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="jobs is 0; it must lie between 1 and 256"):
        gaitcheck.analyze(str(REAR), jobs=0)
    visit = gaitcheck.analyze(
        str(REAR), athlete=gaitcheck.Athlete(height_cm=171), setup=gaitcheck.Setup(end_s=4.0), jobs=1
    )
    assert visit.folder == Path(f"{REAR.stem}-report") and (visit.folder / "report.pdf").is_file()
    assert visit.document.athlete.height_cm == 171


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['gaitcheck', '--help']\nfrom gaitcheck.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([m for m in ('numpy', 'mediapipe', 'pandas', 'pydantic', 'cv2', 'av') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_the_checks_that_contributors_run_are_those_of_ci() -> None:
    root = Path(__file__).parents[1]
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    commands = text.split("Before a commit:")[1].split("```")[1].removeprefix("sh").strip().splitlines()
    ran = [line.replace('"$bin/', "").replace('"', "") for line in (root / ".ci" / "run").read_text().splitlines()]
    assert [line for line in ran if line in commands] == commands
    for path in re.findall(r"`(src/[^`*]+|benchmarks/[^` ]+)`", text):
        assert (root / path).exists(), path


def test_doctor_names_what_it_looked_at() -> None:
    done = run("doctor")
    assert done.returncode == 0, done.stdout
    assert "pose model" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "view", "cadence"),
    [
        ("gym_rear_30fps_464x832.mp4", "rear", 169.6),
        ("gym_side_60fps_1080x1920.mp4", "right", 167.7),
        ("garage_side_30fps_720x1280.mp4", "left", 168.6),
    ],
)
def test_real_clips_have_their_view_and_cadence(
    real_clip, tmp_path: Path, name: str, view: str, cadence: float
) -> None:
    analysis = analyze(Request(clips=(real_clip(name),)), tmp_path / "out")
    assert analysis.clips[0].view == view
    found = analysis.metric("cadence", "both")
    assert found is not None
    assert found.value == pytest.approx(cadence, abs=2.0)


def _children(pid: int) -> set[int]:
    """Processes whose parent is ``pid``."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are listed under /proc on Linux alone")
def test_workers_end_with_who_started_them_even_by_a_kill(tmp_path: Path) -> None:
    words = ["analyze", str(REAR), "--out", str(tmp_path / "out"), "--jobs", "2", "--quiet"]
    running = subprocess.Popen([sys.executable, "-m", "gaitcheck.cli", *words])
    workers: set[int] = set()
    while len(workers) < 2:
        time.sleep(0.1)
        workers = {pid for pid in _children(running.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}
        assert running.poll() is None, "it ended before its workers began"
    time.sleep(1.5)
    running.kill()
    running.wait()
    for _ in range(150):
        left = {pid for pid in workers if b"spawn_main" in _command(pid)}
        if not left:
            return
        time.sleep(0.1)
    raise AssertionError(f"{len(left)} workers live on")


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
