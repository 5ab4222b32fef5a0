"""Back to the picture: where the measurement took the joints to be, so that a drawn line agrees with its number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from gaitcheck.gait.calibration import level
from gaitcheck.gait.plane import Plane
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import at_many
from gaitcheck.pose.landmarks import Landmarks

FloatArray = NDArray[np.float64]

EASING_S = 0.025
"""Joints are read in stance only; drawn, they ease into it and out of it over this sd."""


def _eased(shift: FloatArray, samples: float) -> FloatArray:
    """Shifts (T, 33, 2) smoothed over time; missing ones count as none."""
    return np.asarray(gaussian_filter1d(np.nan_to_num(shift), samples, axis=0, mode="nearest"))


def joints_in_picture(
    landmarks: Landmarks, motion: Trajectories, plane: Plane, *, corrected: bool = True
) -> FloatArray:
    """Joints as they were measured, in the picture's pixels, at every frame.

    Parameters
    ----------
    landmarks : of the clip; gives the frames' times and the picture's size.
    motion : the cleaned motion, before roll and perspective were undone.
    plane : the same in the runner's plane, joints corrected.
    corrected : False for the landmarks alone, smoothed and with legs put right: what corrected joints must beat.

    Returns
    -------
    (T, 33, 2) px, x right, y down; NaN where nothing was seen.
    """
    levelled = level(motion, plane.calibration)
    shift = _eased(plane.motion.points - levelled.points, EASING_S / motion.interval_s) if corrected else 0.0
    turned = plane.motion.with_points(levelled.points + shift).unrolled(-plane.calibration.roll_deg)
    stretch = 1.0 + motion.depth_m / plane.calibration.distance_m
    seen = at_many(motion.times_s, turned.points / stretch[:, :, None], landmarks.times_s)
    sign = motion.view.horizontal_sign
    return np.stack([landmarks.width / 2 + sign * seen[..., 0], landmarks.height / 2 - seen[..., 1]], axis=-1)
