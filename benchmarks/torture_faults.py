"""A hostile machine: kills, full disks, vanishing folders, broken models, strange surroundings, two at once."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gaitcheck.analysis import Analysis, load
from gaitcheck.app.home import open_home
from gaitcheck.app.server import running
from gaitcheck.errors import GaitcheckError
from torture_case import ROOT, Case, Ended, Verdict, disagreements, faults_of, gaitcheck, judged, leavings, unclear
from torture_clips import Stock

KILLS = 200
SOME_FAILED = 4
"""How a batch ends in which somebody could not be analysed."""
TENTHS = 10
LONGEST_S = 9.0
"""An undisturbed analysis of the stock takes about so long; kills fall anywhere in it."""


def _started(*arguments: str | Path, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "gaitcheck.cli", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **(env or {})},
        start_new_session=True,
    )


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


def _killed(stock: Stock, how: signal.Signals, seed: int, folder: Path) -> Verdict:
    """An analysis over an earlier one ended at a random moment: the earlier one stands, or the new one does."""
    truth = stock.truth
    place = folder / "place"
    shutil.copytree(stock.results, place / "visit")
    wait_s = random.Random(f"{how.name}{seed}").uniform(0.0, LONGEST_S)
    marker = f"TORTURE={folder.name}"
    process = _started(
        "analyze", stock.clip, "--out", place / "visit", "--athlete", "Berta", "--quiet",
        env={"TORTURE": folder.name},
    )  # fmt: skip
    try:
        process.wait(wait_s)
    except subprocess.TimeoutExpired:
        process.send_signal(how)
    _, err = process.communicate(timeout=60)
    wrong = []
    text = err.decode("utf-8", "replace")
    if "Traceback" in text:
        wrong.append("a traceback: " + text.strip().splitlines()[-1])
    if how is signal.SIGTERM and process.returncode not in (0, 130, -signal.SIGTERM):
        wrong.append(f"exit code {process.returncode}: {text.strip()[-200:]}")
    for _ in range(50):
        if not _orphans(marker):
            break
        time.sleep(0.1)
    else:
        wrong.append("processes are left")
    wrong += _whole(place / "visit", truth)
    if how is signal.SIGTERM:
        wrong += leavings(place, "visit")
    if seed % 20 == 0:
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


def _killed_command(
    stock: Stock, name: str, change: Callable[[Path], list[str]], seed: int, how: signal.Signals, folder: Path
) -> Verdict:
    """A short command ended at a random moment: what it changes is old or new, and it can be run again."""
    truth = stock.truth
    visit = folder / "place" / "visit"
    shutil.copytree(stock.results, visit)
    process = _started(*change(visit))
    try:
        process.wait(random.Random(f"{name}{how}{seed}").uniform(0.0, 4.0))
    except subprocess.TimeoutExpired:
        process.send_signal(how)
    _, err = process.communicate(timeout=60)
    wrong = ["a traceback: " + err.decode()[-200:]] if b"Traceback" in err else []
    wrong += _whole(visit, truth)
    again = gaitcheck(*change(visit))
    if again.code != 0 and "already" not in again.err:
        wrong.append(f"once more: {again.err}")
    wrong += _whole(visit, truth)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right")


COMMANDS: dict[str, Callable[[Path], list[str]]] = {
    "report": lambda visit: ["report", str(visit), "--language", "de"],
    "sign_off": lambda visit: ["sign-off", str(visit), "--by", "Ann", "--note", "Well run."],
    "check_in": lambda visit: ["checkin", str(visit), "--pain", "1", "--done", "90"],
}


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
    """A pipe, which would be waited for, or a device, which never ends, where a file should be told."""
    path = Path("/dev/zero") if kind == "device" else folder / "pipe"
    if kind == "pipe":
        os.mkfifo(path)
    place = folder / "place"
    place.mkdir()
    if option == "correct":
        stock.truth  # noqa: B018
        shutil.copytree(stock.results, place / "visit")
        ended = gaitcheck("correct", place / "visit", "--file", path, bound_s=60)
    elif option == "roster":
        ended = gaitcheck("batch", path, "--out", place / "club", bound_s=60)
    else:
        ended = gaitcheck("analyze", stock.clip, "--out", place / "visit", "--quiet", f"--{option}", path, bound_s=60)
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


# ------------------------------------------------------------ surroundings


def _surrounded(stock: Stock, env: dict[str, str | None], more: tuple[str, ...], umask: int, folder: Path) -> Verdict:
    """Strange variables, permissions and terminals change nothing."""
    place = folder / "place"
    place.mkdir()
    env = {name: None if value is None else value.replace("FOLDER", str(folder)) for name, value in env.items()}
    ended = gaitcheck("analyze", stock.clip, "--out", place / "visit", "--jobs", "1", *more, env=env, umask=umask)
    return judged(ended, place / "visit", stock.truth)


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


def _model_gone_in_time(stock: Stock, wait_s: float, folder: Path) -> Verdict:
    """The model's file is deleted while a clip is followed: it was read, so nothing changes, or that is said."""
    package = folder / "copy"
    shutil.copytree(ROOT / "src", package / "src")
    shutil.copytree(ROOT / "models", package / "models", ignore=lambda _, names: [n for n in names if "heavy" in n])
    place = folder / "place"
    place.mkdir()
    truth = stock.truth
    gone = threading.Timer(wait_s, (package / "models" / "pose_full.task").unlink)
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
    process = _started("analyze", stock.clip, "--out", place / "visit", "--quiet", "--jobs", "2")
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
    both = [_started("analyze", stock.clip, "--out", place / "visit", "--quiet", "--jobs", "1") for _ in range(2)]
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


