"""A hostile machine: kills, full disks, vanishing folders, broken models, strange surroundings, two at once."""

from __future__ import annotations

import atexit
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gaitcheck.analysis import Analysis, load
from gaitcheck.analysis.document import Athlete
from gaitcheck.app.home import open_home
from gaitcheck.app.queue import Queue
from gaitcheck.app.server import running
from gaitcheck.errors import GaitcheckError
from gaitcheck.fleet.jobs import Job
from gaitcheck.request import Request
from torture_case import ROOT, Case, Ended, Verdict, disagreements, faults_of, gaitcheck, judged, leavings, unclear
from torture_clips import Stock
from torture_crash import Store, stores

KILLS = int(os.environ.get("TORTURE_KILLS", "200"))
"""How often each command is killed, half of them by either signal."""
KILLED = ("board", "check_in", "sign_off")
"""Short commands that are killed, by their stores' names."""
KILLS_OF_A_BATCH, A_BATCH_S = 5, 9.0
ONCE_MORE = 20
"""After every so many of a command's kills it is run again."""
SOME_FAILED = 4
"""How a batch ends in which somebody could not be analysed."""
SERVED_AT_WORK = 5
"""Every so many of the page's kills, it has work."""
TOLD_AS = {
    "intake": ".toml", "brand": ".toml", "model": ".task", "correct": ".toml", "roster": ".csv", "recipe": ".toml",
    "pseudonyms": ".json",
}  # fmt: skip
"""Files that an option names, and how they end."""
TENTHS = 10
LONGEST_S = 9.0
"""An undisturbed analysis of the stock takes about so long; kills fall anywhere in it."""


