"""Throughput of a batch: eight clips against one, stage by stage.

    python benchmarks/throughput.py FOLDER [--jobs N]

Cuts eight different pieces of 6 s from the samples, runs a batch of the first alone (one process) and of all eight, and
prints the ratio of clips an hour and what each stage took. Pieces are made once.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.clubs import cut

from gaitcheck.fleet.batch import LocalRunner, Options, run_batch
from gaitcheck.fleet.jobs import Outcome
from gaitcheck.fleet.roster import read_roster

SAMPLES = Path(__file__).parents[1] / "sample_videos"
VIEWS = ("rear_typical", "left_overstriding", "front_valgus", "right_typical")
PIECES = [(name, start) for start in (0.0, 6.0) for name in VIEWS]
SECONDS = 6.0


class Watch:
    """Times the stages of every athlete."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._last: dict[str, tuple[str, float]] = {}
        self.failed: list[str] = []

    def begins(self, total: int) -> None: ...

    def stage(self, athlete: str, stage: str, done: int, total: int) -> None:
        now = time.perf_counter()
        if athlete in self._last:
            name, since = self._last[athlete]
            self.seconds[name] += now - since
        self._last[athlete] = (stage, now)

    def ended(self, outcome: Outcome) -> None:
        self.failed += [outcome.message] if outcome.status == "failed" else []


def run(clips: list[Path], folder: Path, jobs: int) -> tuple[float, Watch]:
    """Seconds of a batch of clips, and its stages."""
    roster, out, watch = folder / "in", folder / "out", Watch()
    for place in (roster, out):
        shutil.rmtree(place, ignore_errors=True)
    roster.mkdir(parents=True)
    for clip in clips:
        shutil.copy(clip, roster / clip.name)
    started = time.perf_counter()
    run_batch(read_roster(roster), out, Options(), LocalRunner(jobs), watch)
    seconds = time.perf_counter() - started
    assert not watch.failed, watch.failed
    return seconds, watch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    pieces = options.folder / "pieces"
    pieces.mkdir(parents=True, exist_ok=True)
    clips = []
    for k, (name, start) in enumerate(PIECES):
        clips.append(pieces / f"runner{k}_{name.split('_')[0]}.mp4")
        if not clips[-1].exists():
            cut(SAMPLES / f"{name}.mp4", clips[-1], start, SECONDS)
    one, watch = run(clips[:1], options.folder, 1)
    print(f"one clip of {SECONDS:g} s, one process: {one:.1f} s; " + _stages(watch, 1))
    alone, _ = run(clips, options.folder, 1)
    print(f"eight clips, one process: {alone:.1f} s, {8 * one / alone:.2f} times one clip's throughput")
    eight, watch = run(clips, options.folder, options.jobs)
    print(f"eight clips, {options.jobs} processes: {eight:.1f} s; " + _stages(watch, 8))
    print(f"throughput of eight clips against one: {8 * one / eight:.2f} on {os.cpu_count()} cores")
    print(f"{8 * 3600 / eight:.0f} clips of {SECONDS:g} s an hour; a clip takes {eight * options.jobs / 8:.1f} core-s")


def _stages(watch: Watch, clips: int) -> str:
    return ", ".join(f"{name} {seconds / clips:.1f} s" for name, seconds in watch.seconds.items() if seconds > 0.05)


if __name__ == "__main__":
    main()
