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
WIDE_SHOULDERS = 0.36
SHORT_FEET = 0.08
"""Of the trunk's length; between what rendered clips show from behind or in front and from beside."""


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

    Parameters
    ----------
    name
        rear, front, left, right, or that of a view of your own.

    Returns
    -------
    View
        The view.

    Raises
    ------
    UsageError
        If there is none.
    """
    for view in all_views():
        if view.name == name:
            return view
    raise UsageError(f"There is no view {name!r}; use auto, {', '.join(v.name for v in all_views())}.")


def require_fits(landmarks: Landmarks, view: View) -> None:
    """Refuse points without depth that can't have been seen from where they are said to.

    Shoulders are as wide as half a trunk or wider from behind and in front (0.52 to 0.95 of it in 129 rendered clips)
    and hardly apart from beside (0.20 at most in 35); toes point where a runner seen from beside goes; and from behind
    her left is on the picture's left.

    Raises
    ------
    UsageError
        Saying what contradicts the view.
    """
    left, right = (landmarks.point(f"{side}_shoulder") for side in ("left", "right"))
    hips = 0.5 * (landmarks.point("left_hip") + landmarks.point("right_hip"))
    trunk = np.nanmedian(np.linalg.norm(0.5 * (left + right) - hips, axis=1))
    width = float(np.nanmedian(left[:, 0] - right[:, 0]) / trunk)
    frontal = abs(width) > WIDE_SHOULDERS
    if frontal != (view.plane == "frontal"):
        seen = "from behind or in front" if frontal else "from beside"
        raise UsageError(f"These points look as if seen {seen}, not from {view.name}; say where the camera stood.")
    if frontal and (width < 0) != view.from_behind:
        raise UsageError(
            f"The runner's left is on the picture's {'left' if width < 0 else 'right'}, which is not so from "
            f"{view.name}: say the other view, or exchange left and right of the points."
        )
    feet = [landmarks.point(f"{side}_foot_index") - landmarks.point(f"{side}_heel") for side in ("left", "right")]
    ahead = float(np.nanmedian(np.concatenate(feet)[:, 0]) / trunk) * view.horizontal_sign
    if not frontal and ahead < -SHORT_FEET:
        raise UsageError(
            f"The toes point backward for a runner seen from the {view.name}: say the other side, or turn the points "
            "round."
        )


def detect_view(landmarks: Landmarks, name: str = "auto") -> SeenView:
    """Find the view, or take the one given and say how far the camera is off it.

    Parameters
    ----------
    landmarks
        With the pose model's depth, or the view's name must be told.
    name
        auto, or the view that was told.

    Returns
    -------
    SeenView
        The view, how far the camera is off it, and how clearly that was seen.

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
        view = view_named(name)
        require_fits(landmarks, view)
        return SeenView(view, float("nan"), 0.0, given=True)
    azimuth = azimuth_deg(landmarks.world)
    nearest = min(all_views(), key=lambda view: turn_deg(azimuth, view.azimuth_deg))
    view = nearest if name == "auto" else view_named(name)
    oblique = turn_deg(azimuth, view.azimuth_deg)
    confidence = float(np.clip((LOST_AT_DEG - oblique) / (LOST_AT_DEG - SURE_WITHIN_DEG), 0.0, 1.0))
    return SeenView(view, oblique, confidence, given=name != "auto")
