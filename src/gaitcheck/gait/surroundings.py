"""What a runner's whole body does around some instants: the input of everything learned.

Positions are in trunk lengths from where the middle of the hips is over those instants, mirrored in the
frontal plane so that the leg in question is always on the + side, and that leg comes first. Landmarks the
pose model only guessed are read too: how it guesses belongs to what was learned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import OTHER_SIDE, SIDE_SIGN, at_many
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.typing import FloatArray

LEGS_AND_SHOULDERS = ("shoulder", "hip", "knee", "ankle", "heel", "foot_index")
HEAD_ARMS_LEGS = ("ear", "shoulder", "elbow", "hip", "knee", "ankle", "heel", "foot_index")
LINES = (("hip", "knee"), ("knee", "ankle"), ("shoulder", "hip"), ("heel", "foot_index"))
"""Lines whose direction and length are given too: a ridge regression can't take an arctangent."""


def paired(side: str, joints: tuple[str, ...]) -> list[int]:
    """Columns of the joints of both sides, the given side first."""
    return [INDEX[f"{s}_{joint}"] for joint in joints for s in (side, OTHER_SIDE[side])]


def _mirror(motion: Trajectories, side: str) -> FloatArray:
    return np.array([SIDE_SIGN[side] if motion.view.plane == "frontal" else 1.0, 1.0])


@dataclass(frozen=True)
class OverClip:
    """What all instants of a clip are told against; the same for each, so found once.

    Attributes
    ----------
    hips
        Middle of the hips as guessed, (T, 2) px.
    trunk_px
        Length of the trunk.
    mean
        Mean place of every landmark from the hips' mean, (33, 2) px.
    """

    hips: FloatArray
    trunk_px: float
    mean: FloatArray


def over_clip(motion: Trajectories) -> OverClip:
    """What a whole clip says of its runner."""
    guessed = motion.with_points(motion.guesses)
    hips = guessed.middle("hip")
    trunk = float(np.nanmedian(np.linalg.norm(guessed.middle("shoulder") - hips, axis=1)))
    return OverClip(hips, trunk, np.nanmean(motion.guesses, axis=0) - np.nanmean(hips, axis=0))


def _places(
    motion: Trajectories, clip: OverClip, side: str, instants_s: FloatArray, joints: tuple[str, ...]
) -> FloatArray:
    """Positions (n instants, n landmarks, 2), as the module says."""
    hips = at_many(motion.times_s, clip.hips, instants_s)
    points = at_many(motion.times_s, motion.guesses, instants_s)[:, paired(side, joints)]
    return np.asarray((points - np.median(hips, axis=0)) * _mirror(motion, side) / clip.trunk_px)


def movement(motion: Trajectories, clip: OverClip, side: str, instants_s: FloatArray) -> FloatArray:
    """Legs and shoulders at the instants, (d,): what contacts are read from; NaN beside gaps."""
    return _places(motion, clip, side, instants_s, LEGS_AND_SHOULDERS).ravel()


def posture(motion: Trajectories, clip: OverClip, side: str, instants_s: FloatArray) -> FloatArray:
    """The whole body at the instants, over the clip, and in the picture, (d,); NaN beside gaps.

    Directions and lengths of limbs are added, the mean posture over the clip (the runner's build, and how the
    model sees it), and where and how large the runner is in the picture (the camera's height and distance).
    """
    places = _places(motion, clip, side, instants_s, HEAD_ARMS_LEGS)
    mirror, trunk = _mirror(motion, side), clip.trunk_px
    mean = clip.mean[paired(side, HEAD_ARMS_LEGS)]
    where = np.median(at_many(motion.times_s, clip.hips, instants_s), axis=0) * mirror / trunk
    return np.concatenate(
        [
            places.ravel(),
            _limbs(places),
            (mean * mirror / trunk).ravel(),
            where,
            [trunk / motion.longer_side_px],
        ]
    )


def _limbs(places: FloatArray) -> FloatArray:
    """Directions (from straight down, rad) and lengths of both sides' limbs and of the lines across."""
    number = {joint: k for k, joint in enumerate(HEAD_ARMS_LEGS)}
    found = []
    for upper, lower in LINES:
        for far in (0, 1):
            gap = places[:, 2 * number[lower] + far] - places[:, 2 * number[upper] + far]
            found += [np.arctan2(gap[:, 0], -gap[:, 1]), np.linalg.norm(gap, axis=1)]
    for joint in ("hip", "shoulder"):
        gap = places[:, 2 * number[joint]] - places[:, 2 * number[joint] + 1]
        found += [np.arctan2(gap[:, 1], np.abs(gap[:, 0]) + 0.05), np.linalg.norm(gap, axis=1)]
    return np.concatenate(found)
