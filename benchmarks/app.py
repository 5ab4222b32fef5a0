"""How soon the page in a browser answers, with a club of a thousand, and whether a server of many jobs stays small.

    python benchmarks/app.py FOLDER [--athletes 1000] [--jobs 100] [--clip CLIP]

Makes a club in FOLDER once. Prints for every page the median and the longest of some answers, how long a glance at a
clip takes from its first byte on, how long measuring again takes, and memory and open files of the server and its
helpers before and after the jobs (a second of a sample clip each, so that each is refused or measured by the real
worker). Paints are timed by ``node benchmarks/app.mjs``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.clubs import cut
from tests.test_app import Browser

from board import make_club
from gaitcheck.analysis.store import load
from gaitcheck.pipeline import analyze
from gaitcheck.request import Request
from gaitcheck.samples import sample_clip

TIMES = 9


def serve(club: Path) -> tuple[subprocess.Popen[str], Browser]:
    """A server of its own, and a browser without a picture that came in."""
    command = [sys.executable, "-m", "gaitcheck.cli", "serve", str(club), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None
    return process, Browser(found[0])


def family(pid: int) -> list[int]:
    """A process and all that it started, as Linux tells it."""
    found = [pid]
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += family(int(child))
    return found


def weight(pid: int) -> tuple[float, float, int]:
    """MB of the server alone, MB of it with its helpers and workers (shared pages counted once), its open files."""

    def proportional(one: int) -> float:
        text = Path(f"/proc/{one}/smaps_rollup").read_text()
        found = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
        return int(found[1]) / 1024 if found else 0.0

    return proportional(pid), sum(map(proportional, family(pid))), len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208


def timed(what: str, browser: Browser, path: str) -> None:
    """Print how long a page takes."""
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        browser.ask(path)
        took.append(1000 * (time.perf_counter() - began))
    print(f"{what:44s} {statistics.median(took):7.0f} ms   longest {max(took):6.0f} ms", flush=True)


def hand_in(browser: Browser, draft: str, clip: Path, name: str) -> int:
    """Send a clip; its number in the draft."""
    told, _ = browser.ask(f"/films/{draft}?name={quote(name)}", clip.read_bytes())
    return int(json.loads(told)["number"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--athletes", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--clip", type=Path, default=sample_clip("rear_valgus_crossover"))
    options = parser.parse_args()
    club: Path = options.folder
    make_club(club, options.athletes, 2)
    own = club / "athletes" / "Real" / "2026-11-03"
    if not own.exists():
        own.parent.mkdir(parents=True, exist_ok=True)
        analyze(Request(clips=(options.clip,)), own)
    process, browser = serve(club)
    try:
        began = time.perf_counter()
        browser.ask("/team")
        print(f"{'the team, index made from every document':44s} {time.perf_counter() - began:7.1f} s")
        time.sleep(6)
        visit = "/club/athletes/Real/2026-11-03"
        places = {
            "start": "/", "filming": "/film", "team": "/team", "work": "/jobs", "a visit": f"{visit}/",
            "its report": f"{visit}/report.html", "check-in": f"{visit}/checkin", "correct": f"{visit}/correct/0",
        }  # fmt: skip
        for what, path in places.items():
            timed(f"{what}, club of {options.athletes}", browser, path)
        _, where = browser.ask("/check", b"")
        draft = where.rsplit("/", 1)[1]
        for kind in ("first", "again"):
            began = time.perf_counter()
            number = hand_in(browser, draft, options.clip, f"{kind}.mp4")
            browser.ask(f"/films/{draft}/{number}/look")
            print(f"{f'a glance at a clip, upload and all, {kind}':44s} {time.perf_counter() - began:7.2f} s")
        document = load(own)
        stance = [s for s in document.stances if s.side == "left"][3]
        at_s = document.clips[0].playback_s((stance.initial_contact_s + stance.toe_off_s) / 2)
        told = json.dumps({"by": "A", "corrections": [{"what": "step", "side": "left", "at_s": at_s}]}).encode()
        for kind in ("first", "again", "and again"):
            began = time.perf_counter()
            browser.ask(f"{visit}/correct/preview", told)
            print(f"{f'measured again, {kind}':44s} {time.perf_counter() - began:7.2f} s")
        many_jobs(process.pid, browser, club, options.jobs, options.clip)
    finally:
        process.terminate()
        process.wait(timeout=30)


def many_jobs(pid: int, browser: Browser, club: Path, jobs: int, clip: Path) -> None:
    """Memory and open files before, between and after jobs."""
    _, where = browser.ask("/team/films", b"")
    draft, pieces = where.rsplit("/", 1)[1], club.parent / f"{club.name}-pieces"
    body = []
    for k in range(jobs):
        piece = pieces / f"{k}.mp4"
        if not piece.exists():
            cut(clip, piece, 0.02 * k, 3.5)
        number = hand_in(browser, draft, piece, f"{k}.mp4")
        body.append(f"athlete.{number}=Job {k}")
    print(
        f"{'before the jobs':28s} server {weight(pid)[0]:6.0f} MB, all {weight(pid)[1]:6.0f} MB, files {weight(pid)[2]}"
    )
    began = time.perf_counter()
    browser.ask(where, "&".join(body).encode())
    tenth = max(jobs // 10, 1)
    seen = 0
    while True:
        page, _ = browser.ask("/jobs")
        over = page.count('class="job done"') + page.count('class="job failed"')
        if over // tenth > seen:
            seen = over // tenth
            alone, everything, files = weight(pid)
            print(
                f"{f'after {over} jobs':28s} server {alone:6.0f} MB, all {everything:6.0f} MB, files {files}",
                flush=True,
            )
        if over >= jobs:
            break
        time.sleep(1)
    print(f"{jobs} jobs: {time.perf_counter() - began:.0f} s")
    for folder in (club / "athletes").glob("Job *"):
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
