"""The view, from the direction of the runner's shoulders and hips."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

import gaitcheck.views as package
from gaitcheck.discovery import collect
from gaitcheck.errors import RunnerError, UsageError
from gaitcheck.pose.facing import azimuth_deg, turn_deg
from gaitcheck.pose.landmarks import Landmarks
from gaitcheck.views.definition import View

SURE_WITHIN_DEG = 15.0
LOST_AT_DEG = 45.0


@dataclass(frozen=True)
class SeenView:
    """A view, how far the camera is off it (deg), and a confidence 0-1 (heuristic).

    Landmarks without depth don't tell how far: NaN, and no confidence.
    """

    view: View
    oblique_deg: float
    confidence: float
    given: bool


@lru_cache(maxsize=1)
def _discovered() -> tuple[View, ...]:
    return tuple(collect(package, "VIEW", View))


def all_views() -> tuple[View, ...]:
    """Every view there is a file for."""
    return _discovered()


def view_named(name: str) -> View:
    """The view with that name.

    Raises
    ------
    UsageError
        If there is none.
    """
    for view in all_views():
        if view.name == name:
            return view
    raise UsageError(f"There is no view {name!r}; use auto, {', '.join(v.name for v in all_views())}.")


def detect_view(landmarks: Landmarks, name: str = "auto") -> SeenView:
    """Find the view, or take the one given and say how far the camera is off it.

    Raises
    ------
    RunnerError
        If no frame has a runner.
    UsageError
        If ``name`` is not a view.
    """
    if not landmarks.tracked.any():
        raise RunnerError(
            "No person was found in the clip; film the whole runner in good light, 60-80 % of the picture's height."
        )
    if landmarks.flat:
        if name == "auto":
            raise UsageError(
                "These landmarks have no depth, so where the camera stood can't be seen; say it: view='rear', 'front', "
                "'left' or 'right'."
            )
        return SeenView(view_named(name), float("nan"), 0.0, given=True)
    azimuth = azimuth_deg(landmarks.world)
    nearest = min(all_views(), key=lambda view: turn_deg(azimuth, view.azimuth_deg))
    view = nearest if name == "auto" else view_named(name)
    oblique = turn_deg(azimuth, view.azimuth_deg)
    confidence = float(np.clip((LOST_AT_DEG - oblique) / (LOST_AT_DEG - SURE_WITHIN_DEG), 0.0, 1.0))
    return SeenView(view, oblique, confidence, given=name != "auto")
