"""Shared fixtures. Clips of other people are read where they lie and never copied."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from gaitcheck.analysis import Analysis, load
from gaitcheck.analysis.document import Athlete
from gaitcheck.motion import Trajectories
from gaitcheck.pipeline import analyze
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.request import Request
from gaitcheck.samples import sample_clip
from gaitcheck.setup import Setup
from gaitcheck.views import view_named

# How fast inputs are drawn is wall-clock time, which no test may depend on: a busy machine is no fault.
settings.register_profile("gaitcheck", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gaitcheck")

SHARED_VIDEO = Path(__file__).resolve().parents[2] / "shared" / "data" / "video"
SHARED_MOCAP = SHARED_VIDEO.parent


@pytest.fixture(scope="session")
def real_clip():
    """A function giving the path of a real clip, or skipping."""

    def find(name: str) -> Path:
        path = SHARED_VIDEO / name
        if not path.is_file():
            pytest.skip(f"reference clip {name} is not on this machine")
        return path

    return find


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, request: Request) -> tuple[Path, Analysis]:
    """Results that all workers of a run share: whichever comes first analyses, the others wait."""
    base = tmp_path_factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = root / name / "results", root / f"{name}.done"
    try:
        (root / f"{name}.begun").mkdir()
    except FileExistsError:
        while not done.exists():
            time.sleep(0.1)
        return folder, load(folder)
    try:
        folder.parent.mkdir()
        return folder, analyze(request, folder)
    finally:
        done.touch()


@pytest.fixture(scope="session")
def rear_results(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """The rear sample, analysed once; its camera is known to be level."""
    request = Request(
        clips=(sample_clip("rear_valgus_crossover"),),
        athlete=Athlete(name="=Ann <b>#let</b> $x$", height_cm=171.0),
        setup=Setup(camera_roll_deg=0.0),
    )
    return made_once(tmp_path_factory, "rear", request)


@pytest.fixture(scope="session")
def side_results(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """The side sample, analysed once; its camera is known to be level."""
    request = Request(clips=(sample_clip("left_overstriding"),), setup=Setup(camera_roll_deg=0.0))
    return made_once(tmp_path_factory, "side", request)


@pytest.fixture(scope="session")
def short_results(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """Five seconds of the rear sample, seven steps a side."""
    request = Request(
        clips=(sample_clip("rear_valgus_crossover"),),
        athlete=Athlete(height_cm=171.0),
        setup=Setup(end_s=5.4, camera_roll_deg=0.0),
    )
    return made_once(tmp_path_factory, "short", request)


@pytest.fixture
def still_runner():
    """A function giving trajectories of a figure that does not move: joint name -> (across, up) px."""

    def make(view: str, places: dict[str, tuple[float, float]], frames: int = 121) -> Trajectories:
        points = np.zeros((frames, 33, 2))
        for name, place in places.items():
            points[:, INDEX[name]] = place
        return Trajectories(
            times_s=np.arange(frames) / 60.0,
            points=points,
            guesses=points,
            depth_m=np.zeros((frames, 33)),
            visibility=np.ones((frames, 33)),
            view=view_named(view),
            longer_side_px=1280.0,
            frame_interval_s=1 / 60,
        )

    return make
