"""Where the joints of a leg are in the picture: landmarks moved onto the limb, frame by frame.

A pose model's dots lie on shorts and shoes, beside the joint by a way that depends on posture, and lag behind a fast
foot. From where the whole body is around an instant a reader tells how far hip, knee, ankle, heel and toe of a leg lie
from their landmarks, across and up in the picture. It serves pictures alone: lines are drawn where the limb is.

Biased by: looks and movements that no rendered body has. Source: docs/validation.md, joint by joint.
"""

from __future__ import annotations

import numpy as np

from gaitcheck.gait.reader import FAR_DISTANCE, load_reader, seen_as
from gaitcheck.gait.surroundings import HEAD_ARMS_LEGS, paired
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import SIDE_SIGN, at_many
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.typing import FloatArray

KIND = "limbs"
JOINTS = ("hip", "knee", "ankle", "heel", "foot_index")
"""What is told, each across (toward the leg's own side, or forward) and up, in trunk lengths."""
OFFSETS_S = np.array([-0.05, 0.0, 0.05])
FARTHEST_OF_TRUNK = 0.35
"""A joint that would lie farther from its landmark is not believed."""


def _mirror(motion: Trajectories, side: str) -> FloatArray:
    return np.array([SIDE_SIGN[side] if motion.view.plane == "frontal" else 1.0, 1.0])


def trunk_px(motion: Trajectories) -> float:
    """The trunk's length, px."""
    guessed = motion.with_points(motion.guesses)
    return float(np.nanmedian(np.linalg.norm(guessed.middle("shoulder") - guessed.middle("hip"), axis=1)))


def limb_inputs(motion: Trajectories, side: str) -> FloatArray:
    """Inputs (T, d) of the reader: the body around every instant, its usual posture, and where it is in the picture."""
    mirror, trunk = _mirror(motion, side), trunk_px(motion)
    hips = motion.with_points(motion.guesses).middle("hip")
    body = motion.guesses[:, paired(side, HEAD_ARMS_LEGS)]
    around = [
        (at_many(motion.times_s, body, motion.times_s + offset) - hips[:, None]) * mirror / trunk
        for offset in OFFSETS_S
    ]
    usual = np.nanmean(body - hips[:, None], axis=0) * mirror / trunk
    count = len(motion.times_s)
    return np.concatenate(
        [
            *(places.reshape(count, -1) for places in around),
            np.tile(usual.ravel(), (count, 1)),
            hips * mirror / trunk,
            np.full((count, 1), trunk / motion.longer_side_px),
        ],
        axis=1,
    )


def on_the_limbs(motion: Trajectories, model: str) -> FloatArray:
    """Points (T, 33, 2) of cleaned motion, the joints of both legs moved onto the limbs.

    Where no reader was learned, or the clip is unlike what it learned from, landmarks stay as they are.
    """
    points = motion.points.copy()
    trunk = trunk_px(motion)
    for side in ("left", "right"):
        reader = load_reader(KIND, model, seen_as(motion.view, side))
        inputs = limb_inputs(motion, side)
        whole = np.isfinite(inputs).all(axis=1)
        if reader is None or not whole.any() or reader.distance(inputs[whole]) > FAR_DISTANCE:
            continue
        shift = np.zeros((len(inputs), len(JOINTS), 2))
        shift[whole] = reader.read(inputs[whole]).reshape(-1, len(JOINTS), 2)
        length = np.linalg.norm(shift, axis=-1, keepdims=True)
        shift = shift * np.minimum(1.0, FARTHEST_OF_TRUNK / np.maximum(length, 1e-9))
        points[:, [INDEX[f"{side}_{joint}"] for joint in JOINTS]] += shift * _mirror(motion, side) * trunk
    return points
