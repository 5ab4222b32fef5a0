"""From landmarks to joint centres in stance: a correction learned on rendered bodies.

A pose model's hips sit at the waistband and hardly follow the pelvis, its knees and ankles lie some
degrees outward, its heel and toe on the shoe. The rest of the body knows better. From the whole body at
seven instants of a stance a reader tells, over the stance, the angles of thigh and shank and, from behind and in
front, the drop of the pelvis, the foot's place beside the midline and the distance of the knees, or, from
beside, the pitch of the foot; and how the trunk leans. The joints are then moved so that they say the
same: every metric, curve and picture is made from them.

Truth is in the runner's own planes: what is read has perspective and obliqueness taken out.

Readers are data, one file per pose model and way of being seen (``benchmarks/learn_joint_centres.py``).
They know how far a clip lies from what they have learned: far outside, the landmarks stay as they are.

Biased by: looks and movements that no rendered body has; values far from the middle of what was learned
are drawn toward it. Source: docs/validation.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gaitcheck.gait.contacts import Contact
from gaitcheck.gait.reader import Reader, load_reader, seen_as
from gaitcheck.gait.strides import Stance
from gaitcheck.gait.surroundings import OverClip, over_clip, posture
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import OTHER_SIDE, SIDE_SIGN
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.typing import FloatArray

Step = TypeVar("Step", Stance, Contact)

KIND = "joint_centres"
INSTANTS = np.linspace(-0.25, 1.25, 7)
"""Where in a stance (0 initial contact, 1 toe-off) the reader looks."""
SHARES = np.linspace(0.0, 1.0, 11)
"""Where in a stance it tells."""
CURVES = {
    "frontal": ("thigh_deg", "shank_deg", "pelvic_drop_deg", "foot_offset", "knee_distance"),
    "sagittal": ("thigh_deg", "shank_deg", "foot_pitch_deg"),
}
"""What it tells, by plane; lengths in leg lengths, all + as the metrics' own signs. The lean comes last."""
THIGH_OF_LEG = 0.5
"""Winter 2009: thigh 0.245, shank 0.246 of body height."""


@dataclass(frozen=True)
class ReadStance:
    """What was read of one stance: a curve (11,) over ``SHARES`` by name, and the lean of the trunk, deg.

    The lean is the peak toward the standing side in the frontal plane, the mean forward in the sagittal.
    """

    stance: Stance
    curves: dict[str, FloatArray]
    lean_deg: float

    def at(self, name: str, times_s: FloatArray) -> FloatArray:
        """A curve at times (n,), held beyond the stance's ends."""
        length = self.stance.toe_off_s - self.stance.initial_contact_s
        return np.interp((times_s - self.stance.initial_contact_s) / length, SHARES, self.curves[name])

    def within(self, times_s: FloatArray) -> NDArray[np.bool_]:
        """Which times (n,) lie in the stance."""
        return np.asarray((times_s >= self.stance.initial_contact_s) & (times_s < self.stance.toe_off_s))


def stance_inputs(
    motion: Trajectories, clip: OverClip, side: str, initial_contact_s: float, toe_off_s: float
) -> FloatArray:
    """Inputs (d,) of the reader for one stance, from motion levelled for roll; NaN beside gaps."""
    length = toe_off_s - initial_contact_s
    return np.append(posture(motion, clip, side, initial_contact_s + INSTANTS * length), length)


def readers(motion: Trajectories, model: str) -> dict[str, Reader]:
    """The readers there are for the legs of a clip, by side."""
    found = {side: load_reader(KIND, model, seen_as(motion.view, side)) for side in ("left", "right")}
    return {side: reader for side, reader in found.items() if reader is not None}


def side_inputs(motion: Trajectories, stances: Sequence[Step], side: str) -> tuple[list[Step], FloatArray]:
    """Stances, or bare contacts, of a side whose inputs are all there, and those (n, d)."""
    own, clip = [s for s in stances if s.side == side], over_clip(motion)
    rows = [stance_inputs(motion, clip, side, s.initial_contact_s, s.toe_off_s) for s in own]
    whole = [k for k, row in enumerate(rows) if np.isfinite(row).all()]
    return [own[k] for k in whole], np.array([rows[k] for k in whole])


def read_stances(motion: Trajectories, stances: list[Stance], by_side: dict[str, Reader]) -> list[ReadStance]:
    """What the readers say of the stances, from motion levelled for roll."""
    names = CURVES[motion.view.plane]
    found = []
    for side, reader in by_side.items():
        own, inputs = side_inputs(motion, stances, side)
        said = reader.read(inputs) if own else np.empty((0, 1))
        for stance, row in zip(own, said, strict=True):
            curves = dict(zip(names, row[:-1].reshape(len(names), len(SHARES)), strict=True))
            found.append(ReadStance(stance, curves, float(row[-1])))
    return found


def clip_distance(motion: Trajectories, stances: list[Stance], by_side: dict[str, Reader]) -> float | None:
    """Distance of a clip from what its readers have learned, the farther side's; None where there are none."""
    found = [reader.distance(side_inputs(motion, stances, side)[1]) for side, reader in by_side.items()]
    return max(found, default=None)


