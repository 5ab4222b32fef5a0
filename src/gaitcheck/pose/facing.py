"""Where a body faces and which way its head points, from the pose model's world frame."""

from __future__ import annotations

import numpy as np

from gaitcheck.pose.landmarks import INDEX
from gaitcheck.typing import FloatArray


def _across(world: FloatArray) -> FloatArray:
    """Right-to-left lines through shoulders and through hips, (2T, 3) m."""
    lines = [world[:, INDEX[f"left_{joint}"]] - world[:, INDEX[f"right_{joint}"]] for joint in ("shoulder", "hip")]
    return np.concatenate(lines)


def azimuth_deg(world: FloatArray) -> float:
    """Mean direction of the right-to-left line through shoulders and hips, atan2(-z, x); world (T, 33, 3) m.

    Parameters
    ----------
    world
        (T, 33, 3) m, x right, z away.

    Returns
    -------
    float
        Degrees.
    """
    mean = np.nanmean(_across(world), axis=0)
    return float(np.rad2deg(np.arctan2(-mean[2], mean[0])))


def axis_deg(world: FloatArray) -> float:
    """Direction of that line whichever end is called left, 0 to 180 deg; world (T, 33, 3) m.

    Each frame counts by itself, so that frames in which the model took the back for the front change nothing.
    """
    both = _across(world)
    angles = np.arctan2(-both[:, 2], both[:, 0])
    return float(np.rad2deg(np.angle(np.nanmean(np.exp(2j * angles))) / 2) % 180.0)


def turn_deg(a: float, b: float) -> float:
    """How far two directions lie apart, 0 to 180 deg.

    Parameters
    ----------
    a
        Degrees.
    b
        Degrees.

    Returns
    -------
    float
        Degrees.

    Examples
    --------
    >>> turn_deg(170.0, -170.0)
    20.0
    """
    return float(abs((a - b + 180.0) % 360.0 - 180.0))


def upright_deg(pixels: FloatArray) -> float:
    """Direction of the mean line from the ankles to the shoulders, deg from straight up, + to the right; (T, 33, 2)."""
    ankles, shoulders = (
        np.nanmean(pixels[:, [INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]]], axis=(0, 1))
        for joint in ("ankle", "shoulder")
    )
    across, down = shoulders - ankles
    return float(np.rad2deg(np.arctan2(across, -down)))
