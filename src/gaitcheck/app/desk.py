"""Helpers in processes of their own for whatever a page waits for: looking at a clip, measuring again, drawing a board.

The server itself decodes and measures nothing, so that it answers at once and stays small, and a film that ends its
reader ends nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import multiprocessing
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from gaitcheck.errors import InputError
from gaitcheck.pose.segments import end_with_parent

if TYPE_CHECKING:
    from gaitcheck.corrections import Corrections

P = ParamSpec("P")
T = TypeVar("T")

HELPERS = 2
MOST_TASKS = 200
"""A helper is replaced after so many tasks, so that what libraries leave behind goes with it."""


def _get_ready() -> None:
    """A helper hears no Ctrl-C, which the server does, and ends with who started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


class Desk:
    """Hands work to helpers; one that dies is replaced."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    def _helpers(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    HELPERS,
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=_get_ready,
                    max_tasks_per_child=MOST_TASKS,
                )
            return self._pool

    def warm_up(self) -> None:
        """Start helpers before anybody waits for them."""
        for _ in range(HELPERS):
            self._helpers().submit(wake_up)

    async def do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have a helper do something.

        Raises
        ------
        InputError
            If a helper dies of it twice.
        """
        for _ in range(2):
            pool = self._helpers()
            try:
                future: Future[T] = pool.submit(partial(work, *args, **kwargs))
                return await asyncio.wrap_future(future)
            except BrokenProcessPool:
                with self._lock:
                    if self._pool is pool:
                        self._pool = None
        raise InputError("Reading this ended the program that reads; copy the clip from the phone again.")

    def close(self) -> None:
        """End the helpers."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=True, cancel_futures=True)


@lru_cache(maxsize=1)
def get_eyes() -> Any:
    """The pose model, loaded once a helper."""
    from gaitcheck.pose.landmarker import MediaPipeLandmarker
    from gaitcheck.pose.models import model_path

    return MediaPipeLandmarker(model_path("auto"))


def wake_up() -> None:
    """Load what every helper needs, before anybody waits for it."""
    import pyarrow.parquet  # noqa: F401
    import scipy.signal  # noqa: F401

    import gaitcheck.correct
    import gaitcheck.glance
    import gaitcheck.report.content.numbers  # noqa: F401

    get_eyes()


def look(path: Path, name: str) -> Any:
    """A glance at a clip's first seconds."""
    from dataclasses import replace

    from gaitcheck.glance import glance
    from gaitcheck.video import probe

    return replace(glance(probe(path), get_eyes()), file=name)


def measured_again(folder: Path, corrections: Corrections, language: str) -> str:
    """A visit's numbers and drawn joints as corrected, as JSON; nothing is written.

    Parameters
    ----------
    corrections
        All that are to hold.
    """
    from gaitcheck.analysis.store import load
    from gaitcheck.correct import remeasure
    from gaitcheck.evidence import load_evidence
    from gaitcheck.report.content.citations import Citations
    from gaitcheck.report.content.numbers import Numbers
    from gaitcheck.wording import load_wording

    found = remeasure(load(folder), folder, corrections)
    wording, evidence = load_wording(language), load_evidence()
    numbers = Numbers(found.analysis, wording, evidence, Citations(evidence, wording))
    rows = []
    for metric in found.analysis.metrics:
        if metric.value is None and not metric.corrected:
            continue
        row = numbers.row(metric)
        told = {
            "title": row.title, "side": row.side, "said": row.said or row.value, "likely": row.likely,
            "rating": row.rating, "position": row.rating_code, "corrected": metric.corrected,
        }  # fmt: skip
        rows.append({key: wording.numbered(value) if isinstance(value, str) else value for key, value in told.items()})
    clips = [
        {
            "times": [round(float(t), 5) for t in one.landmarks.times_s],
            "joints": drawn(one.joints.pixels),
            "stances": [
                [s.side, round(s.initial_contact_s, 5), round(s.toe_off_s, 5), s.rejected]
                for s in found.analysis.stances
                if s.clip == k
            ],
            "mirrored": clip.mirrored,
            "factor": clip.slow_motion,
            "view": clip.view,
            "roll": round(clip.camera_roll_deg, 1),
        }
        for k, (one, clip) in enumerate(zip(found.measured, found.analysis.clips, strict=True))
    ]
    return json.dumps({"rows": rows, "clips": clips})


def drawn(joints: Any) -> list[list[float | None]]:
    """Hips, knees, ankles, heels and toes of every frame: x and y of each in turn, px; left before right."""
    import numpy as np

    from gaitcheck.pose.landmarks import INDEX

    names = [
        f"{side}_{joint}" for joint in ("hip", "knee", "ankle", "heel", "foot_index") for side in ("left", "right")
    ]
    own = joints[:, [INDEX[name] for name in names]]
    return [[None if not np.isfinite(v) else round(float(v), 1) for v in frame.ravel()] for frame in own]


def write_corrections(folder: Path, corrections: Corrections) -> None:
    """Correct a visit and draw its report anew."""
    from gaitcheck.pipeline import correct_again

    correct_again(folder, corrections)


def board(root: Path, language: str) -> None:
    """Write a club's board."""
    from gaitcheck.board.write import write_board

    write_board(root, language=language)


def comparison(old: Path, new: Path, out: Path) -> None:
    """Compare two visits into a folder."""
    from gaitcheck.progress.compare import write_comparison

    write_comparison(old, new, out)


def history(root: Path, athlete: str) -> Path:
    """Write somebody's progress report."""
    from gaitcheck.board.histories import write_histories

    return write_histories(root, athlete)[0]


def forget(root: Path, athlete: str) -> int:
    """Delete everything of somebody's."""
    from gaitcheck.board.privacy import forget_athlete

    return forget_athlete(root, athlete)


def check_in(folder: Path, told: dict[str, Any]) -> int:
    """Check in on a plan; the check-in's number."""
    from gaitcheck.progress.checkins import CheckinAnswers, record

    return record(folder, CheckinAnswers(**told), dt.date.today()).number


def sign(folder: Path, by: str, note: str, strike: tuple[str, ...]) -> None:
    """Sign a visit off."""
    from gaitcheck.board.sign_off import SignOff, sign_off

    sign_off(folder, SignOff(by, note, strike), dt.date.today())


def bring_in(root: Path, name: str, body: bytes) -> int:
    """A team's names from a table; how many."""
    from gaitcheck.app.home import Home
    from gaitcheck.app.roster import Members, from_table

    return from_table(Members(Home(root)), name, body)


def share(folder: Path) -> None:
    """Make a visit's picture and film to share."""
    from gaitcheck.pipeline import report_again
    from gaitcheck.request import Style

    report_again(folder, style=Style(share=True))


def printed(folders: list[Path], out: Path) -> None:
    """The reports of several visits in one file."""
    from pypdf import PdfWriter
    from pypdf.errors import PyPdfError

    with PdfWriter() as writer:
        for folder in folders:
            with contextlib.suppress(PyPdfError, OSError, ValueError, TypeError, KeyError):  # one damaged report
                writer.append(folder / "report.pdf")
        writer.write(out)
