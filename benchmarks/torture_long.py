"""Long runs and the same again: memory, threads and files stay flat, and the same clip gives the same numbers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import film_tools as film
from gaitcheck.analysis import load
from torture_case import ROOT, SAMPLES, Case, Verdict, faults_of, gaitcheck, judged
from torture_clips import Stock

ANALYSES = int(os.environ.get("TORTURE_ANALYSES", "500"))
BATCH = int(os.environ.get("TORTURE_BATCH", "100"))
GROWTH_MB = 60.0
"""How much more a process may hold at the end of a soak than after a fifth of it."""
OTHER_PROCESSOR = 0.02
"""How far an angle (deg), a share or a time (ms) may be off on another instruction set, as a share of its interval."""
UNLIKE = {"analysed_on", "work_sha256"}
"""Fields that may differ between two runs of the same work: the day."""

SOAK = """
import json, os, sys, tempfile
from pathlib import Path
from gaitcheck.pipeline import analyze
from gaitcheck.pose.segments import keep_models
from gaitcheck.request import Request
clip, count = Path(sys.argv[1]), int(sys.argv[2])
def held():
    lines = Path("/proc/self/status").read_text().splitlines()
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    return float(told["VmRSS"].split()[0]) / 1024, int(told["Threads"]), len(os.listdir("/proc/self/fd"))
keep_models()
rows, documents = [], set()
with tempfile.TemporaryDirectory() as folder:
    for k in range(count):
        found = analyze(Request(clips=(clip,), jobs=1), Path(folder) / "visit")
        documents.add(json.dumps([m.model_dump(mode="json") for m in found.metrics]))
        rows.append(held())
print(json.dumps({"rows": rows, "documents": len(documents)}))
sys.stdout.flush()
os._exit(0)
"""


def _soak(stock: Stock, folder: Path) -> Verdict:
    """Many analyses in one process."""
    clip = film.write(folder / "short.mp4", stock.pictures[0:180:2], 30.0)
    told = subprocess.run(
        [sys.executable, "-c", SOAK, str(clip), str(ANALYSES)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode != 0:
        return Verdict("wrong", told.stderr[-400:])
    found = json.loads(told.stdout.strip().splitlines()[-1])
    early, late = found["rows"][len(found["rows"]) // 5], found["rows"][-1]
    said = (
        f"{ANALYSES} analyses; MB, threads, open files after a fifth: {early[0]:.0f}, {early[1]}, {early[2]}; "
        f"at the end: {late[0]:.0f}, {late[1]}, {late[2]}; {found['documents']} different results"
    )
    flat = late[0] - early[0] < GROWTH_MB and late[1] <= early[1] + 1 and late[2] <= early[2] + 1
    return Verdict("right" if flat and found["documents"] == 1 else "wrong", said)


def _batch(stock: Stock, folder: Path) -> Verdict:
    """A batch of many athletes with the same film: all say the same."""
    clips = folder / "clips"
    clips.mkdir()
    data = film.write(folder / "short.mp4", stock.pictures[0:180:2], 30.0).read_bytes()
    for k in range(BATCH):
        (clips / f"Runner{k:03d}_2026-11-01.mp4").write_bytes(data + k.to_bytes(4, "big"))
    ended = gaitcheck("batch", clips, "--out", folder / "club", "--quiet", bound_s=3600)
    wrong = faults_of(ended, (0,))
    found = [load(path.parent) for path in (folder / "club").rglob("analysis.json")]
    values = {json.dumps([m.model_dump(mode="json") for m in one.metrics]) for one in found}
    if len(found) != BATCH or len(values) != 1:
        wrong.append(f"{len(found)} results, {len(values)} different")
    said = f"{BATCH} athletes in {ended.seconds:.0f} s, largest process {ended.largest_mb:.0f} MB"
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("right", said)


def _ten_minutes(stock: Stock, folder: Path) -> Verdict:
    """The longest clip that is taken: its memory is that of a short one."""
    shown = stock.pictures[::2]
    clip = film.write(folder / "long.mp4", (shown[k % 150] for k in range(30 * 595)), 30.0)
    place = folder / "place"
    place.mkdir()
    ended = gaitcheck("analyze", clip, "--out", place / "visit", "--quiet", "--jobs", "1", bound_s=1500)
    wrong = faults_of(ended, (0, 3))
    said = f"exit code {ended.code} in {ended.seconds:.0f} s, {ended.largest_mb:.0f} MB; {ended.err.strip()[:150]}"
    return Verdict("wrong", "; ".join(wrong) + said) if wrong else Verdict("right", said)


def _large(stock: Stock, folder: Path) -> Verdict:
    """2160 x 3840 at 60 frames a second."""
    shown = film.sized(film.pictures(SAMPLES / "rear_valgus_crossover.mp4", 0.0, 4.0), 2160, 3840)
    clip = film.write(folder / "large.mp4", shown, 60.0, crf="26")
    place = folder / "place"
    place.mkdir()
    ended = gaitcheck("analyze", clip, "--out", place / "visit", "--quiet", "--jobs", "1")
    verdict = judged(ended, place / "visit", stock.truth)
    said = f"{verdict.said}; {ended.seconds:.0f} s, {ended.largest_mb:.0f} MB"
    return Verdict(verdict.what, said)


# ------------------------------------------------------------ the same again


def _plain(value: Any) -> Any:
    """A document without the fields that may differ."""
    if isinstance(value, dict):
        return {name: _plain(own) for name, own in value.items() if name not in UNLIKE}
    return [_plain(own) for own in value] if isinstance(value, list) else value


def _same(stock: Stock, first: dict[str, str | None], second: dict[str, str | None], jobs: tuple[str, str], exact: bool,
          folder: Path) -> Verdict:  # fmt: skip
    """Two analyses of one clip under two circumstances."""
    documents = []
    for number, (env, many) in enumerate(zip((first, second), jobs, strict=True)):
        out = folder / f"visit{number}"
        ended = gaitcheck("analyze", stock.clip, "--out", out, "--quiet", "--jobs", many, env=env)
        if ended.code != 0:
            return Verdict("wrong", ended.err.strip()[-300:])
        documents.append(out)
    if exact:
        a, b = (_plain(json.loads((out / "analysis.json").read_text(encoding="utf-8"))) for out in documents)
        return Verdict("right", "equal") if a == b else Verdict("wrong", f"differ: {_difference(a, b)}")
    one, other = (load(out) for out in documents)
    worst = 0.0
    for metric in one.metrics:
        own = other.metric(metric.name, metric.side)
        if metric.interval is None or own is None or own.interval is None:
            if (own is None or own.interval is None) != (metric.interval is None):
                return Verdict("wrong", f"{metric.name} is told once")
            continue
        wide = max(metric.interval.high - metric.interval.low, 1e-9)
        worst = max(worst, abs(own.interval.value - metric.interval.value) / wide)
    return Verdict("right" if worst <= OTHER_PROCESSOR else "wrong", f"at most {worst:.5f} of an interval apart")


def _difference(a: Any, b: Any, place: str = "") -> str:
    """The first place where two documents differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        return next(
            (_difference(a.get(k), b.get(k), f"{place}/{k}") for k in sorted({*a, *b}) if a.get(k) != b.get(k)), ""
        )
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return next(
            (_difference(x, y, f"{place}/{k}") for k, (x, y) in enumerate(zip(a, b, strict=True)) if x != y), ""
        )
    return f"{place}: {a!r} and {b!r}"