def under_way(*arguments: str | Path, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """A gaitcheck command under way, in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "gaitcheck.cli", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **(env or {})},
        start_new_session=True,
    )


def _ended(process: subprocess.Popen[bytes], bound_s: float = 90.0) -> tuple[str, list[str]]:
    """What a process that was told to end says, and what is wrong with its end."""
    wrong = []
    try:
        _, said = process.communicate(timeout=bound_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        _, said = process.communicate()
        wrong.append("does not end")
    text = said.decode("utf-8", "replace")
    if "Traceback" in text:
        wrong.append("a traceback: " + text.strip().splitlines()[-1][-200:])
    return text, wrong


def _orphans(marker: str) -> list[int]:
    """Processes whose command line or surroundings name something of this trial's."""
    found = []
    for item in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (item / "environ").read_bytes() and int(item.name) != os.getpid():
                found.append(int(item.name))
        except OSError:
            continue
    return found


def _gone(marker: str) -> list[str]:
    """What is wrong if processes outlive the one they worked for by more than seconds."""
    for _ in range(50):
        if not _orphans(marker):
            return []
        time.sleep(0.1)
    return ["processes are left"]


def _killed(stock: Stock, how: signal.Signals, seed: int, folder: Path) -> Verdict:
    """An analysis over an earlier one ended at a random moment: the earlier one stands, or the new one does."""
    truth = stock.truth
    place = folder / "place"
    shutil.copytree(stock.results, place / "visit")
    wait_s = random.Random(f"{how.name}{seed}").uniform(0.0, LONGEST_S)
    marker = f"TORTURE={folder.name}"
    process = under_way(
        "analyze", stock.clip, "--out", place / "visit", "--athlete", "Berta", "--quiet",
        env={"TORTURE": folder.name},
    )  # fmt: skip
    try:
        process.wait(wait_s)
    except subprocess.TimeoutExpired:
        process.send_signal(how)
    text, wrong = _ended(process)
    if how is signal.SIGTERM and process.returncode not in (0, 130, -signal.SIGTERM):
        wrong.append(f"exit code {process.returncode}: {text.strip()[-200:]}")
    wrong += _gone(marker)
    wrong += _whole(place / "visit", truth)
    if how is signal.SIGTERM:
        wrong += leavings(place, "visit")
    if seed % ONCE_MORE == 0:
        again = gaitcheck("analyze", stock.clip, "--out", place / "visit", "--athlete", "Berta", "--quiet")
        wrong += [f"once more: {again.err}"] if again.code else _whole(place / "visit", truth)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right", f"after {wait_s:.1f} s")


def _whole(folder: Path, truth: Analysis) -> list[str]:
    """What is wrong with a results folder that must be the old or the new one."""
    try:
        found = load(folder)
        page = (folder / "report.html").read_text(encoding="utf-8")
    except (GaitcheckError, OSError) as error:
        return [f"neither old nor new: {error}"]
    wrong = disagreements(found, truth)
    if found.athlete.name and found.athlete.name not in page:
        wrong.append("document and page are of different times")
    return wrong


class Undisturbed:
    """A store before and after its change, and how long that takes; found out once."""

    def __init__(self, store: Store, scratch: Path) -> None:
        self.store, self._scratch = store, scratch
        self._lock = threading.Lock()
        self._found: tuple[Path, object, object, float] | None = None

    @property
    def found(self) -> tuple[Path, object, object, float]:
        """A folder in its old state, what is seen of the old and of the new one, and seconds."""
        with self._lock:
            if self._found is None:
                first = Path(tempfile.mkdtemp(prefix=f"{self.store.name}-", dir=self._scratch))
                atexit.register(shutil.rmtree, first, ignore_errors=True)
                place = first / "changed" / "place"
                (first / "old").mkdir()
                self.store.make(first / "old")
                shutil.copytree(first / "old", place, symlinks=True)
                change = self.store.change(place)
                started = time.monotonic()
                ended = gaitcheck(*change)
                seconds = time.monotonic() - started
                if ended.code != 0:
                    raise RuntimeError(f"{self.store.name} ends with {ended.code}: {ended.err}")
                self._found = first / "old", self.store.seen(first / "old"), self.store.seen(place), seconds
            return self._found


def _killed_command(undisturbed: Undisturbed, seed: int, how: signal.Signals, folder: Path) -> Verdict:
    """A short command ended at a random moment: what it changes is old or new, and it can be run again."""
    store, (first, old, new, seconds) = undisturbed.store, undisturbed.found
    place = folder / "place"
    shutil.copytree(first, place, symlinks=True)
    wait_s = random.Random(f"{store.name}{how}{seed}").uniform(0.0, 1.3 * seconds)
    process = under_way(*store.change(place))
    try:
        process.wait(wait_s)
    except subprocess.TimeoutExpired:
        process.send_signal(how)
    _, wrong = _ended(process)
    now = store.seen(place)
    if now not in (old, new):
        wrong.append(f"neither old nor new: {now}")
    if seed % ONCE_MORE == 0 and now != new:
        again = gaitcheck(*store.change(place))
        if again.code != 0 or store.seen(place) != new:
            wrong.append(f"once more ends with {again.code}: {again.err}")
    said = f"after {wait_s:.2f} s: {'new' if now == new else 'old'}"
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right", said)


# ------------------------------------------------------------ disks


def _mounted(folder: Path, kilobytes: int) -> Path | None:
    """A small disk of its own; None where this user may not mount one."""
    place = folder / "disk"
    place.mkdir()
    told = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)], capture_output=True, check=False
    )
    return place if told.returncode == 0 else None