def _batch(stock: Stock, folder: Path) -> Path:
    """A roster of four, one of them broken."""
    clips = folder / "clips"
    clips.mkdir()
    for name in ("Ann", "Ben", "Cid"):
        data = bytearray(stock.clip.read_bytes())
        data += f"free{name}".encode()
        (clips / f"{name}_2026-11-01.mp4").write_bytes(bytes(data))
    (clips / "Dora_2026-11-01.mp4").write_bytes(b"no film")
    return clips


def _batch_killed(stock: Stock, seed: int, how: signal.Signals, folder: Path) -> Verdict:
    """A batch ended at random moments until it is done: the board is that of an undisturbed one."""
    truth = stock.truth
    clips, club = _batch(stock, folder), folder / "club"
    chance = random.Random(f"{how.name}{seed}")
    wrong = []
    for _ in range(3):
        process = _started("batch", clips, "--out", club, "--quiet")
        try:
            process.wait(chance.uniform(0.5, 18.0))
        except subprocess.TimeoutExpired:
            process.send_signal(how)
        _, err = process.communicate(timeout=90)
        if b"Traceback" in err:
            wrong.append("a traceback: " + err.decode()[-200:])
    done = gaitcheck("batch", clips, "--out", club, "--quiet")
    if done.code != SOME_FAILED:
        wrong.append(f"exit code {done.code}: {done.err[-200:]}")
    folders = sorted(club.glob("athletes/*/*/analysis.json"))
    if len(folders) != 3:
        wrong.append(f"{len(folders)} of 3 results")
    for path in folders:
        wrong += disagreements(load(path.parent), truth)
    hidden = [item.name for item in club.rglob(".*.part-*")] + [item.name for item in club.rglob(".*.old-*")]
    wrong += [f"left behind: {hidden}"] if hidden else []
    if not (club / "board.html").read_text(encoding="utf-8").rstrip().endswith("</html>"):
        wrong.append("half a board")
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right")


def _up(process: subprocess.Popen[bytes], root: Path) -> bool:
    """Whether the page answers within a minute."""
    for _ in range(600):
        if running(open_home(root)) is not None:
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.1)
    return False


def _served_killed(stock: Stock, seed: int, how: signal.Signals, folder: Path) -> Verdict:
    """The page in a browser, killed while it starts or serves; started again it is there, and ends at a word."""
    root = folder / "club"
    truth = stock.truth
    shutil.copytree(stock.results, root / "athletes" / "Ann" / "2026-11-01")
    arguments = ("serve", root, "--no-browser", "--port", "0")
    process = _started(*arguments)
    time.sleep(random.Random(f"serve{how.name}{seed}").uniform(0.0, 4.0))
    process.send_signal(how)
    _, err = process.communicate(timeout=60)
    wrong = ["a traceback: " + err.decode()[-200:]] if b"Traceback" in err else []
    again = _started(*arguments)
    if not _up(again, root):
        wrong.append("does not come up again")
    again.send_signal(signal.SIGTERM)
    _, err = again.communicate(timeout=60)
    if b"Traceback" in err or again.returncode not in (0, 130):
        wrong.append(f"ended with {again.returncode}: {err.decode()[-200:]}")
    wrong += _whole(root / "athletes" / "Ann" / "2026-11-01", truth)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right")


def cases(scratch: Path) -> list[Case]:
    """Every fault of the machine."""
    stock = Stock(scratch)
    found = []
    for how in (signal.SIGKILL, signal.SIGTERM):
        found += [Case("killed", f"analyze_{how.name}_{k}", partial(_killed, stock, how, k)) for k in range(KILLS // 4)]
        for name, change in COMMANDS.items():
            found += [
                Case("killed", f"{name}_{how.name}_{k}", partial(_killed_command, stock, name, change, k, how))
                for k in range(KILLS // 20)
            ]
        found += [Case("killed", f"serve_{how.name}_{k}", partial(_served_killed, stock, k, how)) for k in range(8)]
        found += [Case("killed", f"batch_{how.name}_{k}", partial(_batch_killed, stock, k, how)) for k in range(3)]
    found += [Case("disks", f"full_at_{k}_tenths", partial(_full_disk, stock, k)) for k in range(TENTHS)]
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
    ]
    found += [
        Case("pipes and devices", f"{option}_{kind}", partial(_option, option, kind, stock), True)
        for option in ("intake", "brand", "model", "correct", "roster")
        for kind in ("pipe", "device")
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
        Case("surroundings", "deleted_cwd", partial(_deleted_cwd, stock)),
        Case("surroundings", "clock_back", partial(_clock_back, stock)),
        Case("models", "flipped", partial(_model, stock, _flip), True),
        Case("models", "gone", partial(_model, stock, Path.unlink)),
        Case("models", "empty", partial(_model, stock, lambda path: path.write_bytes(b""))),
        Case("models", "half", partial(_model, stock, lambda path: path.write_bytes(path.read_bytes()[:4_000_000]))),
        *(Case("models", f"gone_after_{wait_s}_s", partial(_model_gone_in_time, stock, wait_s))
          for wait_s in (0.3, 0.8, 1.5, 3.0)),
        *(Case("workers", f"killed_{k}", partial(_worker_killed, stock, k)) for k in range(6)),
        *(Case("workers", f"two_at_once_{k}", partial(_two_at_once, stock)) for k in range(2)),
    ]  # fmt: skip
    return found
