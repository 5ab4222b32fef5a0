"""From landmarks to joint centres in stance: a correction learned on rendered bodies.

Seen from behind, a pose model's hips sit at the waistband and hardly follow the pelvis, and its knees
and ankles lie some degrees outward. The rest of the body knows better: from all landmarks of an
instant (and 50 ms before and after, and their means over the clip) an ensemble of small networks tells
the three numbers that matter, the frontal-plane projection angle, the pelvic drop and the foot's place
beside the midline. Hips, knee and ankle of the standing leg are then moved so that they say the same.

The networks are data, one file per model and view, made by ``benchmarks/learn_joint_centres.py``.
They know how far an input lies from what they have learned (``distance``): far outside, the correction
says so instead of inventing.

Biased by: looks and movements that no rendered body has. Source: docs/validation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from gaitcheck.gait.strides import SIDE_SIGN, Stance
from gaitcheck.motion import Trajectories
from gaitcheck.pose.landmarks import INDEX

FloatArray = NDArray[np.float64]

JOINTS = ("shoulder", "elbow", "hip", "knee", "ankle", "heel", "foot_index")
HEAD = ("nose", "left_ear", "right_ear")
LAG_S = 0.05
OUTPUTS = ("frontal_plane_projection_deg", "pelvic_drop_deg", "foot_offset_of_leg")
FAR_DISTANCE = 1.5
"""Root-mean-square standardised input beyond which the correction does not apply; 99 % of the clips it learned
from lie below 1.2."""


@dataclass(frozen=True)
class JointCentreModel:
    """Ensemble of two-layer networks: input mean and sd (d,), weights per member, output scale."""

    model: str
    view: str
    mean: FloatArray
    sd: FloatArray
    members: tuple[tuple[tuple[FloatArray, FloatArray], ...], ...]
    output_mean: FloatArray
    output_sd: FloatArray

    def distance(self, features: FloatArray) -> float:
        """How far features (n, d) lie from the learning set: 1 is its own spread."""
        standard = (features - self.mean) / self.sd
        return float(np.sqrt(np.nanmean(np.nanmean(standard, axis=0) ** 2)))

    def predict(self, features: FloatArray) -> FloatArray:
        """Outputs (n, 3) for features (n, d): the mean of the members."""
        standard = np.clip((features - self.mean) / self.sd, -4.0, 4.0)
        total = np.zeros((len(features), len(self.output_mean)))
        for layers in self.members:
            signal = standard
            for k, (weights, offset) in enumerate(layers):
                signal = signal @ weights + offset
                if k < len(layers) - 1:
                    signal = np.maximum(signal, 0.0)
            total += signal
        return np.asarray(total / len(self.members) * self.output_sd + self.output_mean)


@lru_cache(maxsize=8)
def joint_centre_model(model: str, view: str) -> JointCentreModel | None:
    """The correction for a pose model and view, or None where none was learned."""
    place = files("gaitcheck.gait") / "joint_centre_models" / f"{model}_{view}.npz"
    if not place.is_file():
        return None
    with place.open("rb") as stream:
        data = np.load(stream)
        arrays = {key: data[key].astype(np.float64) for key in data.files}
    n_members = int(arrays["n_members"])
    n_layers = int(arrays["n_layers"])
    members = tuple(
        tuple((arrays[f"w{m}_{k}"], arrays[f"b{m}_{k}"]) for k in range(n_layers)) for m in range(n_members)
    )
    return JointCentreModel(
        model, view, arrays["mean"], arrays["sd"], members, arrays["output_mean"], arrays["output_sd"]
    )


def _columns(side: str) -> list[int]:
    """Landmarks with the standing side first, so that both legs look alike."""
    other = "right" if side == "left" else "left"
    paired = [INDEX[f"{s}_{joint}"] for joint in JOINTS for s in (side, other)]
    ears = [INDEX[f"{side}_ear"], INDEX[f"{other}_ear"]]
    return [INDEX["nose"], *ears, *paired]


def features(motion: Trajectories, side: str) -> FloatArray:
    """Inputs (T, d) for one standing side, from motion levelled for roll; NaN beside gaps.

    Positions are in trunk lengths from the middle of the hips, mirrored so that the standing leg is on
    the + side; depths in metres; with the values 50 ms before and after and the clip's means.
    """
    columns = _columns(side)
    middle = motion.middle("hip")
    trunk = np.nanmedian(np.linalg.norm(motion.middle("shoulder") - middle, axis=1))
    place = (motion.points[:, columns] - middle[:, None]) / trunk
    place[..., 0] *= SIDE_SIGN[side]
    now = np.concatenate(
        [place.reshape(len(place), -1), motion.depth_m[:, columns], motion.visibility[:, columns]], axis=1
    )
    shift = max(1, round(LAG_S / motion.interval_s))
    flat = place.reshape(len(place), -1)
    before, after = np.full_like(flat, np.nan), np.full_like(flat, np.nan)
    before[shift:], after[:-shift] = flat[:-shift], flat[shift:]
    steps = np.stack([flat - before, after - flat], axis=1).reshape(len(flat), -1) * (
        LAG_S / (shift * motion.interval_s)
    )
    mean = np.broadcast_to(np.nanmean(now, axis=0), now.shape)
    said = landmarks_say(motion, side)
    height = (said, (middle[:, 1] / trunk)[:, None], np.full((len(now), 1), trunk / motion.longer_side_px))
    return np.concatenate([now, steps, mean, *height], axis=1)


def landmarks_say(motion: Trajectories, side: str) -> FloatArray:
    """What the raw landmarks say of the three outputs (T, 3), in the outputs' units."""
    sign = SIDE_SIGN[side]
    hip, knee, ankle = (motion.point(f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
    thigh, shank = knee - hip, ankle - knee
    leg = np.nanpercentile(np.linalg.norm(thigh, axis=1) + np.linalg.norm(shank, axis=1), 80)
    bend = np.arctan2(shank[:, 0], -shank[:, 1]) - np.arctan2(thigh[:, 0], -thigh[:, 1])
    across = motion.point("left_hip") - motion.point("right_hip")
    tilt = np.arctan2(across[:, 1], across[:, 0])
    offset = (ankle[:, 0] - motion.middle("hip")[:, 0]) / leg
    return np.stack([sign * np.rad2deg(bend), sign * np.rad2deg(tilt), sign * offset], axis=1)


def _rebuild(points: FloatArray, rows: slice, side: str, said: FloatArray, leg_px: float) -> None:
    """Move hips, knee and ankle of one stance (in place) so that they say what was predicted.

    The middle of the hips, their distance, and all heights but the hips' stay.
    """
    sign = SIDE_SIGN[side]
    left, right = INDEX["left_hip"], INDEX["right_hip"]
    hip, knee, ankle = (INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
    window = points[rows]
    middle = 0.5 * (window[:, left] + window[:, right])
    half = 0.5 * np.abs(window[:, left, 0] - window[:, right, 0])
    tilt = np.tan(np.deg2rad(said[:, 1])) * sign
    for index, way in ((left, 1.0), (right, -1.0)):
        window[:, index, 0] = middle[:, 0] + way * half
        window[:, index, 1] = middle[:, 1] + way * half * tilt
    window[:, ankle, 0] = middle[:, 0] + sign * said[:, 2] * leg_px
    window[:, knee, 0] = _knee_across(window[:, hip], window[:, knee], window[:, ankle], sign, said[:, 0])
    points[rows] = window


def _knee_across(hip: FloatArray, knee: FloatArray, ankle: FloatArray, sign: float, fppa_deg: FloatArray) -> FloatArray:
    """Where (n,) the knee must lie across for a frontal-plane angle, its height kept.

    With a small-angle start from the straight line, three Newton steps on the exact angle.
    """
    above, below = hip[:, 1] - knee[:, 1], knee[:, 1] - ankle[:, 1]
    share = above / (above + below)
    straight = hip[:, 0] + share * (ankle[:, 0] - hip[:, 0])
    slope = 1.0 / above + 1.0 / below
    across = straight - sign * np.deg2rad(fppa_deg) / slope
    for _ in range(3):
        thigh = np.arctan2(across - hip[:, 0], above)
        shank = np.arctan2(ankle[:, 0] - across, below)
        across = across + sign * (sign * (shank - thigh) - np.deg2rad(fppa_deg)) / slope
    return across


def correct(
    levelled: Trajectories, rolled: Trajectories, stances: list[Stance], model: JointCentreModel, leg_px: float
) -> Trajectories:
    """Levelled motion with corrected hips, knee and ankle of the standing leg in every stance.

    Parameters
    ----------
    rolled : the motion with only camera roll undone, which is what the correction reads.
    """
    points = levelled.points.copy()
    inputs = {side: features(rolled, side) for side in ("left", "right")}
    for stance in stances:
        rows = levelled.window(stance.initial_contact_s - levelled.interval_s, stance.toe_off_s + levelled.interval_s)
        chosen = inputs[stance.side][rows]
        if len(chosen):
            _rebuild(points, rows, stance.side, model.predict(chosen), leg_px)
    return levelled.with_points(points)


def stance_distance(motion: Trajectories, stances: list[Stance], model: JointCentreModel) -> float:
    """Distance of a clip's stances from what the correction has learned; 1 is ordinary."""
    found = []
    for side in ("left", "right"):
        inputs = features(motion, side)
        rows = [inputs[motion.window(s.initial_contact_s, s.toe_off_s)] for s in stances if s.side == side]
        if rows:
            found.append(model.distance(np.concatenate(rows)))
    return max(found, default=float("inf"))