def _full_disk(stock: Stock, tenth: int, folder: Path) -> Verdict:
    """A disk that is full after some tenths of what an analysis writes."""
    stock.truth  # noqa: B018
    needed = sum(item.stat().st_size for item in stock.results.rglob("*")) // 1024
    disk = _mounted(folder, max(16, needed * tenth // TENTHS))
    if disk is None:
        return Verdict("absent", "this user may not mount a disk")
    try:
        (disk / "in").mkdir()
        ended = gaitcheck("analyze", stock.clip, "--out", disk / "in" / "visit", "--quiet", "--jobs", "1")
        wrong = faults_of(ended, (3,)) + unclear(ended) + leavings(disk / "in")
        return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("refused", ended.err.strip())
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def _full_scratch(stock: Stock, kilobytes: int, folder: Path) -> Verdict:
    """The disk for temporary files is full, that of the results is not."""
    truth = stock.truth
    place = folder / "place"
    place.mkdir()
    disk = _mounted(folder, kilobytes)
    if disk is None:
        return Verdict("absent", "this user may not mount a disk")
    try:
        ended = gaitcheck("analyze", stock.clip, "--out", place / "visit", "--quiet", env={"TMPDIR": str(disk)})
        return judged(ended, place / "visit", truth)
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def _largest_file(stock: Stock, kilobytes: int, folder: Path) -> Verdict:
    """No file may grow beyond a limit of the user's (as a quota has it)."""
    place = folder / "place"
    place.mkdir()
    limits = {resource.RLIMIT_FSIZE: 1024 * kilobytes}
    ended = gaitcheck("analyze", stock.clip, "--out", place / "visit", "--quiet", "--jobs", "1", limits=limits)
    wrong = faults_of(ended, (3,)) + unclear(ended) + leavings(place)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("refused", ended.err.strip())


def _few_open_files(stock: Stock, most: int, folder: Path) -> Verdict:
    place = folder / "place"
    place.mkdir()
    ended = gaitcheck(
        "analyze", stock.clip, "--out", place / "visit", "--quiet", "--jobs", "1", limits={resource.RLIMIT_NOFILE: most}
    )
    return judged(ended, place / "visit", stock.truth)


def _no_place(where: Callable[[Path], Path], stock: Stock, folder: Path) -> Verdict:
    """An output folder that can't be written to."""
    ended = gaitcheck("analyze", stock.clip, "--out", where(folder), "--quiet", "--jobs", "1")
    wrong = faults_of(ended, (2, 3)) + unclear(ended)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("refused", ended.err.strip())


def _option(option: str, kind: str, stock: Stock, folder: Path) -> Verdict:
    """A pipe, which would be waited for, a device, which never ends, or a file that this user may not read."""
    path = Path("/dev/zero") if kind == "device" else folder / "file"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "forbidden":
        path = path.with_suffix(TOLD_AS[option])
        path.touch(0o000)
    place = folder / "place"
    place.mkdir()
    if option == "correct":
        stock.truth  # noqa: B018
        shutil.copytree(stock.results, place / "visit")
        arguments: tuple[str | Path, ...] = ("correct", place / "visit", "--file", path)
    elif option == "roster":
        arguments = ("batch", path, "--out", place / "club")
    elif option == "recipe":
        arguments = ("synth", place / "clip.mp4", "--recipe", path)
    elif option == "pseudonyms":
        arguments = ("batch", clips_of_a_batch(stock, folder), "--out", place / "club", "--pseudonyms", path)
    else:
        arguments = ("analyze", stock.clip, "--out", place / "visit", "--quiet", f"--{option}", path)
    ended = gaitcheck(*arguments, bound_s=60, bounded=kind == "forbidden")
    wrong = faults_of(ended, (2, 3)) + unclear(ended)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("refused", ended.err.strip())


def _unreadable_results(stock: Stock, name: str, command: tuple[str, ...], folder: Path) -> Verdict:
    """A file of a results folder that this user may not read."""
    stock.truth  # noqa: B018
    shutil.copytree(stock.results, folder / "visit")
    (folder / "visit" / name).chmod(0)
    ended = gaitcheck(command[0], folder / "visit", *command[1:], bound_s=60, bounded=True)
    wrong = faults_of(ended, (2, 3)) + unclear(ended)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("refused", ended.err.strip())


def _a_file(folder: Path) -> Path:
    (folder / "file").write_text("mine", encoding="utf-8")
    return folder / "file"


def _below_a_file(folder: Path) -> Path:
    return _a_file(folder) / "visit"


def _others_folder(folder: Path) -> Path:
    (folder / "mine").mkdir()
    (folder / "mine" / "letter.txt").write_text("mine", encoding="utf-8")
    return folder / "mine"


def _dangling(folder: Path) -> Path:
    (folder / "link").symlink_to(folder / "nowhere")
    return folder / "link"


def _vanishing(stock: Stock, folder: Path) -> Verdict:
    """The place for results is deleted while they are made."""
    place = folder / "place"
    place.mkdir()
    stock.truth  # noqa: B018
    gone = threading.Timer(3.5, shutil.rmtree, (place,), {"ignore_errors": True})
    gone.start()
    ended = gaitcheck("analyze", stock.clip, "--out", place / "visit", "--quiet", "--jobs", "1")
    gone.join()
    wrong = faults_of(ended, (3,)) + unclear(ended)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("refused", ended.err.strip())


def _read_only(stock: Stock, folder: Path) -> Verdict:
    disk = _mounted(folder, 64)
    if disk is None:
        return Verdict("absent", "this user may not mount a disk")
    try:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        return _no_place(lambda _: disk / "visit", stock, folder)
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def _forbidden(stock: Stock, folder: Path) -> Verdict:
    """A place that this user may look at and not write to."""
    place = folder / "place"
    place.mkdir()
    place.chmod(0o500)
    ended = gaitcheck("analyze", stock.clip, "--out", place / "visit", "--quiet", "--jobs", "1", bounded=True)
    wrong = faults_of(ended, (3,)) + unclear(ended) + leavings(place)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("refused", ended.err.strip())


# ------------------------------------------------------------ surroundings


def _surrounded(stock: Stock, env: dict[str, str | None], more: tuple[str, ...], umask: int, folder: Path) -> Verdict:
    """Strange variables, permissions and terminals change nothing."""
    place = folder / "place"
    place.mkdir()
    env = {name: None if value is None else value.replace("FOLDER", str(folder)) for name, value in env.items()}
    ended = gaitcheck("analyze", stock.clip, "--out", place / "visit", "--jobs", "1", *more, env=env, umask=umask)
    return judged(ended, place / "visit", stock.truth)


def _closed(closed: str, stock: Stock, folder: Path) -> Verdict:
    """Streams that were closed before: no file takes their place."""
    place = folder / "place"
    place.mkdir()
    truth = stock.truth
    line = f'exec "$0" -m gaitcheck.cli analyze "$1" --out "$2" --quiet --jobs 2 {closed}'
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    told = subprocess.run(["bash", "-c", line, sys.executable, str(stock.clip), str(place / "visit")], env=env)
    return judged(Ended(told.returncode, "", "", 1.0, 0.0), place / "visit", truth)


def _closed_stdout(stock: Stock, folder: Path) -> Verdict:
    """Nobody listens to what is printed."""
    place = folder / "place"
    place.mkdir()
    truth = stock.truth
    line = (
        f"{sys.executable} -m gaitcheck.cli analyze '{stock.clip}' --out '{place / 'visit'}' --jobs 1 "
        f"2>'{folder / 'err'}' | true; exit ${{PIPESTATUS[0]}}"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    ended = subprocess.run(["bash", "-c", line], env=env, check=False)
    err = (folder / "err").read_text(encoding="utf-8")
    if "Traceback" in err:
        return Verdict("wrong", err.strip().splitlines()[-1])
    wrong = _whole(place / "visit", truth)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right", f"exit code {ended.returncode}")


def _deleted_cwd(stock: Stock, folder: Path) -> Verdict:
    """Started in a folder that is not there any more."""
    place, gone = folder / "place", folder / "gone"
    place.mkdir()
    gone.mkdir()
    truth = stock.truth
    line = f"cd '{gone}' && rmdir '{gone}' && exec {sys.executable} -m gaitcheck.cli analyze '{stock.clip}' "
    line += f"--out '{place / 'visit'}' --jobs 2 --quiet"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    told = subprocess.run(["bash", "-c", line], env=env, capture_output=True, text=True, check=False)
    return judged(Ended(told.returncode, told.stdout, told.stderr, 1.0, 0.0), place / "visit", truth)


# ------------------------------------------------------------ models, workers, clocks, two at once


def _model(stock: Stock, change: Callable[[Path], None], folder: Path) -> Verdict:
    """A copy of the package whose own model was changed."""
    package = folder / "copy"
    shutil.copytree(ROOT / "src", package / "src")
    shutil.copytree(ROOT / "models", package / "models", ignore=lambda _, names: [n for n in names if "heavy" in n])
    change(package / "models" / "pose_full.task")
    place = folder / "place"
    place.mkdir()
    ended = gaitcheck(
        "analyze", stock.clip, "--out", place / "visit", "--quiet", env={"PYTHONPATH": str(package / "src")}
    )
    wrong = faults_of(ended, (2, 3)) + unclear(ended) + leavings(place)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("refused", ended.err.strip())


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def _model_changed_in_time(stock: Stock, change: Callable[[Path], None], wait_s: float, folder: Path) -> Verdict:
    """The model's file is deleted or changed while a clip is followed: it was read before, or that is said."""
    package = folder / "copy"
    shutil.copytree(ROOT / "src", package / "src")
    shutil.copytree(ROOT / "models", package / "models", ignore=lambda _, names: [n for n in names if "heavy" in n])
    place = folder / "place"
    place.mkdir()
    truth = stock.truth
    gone = threading.Timer(wait_s, change, (package / "models" / "pose_full.task",))
    gone.start()
    ended = gaitcheck(
        "analyze", stock.clip, "--out", place / "visit", "--quiet", env={"PYTHONPATH": str(package / "src")}
    )
    gone.join()
    return judged(ended, place / "visit", truth)


def _worker_killed(stock: Stock, seed: int, folder: Path) -> Verdict:
    """A worker of an analysis is killed (as a machine short of memory does it)."""
    place = folder / "place"
    place.mkdir()
    truth = stock.truth
    process = under_way("analyze", stock.clip, "--out", place / "visit", "--quiet", "--jobs", "2")
    time.sleep(random.Random(seed).uniform(1.0, 3.5))
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    started = children.read_text().split() if children.is_file() else []
    workers = [w for w in started if b"spawn_main" in Path(f"/proc/{w}/cmdline").read_bytes()]
    for worker in workers[seed % 2 :][:1]:
        os.kill(int(worker), signal.SIGKILL)
    _, err = process.communicate(timeout=120)
    text = err.decode("utf-8", "replace")
    ended = Ended(process.returncode, "", text, 1.0, 0.0)
    return judged(ended, place / "visit", truth)


def _two_at_once(stock: Stock, folder: Path) -> Verdict:
    """Two analyses into one folder: one is done, the other is told to wait."""
    place = folder / "place"
    place.mkdir()
    truth = stock.truth
    both = [under_way("analyze", stock.clip, "--out", place / "visit", "--quiet", "--jobs", "1") for _ in range(2)]
    told = [(process.communicate(timeout=180)[1].decode(), process.returncode) for process in both]
    wrong = _whole(place / "visit", truth) + leavings(place, "visit")
    if sorted(code for _, code in told) not in ([0, 3], [0, 0]):
        wrong.append(f"ended with {told}")
    if any("Traceback" in err for err, _ in told):
        wrong.append("a traceback")
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right", "; ".join(err.strip() for err, _ in told))


def _clock_back(stock: Stock, folder: Path) -> Verdict:
    """The clock is a year back: what was filmed after 'today' is said, never a traceback."""
    place = folder / "place"
    place.mkdir()
    truth = stock.truth
    script = (
        "import datetime, sys, time\n"
        "shift = 400 * 86400\n"
        "real, day, moment = time.time, datetime.date, datetime.datetime\n"
        "time.time = lambda: real() - shift\n"
        "class Date(day):\n"
        "    @classmethod\n"
        "    def today(cls): return day.today() - datetime.timedelta(days=400)\n"
        "datetime.date = Date\n"
        "sys.argv = ['gaitcheck', *sys.argv[1:]]\n"
        "from gaitcheck.cli import main\n"
        "main()\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            script,
            "analyze",
            str(stock.clip),
            "--out",
            str(place / "visit"),
            "--quiet",
            "--jobs",
            "1",
        ],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    return judged(Ended(told.returncode, told.stdout, told.stderr, 1.0, 0.0), place / "visit", truth)


# ------------------------------------------------------------ batches and the page


def clips_of_a_batch(stock: Stock, folder: Path) -> Path:
    """A roster of four, one of them broken."""
    clips = folder / "clips"
    clips.mkdir()
    for name in ("Ann", "Ben", "Cid"):
        data = bytearray(stock.clip.read_bytes())
        data += f"free{name}".encode()
        (clips / f"{name}_2026-11-01.mp4").write_bytes(bytes(data))
    (clips / "Dora_2026-11-01.mp4").write_bytes(b"no film")
    return clips


def unlike_undisturbed(club: Path, truth: Analysis) -> list[str]:
    """How a club's folder differs from that of an undisturbed batch of ``clips_of_a_batch``."""
    wrong = []
    folders = sorted(club.glob("athletes/*/*/analysis.json"))
    if len(folders) != 3:
        wrong.append(f"{len(folders)} of 3 results")
    for path in folders:
        wrong += disagreements(load(path.parent), truth)
    hidden = [item.name for item in club.rglob(".*.part-*")] + [item.name for item in club.rglob(".*.old-*")]
    wrong += [f"left behind: {hidden}"] if hidden else []
    if not (club / "board.html").read_text(encoding="utf-8").rstrip().endswith("</html>"):
        wrong.append("half a board")
    return wrong


def _batch_killed(stock: Stock, seed: int, how: signal.Signals, folder: Path) -> Verdict:
    """A batch ended at random moments until it is done: the board is that of an undisturbed one."""
    truth = stock.truth
    clips, club = clips_of_a_batch(stock, folder), folder / "club"
    chance = random.Random(f"{how.name}{seed}")
    wrong = []
    kills = 0
    while kills < KILLS_OF_A_BATCH:
        process = under_way("batch", clips, "--out", club, "--quiet")
        try:
            process.wait(chance.uniform(0.0, A_BATCH_S))
        except subprocess.TimeoutExpired:
            process.send_signal(how)
            kills += 1
        wrong += _ended(process)[1]
        if process.returncode == SOME_FAILED:
            break
    done = gaitcheck("batch", clips, "--out", club, "--quiet")
    if done.code != SOME_FAILED:
        wrong.append(f"exit code {done.code}: {done.err[-200:]}")
    wrong += unlike_undisturbed(club, truth)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right", f"killed {kills} times")


def _up(process: subprocess.Popen[bytes], root: Path) -> bool:
    """Whether the page answers within a minute."""
    for _ in range(600):
        if running(open_home(root)) is not None:
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.1)
    return False


def _handed_in(root: Path, clip: Path) -> Path:
    """Work that waits in the page's queue; where its results will be."""
    home = open_home(root)
    out = home.root / "athletes" / "Ben" / "2026-11-02"
    queue = Queue(home.root, home.state / "jobs.sqlite")
    queue.add([Job("Ben", Request(clips=(clip,), athlete=Athlete(name="Ben")), out, "work", day="2026-11-02")])
    queue.stop()
    return out


def _served_killed(stock: Stock, seed: int, how: signal.Signals, folder: Path) -> Verdict:
    """The page in a browser, killed while it starts, waits or works; started again it is there, does what it was
    asked for before, and ends at a word.
    """  # fmt: skip
    root = folder / "club"
    truth = stock.truth
    shutil.copytree(stock.results, root / "athletes" / "Ann" / "2026-11-01")
    works = seed % SERVED_AT_WORK == 0
    out = _handed_in(root, stock.clip) if works else None
    arguments = ("serve", root, "--no-browser", "--port", "0")
    process = under_way(*arguments, env={"TORTURE": folder.name})
    time.sleep(random.Random(f"serve{how.name}{seed}").uniform(0.0, LONGEST_S if works else 3.0))
    process.send_signal(how)
    _, wrong = _ended(process)
    wrong += _gone(f"TORTURE={folder.name}")
    if works or seed % ONCE_MORE == 1:
        again = under_way(*arguments)
        if not _up(again, root):
            wrong.append("does not come up again")
        if out is not None:
            wrong += _done_in_time(out, truth)
        again.send_signal(signal.SIGTERM)
        text, late = _ended(again)
        wrong += late
        if again.returncode not in (0, 130):
            wrong.append(f"ended with {again.returncode}: {text[-200:]}")
    wrong += _whole(root / "athletes" / "Ann" / "2026-11-01", truth)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right", "with work" if works else "")


def _done_in_time(out: Path, truth: Analysis) -> list[str]:
    """Wait for what was handed in; what is wrong with it."""
    for _ in range(1200):
        if (out / "analysis.json").is_file():
            return _whole(out, truth) + leavings(out.parent, out.name)
        time.sleep(0.1)
    return ["what was handed in is not done"]


def cases(scratch: Path) -> list[Case]:
    """Every fault of the machine."""
    stock = Stock(scratch)
    found = []
    half = KILLS // 2
    short = [Undisturbed(store, scratch) for store in stores(stock) if store.name in KILLED]
    for how in (signal.SIGKILL, signal.SIGTERM):
        found += [Case("killed", f"analyze_{how.name}_{k}", partial(_killed, stock, how, k)) for k in range(half)]
        for one in short:
            found += [
                Case("killed", f"{one.store.name}_{how.name}_{k}", partial(_killed_command, one, k, how))
                for k in range(half)
            ]
        found += [Case("killed", f"serve_{how.name}_{k}", partial(_served_killed, stock, k, how)) for k in range(half)]
        found += [
            Case("killed", f"batch_{how.name}_{k}", partial(_batch_killed, stock, k, how))
            for k in range(half // KILLS_OF_A_BATCH)
        ]
    found += [Case("disks", f"full_at_{k}_tenths", partial(_full_disk, stock, k)) for k in range(TENTHS)]
    found += [Case("disks", f"TMPDIR_of_{size}_kB", partial(_full_scratch, stock, size)) for size in (4, 100, 400)]
    found += [Case("disks", f"largest_file_{size}_kB", partial(_largest_file, stock, size)) for size in (4, 64, 200)]
    found += [Case("disks", f"{most}_open_files", partial(_few_open_files, stock, most)) for most in (24, 32, 48, 64)]
    places: dict[str, Callable[[Path], Path]] = {
        "a_file": _a_file, "below_a_file": _below_a_file, "somebody_s_folder": _others_folder,
        "dangling_link": _dangling,
        "root": lambda _: Path("/"), "proc": lambda _: Path("/proc/visit"), "dev": lambda _: Path("/dev/null"),
        "null": lambda folder: folder / ("x" * 300),
    }  # fmt: skip
    found += [Case("places to write", name, partial(_no_place, where, stock), True) for name, where in places.items()]
    found += [
        Case("places to write", "vanishing", partial(_vanishing, stock)),
        Case("places to write", "read_only", partial(_read_only, stock)),
        Case("places to write", "no_permission", partial(_forbidden, stock)),
    ]
    found += [
        Case("files told", f"{option}_{kind}", partial(_option, option, kind, stock), True)
        for option in TOLD_AS
        for kind in ("pipe", "device", "forbidden")
    ]
    found += [
        Case("files told", f"{command[0]}_without_{name}", partial(_unreadable_results, stock, name, command))
        for name, command in (
            ("analysis.json", ("report",)),
            ("landmarks.parquet", ("export", "--as", "trc", "--out", "/dev/shm/no-export")),
            ("proxy.mp4", ("report", "--share")),
            ("checksums.txt", ("report",)),
            ("strides.csv", ("sign-off", "--by", "Ann", "--note", "x")),
        )
    ]
    around: dict[str, tuple[dict[str, str | None], tuple[str, ...], int]] = {
        "LANG_C": ({"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, (), -1),
        "ascii_output": ({"PYTHONIOENCODING": "ascii"}, ("--athlete", "Läufer 🏃"), -1),
        "no_HOME": ({"HOME": None}, ("--quiet",), -1),
        "strange_HOME": ({"HOME": "/nonexistent"}, ("--quiet",), -1),
        "no_TMPDIR": ({"TMPDIR": "/nonexistent"}, ("--quiet",), -1),
        "TMPDIR_is_a_file": ({"TMPDIR": "/dev/null"}, ("--quiet",), -1),
        "20_columns": ({"COLUMNS": "20"}, (), -1),
        "1_column": ({"COLUMNS": "1"}, (), -1),
        "no_colours": ({"NO_COLOR": "1", "TERM": "dumb"}, (), -1),
        "forced_colours": ({"FORCE_COLOR": "1"}, ("--quiet",), -1),
        "umask_077": ({}, ("--quiet",), 0o077),
        "umask_0": ({}, ("--quiet",), 0),
        "time_zone": ({"TZ": "Pacific/Kiritimati"}, ("--quiet",), -1),
        "turkish": ({"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"}, ("--quiet",), -1),
        "optimised": ({"PYTHONOPTIMIZE": "2"}, ("--quiet",), -1),
        "warnings_are_errors": ({"PYTHONWARNINGS": "error::RuntimeWarning"}, ("--quiet",), -1),
        "one_thread": ({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}, ("--quiet",), -1),
        "hash_seed": ({"PYTHONHASHSEED": "1"}, ("--quiet",), -1),
        "a_foreign_proxy": (
            {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"},
            ("--quiet",),
            -1,
        ),
        "matplotlib_backend": ({"MPLBACKEND": "TkAgg", "DISPLAY": ":99"}, ("--quiet",), -1),
        "unwritable_caches": ({"MPLCONFIGDIR": "/proc", "XDG_CACHE_HOME": "/proc", "HOME": "/proc"}, ("--quiet",), -1),
    }
    found += [
        Case("surroundings", name, partial(_surrounded, stock, env, more, umask))
        for name, (env, more, umask) in around.items()
    ]
    found += [
        Case("surroundings", "closed_stdout", partial(_closed_stdout, stock)),
        *(Case("surroundings", f"without_{name}", partial(_closed, closed, stock))
          for name, closed in (("stderr", "2>&-"), ("stdin", "<&-"), ("streams", "<&- >&- 2>&-"))),
        Case("surroundings", "deleted_cwd", partial(_deleted_cwd, stock)),
        Case("surroundings", "clock_back", partial(_clock_back, stock)),
        Case("models", "flipped", partial(_model, stock, _flip), True),
        Case("models", "gone", partial(_model, stock, Path.unlink)),
        Case("models", "empty", partial(_model, stock, lambda path: path.write_bytes(b""))),
        Case("models", "half", partial(_model, stock, lambda path: path.write_bytes(path.read_bytes()[:4_000_000]))),
        *(Case("models", f"{name}_after_{wait_s}_s", partial(_model_changed_in_time, stock, change, wait_s))
          for name, change in (("gone", Path.unlink), ("flipped", _flip)) for wait_s in (0.3, 0.8, 1.5, 3.0)),
        *(Case("workers", f"killed_{k}", partial(_worker_killed, stock, k)) for k in range(6)),
        *(Case("workers", f"two_at_once_{k}", partial(_two_at_once, stock)) for k in range(2)),
    ]  # fmt: skip
    return found
