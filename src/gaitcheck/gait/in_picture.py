"""Back to the picture: lines where the limbs are, at the angles that were measured.

What is measured of a stance are directions: of thigh and shank, of the hip line, of the trunk. Where the limbs lie in
the picture is read frame by frame (``limbs``). A drawn leg has the measured directions, and is laid over the limbs as
well as those allow: its place and the lengths of thigh and shank are free. How far its joints then lie from the limbs
tells how well picture and measurement agree; where they don't, nothing should be drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from gaitcheck.gait.calibration import Calibration, level
from gaitcheck.gait.limbs import on_the_limbs
from gaitcheck.gait.plane import Plane
from gaitcheck.gait.strides import Stance
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import OTHER_SIDE, at_many
from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.typing import FloatArray

EASING_S = 0.025
"""Directions are measured in stance only; drawn, legs ease into them and out of them over this sd."""
LEG = ("hip", "knee", "ankle")
SEEN_BETTER: dict[str, tuple[str, ...]] = {"frontal": ("knee",), "sagittal": ()}
"""Joints of a standing leg whose landmark lies nearer to the joint than what is read of the limb (validation.md)."""
KNEE_COUNTS = {"frontal": 6.0, "sagittal": 1.0}
"""A knee's square against the others' when a leg is laid over; from behind and in front it is seen best."""
SHOULDERS = [INDEX["left_shoulder"], INDEX["right_shoulder"]]


@dataclass(frozen=True)
class DrawnJoints:
    """Joints in the picture at every frame.

    Attributes
    ----------
    pixels
        (T, 33, 2) px, x right, y down; NaN where nothing was seen.
    off_px
        (T, 33) how far a joint was moved from the limb to keep the measured directions, px.
    """

    pixels: FloatArray
    off_px: FloatArray


def _eased(shift: FloatArray, samples: float) -> FloatArray:
    """Shifts (T, 33, 2) smoothed over time; missing ones count as none."""
    return np.asarray(scipy.ndimage.gaussian_filter1d(np.nan_to_num(shift), samples, axis=0, mode="nearest"))


def lay_over(limbs: FloatArray, directions: FloatArray, weights: FloatArray) -> FloatArray:
    """A chain of joints with given directions, laid over limbs by least squares.

    Parameters
    ----------
    limbs
        (n, k, 2) where the joints are.
    directions
        (n, k - 1, 2) from each joint to the next, unit vectors.
    weights
        (k,) what a joint's square counts.

    Returns
    -------
    (n, k, 2): its place and the lengths of its parts are those that come nearest to the limbs.
    """
    count, joints = limbs.shape[:2]
    design = np.zeros((count, 2 * joints, joints + 1))
    design[:, 0::2, 0] = design[:, 1::2, 1] = 1.0
    for part in range(joints - 1):
        for later in range(part + 1, joints):
            design[:, 2 * later, 2 + part] = directions[:, part, 0]
            design[:, 2 * later + 1, 2 + part] = directions[:, part, 1]
    target = limbs.reshape(count, -1, 1)
    turned = design.transpose(0, 2, 1) * np.repeat(weights, 2)
    square = turned @ design + 1e-9 * np.eye(joints + 1)
    return np.asarray((design @ np.linalg.solve(square, turned @ target)).reshape(limbs.shape))


def _unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))


def _laid_over(limbs: FloatArray, measured: FloatArray, stance: Stance, plane: str) -> FloatArray:
    """Points (n, 33, 2) of one stance with the standing leg, and in the frontal plane the hip line, as measured."""
    names = [f"{stance.side}_{joint}" for joint in LEG]
    if plane == "frontal":
        names = [f"{OTHER_SIDE[stance.side]}_hip", *names]
    chain = [INDEX[name] for name in names]
    whole = np.isfinite(limbs[:, chain]).all(axis=(1, 2)) & np.isfinite(measured[:, chain]).all(axis=(1, 2))
    drawn = limbs.copy()
    if whole.any():
        own = measured[whole][:, chain]
        rows = np.flatnonzero(whole)[:, None]
        weights = np.array([KNEE_COUNTS[plane] if name.endswith("knee") else 1.0 for name in names])
        drawn[rows, np.array(chain)] = lay_over(limbs[whole][:, chain], _unit(np.diff(own, axis=1)), weights)
    return drawn


def _back(points: FloatArray, landmarks: Landmarks, motion: Trajectories) -> FloatArray:
    """From the plane's axes to the picture's pixels, at the clip's frames."""
    seen = at_many(motion.times_s, points, landmarks.times_s)
    across, up = motion.view.horizontal_sign * seen[..., 0], seen[..., 1]
    return np.stack([landmarks.width / 2 + across, landmarks.height / 2 - up], axis=-1)


def _unlevelled(levelled: Trajectories, motion: Trajectories, calibration: Calibration) -> FloatArray:
    """Points (T, 33, 2) of levelled motion with roll and perspective put back."""
    turned = levelled.unrolled(-calibration.roll_deg)
    stretch = 1.0 + motion.depth_m / calibration.distance_m
    return np.asarray(turned.points / stretch[:, :, None])


def landmarks_in_picture(landmarks: Landmarks, motion: Trajectories) -> FloatArray:
    """Landmarks (T, 33, 2), px, smoothed and with legs put right: what drawn joints must beat."""
    return _back(motion.points, landmarks, motion)


def joints_in_picture(
    landmarks: Landmarks,
    motion: Trajectories,
    plane: Plane,
    stances: list[Stance],
    model: str,
    shift_px: FloatArray | None = None,
) -> DrawnJoints:
    """Joints to be drawn, at every frame.

    Parameters
    ----------
    landmarks
        Of the clip; gives the frames' times and the picture's size.
    motion
        The cleaned motion, before roll and perspective were undone.
    plane
        The same in the runner's plane, joints corrected.
    stances
        Of both feet.
    model
        The pose model's name.
    shift_px
        (T, 33, 2) joints moved by hand, in the axes of ``motion``: there the limbs are.
    """
    moved = np.zeros_like(motion.points) if shift_px is None else shift_px
    limbs = on_the_limbs(motion, model) + moved
    measured = _unlevelled(plane.motion, motion, plane.calibration)
    shift = np.zeros_like(limbs)
    if plane.corrected:
        uncorrected = _unlevelled(level(motion, plane.calibration), motion, plane.calibration)
        shift[:, SHOULDERS] = (measured - uncorrected)[:, SHOULDERS]
        for stance in stances:
            rows = motion.window(stance.initial_contact_s, stance.toe_off_s)
            seen = limbs[rows].copy()
            for joint in SEEN_BETTER[motion.view.plane]:
                column = INDEX[f"{stance.side}_{joint}"]
                seen[:, column] = motion.points[rows, column] + moved[rows, column]
            laid = _laid_over(seen, measured[rows], stance, motion.view.plane)
            shift[rows] += laid - limbs[rows]
    drawn = _back(limbs + _eased(shift, EASING_S / motion.interval_s), landmarks, motion)
    return DrawnJoints(drawn, np.linalg.norm(drawn - _back(limbs, landmarks, motion), axis=-1))