def cases(scratch: Path) -> list[Case]:
    """Soaks, large clips, and everything that must not matter."""
    stock = Stock(scratch)
    same: dict[str, tuple[dict[str, str | None], tuple[str, str], bool]] = {
        "again": ({}, ("2", "2"), True),
        "jobs_1_and_2": ({}, ("1", "2"), True),
        "jobs_1_and_3": ({}, ("1", "3"), True),
        "hash_seed": ({"PYTHONHASHSEED": "7"}, ("1", "1"), True),
        "one_thread": ({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}, ("1", "1"), True),
        "time_zone": ({"TZ": "UTC"}, ("1", "1"), True),
        "blas_haswell": ({"OPENBLAS_CORETYPE": "Haswell"}, ("1", "1"), False),
        "blas_sandybridge": ({"OPENBLAS_CORETYPE": "Sandybridge"}, ("1", "1"), False),
        "numpy_without_avx512": (
            {"NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_ICL"},
            ("1", "1"),
            False,
        ),
        "opencv_without_avx": ({"OPENCV_CPU_DISABLE": "AVX2,AVX512_SKX,FP16"}, ("1", "1"), False),
    }
    long: dict[str, Callable[[Stock, Path], Verdict]] = {
        "analyses_in_one_process": _soak, "batch": _batch, "ten_minutes": _ten_minutes, "2160x3840": _large,
    }  # fmt: skip
    return [
        *(Case("long runs", name, partial(run, stock)) for name, run in long.items()),
        *(Case("the same again", name, partial(_same, stock, {}, env, jobs, exact))
          for name, (env, jobs, exact) in same.items()),
    ]  # fmt: skip