def correct(motion: Trajectories, read: list[ReadStance], leg_px: float) -> Trajectories:
    """Levelled motion whose joints say, in every stance that was read, what was read."""
    points = motion.points.copy()
    rebuild = _rebuild_frontal if motion.view.plane == "frontal" else _rebuild_sagittal
    for one in read:
        rows = motion.window(
            one.stance.initial_contact_s - motion.interval_s, one.stance.toe_off_s + 1.5 * motion.interval_s
        )
        if rows.stop > rows.start:
            points[rows] = rebuild(points[rows], one, motion.times_s[rows], leg_px)
    return motion.with_points(points)


def _rebuild_frontal(points: FloatArray, read: ReadStance, times_s: FloatArray, leg_px: float) -> FloatArray:
    """Both hips, the standing leg, the other knee and the shoulders (n, 33, 2), moved across; and the hips' tilt.

    The middle of the hips and all heights but the hips' and shoulders' stay.
    """
    moved = points.copy()
    side, sign = read.stance.side, SIDE_SIGN[read.stance.side]
    hip, knee, ankle = (INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
    far_hip, far_knee = INDEX[f"{OTHER_SIDE[side]}_hip"], INDEX[f"{OTHER_SIDE[side]}_knee"]
    middle = 0.5 * (points[:, hip] + points[:, far_hip])

    def slope(name: str) -> FloatArray:
        return sign * np.tan(np.deg2rad(read.at(name, times_s)))

    moved[:, ankle, 0] = middle[:, 0] + sign * leg_px * read.at("foot_offset", times_s)
    moved[:, knee, 0] = moved[:, ankle, 0] - slope("shank_deg") * (points[:, knee, 1] - points[:, ankle, 1])
    tilt = np.tan(np.deg2rad(read.at("pelvic_drop_deg", times_s)))
    # The hip lies on the thigh's line above the knee and on the tilted hip line: two lines meet.
    level_hip = moved[:, knee, 0] - slope("thigh_deg") * (middle[:, 1] - points[:, knee, 1])
    half = (level_hip - middle[:, 0]) / (1.0 + sign * slope("thigh_deg") * tilt)
    for index, way in ((hip, 1.0), (far_hip, -1.0)):
        moved[:, index, 0] = middle[:, 0] + way * half
        moved[:, index, 1] = middle[:, 1] + way * sign * half * tilt
    moved[:, far_knee, 0] = moved[:, knee, 0] - sign * leg_px * read.at("knee_distance", times_s)
    return _lean(moved, middle, read.within(times_s), read.lean_deg, sign)


def _rebuild_sagittal(points: FloatArray, read: ReadStance, times_s: FloatArray, leg_px: float) -> FloatArray:
    """Knee, ankle, heel and toe of the standing leg hung anew from its hip, and the shoulders, (n, 33, 2)."""
    moved = points.copy()
    side = read.stance.side
    hip, knee, ankle, heel, toe = (INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle", "heel", "foot_index"))

    def way(angle_deg: FloatArray) -> FloatArray:
        return np.stack([np.sin(np.deg2rad(angle_deg)), -np.cos(np.deg2rad(angle_deg))], axis=1)

    moved[:, knee] = points[:, hip] + THIGH_OF_LEG * leg_px * way(read.at("thigh_deg", times_s))
    moved[:, ankle] = moved[:, knee] + (1 - THIGH_OF_LEG) * leg_px * way(read.at("shank_deg", times_s))
    moved[:, heel] = points[:, heel] + moved[:, ankle] - points[:, ankle]
    foot_px = np.linalg.norm(points[:, toe] - points[:, heel], axis=1)[:, None]
    moved[:, toe] = moved[:, heel] + foot_px * way(90.0 + read.at("foot_pitch_deg", times_s))
    middle = 0.5 * (points[:, INDEX["left_hip"]] + points[:, INDEX["right_hip"]])
    return _lean(moved, middle, read.within(times_s), read.lean_deg, 0.0)


def _lean(
    points: FloatArray, hips: FloatArray, inside: NDArray[np.bool_], target_deg: float, sign: float
) -> FloatArray:
    """Points (n, 33, 2) with both shoulders turned about the hips' middle.

    By as much as the trunk's lean within the stance (its peak, or in the sagittal plane, sign 0, its mean) is off
    what was read.
    """
    shoulders = [INDEX["left_shoulder"], INDEX["right_shoulder"]]
    up = points[:, shoulders].mean(axis=1) - hips
    lean = np.rad2deg(np.arctan2(up[:, 0], up[:, 1]))[inside]
    if len(lean) == 0 or np.isnan(lean).all():
        return points
    off = target_deg - np.nanmean(lean) if sign == 0 else sign * (target_deg - np.nanmax(sign * lean))
    c, s = np.cos(np.deg2rad(off)), np.sin(np.deg2rad(off))
    arms = points[:, shoulders] - hips[:, None]
    points[:, shoulders] = hips[:, None] + arms @ np.array([[c, -s], [s, c]])
    return points
