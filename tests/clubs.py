"""Small clips and rosters for tests of batches: real files that can be read, with nobody in them."""

from __future__ import annotations

import sys
from pathlib import Path

import av
import numpy as np

from gaitcheck.fleet.batch import LocalRunner, Options, run_batch
from gaitcheck.fleet.jobs import Outcome
from gaitcheck.fleet.pseudonyms import Pseudonyms
from gaitcheck.fleet.roster import read_roster
from gaitcheck.video import ProxyWriter

STUB = (sys.executable, "-m", "tests.stub_worker")


def tiny_clip(path: Path, seed: int = 0) -> Path:
    """A clip of six plain frames; each seed another one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    with ProxyWriter(path, 30.0) as writer:
        for k in range(6):
            writer.write(np.full((480, 480, 3), rng.integers(0, 255, 3), dtype=np.uint8), k / 30)
    return path


def cut(source: Path, target: Path, start_s: float, seconds: float) -> Path:
    """A piece of a clip, encoded anew with its frames' own times."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(source)) as clip, av.open(str(target), "w") as piece:
        seen = clip.streams.video[0]
        stream = piece.add_stream("libx264", rate=seen.average_rate)
        stream.width, stream.height, stream.pix_fmt = seen.codec_context.width, seen.codec_context.height, "yuv420p"
        first = None
        for frame in clip.decode(seen):
            if not start_s <= (frame.time or 0.0) < start_s + seconds:
                continue
            first = frame.pts if first is None else first
            picture = frame.reformat(format="yuv420p")
            picture.pts, picture.time_base, picture.pict_type = (frame.pts or 0) - (first or 0), seen.time_base, 0
            piece.mux(stream.encode(picture))
        piece.mux(stream.encode())
    return target


def clips(folder: Path, *names: str) -> Path:
    """A folder of clips, each with content of its own."""
    for name in names:
        tiny_clip(folder / name, sum(name.encode()) * 31 + len(name))
    return folder


class Silent:
    """Somebody who watches a batch and keeps what he is told."""

    def __init__(self) -> None:
        self.total = 0
        self.told: list[Outcome] = []
        self.stages: list[str] = []

    def begins(self, total: int) -> None:
        self.total = total

    def stage(self, athlete: str, stage: str, done: int, total: int) -> None:
        self.stages.append(athlete)

    def ended(self, outcome: Outcome) -> None:
        self.told.append(outcome)


def evening(
    roster: Path, out: Path, jobs: int = 2, options: Options | None = None, key: Pseudonyms | None = None
) -> dict[str, Outcome]:
    """A whole batch with the stub worker; outcomes by athlete."""
    runner = LocalRunner(jobs, STUB)
    ended = run_batch(read_roster(roster, out), out, options or Options(), runner, Silent(), key)
    return {outcome.athlete: outcome for outcome in ended}
