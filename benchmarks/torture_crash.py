"""Every store, ended in the middle of its 1st, 2nd, 3rd ... change to the disk: afterwards all is old, or all is new.

What changes files is counted below the interpreter (``crash_points.c``, preloaded): writes, of which half is made,
syncs, renames, links, removals. A store's writes are many and alike, so of writes to one file the first, the last and
two between are tried; of everything else, all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gaitcheck.analysis import load
from gaitcheck.analysis.review import read_review
from gaitcheck.app.drafts import Drafts
from gaitcheck.app.home import open_home
from gaitcheck.app.queue import Queue
from gaitcheck.corrections import read_corrections
from gaitcheck.errors import GaitcheckError
from gaitcheck.progress.checkins import earlier
from torture_case import ROOT, Case, Verdict, gaitcheck
from torture_clips import Stock

SHIM = Path(__file__).with_name("crash_points.c")
CRASHED = 137
OF_ONE_FILE = 4
ONCE_MORE = 4
"""After every so many of these crashes the command is run again, and must end as if nothing had been."""
MOST_POINTS = int(os.environ.get("TORTURE_POINTS", "120"))
_building = threading.Lock()


@dataclass(frozen=True)
class Store:
    """Something kept: how it comes to be, what changes it, and what a reader then sees of it.

    ``make`` fills a folder with the old state, ``change`` gives the arguments of the command (or of Python, where it
    begins with -c) that brings the new one, ``seen`` reads what matters, so that old and new differ.
    """

    name: str
    make: Callable[[Path], None]
    change: Callable[[Path], list[str]]
    seen: Callable[[Path], object]
    quick: bool = False


def shim(folder: Path) -> Path | None:
    """The preloaded library, built once; None without a compiler."""
    target = folder / "crash_points.so"
    with _building:
        if not target.is_file():
            compiler = shutil.which("cc")
            if compiler is None or sys.platform != "linux":
                return None
            subprocess.run([compiler, "-shared", "-fPIC", "-w", "-o", str(target), str(SHIM), "-ldl"], check=True)
    return target


def _changed(store: Store, place: Path, library: Path | None = None, **crash: str) -> tuple[int, str]:
    """Run what changes a store; its exit code and what it said."""
    arguments = store.change(place)
    env = {"LD_PRELOAD": str(library), "CRASH_UNDER": str(place), **crash} if library else {}
    if arguments[0] == "-c":
        ended = subprocess.run(
            [sys.executable, *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **env},
            capture_output=True,
            text=True,
        )
        return ended.returncode, ended.stderr
    told = gaitcheck(*arguments, env=dict(env))
    return told.code, told.err


def points_of(log: Path) -> list[int]:
    """Which changes to end at: all that are no writes, and of each file's writes a few."""
    chosen, writes = [], defaultdict(list)
    for line in log.read_text(encoding="utf-8").splitlines():
        number, what, path = line.split(" ", 2)
        if "write" in what:
            writes[path].append(int(number))
        else:
            chosen.append(int(number))
    for own in writes.values():
        steps = {0, len(own) // 3, 2 * len(own) // 3, len(own) - 1} if len(own) > OF_ONE_FILE else range(len(own))
        chosen += [own[k] for k in steps]
    chosen.sort()
    if len(chosen) > MOST_POINTS:
        chosen = [chosen[round(k * (len(chosen) - 1) / (MOST_POINTS - 1))] for k in range(MOST_POINTS)]
    return sorted(set(chosen))


def _trial(store: Store, stock: Path, folder: Path) -> Verdict:
    library = shim(stock)
    if library is None:
        return Verdict("absent", "no C compiler")
    first, place, log = folder / "first", folder / "place", folder / "log"
    first.mkdir()
    store.make(first)
    old = store.seen(first)
    shutil.copytree(first, place, symlinks=True)
    code, said = _changed(store, place, library, CRASH_LOG=str(log))
    new = store.seen(place)
    if code != 0 or old == new:
        return Verdict("wrong", f"the trial changes nothing: {code} {said[-300:]} {old}")
    wrong = []
    points = points_of(log)
    for number, point in enumerate(points):
        shutil.rmtree(place)
        shutil.copytree(first, place, symlinks=True)
        code, said = _changed(store, place, library, CRASH_AT=str(point))
        where = f"at change {point}"
        if code not in (0, CRASHED):
            wrong.append(f"{where}: exit code {code}: {said.strip()[-200:]}")
        try:
            now = store.seen(place)
        except (GaitcheckError, OSError, ValueError, KeyError) as error:
            wrong.append(f"{where}: unreadable: {error}")
            continue
        if now not in (old, new):
            wrong.append(f"{where}: neither old nor new: {now}")
        if now == new or number % ONCE_MORE:
            continue
        code, said = _changed(store, place)
        if code != 0 or store.seen(place) != new:
            wrong.append(f"{where}: once more ends with {code}: {said.strip()[-200:]}; {store.seen(place)}")
    if wrong:
        return Verdict("wrong", f"{len(wrong)} of {len(points)} points; " + "; ".join(wrong[:4]))
    return Verdict("right", f"{len(points)} points")


# ------------------------------------------------------------ what is kept


def _results(stock: Stock, place: Path) -> None:
    """A visit's results; they are in a folder of their own, so that what is left beside them shows."""
    stock.truth  # noqa: B018
    shutil.copytree(stock.results, place / "visit")


def _document(place: Path) -> tuple[object, ...]:
    """What document and page say, which must be of one time."""
    analysis = load(place / "visit")
    page = (place / "visit" / "report.html").read_text(encoding="utf-8")
    pdf = (place / "visit" / "report.pdf").read_bytes()
    whole = page.rstrip().endswith("</html>") and pdf.rstrip().endswith(b"%%EOF")
    language = "de" if '<html lang="de"' in page else "en"
    review = read_review(place / "visit")
    names = (analysis.athlete.name, analysis.athlete.name in page) if analysis.athlete.name else ()
    by_hand = len(read_corrections(place / "visit").correction), len(analysis.corrections)
    signed = None if review is None else (review.by, review.by in page)
    checked_in = earlier(place / "visit")
    pages = all((place / "visit" / f"checkin_{one.number}.pdf").is_file() for one in checked_in)
    return whole, analysis.presentation.language, language, names, by_hand, signed, len(checked_in), pages


def _analyze(stock: Stock, place: Path) -> list[str]:
    clip = str(stock.clip)
    return ["analyze", clip, "--out", str(place / "visit"), "--athlete", "Berta", "--quiet", "--jobs", "1"]


def _correct(place: Path) -> list[str]:
    told = place.parent / "by-hand.toml"
    stance = load(place / "visit").stances[4] if (place / "visit" / "analysis.json").is_file() else None
    if stance is not None and not told.exists():
        middle = 0.5 * (stance.initial_contact_s + stance.toe_off_s)
        told.write_text(
            f'[[correction]]\nwhat = "step"\nside = "{stance.side}"\nat_s = {middle:.4f}\n',
            encoding="utf-8",
        )
    return ["correct", str(place / "visit"), "--file", str(told), "--by", "Ann"]


def _club(stock: Stock, place: Path) -> None:
    """Two athletes, one of them with two visits, and their board."""
    stock.truth  # noqa: B018
    for athlete, day in (("Ann", "2026-10-01"), ("Ann", "2026-11-01"), ("Ben", "2026-11-01")):
        target = place / "club" / "athletes" / athlete / day
        shutil.copytree(stock.results, target)
        (target / "checksums.txt").unlink()
        path = target / "analysis.json"
        table = json.loads(path.read_text(encoding="utf-8"))
        table["athlete"]["name"], table["visit"]["filmed_on"] = athlete, day
        path.write_text(json.dumps(table), encoding="utf-8")
    gaitcheck("board", place / "club")


def _add_visit(stock: Stock, place: Path) -> list[str]:
    """A board after another visit has come."""
    target = place / "club" / "athletes" / "Ben" / "2026-11-20"
    if not target.exists():
        shutil.copytree(place / "club" / "athletes" / "Ben" / "2026-11-01", target)
        path = target / "analysis.json"
        table = json.loads(path.read_text(encoding="utf-8"))
        table["visit"]["filmed_on"] = "2026-11-20"
        path.write_text(json.dumps(table), encoding="utf-8")
    return ["board", str(place / "club")]


def _board(place: Path) -> object:
    page = (place / "club" / "board.html").read_text(encoding="utf-8")
    return page.rstrip().endswith("</html>"), "2026-11-20" in page or "20 November 2026" in page or "11-20" in page


def _told_of_ann(place: Path) -> object:
    """Whether anything of somebody is left, in a file or on the board; as long as there is, the next run deletes it."""
    files = [p for p in (place / "club" / "athletes" / "Ann").rglob("*") if p.is_file()]
    board = place / "club" / "board.html"
    return bool(files) or (board.is_file() and ">Ann<" in board.read_text(encoding="utf-8"))


def _archived(place: Path) -> list[str]:
    return ["archive", str(place / "club"), "Ann", "--out", str(place / "ann.zip")]


def _zip(place: Path) -> object:
    target = place / "ann.zip"
    return target.is_file() and hashlib.sha256(target.read_bytes()[:2]).hexdigest()


DRAFT = """
import sys
from pathlib import Path
from gaitcheck.app.drafts import Drafts
from gaitcheck.app.home import open_home
home = open_home(Path(sys.argv[1]) / "home")
drafts = Drafts(home)
names = sorted(folder.name for folder in home.films.iterdir())
draft = drafts.get(names[0]) if names else drafts.new()
drafts.change(draft.name, athlete={"name": sys.argv[2]})
"""
QUEUE = """
import sys
from pathlib import Path
from gaitcheck.app.home import open_home
from gaitcheck.app.queue import Queue
from gaitcheck.fleet.jobs import Outcome
root = Path(sys.argv[1]) / "home"
queue = Queue(root, open_home(root).state / "queue.sqlite")
queue.note([Outcome(name, "done", day="2026-11-01", folder=name) for name in sys.argv[2:]])
queue.stop()
"""


def _python(script: str, place: Path, *told: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-c", script, str(place), *told], check=True, env=env)


def _draft(place: Path) -> object:
    drafts = Drafts(open_home(place / "home"))
    found = [drafts.get(path.parent.name) for path in (place / "home").rglob("draft.json")]
    return [draft.athlete for draft in found if draft is not None]


def _queue(place: Path) -> object:
    queue = Queue(place / "home", open_home(place / "home").state / "queue.sqlite")
    try:
        return sorted({job.athlete for job in queue.all()} & {"Ann", "Ben"})
    finally:
        queue.stop()


def stores(stock: Stock) -> tuple[Store, ...]:
    """Everything kept, and what changes it."""
    results = partial(_results, stock)
    visit = "visit"
    return (
        Store("analyze_again", results, partial(_analyze, stock), _document),
        Store("report_in_german", results, lambda p: ["report", str(p / visit), "--language", "de"], _document),
        Store("sign_off", results, lambda p: ["sign-off", str(p / visit), "--by", "Ann", "--note", "Yes."], _document),
        Store("check_in", results, lambda p: ["checkin", str(p / visit), "--pain", "1", "--done", "90"], _document),
        Store("correct", results, _correct, _document),
        Store("board", partial(_club, stock), partial(_add_visit, stock), _board),
        Store("forget", partial(_club, stock), lambda p: ["forget", str(p / "club"), "Ann", "--yes"], _told_of_ann),
        Store("archive", partial(_club, stock), _archived, _zip),
        Store("draft", lambda p: _python(DRAFT, p, "Ann"), lambda p: ["-c", DRAFT, str(p), "Ben"], _draft, True),
        Store("queue", lambda p: _python(QUEUE, p, "Ann"), lambda p: ["-c", QUEUE, str(p), "Ann", "Ben"], _queue, True),
    )  # fmt: skip


def cases(scratch: Path) -> list[Case]:
    """Every store, crashed at every change."""
    return [
        Case("crash points", store.name, partial(_trial, store, scratch), store.quick)
        for store in stores(Stock(scratch))
    ]
