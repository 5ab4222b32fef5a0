"""What every trial of ``torture.py`` is made of: a case, its verdict, and gaitcheck run as a user runs it."""

from __future__ import annotations

import ctypes
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gaitcheck.analysis import Analysis, load
from gaitcheck.errors import GaitcheckError

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_videos"
BOUND_S = 240.0
"""Nothing takes longer; what does hangs."""
MOST_MB = 1600.0
"""What docs/benchmarks.md states, 4K included."""
REFUSALS = (2, 3)
PR_CAPBSET_DROP = 24
PAST_PERMISSIONS = (1, 2)
"""What lets root past a file's permissions (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH in linux/capability.h)."""
ONE_SENTENCE = re.compile(r"gaitcheck: [^\n]{15,600}\.")
REMEDY = re.compile(r"[;.,:] (or )?\w")
TOLERANCES = {
    "cadence": 2.0,
    "contact_time": 20.0,
    "frontal_plane_projection_angle": 4.0,
    "foot_placement_offset": 0.02,
    "contralateral_pelvic_drop": 3.0,
    "overstride": 0.04,
}
"""How far a case may be off the untouched clip: what a shorter piece, half the frames or another codec cost."""


OF_TIME = ("cadence", "stride_time", "contact_time", "flight_time", "duty_factor")
"""Values that may be off where it is said that the film's times can't be."""


@dataclass(frozen=True)
class Verdict:
    """What became of a case: right, refused clearly, wrong, or absent where this machine can't try it; and why."""

    what: Literal["right", "refused", "wrong", "absent"]
    said: str = ""


@dataclass(frozen=True)
class Case:
    """One trial. ``run`` gets an empty folder of its own; ``quick`` ones make up the part that CI runs."""

    group: str
    name: str
    run: Callable[[Path], Verdict]
    quick: bool = False


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float
    largest_mb: float

    @property
    def hung(self) -> bool:
        return self.code == -9


def gaitcheck(
    *arguments: str | bytes | Path,
    cwd: Path | None = None,
    env: dict[str, str | None] | None = None,
    limits: dict[int, int] | None = None,
    umask: int = -1,
    bound_s: float = BOUND_S,
    bounded: bool = False,
) -> Ended:
    """Run a gaitcheck command to its end, or kill it at its bound.

    Parameters
    ----------
    env
        Changes to the environment; None takes a variable away.
    limits
        Resource limits of the process.
    bounded
        Permissions of files hold for it, also where this is root.
    """
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    for name, value in (env or {}).items():
        if value is None:
            surroundings.pop(name, None)
        else:
            surroundings[name] = value

    def prepare() -> None:
        for what, most in (limits or {}).items():
            resource.setrlimit(what, (most, most))
        if bounded:
            system = ctypes.CDLL(None)
            for capability in PAST_PERMISSIONS:
                system.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)

    started = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "gaitcheck.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=cwd,
            env=surroundings,
            preexec_fn=prepare,
            umask=umask,
        )
        code, largest = _await(process, bound_s)
        seconds = time.monotonic() - started
        for stream in (out, err):
            stream.seek(0)
        return Ended(code, _text(out.read()), _text(err.read()), seconds, largest / 1024)


def _await(process: subprocess.Popen[bytes], bound_s: float) -> tuple[int, int]:
    """Exit code and the most KiB it held; a process past its bound is killed.

    What the system tells of an ended process counts the harness it was forked from, so the high-water mark is read
    while it lives.
    """
    ends, largest = time.monotonic() + bound_s, 0
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        try:
            lines = status.read_text(encoding="utf-8").splitlines()
            largest = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), largest)
        except OSError:
            pass
        if time.monotonic() > ends:
            process.kill()
        time.sleep(0.05)
    return process.returncode, largest


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def faults_of(ended: Ended, codes: Sequence[int] = (0, *REFUSALS)) -> list[str]:
    """What no command may do, whatever it was given."""
    wrong = []
    if ended.hung:
        wrong.append(f"hung for {ended.seconds:.0f} s")
    if "Traceback" in ended.err or "Traceback" in ended.out:
        wrong.append("a traceback: " + ended.err.strip().splitlines()[-1][:200])
    if ended.code not in codes:
        wrong.append(f"exit code {ended.code}: {ended.err.strip()[:200]}")
    if ended.largest_mb > MOST_MB:
        wrong.append(f"{ended.largest_mb:.0f} MB")
    return wrong


def unclear(ended: Ended) -> list[str]:
    """What is wrong with a refusal: not one sentence, or no remedy in it."""
    lines = [line for line in ended.err.strip().splitlines() if line.strip()]
    if len(lines) != 1 or not ONE_SENTENCE.fullmatch(lines[0]):
        return [f"not one sentence: {ended.err.strip()[:300]!r}"]
    return [] if REMEDY.search(lines[0][11:]) else [f"no remedy: {lines[0]}"]


def table(kind: str, cases: Sequence[tuple[str, str]]) -> str:
    """Cases, each with its kind and what became of it, counted by kind as Markdown.

    Nothing, or "absent", is what became of a case that was not tried; where all were, there is no column for those.
    """
    tried = ("right", "refused", "wrong")
    missing = any(what not in tried for _, what in cases)
    heads = [kind, "cases", "right", "refused clearly", "wrong", *(["not tried here"] if missing else [])]
    rows = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for name in [*dict.fromkeys(group for group, _ in cases), ""]:
        own = [what for group, what in cases if name in ("", group)]
        counts = [own.count(what) for what in tried]
        counts = [sum(counts), *counts, *([len(own) - sum(counts)] if missing else [])]
        rows.append(f"| {name or 'all'} | {' | '.join(map(str, counts))} |")
    return "\n".join(rows)


def leavings(place: Path, *expected: str) -> list[str]:
    """What lies in a place beside what was expected there: half-made folders, parts of files."""
    found = sorted(item.name for item in place.iterdir() if item.name not in expected)
    return [f"left behind: {found}"] if found else []


def disagreements(found: Analysis, like: Analysis, mirror: bool = False) -> list[str]:
    """Where a document contradicts that of the untouched clip: another view, or values whose intervals don't meet."""
    other = {"left": "right", "right": "left", "both": "both"} if mirror else {}
    wrong = []
    view = other.get(like.clips[0].view, like.clips[0].view)
    if found.clips[0].view != view:
        wrong.append(f"view {found.clips[0].view} for {view}")
    for metric in like.metrics:
        own = found.metric(metric.name, other.get(metric.side, metric.side))
        if metric.interval is None or own is None or own.interval is None:
            continue
        a, b = metric.interval, own.interval
        near = abs(a.value - b.value) <= TOLERANCES.get(metric.name, 0.0)
        if not near and (a.high < b.low or b.high < a.low):
            wrong.append(f"{metric.name} {own.side} {b.value:.3g} for {a.value:.3g}")
    return wrong


def judged(ended: Ended, out: Path, like: Analysis | None, mirror: bool = False) -> Verdict:
    """What became of an analysis: right if it agrees with ``like``, refused if it says so well, else wrong."""
    wrong = faults_of(ended)
    if ended.code == 0 and not wrong:
        try:
            found = load(out)
        except GaitcheckError as error:
            return Verdict("wrong", f"results can't be read: {error}")
        missing = [n for n in ("report.pdf", "report.html", "proxy.mp4", "landmarks.parquet") if not (out / n).exists()]
        wrong += [f"without {missing}"] if missing else []
        differs = disagreements(found, like, mirror) if like is not None else ["not refused"]
        told = any(note.code == "unusual_rate" for note in found.quality)
        wrong += [what for what in differs if not (told and what.startswith(OF_TIME))]
        wrong += leavings(out.parent, out.name)
        codes = ", ".join(sorted({note.code for note in found.quality}))
        return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right", codes)
    wrong += unclear(ended) if not wrong else []
    wrong += leavings(out.parent)
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("refused", ended.err.strip())


def analysed(clip: str | bytes | Path, folder: Path, *more: str) -> tuple[Ended, Path]:
    """A clip analysed into a folder of its own below ``folder``."""
    place = folder / "results"
    place.mkdir(exist_ok=True)
    return gaitcheck("analyze", clip, "--out", place / "one", "--quiet", "--jobs", "1", *more), place / "one"
